from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetricsF, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from koda_desktop.views.theme.fonts import MONO, SANS, load_fonts, sans, tabular
from koda_desktop.views.theme.icons import Icons
from koda_desktop.views.theme.sheet import render_sheet
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.views.theme.tokens import Tokens, read_tokens
from tests.views.conftest import RESOURCES

THEMES = ("light", "dark")
TONES = ("neutral", "info", "success", "warning", "danger", "conflict")
GROUNDS = ("canvas", "sidebar", "raised", "subtle", "hover", "pressed", "accent-subtle", "field")

# WCAG 2.2: 1.4.3 asks 4.5:1 of text, 1.4.11 asks 3:1 of what a control is recognised by.
TEXT_PAIRS = [
    *(("text", ground) for ground in GROUNDS),
    *(("text-secondary", ground) for ground in ("canvas", "sidebar", "raised", "subtle", "hover")),
    *(("text-tertiary", ground) for ground in ("canvas", "sidebar", "raised", "field", "subtle")),
    *(("accent-text", ground) for ground in ("canvas", "raised", "accent-subtle")),
    *((f"{tone}-text", f"{tone}-subtle") for tone in TONES),
    *((f"{tone}-text", ground) for tone in TONES for ground in ("canvas", "accent-subtle")),
    *(("text", f"{tone}-subtle") for tone in TONES),
    *(("text-secondary", f"{tone}-subtle") for tone in TONES),
    *(("on-accent", ground) for ground in ("accent", "accent-hover", "accent-pressed")),
    *(("on-danger", ground) for ground in ("danger", "danger-hover", "danger-pressed")),
    ("on-tooltip", "tooltip"),
    ("text-secondary", "accent-subtle"),
]
PART_PAIRS = [
    *(("field-edge", ground) for ground in ("canvas", "raised", "field")),
    *(("focus", ground) for ground in ("canvas", "sidebar", "raised", "field")),
    *((tone, ground) for tone in TONES for ground in ("canvas", "sidebar")),
    ("on-accent", "field-edge"),
    ("accent", "canvas"),
]


def _luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _lab(colour: str) -> tuple[float, float, float]:
    """Lightness, green to red and blue to yellow, as CIE 1976 has them under D65."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    x, y, z = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, _luminance(colour), z)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: str, two: str) -> float:
    """How far two colours are apart to the eye; 2.3 can just be told."""
    return math.dist(_lab(one), _lab(two))


def tokens_of(name: str) -> Tokens:
    return read_tokens(RESOURCES / "themes" / f"{name}.toml")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_on_every_ground(name: str) -> None:
    tokens = tokens_of(name)
    poor = {
        f"{text} on {ground}": round(contrast(tokens.hex(text), tokens.hex(ground)), 2)
        for text, ground in TEXT_PAIRS
        if contrast(tokens.hex(text), tokens.hex(ground)) < 4.5
    }
    assert poor == {}


@pytest.mark.parametrize("name", THEMES)
def test_parts_of_controls_stand_out(name: str) -> None:
    tokens = tokens_of(name)
    poor = {
        f"{part} on {ground}": round(contrast(tokens.hex(part), tokens.hex(ground)), 2)
        for part, ground in PART_PAIRS
        if contrast(tokens.hex(part), tokens.hex(ground)) < 3
    }
    assert poor == {}


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ground", ["canvas", "subtle", "accent-subtle"])
def test_pills_stand_out_on_every_line(name: str, ground: str) -> None:
    tokens = tokens_of(name)
    apart = {tone: difference(tokens.hex(f"{tone}-subtle"), tokens.hex(ground)) for tone in TONES}
    assert {tone: round(far, 1) for tone, far in apart.items() if far < 6} == {}


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ground", ["canvas", "raised"])
def test_rules_between_groups_are_seen(name: str, ground: str) -> None:
    tokens = tokens_of(name)
    assert difference(tokens.hex("separator"), tokens.hex(ground)) > 6


@pytest.mark.parametrize("name", THEMES)
def test_theme_files_are_toml_and_read_whole(name: str) -> None:
    path = RESOURCES / "themes" / f"{name}.toml"
    tables = tomllib.loads(path.read_text("utf-8"))
    entries = {key: value for table in tables.values() for key, value in table.items()}
    tokens = read_tokens(path)
    assert {key: tokens.hex(key) for key in tokens.names()} == entries


def test_both_themes_have_the_same_tokens() -> None:
    assert tokens_of("light").names() == tokens_of("dark").names()


def test_a_value_that_is_no_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="accent"):
        Tokens({"accent": "blue"})


@pytest.mark.parametrize("name", THEMES)
def test_the_sheet_is_filled_whole(name: str) -> None:
    template = (RESOURCES / "styles" / "koda.qss").read_text("utf-8")
    sheet = render_sheet(template, tokens_of(name))
    assert "@" not in sheet
    assert "/*" not in sheet
    assert sheet.count("{") == sheet.count("}") == template.count("{")


def test_an_unknown_token_in_the_sheet_is_a_fault() -> None:
    with pytest.raises(KeyError):
        render_sheet("QLabel { color: @no-such; }", tokens_of("light"))


def test_switching_changes_palette_sheet_and_icons(qapp: QApplication, theme: Theme) -> None:
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(theme.is_dark))
    light = theme.pixmap("plus", "text", 16, 1.0).toImage()
    theme.set_scheme(Scheme.DARK)
    assert told == [True]
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme.color("canvas")
    assert theme.color("canvas").name() == tokens_of("dark").css("canvas")
    assert theme.color("canvas").name() in qapp.styleSheet()
    assert theme.pixmap("plus", "text", 16, 1.0).toImage() != light
    theme.set_scheme(Scheme.DARK)
    assert told == [True]


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_hints_in_empty_fields_can_be_read(
    theme: Theme, scheme: Scheme, kind: type[QLineEdit | QPlainTextEdit]
) -> None:
    theme.set_scheme(scheme)
    field = kind()
    field.setFont(sans(48))  # Strokes that are wide enough to have the colour that is meant.
    field.setPlaceholderText("HHHH")
    field.resize(300, 90)
    field.show()
    field.clearFocus()
    picture = field.grab(QRect(20, 10, 220, 70)).toImage()
    names = {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(picture.height())
    }
    assert max(contrast(name, theme.color("field").name()) for name in names) >= 4.5
    field.deleteLater()


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_a_read_only_field_shows_that_it_has_the_focus(
    theme: Theme, kind: type[QLineEdit | QPlainTextEdit]
) -> None:
    field = kind()
    field.setReadOnly(True)
    field.resize(200, 60)
    field.show()
    assert QTest.qWaitForWindowActive(field)
    field.setFocus()
    assert field.grab().toImage().pixelColor(100, 0) == theme.color("focus")
    field.deleteLater()


def test_the_bundled_fonts_are_there_with_figures_of_one_width(qapp: QApplication) -> None:
    assert {SANS, MONO} <= set(load_fonts(RESOURCES / "fonts"))

    def widths(font_of_figures: bool) -> set[float]:
        font = tabular(sans(40)) if font_of_figures else sans(40)
        metrics = QFontMetricsF(font)
        return {round(metrics.horizontalAdvance(digit * 10)) for digit in "0123456789"}

    assert len(widths(True)) == 1
    assert len(widths(False)) > 1


def test_the_fonts_carry_their_licence() -> None:
    text = (RESOURCES / "fonts" / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    for family in (SANS, MONO):
        assert re.search(rf"^{family}: Copyright", text, re.MULTILINE)


@pytest.mark.parametrize("path", sorted((RESOURCES / "icons").glob("*.svg")), ids=lambda p: p.stem)
def test_icons_take_the_tokens_colour_at_the_screens_ratio(qapp: QApplication, path: Path) -> None:
    icons = Icons(RESOURCES / "icons", tokens_of("light"))
    pixmap = icons.pixmap(path.stem, "danger", 24, 2.0)
    assert pixmap.width() == 48
    assert pixmap.devicePixelRatio() == 2.0
    assert icons.pixmap(path.stem, "danger", 24, 2.0) is pixmap
    image = pixmap.toImage()
    pixels = (image.pixelColor(x, y) for x in range(48) for y in range(48))
    solid = [pixel for pixel in pixels if pixel.alpha() == 255]
    wanted = tokens_of("light").color("danger")
    assert solid
    # Two strokes that cross are blended twice, which may round a channel by one.
    is_plain = all(abs(p.rgb() - wanted.rgb()) <= 0x010101 for p in solid)
    assert is_plain == (path.stem != "koda")

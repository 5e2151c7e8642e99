"""The bundled fonts: loaded before the first window, so that it looks the same everywhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

SANS = "Koda Sans"
MONO = "Koda Mono"
BASE_PIXELS = 13
_TABULAR = QFont.Tag("tnum")


def load_fonts(folder: Path) -> list[str]:
    """Make the ``.ttf`` files in ``folder`` known to Qt; the families that were found.

    A font that cannot be read is left out: the system's own font then stands in for it.
    """
    families: list[str] = []
    for path in sorted(folder.glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        if number >= 0:
            families += QFontDatabase.applicationFontFamilies(number)
    return families


def sans(pixels: int = BASE_PIXELS, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The interface font at ``pixels`` device-independent pixels."""
    font = QFont(SANS)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def tabular(font: QFont) -> QFont:
    """``font`` with figures of one width, for columns of numbers."""
    copy = QFont(font)
    copy.setFeature(_TABULAR, 1)
    return copy


def mono(pixels: int = 12) -> QFont:
    """The font for paths, ids and values."""
    font = QFont(MONO)
    font.setPixelSize(pixels)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font

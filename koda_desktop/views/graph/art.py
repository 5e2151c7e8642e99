"""A Scene as Qt paths, fonts and colours: prepared once, painted often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainterPath, QPolygonF

from koda_desktop.views.theme.fonts import sans
from koda_desktop.workflows.drawing import figures
from koda_desktop.workflows.drawing.lines import Line
from koda_desktop.workflows.drawing.scene import Box, Scene, Sheet, Wire
from koda_desktop.workflows.drawing.shapes import Path, Point, Rect, growths


@dataclass(frozen=True, slots=True)
class Text:
    """One line, placed: ``spot`` is the left end of its baseline."""

    spot: QPointF
    text: str
    font: QFont
    size: float
    quiet: bool


@dataclass(frozen=True, slots=True)
class BoxArt:
    """``growth`` is how many times larger the node may be drawn without meeting another."""

    box: Box
    area: QRectF
    border: QPainterPath
    shadows: tuple[QPainterPath, ...]
    badge: QPainterPath
    colour: QColor
    initials: Text
    bolt: QPolygonF | None
    texts: tuple[Text, ...]
    growth: float


@dataclass(frozen=True, slots=True)
class WireArt:
    wire: Wire
    area: QRectF
    path: QPainterPath
    head: QPolygonF


@dataclass(frozen=True, slots=True)
class SheetArt:
    sheet: Sheet
    area: QRectF
    texts: tuple[Text, ...]


class Art:
    """Everything of one scene that is the same in both colour schemes and at every zoom.

    Needs a QGuiApplication, for the fonts; may be made and painted outside the GUI thread.
    """

    def __init__(self, scene: Scene) -> None:
        self.frame = area(scene.frame)
        fonts = Fonts()
        growth = growths([box.rect for box in scene.boxes], _MOST_GROWTH)
        self.boxes = tuple(_box(*each, fonts) for each in zip(scene.boxes, growth, strict=True))
        self.wires = tuple(_wire(wire) for wire in scene.wires)
        self.sheets = tuple(
            SheetArt(sheet, area(sheet.rect), _texts(sheet.lines, fonts)) for sheet in scene.sheets
        )


class Fonts:
    """The fonts of a picture, without hinting, so that a text keeps its shape at every zoom."""

    def __init__(self) -> None:
        self._made: dict[tuple[float, QFont.Weight], tuple[QFont, QFontMetricsF]] = {}

    def placed(self, line: Line) -> Text:
        weight = _Weight.DemiBold if line.bold else _Weight.Medium
        if line.quiet:
            weight = _Weight.Normal
        return self.text(line.text, line.x, line.y, line.size, weight, line.centred, line.quiet)

    def text(
        self, text: str, x: float, y: float, size: float, weight: QFont.Weight,
        centred: bool, quiet: bool = False,
    ) -> Text:  # fmt: skip
        font, metrics = self._font(size, weight)
        left = x - metrics.horizontalAdvance(text) / 2 if centred else x
        return Text(QPointF(left, y), text, font, size, quiet)

    def _font(self, size: float, weight: QFont.Weight) -> tuple[QFont, QFontMetricsF]:
        key = (size, weight)
        if key not in self._made:
            font = sans(round(size), weight)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            self._made[key] = (font, QFontMetricsF(font))
        return self._made[key]


_Weight = QFont.Weight
_MOST_GROWTH = 1.45


def area(rect: Rect) -> QRectF:
    return QRectF(rect.x, rect.y, rect.width, rect.height)


def qt_path(path: Path) -> QPainterPath:
    drawn = QPainterPath(QPointF(*path.start))
    for first, second, end in path.segments:
        drawn.cubicTo(QPointF(*first), QPointF(*second), QPointF(*end))
    return drawn


def polygon(points: Iterable[Point]) -> QPolygonF:
    return QPolygonF([QPointF(*point) for point in points])


def _box(box: Box, growth: float, fonts: Fonts) -> BoxArt:
    border = qt_path(figures.outline_path(box))
    covered = area(box.rect).united(area(box.label.area)).adjusted(-26, -12, 12, 14)
    middle, size = figures.badge_rect(box).center, figures.INITIALS_SIZE
    baseline = middle.y + size * 0.36
    return BoxArt(
        box=box,
        area=covered,
        border=border,
        shadows=tuple(
            qt_path(figures.outline_path(box, larger).moved(0, down))
            for down, larger in figures.SHADOWS
        ),
        badge=qt_path(figures.badge_path(box)),
        colour=QColor(box.badge.colour),
        initials=fonts.text(
            box.badge.initials, middle.x, baseline, size, _Weight.DemiBold, centred=True
        ),
        bolt=polygon(figures.bolt(box)) if box.is_trigger else None,
        texts=_texts(box.label.lines, fonts),
        growth=growth,
    )


def _wire(wire: Wire) -> WireArt:
    path = qt_path(wire.path)
    covered = path.controlPointRect().adjusted(-12, -12, 12, 12)
    return WireArt(wire, covered, path, polygon(figures.head(wire)))


def _texts(lines: Iterable[Line], fonts: Fonts) -> tuple[Text, ...]:
    return tuple(fonts.placed(line) for line in lines)

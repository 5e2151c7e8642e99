"""Paints a scene's Art with a QPainter, leaving out what would be too small to be seen.

Safe outside the GUI thread on a QImage, once ``pool_painting.make_ready`` has run on that thread:
it uses no pixmaps and no widgets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import ceil, floor

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from koda_desktop.views.graph.art import Art, BoxArt, SheetArt, Text, WireArt
from koda_desktop.workflows.drawing import figures
from koda_desktop.workflows.drawing.palette import Palette
from koda_desktop.workflows.drawing.scene import Box

_SMALLEST_INITIALS, _SMALLEST_SHADOW = 6.0, 0.3
_THINNEST_WIRE, _THINNEST_OUTLINE = 1.2, 0.8
_SMALLEST_DOT_STEP = 15.0
_EMPHASIS_BELOW = 0.5
_DISABLED_OPACITY, _REMOVED_OPACITY = 0.55, 0.5
_MARK_WIDTH = 3.0
_NAME_SIZE = 14.0


def _opacity(box: Box) -> float:
    if box.mark is not None and box.mark.kind == "removed":
        return _REMOVED_OPACITY
    return _DISABLED_OPACITY if box.disabled else 1.0


class ScenePainter:
    """Paints ``art`` in the colours of ``palette``.

    Texts that would be less than ``smallest_text`` pixels high are left out.
    """

    def __init__(self, art: Art, palette: Palette, smallest_text: float = 6.0) -> None:
        self._art = art
        self._smallest_text = smallest_text
        self._palette = palette
        self._colours: dict[str, QColor] = {}

    def paint(self, painter: QPainter, scale: float, visible: QRectF) -> None:
        """The part ``visible`` (scene units). ``painter`` is set to scene units at ``scale``."""
        self.paint_ground(painter, scale, visible)
        self.paint_boxes(painter, scale, (b for b in self._art.boxes if b.area.intersects(visible)))

    def paint_ground(self, painter: QPainter, scale: float, visible: QRectF) -> None:
        """Everything below the nodes: canvas, dots, notes and edges."""
        # No fillRect: PySide looks for gradients first, and makes two hundred members for that.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(self._palette.canvas))
        painter.drawRect(visible)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._dots(painter, scale, visible)
        for sheet in self._art.sheets:
            if sheet.area.intersects(visible):
                self._sheet(painter, scale, sheet)
        self.paint_wires(painter, scale, (w for w in self._art.wires if w.area.intersects(visible)))

    def paint_boxes(self, painter: QPainter, scale: float, boxes: Iterable[BoxArt]) -> None:
        """Nodes with their labels; far away they are larger and have no labels."""
        far = scale * _NAME_SIZE < self._smallest_text
        for box in boxes:
            painter.setOpacity(_opacity(box.box))
            if far:
                self._far_box(painter, scale, box)
            else:
                self._box(painter, scale, box)
                self._texts(painter, scale, box.texts)
        painter.setOpacity(1.0)

    def paint_words(self, painter: QPainter, scale: float, visible: QRectF) -> None:
        """The texts of nodes and notes alone, quietly: what stands behind can still be read."""
        for group in (self._art.sheets, self._art.boxes):
            for one in group:
                if one.area.intersects(visible):
                    self._texts(painter, scale, one.texts, self._palette.quiet)

    def paint_wires(
        self, painter: QPainter, scale: float, wires: Iterable[WireArt], colour: str = ""
    ) -> None:
        """Edges in their own tone, or all in ``colour`` and stronger."""
        width = max(figures.WIRE_WIDTH, _THINNEST_WIRE / scale) * (1.4 if colour else 1.0)
        for wire in wires:
            tone = self._colour(colour or self._palette.wire(wire.wire.tone))
            pen = QPen(tone, width)
            if wire.wire.dashed:
                pen.setDashPattern([dash / width for dash in figures.DASHES])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(wire.path)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tone)
            painter.drawPolygon(wire.head)

    def paint_ring(self, painter: QPainter, scale: float, box: BoxArt, *, strong: bool) -> None:
        """A ring around a node: ``strong`` for the chosen one, thin under the pointer."""
        width = max(3.0 if strong else 1.5, (2.0 if strong else 1.0) / scale)
        painter.setPen(QPen(self._colour(self._palette.focus), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(box.border)

    def _dots(self, painter: QPainter, scale: float, visible: QRectF) -> None:
        step = figures.DOT_STEP
        while step * scale < _SMALLEST_DOT_STEP:
            step *= 2
        radius = max(figures.DOT_RADIUS, 0.8 / scale)
        pen = QPen(self._colour(self._palette.dot), 2 * radius)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        columns = range(floor(visible.left() / step), ceil(visible.right() / step) + 1)
        rows = range(floor(visible.top() / step), ceil(visible.bottom() / step) + 1)
        painter.drawPoints(
            [QPointF((x + 0.5) * step, (y + 0.5) * step) for x in columns for y in rows]
        )

    def _sheet(self, painter: QPainter, scale: float, sheet: SheetArt) -> None:
        colours = self._palette.notes[sheet.sheet.colour - 1]
        painter.setPen(QPen(self._colour(colours.edge), max(1.0, _THINNEST_OUTLINE / scale)))
        painter.setBrush(self._colour(colours.fill))
        painter.drawRoundedRect(sheet.area, figures.NOTE_CORNER, figures.NOTE_CORNER)
        self._texts(painter, scale, sheet.texts)

    def _box(self, painter: QPainter, scale: float, box: BoxArt) -> None:
        if scale >= _SMALLEST_SHADOW:
            self._shadow(painter, box)
        painter.setPen(self._outline(box.box, scale))
        painter.setBrush(self._colour(self._palette.surface))
        painter.drawPath(box.border)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(box.colour)
        painter.drawPath(box.badge)
        if box.bolt is not None:
            painter.setBrush(self._colour(self._palette.trigger))
            painter.drawPolygon(box.bolt)
        self._text(painter, box.initials, self._palette.on_badge)

    def _outline(self, box: Box, scale: float) -> QPen:
        """The line around a node; in a comparison it is stronger and says what became of it."""
        if box.mark is None:
            width = max(figures.OUTLINE_WIDTH, _THINNEST_OUTLINE / scale)
            return QPen(self._colour(self._palette.outline), width)
        pen = QPen(self._colour(self._palette.mark(box.mark.kind)), max(_MARK_WIDTH, 1.5 / scale))
        if box.mark.kind == "removed":
            pen.setDashPattern([2.0, 1.5])
        return pen

    def _shadow(self, painter: QPainter, box: BoxArt) -> None:
        shade = QColor(self._palette.shadow)
        shade.setAlphaF(self._palette.shadow_opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        for shadow in box.shadows:
            painter.drawPath(shadow)

    def _far_box(self, painter: QPainter, scale: float, box: BoxArt) -> None:
        """The whole node in its integration's colour, enlarged about its middle."""
        emphasis = min(box.growth, max(1.0, _EMPHASIS_BELOW / scale))
        middle = box.border.boundingRect().center()
        painter.save()
        painter.translate(middle)
        painter.scale(emphasis, emphasis)
        painter.translate(-middle)
        mark = box.box.mark
        edge = self._palette.mark(mark.kind) if mark else self._palette.canvas
        painter.setPen(QPen(self._colour(edge), (3.0 if mark else 1.0) / scale))
        painter.setBrush(box.colour)
        painter.drawPath(box.border)
        self._far_initials(painter, scale * emphasis, box, middle)
        painter.restore()

    def _far_initials(self, painter: QPainter, scale: float, box: BoxArt, middle: QPointF) -> None:
        """Initials over the whole node, where they can be read."""
        enlarged = 1.7
        if box.initials.size * enlarged * scale < _SMALLEST_INITIALS:
            return
        painter.translate(middle)
        painter.scale(enlarged, enlarged)
        painter.translate(-box.badge.boundingRect().center())
        self._text(painter, box.initials, self._palette.on_badge)

    def _texts(
        self, painter: QPainter, scale: float, texts: Collection[Text], colour: str = ""
    ) -> None:
        """Each in its own colour, or all in ``colour``."""
        for text in texts:
            if text.size * scale >= self._smallest_text * 0.85:
                own = self._palette.quiet if text.quiet else self._palette.text
                self._text(painter, text, colour or own)

    def _text(self, painter: QPainter, text: Text, colour: str) -> None:
        painter.setFont(text.font)
        painter.setPen(self._colour(colour))
        painter.drawText(text.spot, text.text)

    def _colour(self, name: str) -> QColor:
        found = self._colours.get(name)
        if found is None:
            found = self._colours[name] = QColor(name)
        return found

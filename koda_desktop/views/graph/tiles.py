"""A scene painted in square tiles that are kept, so that panning only moves pixels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from math import floor

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

SIDE = 256
_KEPT_BYTES = 48 * 1024 * 1024

Paint = Callable[[QPainter, float, QRectF], None]


class Tiles:
    """``paint`` paints a part of the scene with a painter set to scene units.

    The first frame at a new scale is painted straight, as zooming would waste its tiles. They are
    in device pixels and lie on a grid fixed to the scene; only those of the scale in force are
    kept, the ones used last, up to 48 MB.
    """

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._kept: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self._key = (0.0, 1.0)

    def draw(self, painter: QPainter, visible: QRectF, scale: float, ratio: float) -> None:
        """What is ``visible`` (scene units), into a painter in view coordinates."""
        if self._key != (scale, ratio):
            self._key = (scale, ratio)
            self._kept.clear()
            self._draw_straight(painter, visible)
            return
        device = scale * ratio
        left, top = round(visible.left() * device), round(visible.top() * device)
        for column, row in _covered(visible, device):
            tile = self._tile(column, row)
            spot = QPointF((column * SIDE - left) / ratio, (row * SIDE - top) / ratio)
            painter.drawImage(spot, tile)

    def _draw_straight(self, painter: QPainter, visible: QRectF) -> None:
        scale, ratio = self._key
        device = scale * ratio
        left, top = round(visible.left() * device), round(visible.top() * device)
        painter.save()
        painter.translate(-left / ratio, -top / ratio)
        painter.scale(scale, scale)
        self._paint(painter, device, visible.adjusted(-1, -1, 1, 1))
        painter.restore()

    def _tile(self, column: int, row: int) -> QImage:
        found = self._kept.get((column, row))
        if found is None:
            found = self._kept[column, row] = self._painted(column, row)
            while len(self._kept) * SIDE * SIDE * 4 > _KEPT_BYTES:
                self._kept.popitem(last=False)
        self._kept.move_to_end((column, row))
        return found

    def _painted(self, column: int, row: int) -> QImage:
        scale, ratio = self._key
        device = scale * ratio
        image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
        side = SIDE / device
        area = QRectF(column * side, row * side, side, side)
        painter = QPainter(image)
        painter.scale(device, device)
        painter.translate(-area.topLeft())
        self._paint(painter, device, area)
        painter.end()
        image.setDevicePixelRatio(ratio)
        return image


def _covered(visible: QRectF, device: float) -> Iterator[tuple[int, int]]:
    side = SIDE / device
    for column in range(floor(visible.left() / side), floor(visible.right() / side) + 1):
        for row in range(floor(visible.top() / side), floor(visible.bottom() / side) + 1):
            yield column, row

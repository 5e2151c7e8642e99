"""Which part of a scene a view shows, and how large."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF

SMALLEST, LARGEST = 0.05, 4.0
_BORDER, _LARGEST_FIT = 16.0, 1.25
_KEPT_IN_VIEW = 80.0


class Camera:
    """``scale`` is device-independent pixels per scene unit; ``origin`` is the scene point at the
    view's top left corner. The scene can't be pushed out of sight."""

    def __init__(self, frame: QRectF) -> None:
        self._frame = frame
        self._size = QSizeF(1, 1)
        self.scale = 1.0
        self.origin = QPointF(frame.topLeft())

    def resize(self, size: QSizeF) -> None:
        """Keep the middle of the view where it is."""
        middle = self.to_scene(QPointF(self._size.width() / 2, self._size.height() / 2))
        self._size = QSizeF(max(1.0, size.width()), max(1.0, size.height()))
        self.center_on(middle)

    @property
    def visible(self) -> QRectF:
        return QRectF(
            self.origin, QSizeF(self._size.width() / self.scale, self._size.height() / self.scale)
        )

    def to_scene(self, spot: QPointF) -> QPointF:
        return self.origin + spot / self.scale

    def to_view(self, point: QPointF) -> QPointF:
        return (point - self.origin) * self.scale

    def fit(self) -> None:
        """Show the whole scene, as large as it fits; small scenes are not blown up."""
        across = (self._size.width() - 2 * _BORDER) / self._frame.width()
        down = (self._size.height() - 2 * _BORDER) / self._frame.height()
        self.scale = _bounded(min(across, down, _LARGEST_FIT))
        self.center_on(self._frame.center())

    def zoom(self, factor: float, spot: QPointF) -> None:
        """Larger or smaller; what is at ``spot`` of the view stays there."""
        fixed = self.to_scene(spot)
        self.scale = _bounded(self.scale * factor)
        self.origin = fixed - spot / self.scale
        self._keep_in_view()

    def zoom_to(self, scale: float) -> None:
        """``scale`` about the middle of the view."""
        middle = QPointF(self._size.width() / 2, self._size.height() / 2)
        self.zoom(scale / self.scale, middle)

    def pan(self, by: QPointF) -> None:
        """Move what is shown by view pixels."""
        self.origin = self.origin - by / self.scale
        self._keep_in_view()

    def center_on(self, point: QPointF) -> None:
        half = QPointF(self._size.width() / 2, self._size.height() / 2) / self.scale
        self.origin = point - half
        self._keep_in_view()

    def reveal(self, area: QRectF) -> None:
        """Move just as far as it takes to see ``area``."""
        shown = self.visible
        dx = min(0.0, area.left() - shown.left()) or max(0.0, area.right() - shown.right())
        dy = min(0.0, area.top() - shown.top()) or max(0.0, area.bottom() - shown.bottom())
        self.origin = self.origin + QPointF(dx, dy)
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        shown, frame = self.visible, self._frame
        kept = _KEPT_IN_VIEW / self.scale
        across = min(kept, frame.width() / 2, shown.width() / 2)
        down = min(kept, frame.height() / 2, shown.height() / 2)
        x = min(max(shown.left(), frame.left() - shown.width() + across), frame.right() - across)
        y = min(max(shown.top(), frame.top() - shown.height() + down), frame.bottom() - down)
        self.origin = QPointF(x, y)


def _bounded(scale: float) -> float:
    return min(LARGEST, max(SMALLEST, scale))

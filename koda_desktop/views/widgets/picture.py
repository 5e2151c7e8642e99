"""A picture in a rounded frame, as wide as there is room, in the proportions of a card."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from koda_desktop.views.theme.theme import Theme

_RADIUS = 10
_WIDE, _HIGH = 16, 10
_TALLEST = 340


class Picture(QWidget):
    """Shows an image whole on a quiet fill; without one, an icon."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._image: QImage | None = None
        self.setObjectName(name)
        self.setAccessibleName("Preview picture")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_image(self, image: QImage | None) -> None:
        self._image = None if image is None or image.isNull() else image
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_TALLEST * _WIDE // _HIGH, _TALLEST)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(width * _HIGH // _WIDE, _TALLEST)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        path = QPainterPath()
        path.addRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.fillPath(path, self._theme.color("subtle"))
        if self._image is None:
            icon = self._theme.icon("workflow", "text-tertiary", 32)
            icon.paint(painter, QRect(self.rect().center() - QPoint(16, 16), QSize(32, 32)))
        else:
            painter.setClipPath(path)
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(QPoint(0, 0), size)
            place.moveCenter(self.rect().center())
            painter.drawImage(place, self._image)
            painter.setClipping(False)
        painter.setPen(QPen(self._theme.color("outline"), 1))
        painter.drawPath(path)

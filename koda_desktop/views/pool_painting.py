"""Makes it safe to paint on pool threads while the window's own thread goes on.

PySide makes a class and its enumerations when they are first used, and two threads that do so at
once end the program. So everything that pictures are painted, written and read with is used once
on the window's thread, before any pool is asked for a picture.
"""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QImageReader,
    QImageWriter,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

from koda_desktop.views.theme.fonts import sans

_SIDE = 4.0


def make_ready() -> None:
    """Call it on the window's thread. It takes about as long as one frame, and only once."""
    image = QImage(QSize(int(_SIDE), int(_SIDE)), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_shapes(painter)
    _paint_text(painter)
    painter.end()
    _read(_written(image))


def _paint_shapes(painter: QPainter) -> None:
    pen = QPen(QColor("black"), 1.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setDashPattern([2.0, 1.5])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(QPointF(0.0, 0.0))
    path.cubicTo(QPointF(1.0, 0.0), QPointF(1.0, 1.0), QPointF(0.0, 1.0))
    painter.drawPath(path)
    painter.drawPoints([QPointF(1.0, 1.0)])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("black"))
    painter.drawPolygon(QPolygonF([QPointF(0.0, 0.0), QPointF(1.0, 0.0), QPointF(0.0, 1.0)]))
    painter.drawRoundedRect(path.boundingRect().united(path.controlPointRect()), 1.0, 1.0)
    painter.drawRect(QRectF(0.0, 0.0, _SIDE, _SIDE))


def _paint_text(painter: QPainter) -> None:
    font = sans()
    QFontMetricsF(font).horizontalAdvance("a")
    painter.setFont(font)
    painter.drawText(QPointF(0.0, _SIDE), "a")


def _written(image: QImage) -> QByteArray:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return buffer.data()


def _read(data: QByteArray) -> None:
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    reader.setScaledSize(reader.size().scaled(QSize(2, 2), Qt.AspectRatioMode.KeepAspectRatio))
    reader.read()

"""Pictures of a workflow as PNG in three sizes, in light and dark.

Works in any thread once a QGuiApplication exists and theme.fonts.load_fonts has run, and beside
the window's thread once pool_painting.make_ready has run there: Qt allows QPainter, QImage and
fonts outside the GUI thread, but no QPixmap.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter

from koda_desktop.views.graph.art import Art, area
from koda_desktop.views.graph.painter import ScenePainter
from koda_desktop.workflows.drawing.palette import Palette, palette
from koda_desktop.workflows.drawing.scene import Scene

_USUAL_PIXELS, _MOST_PIXELS = 2400, 4096
_READABLE = 0.72
_LARGEST_SCALE, _LARGEST_FITTED = 2.0, 1.25
_BORDER = 12


class PictureSize(Enum):
    """``THUMB`` and ``CARD`` always have the size given (pixels); ``FULL`` takes the shape of the
    workflow: at most 2400 wide or high, and up to 4096 where the texts of a large workflow could
    not be read otherwise."""

    THUMB = (320, 200)
    CARD = (800, 500)
    FULL = (0, 0)


_SMALLEST_TEXT = {PictureSize.THUMB: 8.0, PictureSize.CARD: 8.0, PictureSize.FULL: 5.0}
"""In pixels: what is looked at as it is, and what is looked at closely."""


def paint_image(scene: Scene, size: PictureSize, *, dark: bool = False) -> QImage:
    """``scene`` as an opaque image. Only ``FULL`` has the notes that no node stands on."""
    colours = palette(dark=dark)
    if size is not PictureSize.FULL:
        kept = tuple(sheet for sheet in scene.sheets if scene.focus.holds(sheet.rect))
        scene = replace(scene, frame=scene.focus, sheets=kept)
    shown = area(scene.frame)
    if size is PictureSize.FULL:
        scale = _full_scale(max(shown.width(), shown.height()))
        width, height = (max(1, round(side * scale)) for side in (shown.width(), shown.height()))
    else:
        width, height = size.value
        across, down = (
            (width - 2 * _BORDER) / shown.width(),
            (height - 2 * _BORDER) / shown.height(),
        )
        scale = min(_LARGEST_FITTED, across, down)
    painter = ScenePainter(Art(scene), colours, _SMALLEST_TEXT[size])
    return _painted(scene, painter, colours, scale, QSize(width, height))


def _full_scale(longest: float) -> float:
    usual = min(_LARGEST_SCALE, _USUAL_PIXELS / longest)
    return max(usual, min(_READABLE, _MOST_PIXELS / longest))


def _painted(
    scene: Scene, scenes: ScenePainter, colours: Palette, scale: float, size: QSize
) -> QImage:
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(colours.canvas))
    visible = QRectF(0, 0, size.width() / scale, size.height() / scale)
    visible.moveCenter(area(scene.frame).center())
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(-visible.topLeft())
    scenes.paint(painter, scale, visible)
    painter.end()
    image.setText("Description", f"{scene.title}. {scene.description}")
    return image


def png(scene: Scene, size: PictureSize, *, dark: bool = False) -> bytes:
    """``scene`` as the bytes of a PNG file, with its alternative text in it."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(paint_image(scene, size, dark=dark))
    return bytes(buffer.data().data())

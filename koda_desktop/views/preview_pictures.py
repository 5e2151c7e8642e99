"""Preview pictures made for listings and made small for pages.

Called on pools, once ``pool_painting.make_ready`` has run on the window's thread: no QPixmap here.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

if TYPE_CHECKING:
    from koda_desktop.workflows.inspection import Inspection

_LARGEST = QSize(480, 300)
"""Pixels: enough for the largest that is shown, at twice the density."""
_ONE_AT_A_TIME = threading.Lock()
"""No two pool threads are the first to use a class of Qt, where nothing was made ready for them."""


def paint_preview(inspection: Inspection) -> bytes | None:
    """The card picture of a workflow's graph as PNG, light; None for a file without a graph."""
    from koda_desktop.views.graph.images import PictureSize, png
    from koda_desktop.workflows.drawing.scene import build_scene

    if not inspection.graph.nodes:
        return None
    scene = build_scene(inspection.graph, inspection.name)
    with _ONE_AT_A_TIME:
        return png(scene, PictureSize.CARD)


def shrink(data: bytes) -> QImage:
    """The picture in ``data``, small; a null image where its bytes cannot be painted."""
    with _ONE_AT_A_TIME:
        return _read_small(data)


def _read_small(data: bytes) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.width() > _LARGEST.width() or size.height() > _LARGEST.height():
        reader.setScaledSize(size.scaled(_LARGEST, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()

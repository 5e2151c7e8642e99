"""Line icons: one SVG each, recoloured by token, drawn at the screen's pixel ratio, kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from koda_desktop.views.theme.tokens import Tokens


class Icons:
    """The icons in ``folder``, in the colours of the tokens in force."""

    def __init__(self, folder: Path, tokens: Tokens) -> None:
        self._folder = folder
        self._tokens = tokens
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}

    def use(self, tokens: Tokens) -> None:
        """Draw with ``tokens`` from now on."""
        self._tokens = tokens
        self._pixmaps.clear()

    def pixmap(self, name: str, token: str, size: int, ratio: float = 1.0) -> QPixmap:
        """Icon ``name`` in the colour of ``token``, ``size`` device-independent pixels square.

        Raises OSError when there is no such icon and KeyError when there is no such token.
        """
        key = (name, token, size, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._draw(name, token, size, ratio)
        return found

    def icon(self, name: str, token: str, size: int, ratio: float, disabled: str = "") -> QIcon:
        """A QIcon of one size; ``disabled`` is the token for its disabled state."""
        icon = QIcon(self.pixmap(name, token, size, ratio))
        if disabled:
            icon.addPixmap(self.pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
        return icon

    def mark(self) -> QIcon:
        """The program's own icon, in its own colours, in the sizes title bars and docks ask for."""
        icon = QIcon()
        for size in (16, 32, 64):
            icon.addPixmap(self.pixmap("koda", "text", size))
        return icon

    def _draw(self, name: str, token: str, size: int, ratio: float) -> QPixmap:
        source = self._source(name).replace("currentColor", self._tokens.color(token).name())
        pixels = round(size * ratio)
        pixmap = QPixmap(QSize(pixels, pixels))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _source(self, name: str) -> str:
        if name not in self._sources:
            self._sources[name] = (self._folder / f"{name}.svg").read_text("utf-8")
        return self._sources[name]

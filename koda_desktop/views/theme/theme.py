"""The look in force: light, dark or as the system has it, and changed while the window is open."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from koda_desktop.views.theme.fonts import load_fonts, sans
from koda_desktop.views.theme.icons import Icons
from koda_desktop.views.theme.palette import palette_from
from koda_desktop.views.theme.sheet import render_sheet
from koda_desktop.views.theme.tokens import Tokens, read_tokens


class Scheme(StrEnum):
    """What a person chose in Settings, under Appearance."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Colours, fonts and icons for every view; one for the whole program.

    ``is_dressed`` False leaves the style sheet to ``dress``.
    """

    changed = Signal()
    """The colours changed: repaint, and fetch icons again."""

    def __init__(
        self,
        app: QApplication,
        resources: Path,
        scheme: Scheme = Scheme.SYSTEM,
        *,
        is_dressed: bool = True,
    ) -> None:
        super().__init__(app)
        self._is_dressed = is_dressed
        self._app = app
        self._resources = resources
        self._scheme = scheme
        self._dark: bool | None = None
        self._cache: dict[str, Tokens] = {}
        self._tokens = self._read("light")
        self._icons = Icons(resources / "icons", self._tokens)
        self._template = (resources / "styles" / "koda.qss").read_text("utf-8")
        self._set_up()

    def _set_up(self) -> None:
        load_fonts(self._resources / "fonts")
        self._app.setFont(sans())
        self._app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    def show_mark(self) -> None:
        """Give every window the program's icon: three drawings, none of them in the window."""
        self._app.setWindowIcon(self._icons.mark())

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    @property
    def is_dark(self) -> bool:
        return bool(self._dark)

    @property
    def tokens(self) -> Tokens:
        return self._tokens

    @property
    def icons(self) -> Icons:
        return self._icons

    def set_scheme(self, scheme: Scheme) -> None:
        """Look as ``scheme`` says from now on."""
        self._scheme = scheme
        self._apply()

    def color(self, token: str) -> QColor:
        return self._tokens.color(token)

    def icon(self, name: str, token: str = "text-secondary", size: int = 18) -> QIcon:
        """Icon ``name`` at the sharpest ratio of any screen."""
        ratio = self._app.devicePixelRatio()
        return self._icons.icon(name, token, size, ratio, disabled="text-disabled")

    def pixmap(self, name: str, token: str, size: int, ratio: float) -> QPixmap:
        return self._icons.pixmap(name, token, size, ratio)

    def _wants_dark(self) -> bool:
        if self._scheme is not Scheme.SYSTEM:
            return self._scheme is Scheme.DARK
        return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark

    @Slot()
    def _system_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        dark = self._wants_dark()
        if dark == self._dark:
            return
        self._dark = dark
        self._tokens = self._read("dark" if dark else "light")
        self._icons.use(self._tokens)
        self._app.setPalette(palette_from(self._tokens))
        if self._is_dressed:
            self.dress()
        self.changed.emit()

    def dress(self) -> None:
        """Put the style sheet into force.

        The first window is made undressed: Qt would look for the rules of each of its parts again
        whenever a layout gives it a parent, a tenth of a bare window's start in all.
        """
        self._is_dressed = True
        self._app.setStyleSheet(render_sheet(self._template, self._tokens))

    def _read(self, name: str) -> Tokens:
        if name not in self._cache:
            self._cache[name] = read_tokens(self._resources / "themes" / f"{name}.toml")
        return self._cache[name]

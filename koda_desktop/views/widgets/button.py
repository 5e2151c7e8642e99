"""Buttons: primary, secondary, quiet and danger, each with an optional line icon.

They take the keyboard's focus but not the mouse's, so that a focus ring means "the keyboard is
here" and a click leaves a form's cursor where it was.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from koda_desktop.views.theme.theme import Theme


class Kind(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    DANGER = "danger"


_ICON_TOKENS = {
    Kind.PRIMARY: "on-accent",
    Kind.SECONDARY: "text-secondary",
    Kind.QUIET: "text-secondary",
    Kind.DANGER: "on-danger",
}
_QUIET_SIDE = 13
"""Edge and padding in the style sheet."""


class Button(QPushButton):
    """A button named ``name`` for tests and by its words (or ``spoken``) for screen readers."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        name: str,
        *,
        kind: Kind = Kind.SECONDARY,
        icon: str = "",
        small: bool = False,
        spoken: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._icon_name = icon
        self._kind = kind
        self.setObjectName(name)
        self.setAccessibleName(spoken or text)
        self.setProperty("kind", kind.value)
        self.setProperty("small", small)
        self.setProperty("iconOnly", not text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.setIconSize(QSize(16, 16))
        if not text:
            self.setToolTip(spoken)
        if icon:
            self._draw_icon()
            theme.changed.connect(self._draw_icon)

    def show_icon(self, icon: str) -> None:
        """Have the button bear another icon than it was made with."""
        self._icon_name = icon
        self._draw_icon()

    @property
    def is_quiet(self) -> bool:
        return self._kind is Kind.QUIET

    @Slot()
    def _draw_icon(self) -> None:
        self.setIcon(self._theme.icon(self._icon_name, _ICON_TOKENS[self._kind], 16))


def side_before(first: object, side: int) -> int:
    """The margin of a line that begins with ``first``, where others begin at ``side``.

    The words of a quiet button stand at ``side``: its edge and padding are not seen.
    """
    is_quiet = isinstance(first, Button) and first.is_quiet
    return side - _QUIET_SIDE if is_quiet else side


def icon_button(theme: Theme, icon: str, spoken: str, name: str, *, small: bool = False) -> Button:
    """A quiet button that is an icon alone; ``spoken`` is its tool tip and accessible name."""
    return Button(theme, "", name, kind=Kind.QUIET, icon=icon, small=small, spoken=spoken)

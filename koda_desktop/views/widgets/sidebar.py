"""The navigation at the left: the workspace, the sections, and at the foot the sync status."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.layouts import column
from koda_desktop.views.widgets.nav_item import NavItem
from koda_desktop.views.widgets.status_button import StatusButton
from koda_desktop.views.widgets.workspace_button import WorkspaceButton

_WIDE, _NARROW = 216, 58


class Section(NamedTuple):
    """A screen the navigation leads to."""

    key: str
    icon: str
    text: str


class Sidebar(QWidget):
    """``section_chosen`` carries a section's key."""

    section_chosen = Signal(str)

    def __init__(
        self, theme: Theme, sections: tuple[Section, ...], foot: tuple[Section, ...]
    ) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setProperty("surface", "sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.workspace = WorkspaceButton(theme, "workspace-button")
        self.status = StatusButton(theme, "sync-status")
        self._group = QButtonGroup(self)
        self._items: dict[str, NavItem] = {}
        upper = [self._item(theme, section) for section in sections]
        lower = [self._item(theme, section) for section in foot]
        parts = (self.workspace, 14, *upper, None, *lower, 6, self.status)
        self.setLayout(column(*parts, gap=2, margins=(10, 12, 10, 10)))
        self.setFixedWidth(_WIDE)

    def _item(self, theme: Theme, section: Section) -> NavItem:
        item = NavItem(theme, section.icon, section.text, f"nav-{section.key}")
        item.setProperty("section", section.key)
        item.clicked.connect(self._clicked)
        self._group.addButton(item)
        self._items[section.key] = item
        return item

    def mark(self, key: str) -> None:
        """Show ``key`` as the section on view."""
        self._items[key].setChecked(True)

    def set_shown(self, key: str, is_shown: bool) -> None:
        """Leave a section out that is not for this person."""
        self._items[key].setVisible(is_shown)

    def set_badge(self, key: str, text: str, tone: str = "neutral", spoken: str = "") -> None:
        self._items[key].set_badge(text, tone, spoken)

    @property
    def is_narrow(self) -> bool:
        return self.width() < _WIDE

    def set_narrow(self, narrow: bool) -> None:
        """Leave the icons alone, to make room."""
        self.workspace.set_narrow(narrow)
        self.status.set_narrow(narrow)
        for item in self._items.values():
            item.set_narrow(narrow)
        self.setFixedWidth(_NARROW if narrow else _WIDE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None or not self._move(step):
            super().keyPressEvent(event)

    def _move(self, step: int) -> bool:
        items = [item for item in self._items.values() if not item.isHidden()]
        here = next((i for i, item in enumerate(items) if item.hasFocus()), None)
        if here is None or not 0 <= here + step < len(items):
            return False
        items[here + step].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, NavItem):
            self.section_chosen.emit(str(sender.property("section")))

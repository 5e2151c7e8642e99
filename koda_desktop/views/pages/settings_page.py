"""The Settings page: appearance, notifications, workspaces, where things are, about."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.preferences import Preferences
from koda_desktop.runtime.settings import (
    DENSITY,
    NOTIFICATIONS,
    SHOW_IN_TRAY,
    THEME,
    Setting,
)
from koda_desktop.views.pages.workspace_list import WorkspaceList
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.facts import Facts
from koda_desktop.views.widgets.labels import label, line
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.page_header import SIDE_MARGIN, PageHeader
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.views.widgets.switch import Switch
from koda_desktop.workspace.info import Places, WorkspaceInfo

_WIDTH = 680


class SettingsPage(QWidget):
    """A view of Preferences and of WorkspacesController."""

    add_asked = Signal()
    used = Signal(str)
    remove_asked = Signal(str)
    keys_asked = Signal(str)
    data_folder_asked = Signal()
    licences_asked = Signal()

    def __init__(self, theme: Theme, preferences: Preferences, version: str) -> None:
        super().__init__()
        self._theme = theme
        self._preferences = preferences
        self.setObjectName("settings-page")
        self._list = WorkspaceList(theme)
        self._list.used.connect(self.used)
        self._list.remove_asked.connect(self.remove_asked)
        self._list.keys_asked.connect(self.keys_asked)
        self._places = Facts("settings-places")
        cards = holder(
            column(
                self._appearance(),
                self._notifications(),
                self._workspaces(),
                self._data(),
                self._about(version),
                None,
                gap=28,
            )
        )
        cards.setMaximumWidth(_WIDTH)
        inner = row(cards, None, margins=(SIDE_MARGIN, 4, SIDE_MARGIN, 32))
        inner.setStretch(0, 100)
        inner.setStretch(1, 1)
        body = holder(inner)
        self.setLayout(column(PageHeader("Settings"), scrolled(body, "settings-scroll"), gap=0))

    # -- what the controllers show --

    def show_workspaces(self, known: list[WorkspaceInfo], current: str) -> None:
        self._list.show_workspaces(known, current)

    def show_places(self, places: Places) -> None:
        self._places.show_facts(
            (("Data", places.data), ("Logs", places.logs), ("Secrets", places.secrets))
        )

    # -- the groups --

    def _appearance(self) -> QWidget:
        return _group(
            "Appearance",
            self._choice(THEME),
            self._choice(DENSITY),
        )

    def _notifications(self) -> QWidget:
        return _group("Notifications", self._switch(NOTIFICATIONS), self._switch(SHOW_IN_TRAY))

    def _workspaces(self) -> QWidget:
        add = Button(self._theme, "Connect a marketplace", "workspace-connect", icon="plus")
        add.clicked.connect(self.add_asked)
        return _group("Workspaces", self._list, holder(row(add, None, margins=(16, 12, 16, 12))))

    def _data(self) -> QWidget:
        open_ = Button(self._theme, "Open the data folder", "open-data-folder", icon="folder")
        open_.clicked.connect(self.data_folder_asked)
        text = label(
            "Listings and files waiting to be sent are kept in the data folder. Keys and passwords "
            "are kept in this computer’s keyring and nowhere else.",
            "secondary",
            wrap=True,
        )
        inner = column(text, self._places, row(open_, None), gap=14, margins=(16, 14, 16, 14))
        return _group("Data and secrets", holder(inner))

    def _about(self, version: str) -> QWidget:
        licences = Button(self._theme, "Licences", "licences", icon="file")
        licences.clicked.connect(self.licences_asked)
        words = column(
            label("Koda Desktop", "strong"), label(f"Version {version}", "secondary"), gap=2
        )
        return _group("About", holder(row(words, None, licences, margins=(16, 12, 16, 12))))

    def _choice(self, setting: Setting[str]) -> QWidget:
        values = [value for value, _ in setting.choices]
        texts = [words for _, words in setting.choices]
        picker = Segments(self._theme, texts, f"setting-{setting.key}", setting.label)
        picker.set_current(values.index(self._preferences.text(setting)))
        picker.chosen.connect(lambda index: self._preferences.choose(setting, values[index]))
        return _line(setting.label, setting.help, picker)

    def _switch(self, setting: Setting[bool]) -> QWidget:
        switch = Switch(self._theme, f"setting-{setting.key}", setting.label)
        switch.setChecked(self._preferences.is_on(setting))
        switch.toggled.connect(lambda on: self._preferences.turn(setting, on))
        return _line(setting.label, setting.help, switch)


def _group(heading: str, *lines: QWidget) -> QWidget:
    """A heading over a card of lines with hairlines between them."""
    inner = column(gap=0)
    for number, each in enumerate(lines):
        if number:
            inner.addWidget(line())
        inner.addWidget(each)
    card = holder(inner, "card")
    inner.setContentsMargins(1, 1, 1, 1)
    return holder(column(label(heading, "section"), card, gap=8))


def _line(name: str, help_text: str, editor: QWidget) -> QWidget:
    words = column(label(name), gap=1)
    if help_text:
        words.addWidget(label(help_text, "hint", wrap=True))
    made = row(words, None, editor, gap=16, margins=(16, 10, 14, 10))
    made.setStretch(0, 3)
    made.setStretch(1, 1)
    return holder(made)

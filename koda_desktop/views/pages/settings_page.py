"""The Settings page: appearance, notifications, workspaces, files, where things are, about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.keeping import remembered_words
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.runtime.settings import (
    DENSITY,
    KEPT_REMOVALS,
    NOTIFICATIONS,
    SHOW_IN_TRAY,
    THEME,
    Setting,
)
from koda_desktop.views.format import counted
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
from koda_desktop.workspace.allowances import Allowance
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
    allowances_asked = Signal()
    shown = Signal()
    """The page came into view: what it counts may have changed meanwhile."""

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
        self._allowed = label("", "hint", wrap=True, name="settings-allowances")
        self._kept = label("", "hint", wrap=True, name="settings-kept")
        self._forget = Button(theme, "Forget", "forget-kept", spoken="Keep nothing in new files")
        cards = holder(
            column(
                self._appearance(),
                self._notifications(),
                self._workspaces(),
                self._files(),
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

    def show_allowances(self, allowances: Sequence[Allowance]) -> None:
        words = "None: whatever looks like a secret blocks publishing."
        if allowances:
            words = f"You allowed {counted(len(allowances), 'value')} to be published."
        self._allowed.setText(words)

    def show_fault(self, what: str) -> None:
        self._allowed.setText(what)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_kept(KEPT_REMOVALS.key)
        self.shown.emit()

    @Slot(str)
    def _show_kept(self, key: str) -> None:
        if key == KEPT_REMOVALS.key:
            words = remembered_words(self._preferences)
            self._kept.setText(words or "Nothing: all that can be removed is removed.")
            self._forget.setVisible(bool(words))

    # -- the groups --

    def _files(self) -> QWidget:
        show = Button(self._theme, "Show", "show-allowances", spoken="Show the allowed values")
        show.clicked.connect(self.allowances_asked)
        self._forget.clicked.connect(lambda: self._preferences.choose(KEPT_REMOVALS, ""))
        self._preferences.changed.connect(self._show_kept)
        return _group(
            "Files you sell",
            _worded("Values that are no secrets", self._allowed, show),
            _worded(KEPT_REMOVALS.label, self._kept, self._forget),
        )

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
        words = label(f"Version {version}", "hint", name="settings-version")
        return _group("About", _worded("Koda Desktop", words, licences))

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
    return _worded(name, label(help_text, "hint", wrap=True) if help_text else None, editor)


def _worded(name: str, help_words: QWidget | None, editor: QWidget) -> QWidget:
    words = column(label(name), gap=1)
    if help_words is not None:
        words.addWidget(help_words)
    made = row(words, None, editor, gap=16, margins=(16, 10, 16, 10))
    made.setStretch(0, 3)
    made.setStretch(1, 1)
    return holder(made)

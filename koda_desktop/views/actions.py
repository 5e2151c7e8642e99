"""Every action of the window as data: its name, words, shortcut and menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow


class Act(StrEnum):
    ADD_FILES = "add-files"
    SEARCH = "search"
    PUBLISH = "publish"
    SYNC = "sync"
    OFFLINE = "offline"
    LISTINGS = "listings"
    TRANSFERS = "transfers"
    ACTIVITY = "activity"
    CONFLICTS = "conflicts"
    SETTINGS = "settings"
    SIDEBAR = "sidebar"
    SHORTCUTS = "shortcuts"
    CONNECT = "connect"
    MENU = "menu"
    QUIT = "quit"


class ActionWords(NamedTuple):
    """``menu`` names the menu it stands in; empty for none."""

    text: str
    keys: tuple[str, ...] = ()
    menu: str = ""


ACTIONS: Mapping[Act, ActionWords] = {
    Act.ADD_FILES: ActionWords("Add files…", ("Ctrl+N", "Ctrl+O"), "File"),
    Act.PUBLISH: ActionWords("Publish", ("Ctrl+Return", "Ctrl+Enter"), "File"),
    Act.SYNC: ActionWords("Sync now", ("F5",), "File"),
    Act.OFFLINE: ActionWords("Work offline", (), "File"),
    Act.CONNECT: ActionWords("Connect a marketplace…", (), "File"),
    Act.SEARCH: ActionWords("Search listings", ("Ctrl+F",), "View"),
    Act.LISTINGS: ActionWords("Listings", ("Ctrl+1",), "View"),
    Act.TRANSFERS: ActionWords("Transfers", ("Ctrl+2",), "View"),
    Act.ACTIVITY: ActionWords("Activity", ("Ctrl+3",), "View"),
    Act.CONFLICTS: ActionWords("Conflicts", ("Ctrl+4",), "View"),
    Act.SETTINGS: ActionWords("Settings", ("Ctrl+5", "Ctrl+,"), "View"),
    Act.SIDEBAR: ActionWords("Collapse navigation", ("Ctrl+B",), "View"),
    Act.SHORTCUTS: ActionWords("Keyboard shortcuts", ("F1",), "Help"),
    Act.MENU: ActionWords("Main menu", ("F10",)),
    Act.QUIT: ActionWords("Quit", ("Ctrl+Q",), "File"),
}

# Known to the table and to Qt's own fields; listed so that the sheet is whole.
FIXED_KEYS = (
    ("Open the selected listing", "Enter"),
    ("Delete the selected draft", "Delete"),
    ("Select all listings", "Ctrl+A"),
    ("Close details, clear the search", "Esc"),
)


class Actions:
    """The actions of one window."""

    def __init__(self, window: QMainWindow, handlers: Mapping[Act, Callable[[], None]]) -> None:
        self._made: dict[Act, QAction] = {}
        for act, words in ACTIONS.items():
            action = QAction(words.text, window)
            action.setObjectName(f"action-{act.value}")
            action.setShortcuts([QKeySequence(keys) for keys in words.keys])
            action.triggered.connect(_plain(handlers[act]))
            window.addAction(action)
            self._made[act] = action

    def __getitem__(self, act: Act) -> QAction:
        return self._made[act]

    def in_menu(self, menu: str) -> list[QAction]:
        """The actions of ``menu``, in order."""
        return [self._made[act] for act, words in ACTIONS.items() if words.menu == menu]


def shortcut_words() -> list[tuple[str, str]]:
    """Every shortcut with its words, for the shortcuts sheet."""
    listed = [(words.text.rstrip("…"), words.keys[0]) for words in ACTIONS.values() if words.keys]
    return [*((text, keys.replace("Return", "Enter")) for text, keys in listed), *FIXED_KEYS]


def _plain(handler: Callable[[], None]) -> Callable[[bool], None]:
    """``triggered`` carries whether it is checked, which no handler wants."""

    def call(checked: bool) -> None:
        handler()

    return call

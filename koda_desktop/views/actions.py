"""Every action of the window as data: its name, words, shortcut and menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from koda_desktop.controllers.keys import KeyBindings


class Act(StrEnum):
    ADD_FILES = "add-files"
    IMPORT = "import"
    EXPORT = "export"
    FOLDER = "folder"
    PALETTE = "palette"
    SEARCH = "search"
    EDIT = "edit"
    SAVE = "save"
    PUBLISH = "publish"
    UNDO = "undo"
    REDO = "redo"
    BULK = "bulk"
    RESCAN = "rescan"
    SYNC = "sync"
    OFFLINE = "offline"
    LISTINGS = "listings"
    TRANSFERS = "transfers"
    ACTIVITY = "activity"
    CONFLICTS = "conflicts"
    SALES = "sales"
    PAYOUTS = "payouts"
    HISTORY = "history"
    EVENTS = "events"
    SETTINGS = "settings"
    BACK = "back"
    FORWARD = "forward"
    FILTER_ROW = "filter-row"
    SIDEBAR = "sidebar"
    SHORTCUTS = "shortcuts"
    CONNECT = "connect"
    MENU = "menu"
    QUIT = "quit"


class ActionWords(NamedTuple):
    """``menu`` names the menu it stands in; empty for none. ``icon`` is for the palette."""

    text: str
    keys: tuple[str, ...] = ()
    menu: str = ""
    icon: str = ""


ACTIONS: Mapping[Act, ActionWords] = {
    Act.ADD_FILES: ActionWords("Add files…", ("Ctrl+N", "Ctrl+O"), "File", "file-plus"),
    Act.EDIT: ActionWords("Edit on a whole page", ("Ctrl+E",), "File", "edit"),
    Act.SAVE: ActionWords("Save changes", ("Ctrl+S",), "File", "check"),
    Act.PUBLISH: ActionWords("Publish", ("Ctrl+Return",), "File", "upload"),
    Act.IMPORT: ActionWords("Import listings…", ("Ctrl+I",), "File", "download"),
    Act.EXPORT: ActionWords("Export listings…", ("Ctrl+Shift+E",), "File", "external"),
    Act.FOLDER: ActionWords("Folder as shop…", (), "File", "folder"),
    Act.UNDO: ActionWords("Undo", ("Ctrl+Z",), "Edit", "undo"),
    Act.REDO: ActionWords("Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Edit", "redo"),
    Act.BULK: ActionWords("Edit selected listings…", ("Ctrl+Shift+B",), "Edit", "edit"),
    Act.RESCAN: ActionWords("Look at selected files again…", (), "Edit", "shield"),
    Act.SYNC: ActionWords("Sync now", ("F5",), "File", "refresh"),
    Act.OFFLINE: ActionWords("Work offline", (), "File", "cloud-off"),
    Act.CONNECT: ActionWords("Connect a marketplace…", (), "File", "plug"),
    Act.PALETTE: ActionWords("Find a command…", ("Ctrl+K",), "View", "search"),
    Act.SEARCH: ActionWords("Search listings", ("Ctrl+F",), "View", "search"),
    Act.FILTER_ROW: ActionWords("Filter row", ("Ctrl+Shift+L",), "View", "search"),
    Act.LISTINGS: ActionWords("Listings", ("Ctrl+1",), "View", "listings"),
    Act.TRANSFERS: ActionWords("Transfers", ("Ctrl+2",), "View", "transfers"),
    Act.ACTIVITY: ActionWords("Activity", ("Ctrl+3",), "View", "activity"),
    Act.CONFLICTS: ActionWords("Conflicts", ("Ctrl+4",), "View", "swap"),
    Act.SALES: ActionWords("Sales", ("Ctrl+5",), "View", "store"),
    Act.PAYOUTS: ActionWords("Payouts", ("Ctrl+6",), "View", "bank"),
    Act.HISTORY: ActionWords("History", ("Ctrl+7",), "View", "clock"),
    Act.EVENTS: ActionWords("Events", ("Ctrl+8",), "View", "bell"),
    Act.SETTINGS: ActionWords("Settings", ("Ctrl+9", "Ctrl+,"), "View", "settings"),
    Act.BACK: ActionWords("Back", ("Alt+Left",), "View", "chevron-left"),
    Act.FORWARD: ActionWords("Forward", ("Alt+Right",), "View", "chevron-right"),
    Act.SIDEBAR: ActionWords("Collapse navigation", ("Ctrl+B",), "View", "sidebar"),
    Act.SHORTCUTS: ActionWords("Keyboard shortcuts", ("F1",), "Help", "info"),
    Act.MENU: ActionWords("Main menu", ("F10",)),
    Act.QUIT: ActionWords("Quit", ("Ctrl+Q",), "File", "close"),
}

# Known to the table and to Qt's own fields; listed so that the sheet is whole.
FIXED_KEYS = (
    ("Open the selected listing", "Enter"),
    ("Delete the selected draft", "Delete"),
    ("Edit the current cell", "F2"),
    ("Menu of the column: sort, filter, hide", "Alt+Down"),
    ("Copy the selected cells", "Ctrl+C"),
    ("Paste into the selected cells", "Ctrl+V"),
    ("Fill down", "Ctrl+D"),
    ("Select all listings", "Ctrl+A"),
    ("Close details, clear the search", "Esc"),
)


class Actions:
    """The actions of one window, started by the keys that ``bindings`` give them."""

    def __init__(
        self,
        window: QMainWindow,
        handlers: Mapping[Act, Callable[[], None]],
        bindings: KeyBindings,
    ) -> None:
        self._bindings = bindings
        self._made: dict[Act, QAction] = {}
        for act, words in ACTIONS.items():
            action = QAction(words.text, window)
            action.setObjectName(f"action-{act.value}")
            action.triggered.connect(_plain(handlers[act]))
            window.addAction(action)
            self._made[act] = action
        self._bind()
        bindings.changed.connect(self._bind)

    def __getitem__(self, act: Act) -> QAction:
        return self._made[act]

    def in_menu(self, menu: str) -> list[QAction]:
        """The actions of ``menu``, in order."""
        return [self._made[act] for act, words in ACTIONS.items() if words.menu == menu]

    def _bind(self) -> None:
        for act, action in self._made.items():
            action.setShortcuts([QKeySequence(key) for key in _started_by(self._bindings.of(act))])


def default_keys() -> dict[str, tuple[str, ...]]:
    """The keys of each action by its name, as ``KeyBindings`` wants them."""
    return {act.value: words.keys for act, words in ACTIONS.items()}


def key_words(key: str) -> str:
    """Keys as they are written on this system's keyboards."""
    return _native(key).replace("Return", "Enter")


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _started_by(keys: Sequence[str]) -> list[str]:
    """``keys`` for a QAction: both Enters where one is meant.

    Menus show the first, which is the one that is written as ``key_words`` writes it.
    """
    both = dict.fromkeys(one for key in keys for one in (key, key.replace("Return", "Enter")))
    return sorted(both, key=lambda one: _native(one) != key_words(keys[0]))


def _plain(handler: Callable[[], None]) -> Callable[[bool], None]:
    """``triggered`` carries whether it is checked, which no handler wants."""

    def call(checked: bool) -> None:
        handler()

    return call

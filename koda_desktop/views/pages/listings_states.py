"""What stands on the Listings page in the table's place: nothing yet, nothing found, a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.empty_state import EmptyState

StateKind = Literal["empty", "no-match", "fault"]
_EMPTY_TEXT = (
    "n8n, Make, Zapier, Node-RED or Python. It is checked, cleaned of everything that "
    "belongs to your own instance, and described, all on this computer."
)


def make_state(
    theme: Theme,
    kind: StateKind,
    add_files: Callable[[], None],
    show_all: Callable[[], None],
    refresh: Callable[[], None],
) -> EmptyState:
    """The state of that kind, with the button for what can be done about it."""
    if kind == "empty":
        add = Button(theme, "Add files", "empty-add-files", kind=Kind.PRIMARY, icon="plus")
        add.clicked.connect(lambda: add_files())
        heading = "Drop a workflow file to make your first listing"
        return EmptyState(theme, "workflow", heading, _EMPTY_TEXT, add)
    if kind == "no-match":
        clear = Button(theme, "Show all listings", "clear-search")
        clear.clicked.connect(lambda: show_all())
        return EmptyState(theme, "search", "No listing matches", "", clear)
    again = Button(theme, "Try again", "listings-again", icon="refresh")
    again.clicked.connect(lambda: refresh())
    return EmptyState(theme, "alert", "The listings could not be read", "", again)

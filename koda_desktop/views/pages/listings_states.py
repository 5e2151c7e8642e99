"""What stands on the Listings page in the table's place: nothing yet, nothing found, a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import SignalInstance

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.empty_state import EmptyState

StateKind = Literal["empty", "no-match", "fault"]
_EMPTY_TEXT = (
    "n8n, Make, Zapier, Node-RED or Python. It is checked, cleaned of everything that "
    "belongs to your own instance, and described, all on this computer."
)


def make_state(
    theme: Theme, kind: StateKind, act: SignalInstance | Callable[[], None]
) -> EmptyState:
    """The state of that kind; its button does ``act``, which is what can be done about it."""
    if kind == "empty":
        button = Button(theme, "Add files", "empty-add-files", kind=Kind.PRIMARY, icon="plus")
        heading = "Drop a workflow file to make your first listing"
        made = EmptyState(theme, "workflow", heading, _EMPTY_TEXT, button)
    elif kind == "no-match":
        button = Button(theme, "Show all listings", "clear-search")
        made = EmptyState(theme, "search", "No listing matches", "", button)
    else:
        button = Button(theme, "Try again", "listings-again", icon="refresh")
        made = EmptyState(theme, "alert", "The listings could not be read", "", button)
    button.clicked.connect(act)
    return made

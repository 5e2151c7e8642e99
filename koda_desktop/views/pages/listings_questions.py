"""What the Listings page asks before it acts."""

from __future__ import annotations

from collections.abc import Callable

from koda_desktop.views.format import count, counted

Confirm = Callable[[str, str, str, Callable[[], None]], None]
"""A title, what is to be known, the button's words, and what is done then."""


def ask_about_hidden(
    confirm: Confirm, verb: str, total: int, hidden: int, act: Callable[[], None]
) -> None:
    """Of ``total`` selected listings ``hidden`` are not in sight."""
    confirm(
        f"{verb} {counted(total, 'listing')}?",
        f"{counted(hidden, 'selected listing')} {'is' if hidden == 1 else 'are'} not in sight "
        "with the filter of now.",
        f"{verb} {count(total)}",
        act,
    )


def ask_delete(confirm: Confirm, title: str | None, act: Callable[[], None]) -> None:
    """``title`` is None for a draft whose row has not been read."""
    named = "this draft" if title is None else f"“{title}”"
    confirm(
        f"Delete {named}?",
        "The draft and its packaged file are deleted from this computer. "
        "The file you dropped stays where it is.",
        "Delete draft",
        act,
    )

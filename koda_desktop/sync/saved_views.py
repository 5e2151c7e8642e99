"""Saved views of the Listings table: a filter, an order and a layout under a name.

They are the workspace's, in its store. The first six are always there: their filters cannot be
changed, only how they are laid out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from koda_desktop.sync.rows import Json, SortColumn

if TYPE_CHECKING:
    from koda_desktop.sync.store.database import Db, Tx

KEY = "saved_views"
"""Where they are kept in ``meta``, as JSON."""
NAME_MAX = 60
MOST = 100
Sort = tuple[tuple[SortColumn, bool], ...]


@dataclass(frozen=True, slots=True)
class SavedView:
    """``filter`` is written in the filter language; days and ages in it are those of its use."""

    name: str
    filter: str = ""
    sort: Sort = ((SortColumn.UPDATED, True),)
    columns: tuple[tuple[str, int], ...] = ()
    """Names of the columns that are shown, in their order, with their widths; empty: the usual."""
    density: str = ""
    """"comfortable" or "compact"; empty: as the settings say."""
    filter_row: bool = False
    """Whether there is a field for the filter under the head of each column."""


ARCHIVED = SavedView("Archived", "archived:yes")
BUILT_IN = (
    SavedView("All"),
    SavedView("Drafts", "status:draft"),
    SavedView("On the way", "status:waiting,publishing"),
    SavedView("Published", "status:published"),
    SavedView("Needs you", "status:refused,conflict"),
    ARCHIVED,
)


def views(db: Db) -> tuple[SavedView, ...]:
    """The built-in views, then a person's own; what cannot be read of them is left out."""
    saved = {view.name: view for view in map(_read, _stored(db)) if view is not None}
    first = tuple(replace(saved.pop(one.name, one), filter=one.filter) for one in BUILT_IN)
    return (*first, *saved.values())


def name_problem(name: str, others: Sequence[SavedView]) -> str:
    """What keeps a view from being called ``name`` beside ``others``; "" where nothing does."""
    name = name.strip()
    if not name or len(name) > NAME_MAX:
        return f"Write a name of 1 to {NAME_MAX} characters."
    if any(view.name.lower() == name.lower() for view in others):
        return f"There is a view named “{name}” already."
    return f"There can be {MOST} views; delete one first." if len(others) >= MOST else ""


def save(tx: Tx, every: Sequence[SavedView]) -> None:
    """Keep these views and no others."""
    text = json.dumps([asdict(view) for view in every])
    tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (KEY, text))


def _stored(db: Db) -> list[Json]:
    try:
        found = json.loads(db.value("SELECT value FROM meta WHERE key = ?", (KEY,)) or "[]")
    except ValueError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _read(saved: Json) -> SavedView | None:
    try:
        return SavedView(
            name=str(saved["name"]),
            filter=str(saved["filter"]),
            sort=tuple((SortColumn(column), bool(down)) for column, down in saved["sort"]),
            columns=tuple((str(name), int(width)) for name, width in saved["columns"]),
            density=str(saved["density"]),
            filter_row=bool(saved.get("filter_row", False)),
        )
    except (KeyError, TypeError, ValueError):
        return None

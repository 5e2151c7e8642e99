"""Which of the wanted values are written to a listing: the same rule for one row and for many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from koda_desktop.sync.changesets.cells import Cell, Wanted
from koda_desktop.sync.changesets.rows import Left, What, Why
from koda_desktop.sync.merge import ABSENT, same

SINCE = "It was changed since and is kept."
DISPUTED = "It is in conflict: choose a value under Conflicts."
NOT_HERE = "There is no such listing any more."


class Recorded(NamedTuple):
    """What was done to one listing, for its ``change_row``: JSON texts of what was touched."""

    listing_id: str
    what: What
    before: str = "{}"
    after: str = "{}"


class Outcome(NamedTuple):
    """What became of one change; ``done`` is None where nothing was written."""

    listing_id: str
    done: Recorded | None = None
    left: tuple[Left, ...] = ()


def changed_cells(
    wanted: Wanted, current: Mapping[str, Any], disputed: Collection[str] = ()
) -> tuple[dict[str, Cell], tuple[Left, ...]]:
    """The cells that differ from the ``current`` values, and those whose guard does not hold.

    A field in conflict (``disputed``) is settled by any value, unless the change is guarded.
    """
    changed: dict[str, Cell] = {}
    left: list[Left] = []
    for name, cell in wanted.cells.items():
        now = current.get(name, ABSENT)
        if name in wanted.expected and name in disputed:
            left.append(Left(wanted.listing_id, name, Why.CONFLICT, DISPUTED))
        elif name in wanted.expected and not same(now, wanted.expected[name]):
            left.append(Left(wanted.listing_id, name, Why.CHANGED, SINCE))
        elif name in disputed or not same(now, cell.value):
            changed[name] = cell
    return changed, tuple(left)


def as_object(texts: Mapping[str, str | None]) -> str:
    """A JSON object of JSON texts; a None is left out."""
    return "{" + ",".join([f'"{name}":{text}' for name, text in texts.items() if text]) + "}"

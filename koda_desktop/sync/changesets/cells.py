"""Values for fields, checked and encoded: each distinct one once, for sets of thousands of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

from koda_desktop.models.money import quick_minor, web_number
from koda_desktop.sync.changesets.rows import Left, RowChange, Why
from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.projection import project_field
from koda_desktop.sync.rows import Json

EMPTY: Json = {
    "tags": [],
    "previewImageUrl": None,
    "active": True,
    "metadata": None,
    "deletedAt": None,
}
"""What stands for no value of a field where a document must go on having it."""


class Cell(NamedTuple):
    """One value as the store keeps it. With a ``problem`` it may not be written."""

    value: Any
    text: str
    """The value as JSON; empty for ABSENT."""
    problem: str = ""
    columns: tuple[Any, ...] = ()
    """What shows it in the listing's row; see ``projection.project_field``."""


_NONE = Cell(ABSENT, "")


class Wanted(NamedTuple):
    """A ``RowChange`` with its values checked."""

    listing_id: str
    cells: Mapping[str, Cell]
    expected: Mapping[str, Any]


@dataclass(slots=True)
class CellChecker:
    """Checks values as ``models.listing_fields`` does. Hand one on to check nothing twice."""

    _known: dict[tuple[str, type, Any], Cell] = field(default_factory=dict)

    def check(self, name: str, value: Any) -> Cell:
        """The value cleaned, or what is wrong with it."""
        if value is ABSENT:
            return _NONE
        # A list of texts, as tags are, is known by its members; true is not 1.
        key = name, type(value), tuple(value) if type(value) is list else value
        try:
            cell = self._known.get(key)
        except TypeError:  # It cannot be a key.
            return _checked(name, value)
        if cell is None:
            cell = self._known[key] = _checked(name, value)
        return cell

    def wanted(self, change: RowChange) -> tuple[Wanted, Sequence[Left]]:
        """The change with those of its values that may be written, and the others."""
        cells: dict[str, Cell] = {}
        left: list[Left] = []
        for name, value in change.fields.items():
            cell = self.check(name, value)
            if cell.problem:
                left.append(Left(change.listing_id, name, Why.REFUSED, cell.problem))
            else:
                cells[name] = cell
        return Wanted(change.listing_id, cells, change.expected), left


@cache
def _check() -> Callable[[str, object], tuple[Any, str]]:
    from koda_desktop.models.listing_fields import check_value

    return check_value


def _checked(name: str, value: Any) -> Cell:
    minor = quick_minor(value) if name == "price" else None
    if minor is not None:
        # What comes of the check below for whole cents, in a fifth of its time.
        cleaned = web_number(minor)
        return Cell(cleaned, repr(cleaned), "", (minor,))
    cleaned, problem = _check()(name, value)
    if problem:
        return Cell(value, "", problem)
    try:
        text = _text(cleaned)
        # Tags that were cleaned are shown as they are kept: the very text, encoded once.
        return Cell(
            cleaned, text, columns=(text,) if name == "tags" else project_field(name, cleaned)
        )
    except (ValueError, RecursionError):
        return Cell(value, "", "Only JSON can be kept here.")


def _text(value: Any) -> str:
    """The value as JSON. A finite number is written as ``encode`` would, in a tenth of its time."""
    if type(value) is int or (type(value) is float and isfinite(value)):
        return repr(value)
    return encode(value)

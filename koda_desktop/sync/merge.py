"""Three-way merge, field by field. Pure; no clock decides anything.

A field changed on one side takes that side's value; changed to the same value on both sides it is
done; changed differently on both sides it is a conflict, of which base, mine and theirs are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from koda_desktop.sync.rows import Json

ABSENT = object()


@dataclass(frozen=True, slots=True)
class Merge:
    """What is left of local changes over a newer copy of the server's.

    ``base`` holds the server's value of each field in ``changes`` that the server has. Each of
    ``conflicts`` holds ``mine`` and, where there is one, ``base`` and ``theirs``.
    """

    changes: Json = field(default_factory=dict)
    base: Json = field(default_factory=dict)
    conflicts: dict[str, Json] = field(default_factory=dict)


def rebase(changes: Json, base: Json, theirs: Json) -> Merge:
    """Carry ``changes``, made to values in ``base``, over to the document ``theirs``."""
    merged = Merge()
    for name, mine in changes.items():
        _rebase_field(merged, name, mine, base.get(name, ABSENT), theirs.get(name, ABSENT))
    return merged


def _rebase_field(merged: Merge, name: str, mine: object, base: object, theirs: object) -> None:
    if same(mine, theirs):
        return
    if same(base, theirs):
        merged.changes[name] = mine
        if theirs is not ABSENT:
            merged.base[name] = theirs
        return
    sides = {"base": base, "mine": mine, "theirs": theirs}
    merged.conflicts[name] = {side: value for side, value in sides.items() if value is not ABSENT}


def same(one: object, other: object) -> bool:
    """Equality as documents know it: true is not 1, and 10 is 10.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def overlay(document: Json, *layers: Json) -> Json:
    """``document`` with the changes of each layer laid over it."""
    shown = dict(document)
    for layer in layers:
        shown.update(layer)
    return shown

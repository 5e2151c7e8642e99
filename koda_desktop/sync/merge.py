"""Three-way merge, field by field. Pure; no clock decides anything.

A field changed on one side takes that side's value; changed to the same value on both sides it is
done. Changed differently on both sides, its class decides: tags merge what was added and removed,
metadata merges entry by entry, a description line by line; the rest, and what overlaps, is a
conflict, of which base, mine and theirs are kept. What the server alone writes is never ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from koda_desktop.models.vocabulary import DESCRIPTION_MAX, METADATA_MAX, SELLER_FIELDS, TAGS_MAX
from koda_desktop.sync.lines import merge_lines
from koda_desktop.sync.rows import Json

ABSENT = object()
OVERLAP = object()
"""Both sides changed the same thing: a person decides."""

OTHER_DEVICE = "another computer of yours"
WEB_APPLICATION = "the web application"


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
        if name in SELLER_FIELDS:
            _rebase_field(merged, name, mine, base.get(name, ABSENT), theirs.get(name, ABSENT))
    return merged


def _rebase_field(merged: Merge, name: str, mine: object, base: object, theirs: object) -> None:
    value = merge_field(name, base, mine, theirs)
    if value is OVERLAP:
        sides = {"base": base, "mine": mine, "theirs": theirs}
        merged.conflicts[name] = {
            side: value for side, value in sides.items() if value is not ABSENT
        }
    elif not same(value, theirs):
        merged.changes[name] = value
        if theirs is not ABSENT:
            merged.base[name] = theirs


def merge_field(name: str, base: object, mine: object, theirs: object) -> object:
    """One field's value after both sides' changes to ``base``: a value, ABSENT or OVERLAP."""
    if same(mine, theirs) or same(base, mine):
        return theirs
    if same(base, theirs):
        return mine
    merge = _CLASSES.get(name)
    return OVERLAP if merge is None else merge(base, mine, theirs)


def _merge_tags(base: object, mine: object, theirs: object) -> object:
    """Theirs without what I removed, then what I added; a side's order alone is no change."""
    before = [] if base is ABSENT else base
    if not (_is_texts(before) and _is_texts(mine) and _is_texts(theirs)):
        return OVERLAP
    removed = set(before) - set(mine)
    added = [tag for tag in mine if tag not in before]
    merged = list(dict.fromkeys([*(tag for tag in theirs if tag not in removed), *added]))
    return merged if len(merged) <= TAGS_MAX else OVERLAP


def _merge_text(base: object, mine: object, theirs: object) -> object:
    if not (isinstance(base, str) and isinstance(mine, str) and isinstance(theirs, str)):
        return OVERLAP
    merged = merge_lines(base, mine, theirs)
    return merged if merged is not None and len(merged) <= DESCRIPTION_MAX else OVERLAP


def _merge_metadata(base: object, mine: object, theirs: object) -> object:
    merged = _merge_maps(base, mine, theirs)
    if merged is OVERLAP:
        return OVERLAP
    return merged if len(json.dumps(merged)) <= METADATA_MAX else OVERLAP


def _merge_maps(base: object, mine: object, theirs: object) -> object:
    """Maps entry by entry, as deep as all sides are maps."""
    before = {} if base is ABSENT else base
    if not (isinstance(before, dict) and isinstance(mine, dict) and isinstance(theirs, dict)):
        return OVERLAP
    merged: Json = {}
    for key in dict.fromkeys([*theirs, *mine]):
        value = _merge_entry(*(side.get(key, ABSENT) for side in (before, mine, theirs)))
        if value is OVERLAP:
            return OVERLAP
        if value is not ABSENT:
            merged[key] = value
    return merged


def _merge_entry(base: object, mine: object, theirs: object) -> object:
    if same(mine, theirs) or same(base, mine):
        return theirs
    return mine if same(base, theirs) else _merge_maps(base, mine, theirs)


_CLASSES: Mapping[str, Callable[[object, object, object], object]] = {
    "tags": _merge_tags,
    "metadata": _merge_metadata,
    "description": _merge_text,
}


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def written_by(before: Json, theirs: Json, device_id: str) -> str:
    """Who changed the document from ``before`` to ``theirs``, as far as its receipts tell.

    ``device_id`` is this computer's. A receipt of another device that moved on is that device's
    edit; a writer that leaves no receipts is the web application.
    """
    known, found = _receipts(before), _receipts(theirs)
    has_moved = any(mark != known.get(name) for name, mark in found.items() if name != device_id)
    return OTHER_DEVICE if has_moved else WEB_APPLICATION


def _receipts(document: Json) -> Mapping[str, Any]:
    sync = document.get("_sync")
    devices = sync.get("d") if isinstance(sync, dict) else None
    return devices if isinstance(devices, dict) else {}


_PLAIN = frozenset((str, int, float))
"""What most values are: compared at once."""


def same(one: object, other: object) -> bool:
    """Equality as documents know it: true is not 1, and 10 is 10.0."""
    if type(one) is type(other) and type(one) in _PLAIN:
        return one == other
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

"""Taking named keys out of an object, each with its reason in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.removal_kinds import Why
from koda_desktop.workflows.where import Where


def without(value: JsonObject, keys: Mapping[str, Why], where: Where, ledger: Ledger) -> JsonObject:
    """A copy of ``value`` without ``keys``, the others in their order."""
    clean: JsonObject = {}
    for key, item in value.items():
        why = keys.get(key)
        if why is None or ledger.keeps(where / key, why, item):
            clean[key] = item
        else:
            ledger.dropped(where / key, why, item)
    return clean


def reduced(
    value: JsonObject, key: str, left: Any, where: Where, ledger: Ledger, *, whole: Why, rest: Why
) -> JsonObject:
    """A copy of ``value`` without ``key`` or, where its seller keeps it, with ``left`` of it.

    ``left`` is what tells nothing of the instance, empty where all of it might; ``rest`` is the
    reason for what goes in any case, ``whole`` the optional one for ``left``.
    """
    place, before = where / key, value[key]
    if left and ledger.keeps(place, whole, left):
        if left != before:
            ledger.changed(place, rest, before, left)
        return value | {key: left}
    ledger.dropped(place, whole if left else rest, before)
    return {name: item for name, item in value.items() if name != key}


def repeats(label: Any, value: Any) -> bool:
    """Whether ``label`` tells no more than ``value``: the same letters and digits."""
    if not isinstance(label, str) or not isinstance(value, str):
        return False
    said = _bare(label)
    return bool(said) and said == _bare(value)


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())

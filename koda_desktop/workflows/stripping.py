"""Taking named keys out of an object, each with its reason in the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.where import Where


def without(value: JsonObject, keys: Mapping[str, str], where: Where, ledger: Ledger) -> JsonObject:
    """A copy of ``value`` without ``keys`` (key to reason), the others in their order."""
    clean: JsonObject = {}
    for key, item in value.items():
        if key in keys:
            ledger.dropped(where / key, keys[key], item)
        else:
            clean[key] = item
    return clean

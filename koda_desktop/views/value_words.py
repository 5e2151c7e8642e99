"""The fields of a listing and their values, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from koda_desktop.sync.rows import Side
from koda_desktop.views.format import money, size

NOT_THERE = "Not set"
_NAMES = {
    "title": "Title",
    "description": "Description",
    "price": "Price",
    "category": "Category",
    "tags": "Tags",
    "previewImageUrl": "Preview picture",
    "platform": "Platform",
    "version": "Version",
    "active": "On the market",
    "metadata": "Metadata",
    "deletedAt": "Archived",
    "file": "File",
}


_SHORT = frozenset({"price", "version", "category", "platform"})
"""Texts that are read as one: nobody looks for the figure of a version that has changed."""


def field_name(field: str) -> str:
    """What a field is called; one this version does not know keeps its own name."""
    return _NAMES.get(field, field)


def field_names(fields: Sequence[str]) -> str:
    """``title, price and tags``, in the words of a sentence."""
    names = [field_name(field).lower() for field in fields]
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def value_words(field: str, side: Side) -> str:
    """A value as text: money with its currency, tags with commas, what is missing in words."""
    value = side.value
    if not side.is_set or value is None:
        return NOT_THERE
    if field == "price":
        return _price(value)
    if field == "file":
        return _file(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "None"
    if isinstance(value, dict):
        return json.dumps(value, indent=2, ensure_ascii=False)
    return str(value) if str(value).strip() else "Empty"


def is_prose(field: str, side: Side) -> bool:
    """Whether the value is text that can be compared word by word."""
    return side.is_set and isinstance(side.value, str) and field not in _SHORT


def can_write(value: object) -> bool:
    """Whether a person can write a value like this in a field of a form."""
    return not isinstance(value, dict)


def file_facts(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What is known of a file, as pairs; always the same ones, some perhaps empty."""
    return (
        ("Name", str(value.get("name") or "")),
        ("Size", size(value["size"]) if "size" in value else ""),
        ("Version", str(value.get("version") or "")),
        ("SHA-256", str(value.get("sha256") or "")[:12]),
    )


def _file(value: object) -> str:
    """``flow.json``, its size, its version and its hash, on one line."""
    if not isinstance(value, dict):
        return str(value)
    named = ("Version", "SHA-256")
    facts = (
        (f"{name} {words}" if name in named else words, words) for name, words in file_facts(value)
    )
    return "  ·  ".join(fact for fact, words in facts if words)


def _price(value: object) -> str:
    from koda_desktop.models.money import MoneyError, from_web_number

    try:
        minor = from_web_number(value).minor
    except MoneyError:
        return str(value)
    return money(minor) if minor else "Free"

"""What a change does to fields, in words for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from koda_desktop.models.money import amount_words

_LONGEST = 60


def changed_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Each field with what it was and what it became, in lines of their own."""
    names = dict.fromkeys([*before, *after])
    return [f"    {name}: {_side(before, name)} → {_side(after, name)}" for name in names]


def _side(values: Mapping[str, Any], name: str) -> str:
    return value_words(name, values[name]) if name in values else "(nothing)"


def value_words(field: str, value: object) -> str:
    """The value of ``field`` as JSON on one line of at most 60 characters; a price with cents."""
    if field == "price" and (words := amount_words(value)):
        return words
    line = " ".join(json.dumps(value, ensure_ascii=False).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"

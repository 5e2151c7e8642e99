"""What a change does to fields, as lines for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_LONGEST = 60


def changed_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Each field with what it was and what it became, in lines of their own."""
    names = dict.fromkeys([*before, *after])
    return [f"    {name}: {_side(before, name)} -> {_side(after, name)}" for name in names]


def _side(values: Mapping[str, Any], name: str) -> str:
    if name not in values:
        return "(nothing)"
    line = " ".join(json.dumps(values[name], ensure_ascii=False).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"

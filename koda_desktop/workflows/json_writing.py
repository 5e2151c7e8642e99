"""Values to JSON text: the same value always gives the same bytes.

UTF-8, two spaces of indent, keys in the order they came, a newline at the end. Numbers are written
as they were read. Half a surrogate pair, which UTF-8 cannot carry, is written as its escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from json.encoder import encode_basestring as _quote
from typing import Any

from koda_desktop.workflows.json_reading import RawNumber

_LONE = re.compile("[\ud800-\udfff]")
_WORDS = {True: "true", False: "false", None: "null"}
BRIEF_LIMIT = 200


def to_bytes(value: Any) -> bytes:
    """``value`` as a JSON document. Nesting must lie within Caps.max_depth."""
    parts: list[str] = []
    _write(value, "\n", parts.append)
    parts.append("\n")
    return _encodable("".join(parts)).encode()


def brief(value: Any, limit: int = BRIEF_LIMIT) -> str:
    """``value`` on one line, at most ``limit`` characters and an ellipsis, without a full walk."""
    parts: list[str] = []
    size = 0
    for piece in _pieces(value, limit):
        parts.append(piece)
        size += len(piece)
        if size > limit:
            break
    text = _encodable("".join(parts))
    return text if len(text) <= limit else text[:limit] + "…"


def _encodable(text: str) -> str:
    return _LONE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, RawNumber):
        return value.text
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    return str(int(value))


def _write(value: Any, newline: str, put: Callable[[str], None]) -> None:
    if isinstance(value, dict):
        _write_all(((f"{_quote(key)}: ", item) for key, item in value.items()), "{}", newline, put)
    elif isinstance(value, list):
        _write_all((("", item) for item in value), "[]", newline, put)
    else:
        put(_scalar(value))


def _write_all(
    items: Iterator[tuple[str, Any]], brackets: str, newline: str, put: Callable[[str], None]
) -> None:
    inner = newline + "  "
    lead = brackets[0] + inner
    for key, item in items:
        if isinstance(item, (dict, list)):
            put(lead + key)
            _write(item, inner, put)
        else:
            put(lead + key + _scalar(item))
        lead = "," + inner
    put(brackets if lead[0] == brackets[0] else newline + brackets[1])


def _pieces(value: Any, limit: int) -> Iterator[str]:
    if isinstance(value, dict):
        lead = "{"
        for key, item in value.items():
            yield f"{lead}{_quote(key[:limit])}: "
            yield from _pieces(item, limit)
            lead = ", "
        yield "}" if value else "{}"
    elif isinstance(value, list):
        lead = "["
        for item in value:
            yield lead
            yield from _pieces(item, limit)
            lead = ", "
        yield "]" if value else "[]"
    else:
        yield _scalar(value[: limit + 1] if isinstance(value, str) else value)

"""Values to JSON text: the same value always gives the same bytes.

UTF-8, two spaces of indent, keys in the order they came, a newline at the end. Numbers are written
as they were read. Half a surrogate pair, which UTF-8 cannot carry, is written as its escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from json.encoder import encode_basestring as _quote
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject, RawNumber

_LONE = re.compile("[\ud800-\udfff]")
_WORDS = {True: "true", False: "false", None: "null"}
BRIEF_LIMIT = 200


def to_bytes(value: Any) -> bytes:
    """``value`` as a JSON document. Nesting must lie within Caps.max_depth."""
    parts: list[str] = []
    _write(value, "\n", parts.append)
    parts.append("\n")
    text = "".join(parts)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _encodable(text).encode()


def brief(value: Any, limit: int = BRIEF_LIMIT) -> str:
    """``value`` on one line, at most ``limit`` characters and an ellipsis, without a full walk."""
    if isinstance(value, str) and len(value) <= limit - 2 and value.isascii():
        text = _quote(value)
    elif isinstance(value, (dict, list)):
        parts: list[str] = []
        _shorten(value, limit, limit, parts.append)
        text = _encodable("".join(parts))
    else:
        text = _encodable(_scalar(value[: limit + 1] if isinstance(value, str) else value))
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
        _write_object(value, newline, put)
    elif isinstance(value, list):
        _write_list(value, newline, put)
    else:
        put(_scalar(value))


def _write_object(value: JsonObject, newline: str, put: Callable[[str], None]) -> None:
    inner = newline + "  "
    lead = "{" + inner
    for key, item in value.items():
        if isinstance(item, str):
            put(f"{lead}{_quote(key)}: {_quote(item)}")
        elif isinstance(item, (dict, list)):
            put(f"{lead}{_quote(key)}: ")
            _write(item, inner, put)
        else:
            put(f"{lead}{_quote(key)}: {_scalar(item)}")
        lead = "," + inner
    put(newline + "}" if value else "{}")


def _write_list(value: list[Any], newline: str, put: Callable[[str], None]) -> None:
    inner = newline + "  "
    lead = "[" + inner
    for item in value:
        if isinstance(item, (dict, list)):
            put(lead)
            _write(item, inner, put)
        else:
            put(lead + _scalar(item))
        lead = "," + inner
    put(newline + "]" if value else "[]")


def _shorten(value: Any, room: int, limit: int, put: Callable[[str], None]) -> int:
    """Write the beginning of ``value`` until ``room`` is used up; how much of it is left."""
    if isinstance(value, dict):
        lead = "{"
        for key, item in value.items():
            piece = f"{lead}{_quote(key[:limit])}: "
            put(piece)
            room = _shorten(item, room - len(piece), limit, put)
            if room < 0:
                return room
            lead = ", "
        piece = "}" if value else "{}"
    elif isinstance(value, list):
        lead = "["
        for item in value:
            put(lead)
            room = _shorten(item, room - len(lead), limit, put)
            if room < 0:
                return room
            lead = ", "
        piece = "]" if value else "[]"
    else:
        piece = _scalar(value[: limit + 1] if isinstance(value, str) else value)
    put(piece)
    return room - len(piece)

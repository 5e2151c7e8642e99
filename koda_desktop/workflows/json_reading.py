"""JSON text to values, as n8n and browsers read it, with nothing lost and faults located.

Numbers that a float or a machine integer would change are kept as they are written. Of a key that
appears twice the last value counts (ECMA-404 leaves it open; JavaScript does so) and it is told.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from koda_desktop.workflows.where import ROOT, Where

JsonObject = dict[str, Any]

_EXACT_DIGITS = 18
_INTEGER = re.compile(r"-?[0-9]+\Z")
_SNIPPET_SIDE = 48
_MOST_DUPLICATES = 1000
_OUTSIDE_STRINGS = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|-?\b(?:NaN|Infinity)\b', re.DOTALL)


@dataclass(frozen=True, slots=True)
class RawNumber:
    """A number kept as it was written: 1.0, 4.20, 1e400, -0 or a very long integer."""

    text: str

    def __float__(self) -> float:
        return float(self.text)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key given twice in one object. ``lost`` is the earlier value, which nobody reads."""

    where: Where
    lost: Any
    kept: Any


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document and the keys it gave twice."""

    document: Any
    duplicates: tuple[Duplicate, ...]


class JsonError(ValueError):
    """The text is not JSON. ``line`` and ``column`` count from 1; ``reason`` is a sentence."""

    def __init__(self, reason: str, text: str, position: int, *, cut_off: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cut_off = cut_off
        self.line = text.count("\n", 0, position) + 1
        start = text.rfind("\n", 0, position) + 1
        self.column = position - start + 1
        self.snippet = _snippet(text, start, position)


class _NotANumberError(ValueError):
    """NaN and Infinity: Python's parser takes them, JSON does not have them."""


def number(value: Any) -> float | None:
    """``value`` as a float; None for what is no finite JSON number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, RawNumber)):
        return None
    result = float(value)
    return result if abs(result) != float("inf") else None


def parse(text: str) -> Parsed:
    """Read one JSON document. Raises JsonError. Depth must have been checked before."""
    twice: list[tuple[JsonObject, str, Any]] = []
    numbers = _Numbers().__getitem__

    def build(pairs: list[tuple[str, Any]]) -> JsonObject:
        built = dict(pairs)
        if len(built) != len(pairs) and len(twice) < _MOST_DUPLICATES:
            twice.extend((built, key, lost) for key, lost in _overwritten(pairs))
        return built

    try:
        document = json.loads(
            text,
            object_pairs_hook=build,
            parse_int=numbers,
            parse_float=numbers,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise _fault(error, text) from None
    except _NotANumberError as error:
        raise _constant_fault(str(error), text) from None
    return Parsed(document, _located(document, twice) if twice else ())


class _Numbers(dict[str, "int | RawNumber"]):
    """The numbers of one document by how they are written: coordinates and flags repeat a lot."""

    def __missing__(self, digits: str) -> int | RawNumber:
        # Python refuses to convert more than 4,300 digits and would write -0 as 0.
        is_exact = len(digits) <= _EXACT_DIGITS and _INTEGER.match(digits) and digits != "-0"
        found = self[digits] = int(digits) if is_exact else RawNumber(digits)
        return found


def _refuse_constant(name: str) -> Any:
    raise _NotANumberError(name)


def _overwritten(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    latest: JsonObject = {}
    lost: list[tuple[str, Any]] = []
    for key, value in pairs:
        if key in latest:
            lost.append((key, latest[key]))
        latest[key] = value
    return lost[:_MOST_DUPLICATES]


def _located(document: Any, twice: list[tuple[JsonObject, str, Any]]) -> tuple[Duplicate, ...]:
    """Find where each object with a doubled key ended up in the document."""
    wanted: dict[int, list[tuple[str, Any]]] = {}
    for owner, key, lost in twice:
        wanted.setdefault(id(owner), []).append((key, lost))
    found: list[Duplicate] = []
    stack: list[tuple[Any, Where]] = [(document, ROOT)]
    while stack:
        value, where = stack.pop()
        if isinstance(value, dict):
            found += [
                Duplicate(where / key, lost, value[key]) for key, lost in wanted.get(id(value), ())
            ]
            stack += [(v, where / k) for k, v in value.items() if isinstance(v, (dict, list))]
        elif isinstance(value, list):
            stack += [(v, where / i) for i, v in enumerate(value) if isinstance(v, (dict, list))]
    return tuple(sorted(found, key=lambda duplicate: str(duplicate.where)))


_EXPLAINED = {
    "Expecting ',' delimiter": ("A comma is missing, or a text before it lacks its closing quote."),
    "Expecting property name": (
        "A property name in double quotes is expected here. A comma too many, single quotes or a "
        "comment are the usual causes."
    ),
    "Illegal trailing comma": "There is a comma too many before the closing bracket.",
    "Expecting ':' delimiter": "A colon is expected after the property name.",
    "Expecting value": "A value is expected here.",
    "Extra data": "There is more text after the end of the document.",
    "Invalid control character": (
        "A text holds a raw line break or control character; inside quotes they are written as "
        "\\n or \\t."
    ),
    "Invalid \\escape": "A backslash stands before a character that cannot be escaped.",
    "Invalid \\uXXXX escape": "A \\u escape is not followed by four hexadecimal digits.",
    "Unterminated string": "A text that starts here has no closing quote.",
}


def _fault(error: json.JSONDecodeError, text: str) -> JsonError:
    reason = next((w for key, w in _EXPLAINED.items() if error.msg.startswith(key)), error.msg)
    at_the_end = error.pos >= len(text.rstrip())
    cut_off = at_the_end or error.msg.startswith("Unterminated string")
    return JsonError(reason, text, error.pos, cut_off=cut_off)


def _constant_fault(name: str, text: str) -> JsonError:
    places = (match for match in _OUTSIDE_STRINGS.finditer(text) if match[0][0] != '"')
    position = next((match.start() for match in places), 0)
    reason = f"{name} is not a JSON number; n8n and browsers refuse to read the file."
    return JsonError(reason, text, position)


def _snippet(text: str, start: int, position: int) -> str:
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    left, right = max(start, position - _SNIPPET_SIDE), min(end, position + _SNIPPET_SIDE)
    line = "".join(c if c.isprintable() else " " for c in text[left:right])
    return f"{line}\n{' ' * (position - left)}^"

"""Walks a parsed document and hands out its strings with their places and telling names.

Headers, query parameters and fields come as ``{name, value}`` pairs in every platform's files
(n8n ``parameters.parameters[]``, Make ``mapper.headers[]``, Node-RED's change nodes), so a pair
is read as ``name = value``. The walk is iterative: depth costs no stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from koda_desktop.workflows.secrets.names import Named, named
from koda_desktop.workflows.where import ROOT, Where

SHORTEST_TEXT = 6
_LARGEST = 10**18

_PAIRS: tuple[tuple[str, str], ...] = (
    ("name", "value"),
    ("key", "value"),
    ("fieldName", "fieldValue"),
    ("header", "value"),
    ("parameter", "value"),
    ("field", "value"),
    ("keyValue", "valueValue"),
    ("p", "to"),
    ("leftValue", "rightValue"),
    ("value1", "value2"),
    ("a", "b"),
)
_PAIR_VALUES = frozenset(value for _, value in _PAIRS)
_COMPARED = frozenset({"rightValue", "value2", "b"})
_LAST_FIELD = re.compile(r"([\w-]{2,60})[\"'`\]\s})]*\Z")


class Place(NamedTuple):
    """A string of the document. ``step`` is its key or index in the container at ``parent``.

    ``named`` tells what its name promises, None for nothing. ``is_key`` marks names themselves.
    A named tuple: a large file has a hundred thousand of them, and frozen classes cost double.
    """

    text: str
    parent: Where
    step: str | int
    named: Named | None
    is_key: bool = False

    @property
    def where(self) -> Where:
        return self.parent if self.is_key else self.parent / self.step


def places(document: Any) -> Iterator[Place]:
    """Every string worth a look in the order of the document; keys where they first appear."""
    stack: list[tuple[Any, Where]] = [(document, ROOT)]
    seen_keys: set[str] = set()
    while stack:
        value, where = stack.pop()
        below: list[tuple[Any, Where]] = []
        if isinstance(value, dict):
            yield from _new_keys(value, where, seen_keys)
            yield from _in_object(value, where, below)
        elif isinstance(value, (list, tuple)):
            yield from _in_list(value, where, below)
        below.reverse()
        stack += below


def _new_keys(value: dict[Any, Any], where: Where, seen: set[str]) -> Iterator[Place]:
    for key in value:
        if isinstance(key, str) and len(key) >= SHORTEST_TEXT and key not in seen:
            seen.add(key)
            yield Place(key, where, key, None, is_key=True)


def _in_list(value: Any, where: Where, below: list[tuple[Any, Where]]) -> Iterator[Place]:
    for index, item in enumerate(value):
        if isinstance(item, str):
            if len(item) >= SHORTEST_TEXT:
                yield Place(item, where, index, None)
        elif isinstance(item, (dict, list, tuple)):
            below.append((item, where / index))


def _in_object(
    value: dict[Any, Any], where: Where, below: list[tuple[Any, Where]]
) -> Iterator[Place]:
    for name, item in value.items():
        key = str(name)
        if isinstance(item, str):
            if len(item) >= SHORTEST_TEXT:
                yield Place(item, where, key, _promise(value, key))
        elif isinstance(item, (dict, list, tuple)):
            below.append((item, where / key))
        elif isinstance(item, int) and 0 < item < _LARGEST and named(key) is Named.PASSWORD:
            yield Place(str(item), where, key, Named.PASSWORD)


def _promise(owner: dict[Any, Any], key: str) -> Named | None:
    if key in _PAIR_VALUES:
        name = _pair_name(owner, key)
        if name:
            return named(name)
    found = named(key)
    # A bare "key" or "code" is an id far more often than a secret, unless it is a parameter's name.
    return None if found is Named.WEAK_KEY else found


def _pair_name(owner: dict[Any, Any], key: str) -> str:
    names = (owner.get(name_key) for name_key, value_key in _PAIRS if value_key == key)
    name = next((name for name in names if isinstance(name, str)), "")
    if key not in _COMPARED:
        return name
    last = _LAST_FIELD.search(name[-100:])
    return last[1] if last else ""

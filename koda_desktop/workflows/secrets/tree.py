"""Walks a parsed document and hands out its strings with their places and telling names.

Headers, query parameters and fields come as ``{name, value}`` pairs in every platform's files
(n8n ``parameters.parameters[]``, Make ``mapper.headers[]``, Node-RED's change nodes), so a pair
is read as ``name = value``. The walk is iterative: depth costs no stack.
"""

from __future__ import annotations

import re
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


Path = tuple[Any, str | int] | None
"""The containers around a value: the path of the outer one and a step; None for the document.

A large file has a hundred thousand places, and few of them are ever told: plain tuples cost least.
"""

Spot = tuple[Path, str | int, Named | None, bool]
"""The container of a text, its key or index there, what that promises, and whether the text is
that key."""


class Place(NamedTuple):
    """A string of the document. ``step`` is its key or index in the container at ``parent``.

    ``named`` tells what its name promises, None for nothing. ``is_key`` marks names themselves.
    """

    text: str
    parent: Path
    step: str | int
    named: Named | None
    is_key: bool = False

    @property
    def where(self) -> Where:
        around = _where(self.parent)
        return around if self.is_key else around / self.step


def _where(path: Path) -> Where:
    steps: list[str | int] = []
    while path is not None:
        path, step = path
        steps.append(step)
    where = ROOT
    for step in reversed(steps):
        where /= step
    return where


class Gathered:
    """Every string of a document worth a look, each once, in the order of the document.

    ``spots`` tells where each stands, ``promised`` are those that stand under a telling name.
    """

    def __init__(self, document: Any) -> None:
        self.spots: dict[str, list[Spot]] = {}
        self.promised: set[str] = set()
        self._keys: set[Any] = set()
        self._promises: dict[str, Named | None] = {}
        if isinstance(document, str):
            self._add(document, (None, "", None, True))
        else:
            self._walk(document)

    def places(self, text: str) -> list[Place]:
        """Where ``text`` stands."""
        return [Place(text, *spot) for spot in self.spots[text]]

    def _walk(self, document: Any) -> None:
        stack: list[tuple[Any, Path]] = [(document, None)]
        while stack:
            value, path = stack.pop()
            below: list[tuple[Any, Path]] = []
            if isinstance(value, dict):
                if not value.keys() <= self._keys:
                    self._add_keys(value, path)
                self._look_in_object(value, path, below)
            elif isinstance(value, (list, tuple)):
                self._look_in_list(value, path, below)
            below.reverse()
            stack += below

    def _add(self, text: str, spot: Spot) -> None:
        spots = self.spots.get(text)
        if spots is None:
            self.spots[text] = [spot]
        else:
            spots.append(spot)

    def _add_keys(self, value: dict[Any, Any], path: Path) -> None:
        for key in value:
            if key not in self._keys:
                self._keys.add(key)
                if isinstance(key, str) and len(key) >= SHORTEST_TEXT:
                    self._add(key, (path, key, None, True))

    def _look_in_list(self, value: Any, path: Path, below: list[tuple[Any, Path]]) -> None:
        for index, item in enumerate(value):
            if isinstance(item, str):
                if len(item) >= SHORTEST_TEXT:
                    self._add(item, (path, index, None, False))
            elif isinstance(item, (dict, list, tuple)):
                below.append((item, (path, index)))

    def _look_in_object(
        self, value: dict[Any, Any], path: Path, below: list[tuple[Any, Path]]
    ) -> None:
        promises = self._promises
        for name, item in value.items():
            if isinstance(item, str):
                if len(item) >= SHORTEST_TEXT:
                    key = str(name)
                    promise = promises[key] if key in promises else self._promise(value, key)
                    self._add(item, (path, key, promise, False))
                    if promise:
                        self.promised.add(item)
            elif isinstance(item, (dict, list, tuple)):
                below.append((item, (path, str(name))))
            elif isinstance(item, int) and 0 < item < _LARGEST:
                self._look_at_number(item, path, str(name))

    def _look_at_number(self, item: int, path: Path, key: str) -> None:
        if named(key) is Named.PASSWORD:
            self._add(str(item), (path, key, Named.PASSWORD, False))
            self.promised.add(str(item))

    def _promise(self, owner: dict[Any, Any], key: str) -> Named | None:
        if key in _PAIR_VALUES:
            return _promise(owner, key)
        promise = self._promises[key] = _promise(owner, key)
        return promise


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

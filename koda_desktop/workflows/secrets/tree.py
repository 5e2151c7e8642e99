"""Walks a parsed document and hands out its strings with their places and telling names.

Headers, query parameters and fields come as ``{name, value}`` pairs in every platform's files
(n8n ``parameters.parameters[]``, Make ``mapper.headers[]``, Node-RED's change nodes), so a pair
is read as ``name = value``. The walk is iterative: depth costs no stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
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


_Spot = tuple[Path, Any, list[str], list[str]]
"""A container and the way to it, the texts in it, and the keys of an object first met here."""


class Gathered:
    """Every string of a document worth a look, each once, in the order of the document.

    ``texts`` are those strings, ``promised`` are those that stand under a telling name. Where they
    stand is only looked up (``places``) of the few in which something was seen.
    """

    def __init__(self, document: Any) -> None:
        self.promised: set[str] = set()
        self._spots: list[_Spot] = []
        self._keys: set[Any] = set()
        self._telling: set[Any] = set()
        if isinstance(document, str):
            self._spots.append((None, {}, [], [document]))
        else:
            self._walk(document)
        texts: list[str] = []
        for _, _, inside, keys in self._spots:
            texts += keys
            texts += inside
        self.texts = tuple(dict.fromkeys(texts))

    def places(self, wanted: Set[str]) -> dict[str, list[Place]]:
        """Where each of the texts in ``wanted`` stands, in the order of the document."""
        found: dict[str, list[Place]] = {text: [] for text in wanted}
        for path, content, texts, keys in self._spots:
            for key in keys:
                if key in wanted:
                    found[key].append(Place(key, path, key, None, True))
            if not wanted.isdisjoint(texts):
                for place in self._places(path, content):
                    if place.text in wanted:
                        found[place.text].append(place)
        return found

    def _walk(self, document: Any) -> None:
        stack: list[tuple[Any, Path]] = [(document, None)]
        while stack:
            value, path = stack.pop()
            keys: list[str] = []
            if value.__class__ is dict:
                texts, below = _strings_and_containers(value.items(), path)
                if not value.keys() <= self._keys:
                    keys = self._new_keys(value)
                if not self._telling.isdisjoint(value):
                    texts = self._look_at_names(value, path)
            elif value.__class__ is list:
                texts, below = _strings_and_containers(enumerate(value), path)
            else:
                continue
            if texts or keys:
                self._spots.append((path, value, texts, keys))
            below.reverse()
            stack += below

    def _new_keys(self, value: dict[Any, Any]) -> list[str]:
        """The keys of ``value`` met for the first time that are long enough to be searched."""
        new = [key for key in value if key not in self._keys]
        self._keys.update(new)
        self._telling.update(k for k in new if k in _PAIR_VALUES or named(str(k)))
        return [key for key in new if isinstance(key, str) and len(key) >= SHORTEST_TEXT]

    def _look_at_names(self, value: dict[Any, Any], path: Path) -> list[str]:
        """The texts of an object in which some names are telling, and numbers that are PINs."""
        places = list(self._places(path, value))
        self.promised.update(place.text for place in places if place.named)
        return [place.text for place in places]

    def _places(self, path: Path, value: Any) -> Iterator[Place]:
        """The texts of one container. Numbers count under the name of a password only."""
        if not isinstance(value, dict):
            for index, item in enumerate(value):
                if isinstance(item, str) and len(item) >= SHORTEST_TEXT:
                    yield Place(item, path, index, None)
            return
        for name, item in value.items():
            key = str(name)
            if isinstance(item, str):
                if len(item) >= SHORTEST_TEXT:
                    yield Place(item, path, key, _promise(value, key))
            elif _is_number(item) and named(key) is Named.PASSWORD:
                yield Place(str(item), path, key, Named.PASSWORD)


def _strings_and_containers(
    items: Iterable[tuple[str | int, Any]], path: Path
) -> tuple[list[str], list[tuple[Any, Path]]]:
    """The texts among ``items`` that are long enough, and what has to be walked further."""
    texts: list[str] = []
    below: list[tuple[Any, Path]] = []
    for step, item in items:
        # Exact classes, as the parser makes them: half the time of isinstance, twice a value.
        kind = item.__class__
        if kind is str:
            if len(item) >= SHORTEST_TEXT:
                texts.append(item)
        elif kind is dict or kind is list:
            below.append((item, (path, step)))
    return texts, below


def _is_number(item: Any) -> bool:
    return isinstance(item, int) and 0 < item < _LARGEST


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

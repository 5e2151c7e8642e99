"""What Make's editor remembers of a module's fields, reduced to what tells nothing of the account.

``restore`` holds what was chosen in the editor, ``expect``, ``parameters`` and ``advanced`` the
fields of a module, ``interface`` those of its output: all as the account offers them, so that a
sheet's column titles, the options of a database and the labels of connections stand in them. What
a seller may keep says nothing that the rest of the package does not say: fields whose names its
mappings use, with their types and limits, and labels that repeat those names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject, RawNumber
from koda_desktop.workflows.stripping import repeats

_WORD = re.compile(r"[A-Za-z_$][\w$-]*", re.ASCII)
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9,-]*(?::[A-Za-z][A-Za-z0-9,-]*)?\Z", re.ASCII)
_MOST_DIGITS = 3
"""A type with more of them names a thing, such as a data structure of a team, by its number."""
_MODES = ("chose", "edit", "map")
_FLAGS = ("required", "multiple", "multiline", "time", "editable", "advanced", "mappable",
          "grouped", "collapsed")  # fmt: skip
_SPOKEN = ("parameters", "mapper", "filter")


def words(modules: Iterator[JsonObject]) -> frozenset[str]:
    """The names the package uses anyway: keys of fields, and whatever is referred to."""
    found: set[str] = set()
    for module in modules:
        for key in _SPOKEN:
            _collect(module.get(key), found)
    return frozenset(found)


def _collect(value: Any, found: set[str]) -> None:
    """Recursion is bounded by Caps.max_depth."""
    if isinstance(value, dict):
        found.update(value)
        for item in value.values():
            _collect(item, found)
    elif isinstance(value, list):
        for item in value:
            _collect(item, found)
    elif isinstance(value, str) and "{{" in value:
        found.update(_WORD.findall(value))


def harmless(key: str, hint: Any, known: Set[str]) -> Any:
    """What may be kept of the hint ``key``; empty where that is nothing."""
    if key == "restore":
        return _chosen(hint, known)
    return _fields(hint, known)


def _chosen(value: Any, known: Set[str]) -> Any:
    """Of the editor's memory only which fields were chosen from a list and which were typed."""
    if isinstance(value, list):
        items = [_chosen(item, known) for item in value]
        return items if any(items) else None
    if not isinstance(value, dict):
        return None
    mode = value.get("mode")
    left = {"mode": mode} if isinstance(mode, str) and mode in _MODES else {}
    nested = {
        key: _chosen(item, known)
        for key, item in value.items()
        if key in known or key in _CONTAINERS
    }
    kept = left | {key: item for key, item in nested.items() if item}
    return {key: kept[key] for key in value if key in kept}


_CONTAINERS = ("parameters", "expect", "advanced", "nested", "items")


def _fields(value: Any, known: Set[str]) -> Any:
    if isinstance(value, list):
        return [left for item in value if (left := _field(item, known))]
    return _field(value, known)


def _field(value: Any, known: Set[str]) -> Any:
    """One field. Without its name nothing is left of it."""
    if not isinstance(value, dict):
        return None
    name = value.get("name")
    if "name" in value and not (isinstance(name, str) and name in known):
        return None
    kept = {key: left for key, item in value.items() if (left := _part(value, key, item, known))}
    return kept if "name" in kept or "spec" in kept or _is_type_alone(value, kept) else None


def _is_type_alone(value: JsonObject, kept: JsonObject) -> bool:
    """The items of a list have a type and no name."""
    return "name" not in value and "type" in kept


def _part(field: JsonObject, key: str, item: Any, known: Set[str]) -> Any:
    if key in _FLAGS:
        return item is True
    rule = _RULES.get(key)
    return rule(field, item, known) if rule else None


def _type(field: JsonObject, item: Any, known: Set[str]) -> Any:
    if not isinstance(item, str) or not _TYPE.match(item):
        return None
    return item if sum(char.isdigit() for char in item) <= _MOST_DIGITS else None


def _label(field: JsonObject, item: Any, known: Set[str]) -> Any:
    return item if repeats(item, field.get("name")) else None


def _limits(field: JsonObject, item: Any, known: Set[str]) -> Any:
    if not isinstance(item, dict):
        return None
    return {key: item[key] for key in item if key in ("min", "max") and _is_number(item[key])}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, RawNumber)) and not isinstance(value, bool)


_Rule = Callable[[JsonObject, Any, Set[str]], Any]
_RULES: Mapping[str, _Rule] = {
    "name": lambda field, item, known: item,
    "type": _type,
    "label": _label,
    "validate": _limits,
    "spec": lambda field, item, known: _fields(item, known),
}

"""The forms a Make blueprint comes in, and finding it inside them.

Plain ``{name, flow, metadata}`` as the scenario editor exports it; ``{blueprint: ...}`` and
``{response: {blueprint: ...}}`` as the API answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.where import ROOT, Where

_WRAPPERS = ("blueprint", "response", "scenario", "template", "data")
_MOST_WRAPPED = 4
_SCENARIO_KEYS = ("scenario", "designer", "instant")
NESTING = ("flow", "routes", "branches", "onerror", "tools", "subflows")
"""The keys under which modules hold lists of modules, or of objects with a ``flow``."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the blueprint of a file is, and what stood around it."""

    sub_kind: str
    where: Where
    blueprint: JsonObject
    wrapping: tuple[tuple[Where, Any], ...] = ()


def find(document: Any) -> Shape | None:
    """The blueprint of ``document``; None where there is none."""
    where, wrapping = ROOT, list[tuple[Where, Any]]()
    for _ in range(_MOST_WRAPPED):
        if isinstance(document, list) and len(document) == 1:
            document, where = document[0], where / 0
        if is_blueprint(document):
            is_wrapped = where.parent is not None
            sub_kind = "wrapped" if is_wrapped else "blueprint"
            return Shape(sub_kind, where, document, tuple(wrapping))
        if not isinstance(document, dict):
            return None
        step = next((key for key in _WRAPPERS if isinstance(document.get(key), dict)), None)
        if step is None:
            return None
        wrapping += [(where / key, value) for key, value in document.items() if key != step]
        document, where = document[step], where / step
    return None


def is_blueprint(value: Any) -> bool:
    """Whether ``value`` is a flow of modules; an empty flow needs a scenario's metadata."""
    if not isinstance(value, dict) or not isinstance(value.get("flow"), list):
        return False
    if any(":" in module["module"] for module in modules(value)):
        return True
    metadata = value.get("metadata")
    is_scenario = isinstance(metadata, dict) and any(key in metadata for key in _SCENARIO_KEYS)
    return is_scenario and not value["flow"]


def modules(blueprint: JsonObject) -> Iterator[JsonObject]:
    """Every module of the flow and of what hangs below it, the orphans too."""
    pending: list[Any] = [*orphans(blueprint), blueprint]
    while pending:
        level = pending.pop()
        if isinstance(level, list):
            pending += reversed(level)
            continue
        if not isinstance(level, dict):
            continue
        if isinstance(level.get("module"), str):
            yield level
        for key in NESTING:
            inner = level.get(key)
            pending += reversed(inner) if isinstance(inner, list) else []


def orphans(blueprint: JsonObject) -> list[Any]:
    """The flows left on the canvas without a connection to the main one."""
    metadata = blueprint.get("metadata")
    designer = metadata.get("designer") if isinstance(metadata, dict) else None
    listed = designer.get("orphans") if isinstance(designer, dict) else None
    return listed if isinstance(listed, list) else []

"""What the steps of a workflow are set to, as names and digests: enough to say what changed.

Read from the scrubbed package, so that what belongs to an instance never counts as a change.
Values leave this module only as digests, which are compared and never shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from koda_desktop.workflows.inspection import Inspection
from koda_desktop.workflows.json_reading import JsonError, JsonObject, parse
from koda_desktop.workflows.json_writing import to_bytes
from koda_desktop.workflows.make import reading as make_reading
from koda_desktop.workflows.make import shapes as make_shapes
from koda_desktop.workflows.n8n import reading as n8n_reading
from koda_desktop.workflows.n8n import shapes as n8n_shapes
from koda_desktop.workflows.node_red import reading as node_red_reading
from koda_desktop.workflows.node_red import shapes as node_red_shapes
from koda_desktop.workflows.texts import one_line
from koda_desktop.workflows.zapier import reading as zapier_reading

_LONGEST_NAME = 80
_Keyed = Iterator[tuple[str, JsonObject]]


@dataclass(frozen=True, slots=True)
class Settings:
    """One step: the id its platform gave it (empty for none), and name to digest of everything
    it is set to."""

    id: str
    digests: Mapping[str, str]


def step_settings(inspection: Inspection) -> dict[str, Settings]:
    """The settings of each step by the name it has in the graph; empty where they are not JSON."""
    platform = _PLATFORMS.get(_kind(inspection))
    if platform is None or inspection.packaged is None:
        return {}
    try:
        document = parse(inspection.packaged.data.decode()).document
    except (JsonError, UnicodeDecodeError):
        return {}
    return {key: _settings(raw, platform) for key, raw in platform.steps(document)}


def _kind(inspection: Inspection) -> str:
    return inspection.platform if inspection.platform in _PLATFORMS else inspection.sub_kind


@dataclass(frozen=True, slots=True)
class _Platform:
    """``steps`` are those of a document; ``inner`` the keys whose keys are settings themselves;
    ``ignored`` those that say where a step stands, what it is and what leads to it."""

    steps: Callable[[Any], _Keyed]
    inner: tuple[str, ...]
    ignored: frozenset[str]


def _settings(raw: JsonObject, platform: _Platform) -> Settings:
    found: dict[str, Any] = {
        key: value
        for key, value in raw.items()
        if key not in platform.ignored and key not in platform.inner
    }
    for key in platform.inner:
        inner = raw.get(key)
        found.update(inner if isinstance(inner, dict) else {})
    names = {one_line(name, _LONGEST_NAME): _digest(value) for name, value in found.items()}
    given = raw.get("id")
    return Settings(str(given) if isinstance(given, (str, int)) else "", names)


def _digest(value: Any) -> str:
    return hashlib.sha256(to_bytes(value)).hexdigest()


def _n8n_steps(document: Any) -> _Keyed:
    shape = n8n_shapes.find(document)
    for workflow in n8n_reading.read_all(shape.workflows) if shape else ():
        for step in workflow.working:
            yield step.key, step.raw


def _make_steps(document: Any) -> _Keyed:
    shape = make_shapes.find(document)
    for step in make_reading.read(shape).steps if shape else ():
        yield step.key, step.raw


def _zapier_steps(document: Any) -> _Keyed:
    for zap in zapier_reading.read_all(document):
        for step in zap.steps:
            yield step.key, step.raw


def _node_red_steps(document: Any) -> _Keyed:
    shape = node_red_shapes.find(document)
    for step in node_red_reading.read(shape).steps if shape else ():
        yield step.key, step.item.raw


_PLATFORMS = {
    "n8n": _Platform(
        _n8n_steps,
        ("parameters",),
        frozenset({"id", "name", "type", "position", "webhookId", "disabled", "notes",
                   "notesInFlow", "color"}),
    ),
    "Make": _Platform(
        _make_steps,
        ("parameters", "mapper"),
        frozenset({"id", "module", "metadata", *make_shapes.NESTING}),
    ),
    "Zapier": _Platform(
        _zapier_steps,
        ("params",),
        frozenset({"id", "action", "selected_api", "type_of", "title", "meta", "paused",
                   "parent_id", "root_id", "triple_stores"}),
    ),
    "node-red": _Platform(
        _node_red_steps,
        (),
        frozenset({"id", "name", "type", "x", "y", "z", "g", "w", "h", "l", "d", "wires", "info",
                   "links"}),
    ),
}  # fmt: skip

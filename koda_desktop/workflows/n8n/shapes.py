"""The forms an n8n export comes in, and finding the workflows inside them.

Plain ``{nodes, connections}``; the same without name, id or settings (clipboard fragment);
``{workflow: ...}`` and ``{data: ...}`` of the template and public APIs, nested at times;
``{workflowData: ...}`` of a saved execution; a list of workflows as ``n8n export:workflow`` writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.where import ROOT, Where

_WRAPPERS = ("workflow", "workflowData", "workflows", "data")
_MOST_WRAPPED = 4
_TYPE = re.compile(r"(?:@[\w.-]{1,80}/)?[A-Za-z][\w-]{0,80}\.[A-Za-z][\w.-]{0,100}\Z", re.ASCII)
_N8N_TYPE = re.compile(r"(?:@n8n/|(?:@[\w.-]{1,80}/)?n8n-nodes-)", re.ASCII)
_NOT_IN_FRAGMENTS = {"name", "id", "settings", "active", "versionId"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the workflows of a file are. ``strays`` are list entries that are none; ``wrapping``
    what stood around a single workflow; ``name`` what the wrapping calls it."""

    sub_kind: str
    workflows: tuple[tuple[Where, JsonObject], ...]
    strays: tuple[Where, ...] = ()
    wrapping: tuple[tuple[Where, Any], ...] = ()
    name: object = None


def find(document: Any) -> Shape | None:
    """The workflows of ``document``; None where there is none."""
    where, wrapping, sub_kind, name = ROOT, list[tuple[Where, Any]](), "", None
    for _ in range(_MOST_WRAPPED):
        if isinstance(document, list) and len(document) != 1:
            return _listed(document, where, tuple(wrapping))
        if is_workflow(document):
            return Shape(
                sub_kind or _form(document), ((where, document),), (), tuple(wrapping), name
            )
        step = _inner_step(document)
        if step is None:
            return None
        if isinstance(document, dict):
            wrapping += [(where / key, value) for key, value in document.items() if key != step]
            name = document.get("name") or name
        sub_kind = sub_kind or ("list" if step == 0 else "wrapped")
        document, where = document[step], where / step
    return None


def _inner_step(document: Any) -> str | int | None:
    if isinstance(document, list):
        return 0 if document else None
    if not isinstance(document, dict):
        return None
    keys = (key for key in _WRAPPERS if isinstance(document.get(key), (dict, list)))
    return next(keys, None)


def _listed(
    document: list[Any], where: Where, wrapping: tuple[tuple[Where, Any], ...]
) -> Shape | None:
    found = [(where / i, entry) for i, entry in enumerate(document) if is_workflow(entry)]
    if not found:
        return None
    strays = [where / i for i, entry in enumerate(document) if not is_workflow(entry)]
    return Shape("list", tuple(found), tuple(strays), wrapping)


def _form(workflow: JsonObject) -> str:
    return "workflow" if _NOT_IN_FRAGMENTS & workflow.keys() else "fragment"


def is_workflow(value: Any) -> bool:
    """Whether ``value`` is one n8n workflow: nodes typed ``package.node``, and connections."""
    if not isinstance(value, dict) or not isinstance(value.get("nodes"), list):
        return False
    types = list(_types(value["nodes"]))
    if isinstance(value.get("connections"), dict):
        return 2 * sum(map(_is_type, types)) >= len(value["nodes"])
    return bool(types) and 2 * _n8n_types(types) >= len(value["nodes"])


def n8n_share(shape: Shape) -> float:
    """The share of nodes whose type comes from an n8n package, from 0 to 1."""
    count = sum(len(workflow["nodes"]) for _, workflow in shape.workflows)
    known = sum(_n8n_types(list(_types(workflow["nodes"]))) for _, workflow in shape.workflows)
    return known / count if count else 0.0


def _types(nodes: list[Any]) -> Iterator[str]:
    for node in nodes:
        kind = node.get("type") if isinstance(node, dict) else None
        if isinstance(kind, str):
            yield kind


def _is_type(kind: str) -> bool:
    return bool(_TYPE.match(kind))


def _n8n_types(types: list[str]) -> int:
    return sum(bool(_N8N_TYPE.match(kind)) for kind in types)

"""The forms Node-RED flows come in: a list of nodes, or ``{flows: [...], rev, credentials}``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.where import ROOT, Where

_OF_N8N = frozenset(("typeVersion", "position"))
_SURE_TYPES = ("tab", "subflow")


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the nodes of a file are, and what stood around them; ``sound`` are those that are
    nodes."""

    where: Where
    nodes: list[Any]
    sound: list[JsonObject]
    wrapping: tuple[tuple[Where, Any], ...] = ()


def find(document: Any) -> Shape | None:
    """The nodes of ``document``; None where there are none."""
    if isinstance(document, list):
        shape = Shape(ROOT, document, _sound(document))
    elif isinstance(document, dict) and isinstance(document.get("flows"), list):
        around = ((ROOT / key, value) for key, value in document.items() if key != "flows")
        flows = document["flows"]
        shape = Shape(ROOT / "flows", flows, _sound(flows), tuple(around))
    else:
        return None
    enough = 3 * len(shape.sound) >= 2 * len(shape.nodes)
    return shape if enough and any(map(_is_sure, shape.sound)) else None


def _sound(nodes: list[Any]) -> list[JsonObject]:
    return [node for node in nodes if is_node(node)]


def is_node(value: Any) -> bool:
    """Whether an entry has an id and a type. Nodes of n8n, with ``parameters``, are others."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("id"), str)
        and isinstance(value.get("type"), str)
        and not ("parameters" in value and _OF_N8N & value.keys())
    )


def _is_sure(node: JsonObject) -> bool:
    return isinstance(node.get("wires"), list) or node["type"] in _SURE_TYPES

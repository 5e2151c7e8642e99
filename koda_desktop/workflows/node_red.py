"""Node-RED flows: recognised and counted; sold as they are, as platform Other."""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.generic import Outline, kept_as_is, report
from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.packaging import JSON_TYPE
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.source import Form, Source

_CONTAINERS = {"tab", "subflow", "group", "comment"}


class NodeRed:
    """A list of nodes with ``id`` and ``type``, wired by ``wires``; or ``{flows: [...]}``."""

    reads = "Other"

    def detect(self, source: Source) -> Detection | None:
        nodes = _nodes(source.document) if source.form is Form.JSON else []
        if not nodes or not all(_is_node(node) for node in nodes):
            return None
        if not any(isinstance(n.get("wires"), list) or n["type"] == "tab" for n in nodes):
            return None
        reasons = ("a list of nodes with id, type and wires, as in a Node-RED flow",)
        return Detection("Other", "node-red", 0.95, reasons)

    def inspect(self, source: Source, detection: Detection) -> Findings:
        nodes = _nodes(source.document)
        steps = [n for n in nodes if n["type"] not in _CONTAINERS and "wires" in n]
        tabs = [n.get("label") for n in nodes if n["type"] == "tab"]
        name = tabs[0] if len(tabs) == 1 else None
        outline = Outline("Node-RED flow", "node", JSON_TYPE, name, len(steps))
        return report(source, outline, (kept_as_is("A Node-RED flow is"),))


def _nodes(document: Any) -> list[JsonObject]:
    listed = document.get("flows") if isinstance(document, dict) else document
    return listed if isinstance(listed, list) else []


def _is_node(node: Any) -> bool:
    return (
        isinstance(node, dict)
        and isinstance(node.get("id"), str)
        and isinstance(node.get("type"), str)
        and "parameters" not in node
    )

"""An n8n workflow as steps and links, whatever state it is in.

``connections[source][type][output]`` is a list of ``{node, type, index}`` or null. Both ends are
node names; files rewritten by scripts hold node ids there, which are resolved second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject, number
from koda_desktop.workflows.naming import unique
from koda_desktop.workflows.texts import one_line
from koda_desktop.workflows.where import Where

NOTE_TYPE = "n8n-nodes-base.stickyNote"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One node. ``key`` is its name made unique and printable, for the graph."""

    where: Where
    raw: JsonObject
    name: str
    type: str
    key: str
    parameters: JsonObject
    credentials: JsonObject

    @property
    def is_note(self) -> bool:
        return self.type == NOTE_TYPE

    @property
    def disabled(self) -> bool:
        return self.raw.get("disabled") is True

    @property
    def position(self) -> tuple[float, float] | None:
        return pair(self.raw.get("position"))


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection: what is written, the step it means, and whether by its id."""

    written: str
    step: Step | None
    by_id: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One connection between two ends."""

    where: Where
    kind: str
    source: End
    target: End
    output: int
    input: int


@dataclass(slots=True)
class Workflow:
    """A workflow read. ``malformed`` are places whose shape n8n would not read; ``loose`` are
    sources of connections that name no node and lead nowhere."""

    raw: JsonObject
    where: Where
    steps: list[Step] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    malformed: list[Where] = field(default_factory=list)
    loose: list[Where] = field(default_factory=list)

    @property
    def working(self) -> list[Step]:
        """The steps without sticky notes."""
        return [step for step in self.steps if not step.is_note]


def pair(value: Any) -> tuple[float, float] | None:
    """Two finite numbers, as positions are written (a list; long ago an object with x and y)."""
    if isinstance(value, dict):
        value = [value.get("x"), value.get("y")]
    if not isinstance(value, list) or len(value) < 2:
        return None
    x, y = number(value[0]), number(value[1])
    return None if x is None or y is None else (x, y)


def read_all(workflows: tuple[tuple[Where, JsonObject], ...]) -> list[Workflow]:
    """Read every workflow of a file; step keys are unique over all of them."""
    taken: dict[str, int] = {}
    several = len(workflows) > 1
    return [
        _read(raw, where, f"{index + 1}: " if several else "", taken)
        for index, (where, raw) in enumerate(workflows)
    ]


def _read(raw: JsonObject, where: Where, prefix: str, taken: dict[str, int]) -> Workflow:
    workflow = Workflow(raw, where)
    for index, node in enumerate(raw["nodes"]):
        place = where / "nodes" / index
        if isinstance(node, dict):
            workflow.steps.append(_step(node, place, index, prefix, taken))
        else:
            workflow.malformed.append(place)
    _read_links(workflow)
    return workflow


def _step(node: JsonObject, where: Where, index: int, prefix: str, taken: dict[str, int]) -> Step:
    name = node["name"] if isinstance(node.get("name"), str) else ""
    kind = node["type"] if isinstance(node.get("type"), str) else ""
    shown = prefix + (one_line(name, _LONGEST_NAME) or f"node {index}")
    key = unique(shown, taken)
    return Step(where, node, name, kind, key, _part(node, "parameters"), _part(node, "credentials"))


def _part(node: JsonObject, key: str) -> JsonObject:
    given = node.get(key)
    return given if isinstance(given, dict) else {}


def _read_links(workflow: Workflow) -> None:
    declared = workflow.raw.get("connections")
    if not isinstance(declared, dict):
        return
    # The first of several nodes with one name wins, as reading order does in n8n.
    by_name = {step.name: step for step in reversed(workflow.steps) if step.name}
    by_id = {step.raw["id"]: step for step in workflow.steps if isinstance(step.raw.get("id"), str)}

    def end(written: str) -> End:
        if written in by_name:
            return End(written, by_name[written])
        return End(written, by_id.get(written), written in by_id)

    for name, outputs in declared.items():
        place = workflow.where / "connections" / name
        before, source = len(workflow.links), end(name)
        for target, kind, output, input_, spot in _targets(outputs, place, workflow.malformed):
            workflow.links.append(Link(spot, kind, source, end(target), output, input_))
        if source.step is None and len(workflow.links) == before:
            workflow.loose.append(place)


def _targets(
    outputs: Any, where: Where, malformed: list[Where]
) -> Iterator[tuple[str, str, int, int, Where]]:
    """Every ``(target, kind, output, input, place)`` one source leads to."""
    if not isinstance(outputs, dict):
        malformed.append(where)
        return
    for kind, ports in outputs.items():
        for output, place, targets in _lists(ports, where / kind, malformed):
            for index, target in enumerate(targets):
                if isinstance(target, dict) and isinstance(target.get("node"), str):
                    port = target.get("index")
                    port = port if isinstance(port, int) and not isinstance(port, bool) else 0
                    yield target["node"], kind, output, port, place / index
                else:
                    malformed.append(place / index)


def _lists(
    ports: Any, where: Where, malformed: list[Where]
) -> Iterator[tuple[int, Where, list[Any]]]:
    if not isinstance(ports, list):
        malformed.extend([where] if ports is not None else [])
        return
    for output, targets in enumerate(ports):
        if isinstance(targets, list):
            yield output, where / output, targets
        elif targets is not None:
            malformed.append(where / output)

"""Node-RED flows as steps and links, whatever state they are in.

All nodes stand in one list. ``z`` names the tab or subflow a node lies in, ``g`` its group;
``wires[output]`` are the ids it leads to. Configuration nodes have neither wires nor a place.
Tabs are drawn below one another, for each has coordinates of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from koda_desktop.workflows.json_reading import JsonObject, number
from koda_desktop.workflows.naming import unique
from koda_desktop.workflows.node_red.node_types import SUBFLOW, node_type
from koda_desktop.workflows.node_red.shapes import Shape, is_node
from koda_desktop.workflows.texts import one_line
from koda_desktop.workflows.where import Where

CONTAINERS = ("tab", "subflow", "group")
_NO_STEPS = (*CONTAINERS, "comment")
_LONGEST_NAME = 120
_BETWEEN_TABS = 160.0
_LARGEST = 1e7


class Item(NamedTuple):
    """One entry of the list: a node, tab, group, comment or configuration.

    ``tab`` is the id of the tab or subflow it lies in; ``is_step`` marks nodes of a flow.
    """

    where: Where
    raw: JsonObject
    id: str
    type: str
    tab: str
    place: tuple[float, float] | None
    is_step: bool


def _item(where: Where, raw: JsonObject) -> Item:
    kind, place = text(raw.get("type")), _place(raw)
    has_place = place is not None or isinstance(raw.get("wires"), list)
    is_step = has_place and kind not in _NO_STEPS
    return Item(where, raw, text(raw.get("id")), kind, text(raw.get("z")), place, is_step)


def _place(raw: JsonObject) -> tuple[float, float] | None:
    x, y = number(raw.get("x")), number(raw.get("y"))
    if x is None or y is None or max(abs(x), abs(y)) > _LARGEST:
        return None
    return (x, y)


class Step(NamedTuple):
    """A node of a flow. ``key`` is its name made unique; ``position`` is that in the picture.

    ``trigger`` is what starts a flow here; empty where nothing does.
    """

    item: Item
    key: str
    disabled: bool
    position: tuple[float, float] | None
    trigger: str


class Link(NamedTuple):
    """A connection. ``kind`` is main for a wire, else link, call or error."""

    source: Step
    target: Step
    kind: str
    output: int = 0


@dataclass(slots=True)
class Flows:
    """A file read. ``malformed`` are entries that are no nodes; ``lost`` places that name a node
    which is not there, with its id."""

    where: Where
    items: list[Item] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    malformed: list[Where] = field(default_factory=list)
    lost: list[tuple[Where, str]] = field(default_factory=list)
    shifts: dict[str, float] = field(default_factory=dict)

    def of_type(self, *kinds: str) -> list[Item]:
        return [item for item in self.items if item.type in kinds]

    @property
    def configurations(self) -> list[Item]:
        known = (*CONTAINERS, "comment", "global-config")
        return [item for item in self.items if not item.is_step and item.type not in known]


def text(value: Any) -> str:
    """``value`` where it is a text, else nothing."""
    return value if isinstance(value, str) else ""


def entries(value: Any) -> list[Any]:
    """``value`` where it is a list, else nothing."""
    return value if isinstance(value, list) else []


def read(shape: Shape) -> Flows:
    """Read the nodes of a file."""
    flows = Flows(shape.where)
    for index, entry in enumerate(shape.nodes):
        if is_node(entry):
            flows.items.append(_item(shape.where / index, entry))
        else:
            flows.malformed.append(shape.where / index)
    flows.shifts = _shifts(flows.items)
    off = {item.id for item in flows.items if item.raw.get("disabled") is True}
    taken: dict[str, int] = {}
    names = {f"{SUBFLOW}{item.id}": text(item.raw.get("name")) for item in flows.items}
    flows.steps = [
        _step(item, _given_name(item) or names.get(item.type, ""), item.tab in off, flows, taken)
        for item in flows.items
        if item.is_step
    ]
    _read_links(flows)
    return flows


def _given_name(item: Item) -> str:
    """What the seller calls a node. In e-mail nodes ``name`` is the address they send to."""
    key = "dname" if item.type.startswith("e-mail") else "name"
    return text(item.raw.get(key)) or text(item.raw.get("label"))


def _step(item: Item, given: str, off: bool, flows: Flows, taken: dict[str, int]) -> Step:
    shown = one_line(given, _LONGEST_NAME) or one_line(node_type(item.type).label, 60) or "Node"
    disabled = off or item.raw.get("d") is True
    trigger = _inject(item.raw) if item.type == "inject" else node_type(item.type).trigger
    return Step(item, unique(shown, taken), disabled, shifted(item, flows.shifts), trigger)


def shifted(item: Item, shifts: dict[str, float]) -> tuple[float, float] | None:
    """The place of an item where its tab is drawn."""
    place = item.place
    return place and (place[0], place[1] + shifts.get(item.tab, 0.0))


def _shifts(items: list[Item]) -> dict[str, float]:
    """How far down each tab is moved so that it begins below the one before."""
    heights: dict[str, list[float]] = {}
    for item in items:
        if item.place and item.type not in CONTAINERS:
            heights.setdefault(item.tab, []).append(item.place[1])
    if len(heights) < 2:
        return {}
    shifts: dict[str, float] = {}
    bottom = 0.0
    order = [item.id for item in items if item.type in ("tab", "subflow")]
    for tab in dict.fromkeys((*order, *heights)):
        if tab in heights:
            top, low = min(heights[tab]), max(heights[tab])
            shifts[tab] = bottom - top
            bottom += low - top + _BETWEEN_TABS
    return shifts


def _read_links(flows: Flows) -> None:
    by_id = {step.item.id: step for step in reversed(flows.steps)}
    seen: set[tuple[str, str, str]] = set()
    for step in flows.steps:
        for wanted, kind, output, steps, backwards in _leads_to(step):
            other = by_id.get(wanted)
            if other is None:
                flows.lost.append((_below(step.item.where, steps), wanted))
                continue
            source, target = (other, step) if backwards else (step, other)
            mark = (source.key, target.key, kind)
            if kind == "link" and mark in seen:
                continue
            seen.add(mark)
            flows.links.append(Link(source, target, kind, output))


Steps = tuple[str | int, ...]
"""The way from a node to a value in it: few of them are ever told, and tuples cost least."""


def _below(where: Where, steps: Steps) -> Where:
    for step in steps:
        where /= step
    return where


def _leads_to(step: Step) -> Iterator[tuple[str, str, int, Steps, bool]]:
    """Every ``(id, kind, output, place, backwards)`` a node is connected with."""
    raw, own = step.item.raw, step.item.type
    for output, targets in enumerate(entries(raw.get("wires"))):
        for index, wanted in enumerate(entries(targets)):
            yield text(wanted), "main", output, ("wires", output, index), False
    kind = _LINKING.get(own)
    if kind:
        for index, wanted in enumerate(entries(raw.get("links"))):
            yield text(wanted), kind, 0, ("links", index), own == "link in"
    if own == "catch":
        for index, wanted in enumerate(entries(raw.get("scope"))):
            yield text(wanted), "error", 0, ("scope", index), True


_LINKING = {"link in": "link", "link out": "link", "link call": "call"}


def _inject(raw: JsonObject) -> str:
    if text(raw.get("crontab")) or text(raw.get("repeat")) not in ("", "0"):
        return "Schedule"
    return "Flow start" if raw.get("once") is True else "Manual"

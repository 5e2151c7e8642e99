"""Zaps as steps and links, whatever state they are in.

``nodes`` maps step ids to steps. ``parent_id`` names the step before; steps with one parent are
the paths of a branch. There are no coordinates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject, RawNumber
from koda_desktop.workflows.naming import unique
from koda_desktop.workflows.texts import one_line
from koda_desktop.workflows.where import ROOT, Where
from koda_desktop.workflows.zapier.apps import App, action_name, app

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a zap. ``id`` is the key it is kept under, ``key`` its name made unique."""

    where: Where
    raw: JsonObject
    id: str
    key: str
    app: App

    @property
    def action(self) -> str:
        return text(self.raw.get("action"))

    @property
    def parent(self) -> str:
        """The id of the step before; empty for a trigger."""
        return reference(self.raw.get("parent_id"))

    @property
    def is_trigger(self) -> bool:
        return self.raw.get("type_of") == "read" and not self.parent

    @property
    def params(self) -> JsonObject:
        return part(self.raw, "params")


@dataclass(frozen=True, slots=True)
class Link:
    """From a step to a following one; ``kind`` is main, or branch where several follow."""

    source: Step
    target: Step
    kind: str
    output: int


@dataclass(slots=True)
class Zap:
    """A zap read. ``malformed`` are places whose shape Zapier would not read."""

    raw: JsonObject
    where: Where
    steps: list[Step] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    malformed: list[Where] = field(default_factory=list)


def part(value: JsonObject, key: str) -> JsonObject:
    """The object under ``key``; empty where there is none."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def text(value: Any) -> str:
    """``value`` where it is a text, else nothing."""
    return value if isinstance(value, str) else ""


def reference(value: Any) -> str:
    """The id a value stands for, as text; empty for none. Ids are numbers, at times as texts."""
    if isinstance(value, RawNumber):
        return value.text
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


def listed(document: Any) -> list[Any]:
    """The entries of ``zaps``."""
    found = document.get("zaps") if isinstance(document, dict) else None
    return found if isinstance(found, list) else []


def read_all(document: Any) -> list[Zap]:
    """Read every zap of a file; step keys are unique over all of them."""
    entries = listed(document)
    taken: dict[str, int] = {}
    return [
        _read(entry, ROOT / "zaps" / index, f"{index + 1}: " if len(entries) > 1 else "", taken)
        for index, entry in enumerate(entries)
        if isinstance(entry, dict)
    ]


def _read(raw: JsonObject, where: Where, prefix: str, taken: dict[str, int]) -> Zap:
    zap = Zap(raw, where)
    nodes = raw.get("nodes")
    if not isinstance(nodes, dict):
        zap.malformed.append(where / "nodes")
        return zap
    for given, node in nodes.items():
        place = where / "nodes" / given
        if isinstance(node, dict):
            zap.steps.append(_step(given, node, place, prefix, taken))
        else:
            zap.malformed.append(place)
    zap.links += _links(zap.steps)
    return zap


def _step(given: str, node: JsonObject, where: Where, prefix: str, taken: dict[str, int]) -> Step:
    kind = app(text(node.get("selected_api")))
    title = text(part(node, "meta").get("stepTitle"))
    if not title and node.get("parent_id") is not None:
        # The title of the first step is that of the whole zap.
        title = text(node.get("title"))
    named = one_line(title, _LONGEST_NAME) or action_name(text(node.get("action")))
    shown = one_line(named or kind.label or "Step", _LONGEST_NAME) or "Step"
    return Step(where, node, given, unique(prefix + shown, taken), kind)


def _links(steps: list[Step]) -> Iterator[Link]:
    by_id = {step.id: step for step in steps}
    children: dict[str, list[Step]] = {}
    for step in steps:
        if step.parent in by_id:
            children.setdefault(step.parent, []).append(step)
    for parent, following in children.items():
        kind = "main" if len(following) == 1 else "branch"
        for output, step in enumerate(following):
            yield Link(by_id[parent], step, kind, output if kind == "branch" else 0)

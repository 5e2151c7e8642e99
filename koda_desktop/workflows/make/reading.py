"""A Make blueprint as steps and links, whatever state it is in.

``flow`` runs from left to right. A router's ``routes`` all run; of ``branches`` the first that
fits, and they come together again at the next module; ``onerror`` hangs below the module that
fails; ``tools`` are flows an agent may call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject, number
from koda_desktop.workflows.make.module_types import module_type
from koda_desktop.workflows.make.shapes import Shape, orphans
from koda_desktop.workflows.naming import unique
from koda_desktop.workflows.texts import one_line
from koda_desktop.workflows.where import Where

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Step:
    """One module. ``key`` is its name made unique, for the graph; ``starts`` marks the first of
    the main flow, ``orphan`` one that is not connected to it."""

    where: Where
    raw: JsonObject
    type: str
    key: str
    starts: bool = False
    orphan: bool = False

    @property
    def id(self) -> int | None:
        given = self.raw.get("id")
        return given if isinstance(given, int) and not isinstance(given, bool) else None

    @property
    def trigger(self) -> str:
        return module_type(self.type).trigger if self.starts else ""

    @property
    def is_filtered(self) -> bool:
        return isinstance(self.raw.get("filter"), dict)

    @property
    def position(self) -> tuple[float, float] | None:
        designer = part(part(self.raw, "metadata"), "designer")
        x, y = number(designer.get("x")), number(designer.get("y"))
        return None if x is None or y is None else (x, y)


@dataclass(frozen=True, slots=True)
class Link:
    """A connection. ``kind`` is main, route, branch, error or ai_tool; ``output`` numbers the
    routes and branches of one module."""

    source: Step
    target: Step
    kind: str
    output: int = 0


@dataclass(slots=True)
class Scenario:
    """A blueprint read. ``malformed`` are places whose shape Make would not read."""

    raw: JsonObject
    where: Where
    steps: list[Step] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    malformed: list[Where] = field(default_factory=list)


def part(value: JsonObject, key: str) -> JsonObject:
    """The object under ``key``; empty where there is none."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def read(shape: Shape) -> Scenario:
    """Read the blueprint of a file."""
    scenario = Scenario(shape.blueprint, shape.where)
    reader = _Reader(scenario)
    reader.chain(shape.blueprint["flow"], shape.where / "flow", starts=True)
    place = shape.where / "metadata" / "designer" / "orphans"
    for index, listed in enumerate(orphans(shape.blueprint)):
        for flow, where in _flows(listed, place / index):
            reader.chain(flow, where, orphan=True)
    return scenario


def _flows(entry: Any, where: Where) -> Iterator[tuple[Any, Where]]:
    """The flow of one route, branch, tool or orphan, in the forms it is written in."""
    if isinstance(entry, dict) and "module" not in entry:
        yield entry.get("flow"), where / "flow"
    else:
        yield (entry if isinstance(entry, list) else [entry]), where


class _Reader:
    """Walks the nested flows; depth is bounded by Caps.max_depth."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._taken: dict[str, int] = {}

    def chain(
        self, flow: Any, where: Where, *, starts: bool = False, orphan: bool = False
    ) -> tuple[Step | None, list[Step]]:
        """The first step of a flow, and those its end is reached from."""
        if not isinstance(flow, list):
            self._scenario.malformed += [] if flow is None else [where]
            return None, []
        first: Step | None = None
        exits: list[Step] = []
        for index, module in enumerate(flow):
            if not isinstance(module, dict) or not isinstance(module.get("module"), str):
                self._scenario.malformed.append(where / index)
                continue
            step = self._step(module, where / index, starts and first is None, orphan)
            self._scenario.links += [Link(before, step, "main") for before in exits]
            first, exits = first or step, self._below(step)
        return first, exits

    def _step(self, module: JsonObject, where: Where, starts: bool, orphan: bool) -> Step:
        kind = module["module"]
        given = part(part(module, "metadata"), "designer").get("name")
        named = one_line(given, _LONGEST_NAME) if isinstance(given, str) else ""
        shown = named or one_line(module_type(kind).name, _LONGEST_NAME) or "module"
        step = Step(where, module, kind, unique(shown, self._taken), starts, orphan)
        self._scenario.steps.append(step)
        return step

    def _below(self, step: Step) -> list[Step]:
        """Read what hangs below a step; the steps whose end leads to the next one."""
        for first, _, index in self._inner(step, "routes"):
            self._scenario.links.append(Link(step, first, "route", index))
        exits = [end for ends in self._branches(step) for end in ends]
        handlers = step.raw.get("onerror")
        handler, _ = self.chain(handlers, step.where / "onerror", orphan=step.orphan)
        if handler:
            self._scenario.links.append(Link(step, handler, "error"))
        for first, _, _ in self._inner(step, "tools"):
            self._scenario.links.append(Link(first, step, "ai_tool"))
        return exits or [step]

    def _branches(self, step: Step) -> Iterator[list[Step]]:
        branches = step.raw.get("branches")
        for first, ends, index in self._inner(step, "branches"):
            self._scenario.links.append(Link(step, first, "branch", index))
            entry = branches[index] if isinstance(branches, list) else None
            if not isinstance(entry, dict) or entry.get("merge") is not False:
                yield ends

    def _inner(self, step: Step, key: str) -> Iterator[tuple[Step, list[Step], int]]:
        entries = step.raw.get(key)
        if not isinstance(entries, list):
            self._scenario.malformed += [] if entries is None else [step.where / key]
            return
        for index, entry in enumerate(entries):
            for flow, where in _flows(entry, step.where / key / index):
                first, ends = self.chain(flow, where, orphan=step.orphan)
                if first:
                    yield first, ends, index

"""Which step of one version of a workflow is which step of the other.

Sure signs first: the same id or name with the same type; then, among those left over, the same
settings, and the same neighbours. What is left after that was added or removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from koda_desktop.workflows.inspection import Edge, Node
from koda_desktop.workflows.step_settings import Settings


@dataclass(frozen=True, slots=True)
class Side:
    """One version: its steps by name, its edges, and what is known of the steps' settings."""

    nodes: Mapping[str, Node]
    edges: Sequence[Edge]
    settings: Mapping[str, Settings]

    def id(self, name: str) -> str:
        found = self.settings.get(name)
        return found.id if found else ""


Sign = Callable[[Side, str], Hashable | None]
"""What tells a step from others; None where it says nothing."""


def paired(old: Side, new: Side, *, by_name_first: bool) -> list[tuple[str, str]]:
    """Old name and new name of each step that is in both, in the order of ``old``."""
    sure = (_by_name, _by_id) if by_name_first else (_by_id, _by_name)
    pairs: dict[str, str] = {}
    for sign in (*sure, _by_bare_name, _by_settings):
        _pair(old, new, pairs, sign, sign)
    while _pair(old, new, pairs, *_by_neighbours(old, new, pairs)):
        pass
    return [(name, pairs[name]) for name in old.nodes if name in pairs]


def _pair(old: Side, new: Side, pairs: dict[str, str], of_old: Sign, of_new: Sign) -> bool:
    """Pair the steps left over whose sign is theirs alone on both sides; whether any was."""
    taken = set(pairs.values())
    before = _signs(old, of_old, [name for name in old.nodes if name not in pairs])
    after = _signs(new, of_new, [name for name in new.nodes if name not in taken])
    found = {
        names[0]: after[sign][0]
        for sign, names in before.items()
        if len(names) == 1 and len(after.get(sign, ())) == 1
    }
    pairs.update(found)
    return bool(found)


def _signs(side: Side, sign: Sign, names: Sequence[str]) -> dict[Hashable, list[str]]:
    found: dict[Hashable, list[str]] = defaultdict(list)
    for name in names:
        if (value := sign(side, name)) is not None:
            found[value].append(name)
    return found


def _by_name(side: Side, name: str) -> Hashable:
    return name, side.nodes[name].type


def _by_id(side: Side, name: str) -> Hashable | None:
    given = side.id(name)
    return (given, side.nodes[name].type) if given else None


def _by_bare_name(side: Side, name: str) -> Hashable:
    """A step whose type changed under its name: an update, or another app in its place."""
    return name


def _by_settings(side: Side, name: str) -> Hashable | None:
    found = side.settings.get(name)
    if found is None or not found.digests:
        return None
    return side.nodes[name].type, frozenset(found.digests.items())


def _by_neighbours(old: Side, new: Side, pairs: Mapping[str, str]) -> tuple[Sign, Sign]:
    """The same type between the same steps that are paired already."""
    around_old = _around(old.edges, pairs)
    around_new = _around(new.edges, {name: name for name in pairs.values()})

    def sign(around: Mapping[str, frozenset[Hashable]]) -> Sign:
        return lambda side, name: (
            (side.nodes[name].type, around[name]) if around.get(name) else None
        )

    return sign(around_old), sign(around_new)


def _around(edges: Sequence[Edge], known: Mapping[str, str]) -> dict[str, frozenset[Hashable]]:
    """The known neighbours of each step, by the names they have in the new version."""
    found: dict[str, set[Hashable]] = defaultdict(set)
    for edge in edges:
        if edge.target in known:
            found[edge.source].add(("to", edge.kind, known[edge.target]))
        if edge.source in known:
            found[edge.target].add(("from", edge.kind, known[edge.source]))
    return {name: frozenset(neighbours) for name, neighbours in found.items()}

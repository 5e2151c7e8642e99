"""Two versions of a workflow beside each other, in the terms of what they do.

Where steps stand and what notes say does not count. A step that was renamed is told from one that
was replaced. Of parameters only the names are told, never a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from koda_desktop.workflows.inspection import Edge, Inspection, Node
from koda_desktop.workflows.pairing import Side, paired
from koda_desktop.workflows.step_settings import Settings, step_settings


@dataclass(frozen=True, slots=True)
class Change:
    """A step that is in both versions, by its new name. ``type`` is its old and new type where it
    changed; ``disabled`` its new state where that changed; ``settings`` names what differs."""

    name: str
    type: tuple[str, str] | None
    disabled: bool | None
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is only in the new version, and only in the old one."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Steps are named as in the graph; edges of the old version name its steps as the new version
    does. ``platform`` is the old and new one where they differ."""

    platform: tuple[str, str] | None
    added: tuple[Node, ...]
    removed: tuple[Node, ...]
    renamed: tuple[tuple[str, str], ...]
    changed: tuple[Change, ...]
    edges_added: tuple[Edge, ...]
    edges_removed: tuple[Edge, ...]
    triggers: Difference
    credentials: Difference
    integrations: Difference
    packages: Difference

    @property
    def is_same(self) -> bool:
        """Whether both do the same, under whatever names."""
        return not (
            self.platform or self.added or self.removed or self.changed or self.edges_added
            or self.edges_removed or self.triggers or self.credentials or self.integrations
            or self.packages
        )  # fmt: skip


def compare(old: Inspection, new: Inspection) -> Comparison:
    """What has changed from ``old`` to ``new``."""
    before, after = _side(old), _side(new)
    # n8n knows steps by name; the others keep an id, while names may repeat and shift.
    pairs = paired(before, after, by_name_first=new.platform == "n8n")
    now = dict(pairs)
    old_edges = [_moved(edge, now) for edge in old.graph.edges]
    kept = set(now.values())
    return Comparison(
        platform=None if old.platform == new.platform else (old.platform, new.platform),
        added=tuple(node for node in new.graph.nodes if node.name not in kept),
        removed=tuple(node for node in old.graph.nodes if node.name not in now),
        renamed=tuple((was, name) for was, name in pairs if was != name),
        changed=tuple(_changes(pairs, before, after)),
        edges_added=_only(new.graph.edges, old_edges),
        edges_removed=_only(old_edges, new.graph.edges),
        triggers=_difference(old.triggers, new.triggers),
        credentials=_difference(old.credentials, new.credentials),
        integrations=_difference(
            (item.name for item in old.integrations), (item.name for item in new.integrations)
        ),
        packages=_difference(old.packages, new.packages),
    )


def _side(inspection: Inspection) -> Side:
    nodes = {node.name: node for node in inspection.graph.nodes}
    return Side(nodes, inspection.graph.edges, step_settings(inspection))


def _moved(edge: Edge, now: Mapping[str, str]) -> Edge:
    source, target = now.get(edge.source, edge.source), now.get(edge.target, edge.target)
    return Edge(source, target, edge.kind, edge.output, edge.input)


def _only(edges: Iterable[Edge], others: Iterable[Edge]) -> tuple[Edge, ...]:
    """Those of ``edges`` that ``others`` lack, however often they are given."""
    left = Counter(edges)
    left.subtract(Counter(others))
    return tuple((+left).elements())


def _difference(old: Iterable[str], new: Iterable[str]) -> Difference:
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    return Difference(
        tuple(name for name in after if name not in before),
        tuple(name for name in before if name not in after),
    )


def _changes(pairs: Iterable[tuple[str, str]], before: Side, after: Side) -> Iterable[Change]:
    for was, name in pairs:
        old, new = before.nodes[was], after.nodes[name]
        change = Change(
            name=name,
            type=None if old.type == new.type else (old.type, new.type),
            disabled=None if old.disabled == new.disabled else new.disabled,
            settings=_settings(before.settings.get(was), after.settings.get(name)),
        )
        if change.type or change.disabled is not None or change.settings:
            yield change


def _settings(old: Settings | None, new: Settings | None) -> tuple[str, ...]:
    """The names that differ, in the order of the new version; nothing where one is not known."""
    if old is None or new is None:
        return ()
    names = dict.fromkeys([*new.digests, *old.digests])
    return tuple(name for name in names if old.digests.get(name) != new.digests.get(name))

"""Two versions of a workflow in one picture: the new one, and what was removed as ghosts in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from koda_desktop.workflows.comparing import Comparison, compare
from koda_desktop.workflows.comparison_words import change_words
from koda_desktop.workflows.drawing.scene import Mark, Marks, Scene, build_scene
from koda_desktop.workflows.inspection import Edge, Graph, Inspection

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


def compared_scene(old: Inspection, new: Inspection) -> Scene:
    """The picture of ``new`` beside what it was as ``old``."""
    graph, marks = compared_graph(old, new, compare(old, new))
    return build_scene(graph, new.name, marks)


def compared_graph(old: Inspection, new: Inspection, found: Comparison) -> tuple[Graph, Marks]:
    """One graph of both versions, and what became of its steps and edges."""
    ghosts = _ghosts(found, {node.name for node in new.graph.nodes})
    removed = [_of_ghosts(edge, ghosts) for edge in found.edges_removed]
    graph = Graph(
        nodes=(*new.graph.nodes, *(replace(n, name=ghosts[n.name]) for n in found.removed)),
        edges=(*new.graph.edges, *removed),
        notes=new.graph.notes,
    )
    edges = {(edge.source, edge.target): ADDED for edge in found.edges_added}
    edges |= {(edge.source, edge.target): REMOVED for edge in removed}
    return graph, Marks(_steps(found, ghosts), edges)


def _ghosts(found: Comparison, taken: set[str]) -> dict[str, str]:
    """The names of removed steps in the picture, where another step may have their name now."""
    ghosts: dict[str, str] = {}
    for node in found.removed:
        name = node.name
        while name in taken:
            name += " (removed)"
        taken.add(name)
        ghosts[node.name] = name
    return ghosts


def _of_ghosts(edge: Edge, ghosts: Mapping[str, str]) -> Edge:
    source, target = ghosts.get(edge.source, edge.source), ghosts.get(edge.target, edge.target)
    return replace(edge, source=source, target=target)


def _steps(found: Comparison, ghosts: Mapping[str, str]) -> dict[str, Mark]:
    marks = {change.name: Mark(CHANGED, change_words(change)) for change in found.changed}
    marks |= {node.name: Mark(ADDED, "added") for node in found.added}
    marks |= {ghosts[node.name]: Mark(REMOVED, "removed") for node in found.removed}
    return marks

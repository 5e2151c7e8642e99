"""Several workflows on one canvas: names kept apart, one below the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from koda_desktop.workflows.inspection import Edge, Graph, Node, Note
from koda_desktop.workflows.naming import unique

_GAP = 200.0


def merged(graphs: Iterable[Graph], most_nodes: int) -> Graph:
    """``graphs`` as one, in their order; those that would bring it over ``most_nodes`` are left
    out of the picture."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    notes: list[Note] = []
    taken: dict[str, int] = {}
    bottom: float | None = None
    for graph in graphs:
        if len(nodes) + len(graph.nodes) > most_nodes:
            continue
        names = {node.name: unique(node.name, taken) for node in graph.nodes}
        top, end = _extent(graph)
        shift = 0.0 if bottom is None else bottom + _GAP - top
        nodes += [
            replace(node, name=names[node.name], position=_moved(node.position, shift))
            for node in graph.nodes
        ]
        edges += [
            replace(edge, source=names[edge.source], target=names[edge.target])
            for edge in graph.edges
        ]
        notes += [replace(note, position=_moved(note.position, shift)) for note in graph.notes]
        if end is not None:
            bottom = end + shift
    return Graph(tuple(nodes), tuple(edges), tuple(notes))


def _moved(position: tuple[float, float] | None, down: float) -> tuple[float, float] | None:
    return None if position is None else (position[0], position[1] + down)


def _extent(graph: Graph) -> tuple[float, float | None]:
    """The highest and lowest coordinate; None for the lowest where nothing has a place."""
    heights = [(node.position[1], 0.0) for node in graph.nodes if node.position]
    heights += [
        (note.position[1], note.size[1] if note.size else 0.0)
        for note in graph.notes
        if note.position
    ]
    if not heights:
        return 0.0, None
    return min(y for y, _ in heights), max(y + height for y, height in heights)

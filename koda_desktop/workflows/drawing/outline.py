"""What layout needs to know of a graph: nodes by number, their shapes, flow and helper edges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from koda_desktop.workflows.inspection import Edge, Graph, Node

MOST_NODES = 2000
"""Further nodes are counted in the picture's description, not drawn."""

MOST_EDGES = 6000


class Shape(StrEnum):
    """A step is square; an AI root is wide, its helper round, and a helper with helpers a pill."""

    SQUARE = "square"
    WIDE = "wide"
    ROUND = "round"
    PILL = "pill"


SIZES = {
    Shape.SQUARE: (96.0, 96.0),
    Shape.WIDE: (256.0, 96.0),
    Shape.ROUND: (80.0, 80.0),
    Shape.PILL: (240.0, 80.0),
}
"""Width and height; those n8n draws its nodes in."""


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between node numbers. ``helps`` is true for an ``ai_*`` edge, from helper to root."""

    source: int
    target: int
    kind: str
    output: int
    input: int

    @property
    def helps(self) -> bool:
        return self.kind.startswith("ai_")

    @property
    def is_error(self) -> bool:
        return "error" in self.kind.lower()


@dataclass(frozen=True, slots=True)
class Outline:
    """The drawn part of a graph. ``links`` are unique and lead from and to drawn nodes only."""

    nodes: tuple[Node, ...]
    shapes: tuple[Shape, ...]
    links: tuple[Link, ...]

    def size(self, number: int) -> tuple[float, float]:
        return SIZES[self.shapes[number]]

    @property
    def helpers(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.helps)

    @property
    def flow(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links if not link.helps)


def outline(graph: Graph) -> Outline:
    """``graph`` by numbers; of nodes with one name the first has the edges."""
    nodes = graph.nodes[:MOST_NODES]
    links = tuple(dict.fromkeys(_links(nodes, graph.edges)))[:MOST_EDGES]
    roots = {link.target for link in links if link.helps}
    helpers = {link.source for link in links if link.helps}
    helpers |= {n for n, node in enumerate(nodes) if node.kind == "ai-part"}
    shapes = tuple(_shape(n in roots, n in helpers) for n in range(len(nodes)))
    return Outline(nodes, shapes, links)


def _links(nodes: tuple[Node, ...], edges: Iterable[Edge]) -> Iterable[Link]:
    numbers: dict[str, int] = {}
    for number, node in enumerate(nodes):
        numbers.setdefault(node.name, number)
    for edge in edges:
        source, target = numbers.get(edge.source), numbers.get(edge.target)
        if source is not None and target is not None:
            yield Link(source, target, edge.kind, edge.output, edge.input)


def _shape(is_root: bool, is_helper: bool) -> Shape:
    if is_root:
        return Shape.PILL if is_helper else Shape.WIDE
    return Shape.ROUND if is_helper else Shape.SQUARE

"""Where everything of a graph goes: the platform's own coordinates, else our own layout."""

from __future__ import annotations

from dataclasses import dataclass

from koda_desktop.workflows.drawing.coordinates import from_platform
from koda_desktop.workflows.drawing.layered import layered
from koda_desktop.workflows.drawing.outline import Outline, outline
from koda_desktop.workflows.drawing.shapes import Rect
from koda_desktop.workflows.inspection import Graph, Note

MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """``boxes`` has one rectangle per node of ``outline``; no two of them overlap.

    Notes are only there with the platform's own coordinates: elsewhere they would say nothing.
    """

    outline: Outline
    boxes: tuple[Rect, ...]
    notes: tuple[tuple[Note, Rect], ...]


def lay_out(graph: Graph) -> Layout:
    """The layout of any graph: finite, whatever its coordinates are."""
    drawn = outline(graph)
    placed = from_platform(drawn, graph.notes[:MOST_NOTES])
    if placed is None:
        return Layout(drawn, layered(drawn) if drawn.nodes else (), ())
    return Layout(drawn, *placed)

"""Where edges leave and enter a node: outputs right, inputs left, AI helpers below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koda_desktop.workflows.drawing.layout import Layout
from koda_desktop.workflows.drawing.outline import Link
from koda_desktop.workflows.drawing.shapes import Point, Rect, bounds

_MOST_NUMBERED = 8
_FROM_EDGE, _APART, _BELOW_LABEL = 30.0, 26.0, 4.0


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of an edge on the borders of its nodes. ``above`` is true where a helper sits
    above its root, so that its edge goes down."""

    start: Point
    end: Point
    above: bool = False


def all_ends(layout: Layout, labels: Sequence[Rect]) -> list[Ends]:
    """The ends of every link of the layout, in their order. ``labels`` has one per node: what
    leaves a node downwards begins below its label."""
    flow = layout.outline.flow
    outputs = _places({(link.source, link.output) for link in flow})
    inputs = _places({(link.target, link.input) for link in flow})
    below = _below(layout)
    ends: list[Ends] = []
    for link in layout.outline.links:
        source, target = layout.boxes[link.source], layout.boxes[link.target]
        if link.helps:
            leaving = bounds([source, labels[link.source]])
            ends.append(_helping(link, source, target, below, leaving.bottom))
        else:
            start = Point(
                source.right, source.y + source.height * outputs[link.source, link.output]
            )
            end = Point(target.x, target.y + target.height * inputs[link.target, link.input])
            ends.append(Ends(start, end))
    return ends


def _places(used: set[tuple[int, int]]) -> dict[tuple[int, int], float]:
    """How far down its side each port is, 0 to 1. A platform's port numbers are kept where they
    are small, so that the second output is the lower one even where the first is not connected."""
    by_node: dict[int, list[int]] = {}
    for node, port in sorted(used):
        by_node.setdefault(node, []).append(port)
    places: dict[tuple[int, int], float] = {}
    for node, ports in by_node.items():
        numbered = ports[0] >= 0 and ports[-1] < _MOST_NUMBERED
        count = ports[-1] + 1 if numbered else len(ports)
        for rank, port in enumerate(ports):
            places[node, port] = ((port if numbered else rank) + 1) / (count + 1)
    return places


def _is_above(source: Rect, target: Rect) -> bool:
    return source.bottom <= target.y


def _below(layout: Layout) -> dict[tuple[int, str, bool], float]:
    """The x of each AI port: below the middle of its helpers, in their order, kept apart."""
    wishes: dict[tuple[int, bool], dict[str, list[float]]] = {}
    for link in layout.outline.helpers:
        source, target = layout.boxes[link.source], layout.boxes[link.target]
        kinds = wishes.setdefault((link.target, _is_above(source, target)), {})
        kinds.setdefault(link.kind, []).append(source.center.x)
    found: dict[tuple[int, str, bool], float] = {}
    for (root, above), kinds in wishes.items():
        middles = {kind: sum(xs) / len(xs) for kind, xs in kinds.items()}
        order = sorted(middles, key=lambda kind: (middles[kind], kind))
        xs = _kept_apart([middles[kind] for kind in order], layout.boxes[root])
        found |= {(root, kind, above): x for kind, x in zip(order, xs, strict=True)}
    return found


def _kept_apart(wishes: list[float], box: Rect) -> list[float]:
    left, right = box.x + _FROM_EDGE, box.right - _FROM_EDGE
    apart = min(_APART, (right - left) / max(1, len(wishes) - 1))
    xs: list[float] = []
    for wish in wishes:
        least = xs[-1] + apart if xs else left
        xs.append(max(least, min(right, wish)))
    for index in range(len(xs) - 1, -1, -1):
        most = xs[index + 1] - apart if index + 1 < len(xs) else right
        xs[index] = min(xs[index], most)
    return xs


def _helping(
    link: Link, source: Rect, target: Rect, below: dict[tuple[int, str, bool], float],
    leaving: float,
) -> Ends:  # fmt: skip
    above = _is_above(source, target)
    x = below[link.target, link.kind, above]
    if above:
        free = leaving + _BELOW_LABEL
        bottom = free if source.bottom < leaving and free < target.y else source.bottom
        return Ends(Point(source.center.x, bottom), Point(x, target.y), above)
    return Ends(Point(source.center.x, source.y), Point(x, target.bottom), above)

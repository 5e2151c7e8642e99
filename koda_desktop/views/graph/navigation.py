"""From node to node by the arrow keys: along edges first, else to what lies that way."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from koda_desktop.workflows.drawing.scene import Scene
from koda_desktop.workflows.drawing.shapes import Point

_CONE, _WIDE_CONE = 1.2, 5.0
"""How far aside of the way a node may lie, per unit of the way."""


class Direction(Enum):
    """``value`` is the step in x and y."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    UP = (0, -1)
    DOWN = (0, 1)


class Navigation:
    """Which node the arrow keys, Tab and Home lead to, for one scene."""

    def __init__(self, scene: Scene) -> None:
        self._middles = [box.rect.center for box in scene.boxes]
        self._flow: dict[int, set[int]] = {}
        self._help: dict[int, set[int]] = {}
        for wire in scene.wires:
            joined = self._help if wire.dashed else self._flow
            joined.setdefault(wire.source, set()).add(wire.target)
            joined.setdefault(wire.target, set()).add(wire.source)
        self.reading_order = tuple(
            sorted(
                range(len(self._middles)),
                key=lambda n: (not scene.boxes[n].is_trigger, self._middles[n], n),
            )
        )

    def neighbours(self, number: int) -> frozenset[int]:
        """The nodes an edge joins to ``number``."""
        joined = self._flow.get(number, set()) | self._help.get(number, set())
        return frozenset(joined - {number})

    def towards(self, number: int | None, direction: Direction) -> int | None:
        """The node in that direction: the nearest of those joined by an edge, else of all.

        Left and right follow the flow, up and down lead from helpers to their root and back.
        """
        if number is None:
            return self.reading_order[0] if self.reading_order else None
        level = direction in (Direction.LEFT, Direction.RIGHT)
        joined = (self._flow if level else self._help).get(number, set())
        found = self._nearest(number, direction, sorted(joined), _WIDE_CONE)
        if found is not None:
            return found
        return self._nearest(number, direction, range(len(self._middles)), _CONE)

    def following(self, number: int | None, step: int) -> int | None:
        """The next (``step`` 1) or previous (-1) node in reading order; None beyond the ends."""
        order = self.reading_order
        if number is None:
            return order[0 if step > 0 else -1] if order else None
        spot = order.index(number) + step
        return order[spot] if 0 <= spot < len(order) else None

    def _nearest(
        self, number: int, direction: Direction, among: Iterable[int], cone: float
    ) -> int | None:
        here = self._middles[number]
        best: tuple[float, int] | None = None
        for other in among:
            away = _distance(here, self._middles[other], direction, cone)
            if away is not None and (best is None or (away, other) < best):
                best = (away, other)
        return best[1] if best else None


def _distance(here: Point, there: Point, direction: Direction, cone: float) -> float | None:
    """How far ``there`` is, sideways counting double; None if it does not lie that way."""
    dx, dy = direction.value
    ahead = (there.x - here.x) * dx + (there.y - here.y) * dy
    aside = abs((there.x - here.x) * dy) + abs((there.y - here.y) * dx)
    if ahead <= 1 or aside > cone * ahead:
        return None
    return ahead + 2 * aside

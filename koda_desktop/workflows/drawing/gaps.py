"""Long empty stretches of a canvas made short, so that what is drawn stays large enough to read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

_KEPT, _MORE = 0.08, 96.0


class Squeeze:
    """One axis: order and neighbourhoods stay, an empty stretch beyond ``limit`` shrinks.

    ``spans`` are the ``(from, to)`` stretches that hold something; they keep their length.
    """

    def __init__(self, spans: Iterable[tuple[float, float]], limit: float) -> None:
        self._starts: list[float] = []
        self._cuts: list[float] = []
        total = 0.0
        reached: float | None = None
        for start, end in sorted(spans):
            if reached is not None and start - reached > limit:
                total += _cut(start - reached, limit)
                self._starts.append(start)
                self._cuts.append(total)
            reached = end if reached is None else max(reached, end)

    def __call__(self, value: float) -> float:
        """Where ``value``, a place inside one of the spans, is now."""
        index = bisect_right(self._starts, value)
        return value - self._cuts[index - 1] if index else value


def _cut(gap: float, limit: float) -> float:
    return gap - limit - min(_MORE, (gap - limit) * _KEPT)


def squeezes(
    spans: Sequence[tuple[float, float, float, float]], limit_x: float, limit_y: float
) -> tuple[Squeeze, Squeeze]:
    """Both axes for rectangles given as left, top, right, bottom."""
    return (
        Squeeze(((left, right) for left, _, right, _ in spans), limit_x),
        Squeeze(((top, bottom) for _, top, _, bottom in spans), limit_y),
    )

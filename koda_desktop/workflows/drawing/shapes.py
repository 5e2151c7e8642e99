"""Points, rectangles and curves: the geometry every other file here is written in.

Lengths are scene units. One unit is one pixel at zoom 1; x grows to the right, y downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import floor
from typing import NamedTuple


class Point(NamedTuple):
    x: float
    y: float


class Rect(NamedTuple):
    """``x`` and ``y`` are the top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def center(self) -> Point:
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def grown(self, by: float) -> Rect:
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, dx: float, dy: float) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def meets(self, other: Rect) -> bool:
        """Whether the two share an area; touching edges do not count."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def holds(self, other: Rect) -> bool:
        """Whether ``other`` lies inside, edges included."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def contains(self, point: Point) -> bool:
        return self.x <= point.x <= self.right and self.y <= point.y <= self.bottom


class Cubic(NamedTuple):
    """One Bézier segment; it starts where the one before it ended."""

    first: Point
    second: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Path:
    """A smooth line of cubic segments."""

    start: Point
    segments: tuple[Cubic, ...]

    @property
    def end(self) -> Point:
        return self.segments[-1].end

    def points(self) -> Iterator[Point]:
        """Start, controls and ends: their hull holds the whole line."""
        yield self.start
        for segment in self.segments:
            yield from segment

    def pieces(self) -> Iterator[tuple[Point, Cubic]]:
        """Each segment with the point it starts from."""
        before = self.start
        for segment in self.segments:
            yield before, segment
            before = segment.end

    def moved(self, dx: float, dy: float) -> Path:
        return Path(
            _moved(self.start, dx, dy),
            tuple(Cubic(*(_moved(point, dx, dy) for point in seg)) for seg in self.segments),
        )


def _moved(point: Point, dx: float, dy: float) -> Point:
    return Point(point.x + dx, point.y + dy)


def sampled(start: Point, segment: Cubic, most: int = 100, step: float = 28.0) -> Iterator[Point]:
    """Points along a segment, about ``step`` apart; at least two and not more than ``most``."""
    span = abs(segment.end.x - start.x) + abs(segment.end.y - start.y)
    count = max(2, min(most, int(span / step) + 1))
    return (_on_curve(start, segment, index / count) for index in range(1, count + 1))


def _on_curve(start: Point, segment: Cubic, t: float) -> Point:
    u = 1 - t
    a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
    first, second, end = segment
    return Point(
        a * start.x + b * first.x + c * second.x + d * end.x,
        a * start.y + b * first.y + c * second.y + d * end.y,
    )


def line(start: Point, end: Point) -> Cubic:
    """A straight segment from ``start`` to ``end``."""
    dx, dy = end.x - start.x, end.y - start.y
    return Cubic(
        Point(start.x + dx / 3, start.y + dy / 3),
        Point(start.x + 2 * dx / 3, start.y + 2 * dy / 3),
        end,
    )


_KAPPA = 0.5523
"""How far the controls of a quarter circle lie along its tangents, for a radius of 1."""


def quarter(before: Point, corner: Point, after: Point, radius: float) -> tuple[Point, Cubic]:
    """Where to leave the run from ``before`` to ``corner``, and the quarter circle from there into
    the run to ``after``; both runs lie straight across or straight down."""
    pull = radius * (1 - _KAPPA)
    curve = Cubic(
        towards(corner, before, pull), towards(corner, after, pull), towards(corner, after, radius)
    )
    return towards(corner, before, radius), curve


def towards(start: Point, goal: Point, by: float) -> Point:
    """``by`` units from ``start`` to ``goal``, which lies straight across or straight down."""
    run = abs(start.x - goal.x) + abs(start.y - goal.y)
    if run == 0:
        return start
    return Point(start.x + (goal.x - start.x) / run * by, start.y + (goal.y - start.y) / run * by)


def rounded_rect(rect: Rect, left: float, right: float) -> Path:
    """The outline of ``rect`` with the radii ``left`` and ``right`` at its corners, clockwise."""
    corners = [
        (Point(rect.x, rect.y), left), (Point(rect.right, rect.y), right),
        (Point(rect.right, rect.bottom), right), (Point(rect.x, rect.bottom), left),
    ]  # fmt: skip
    here = start = towards(corners[0][0], corners[1][0], left)
    segments: list[Cubic] = []
    for index in (1, 2, 3, 0):
        corner, radius = corners[index]
        before, after = corners[index - 1][0], corners[(index + 1) % 4][0]
        into, curve = quarter(before, corner, after, radius)
        segments += [line(here, into), curve]
        here = curve.end
    return Path(start, tuple(segments))


def bounds(rects: Iterable[Rect]) -> Rect:
    """The smallest rectangle that holds all of ``rects``; an empty one at 0, 0 for none."""
    listed = list(rects)
    if not listed:
        return Rect(0.0, 0.0, 0.0, 0.0)
    left, top = min(r.x for r in listed), min(r.y for r in listed)
    right, bottom = max(r.right for r in listed), max(r.bottom for r in listed)
    return Rect(left, top, right - left, bottom - top)


def growths(rects: Sequence[Rect], most: float) -> list[float]:
    """How many times larger, 1 to ``most``, each may be about its middle without any two of
    them meeting."""
    occupied = Occupied()
    found = [most] * len(rects)
    for number, rect in enumerate(rects):
        reach = max(rect.width, rect.height) * (most - 1)
        for other, near in occupied.near(rect.grown(reach)):
            across = 2 * abs(rect.center.x - near.center.x) / (rect.width + near.width)
            down = 2 * abs(rect.center.y - near.center.y) / (rect.height + near.height)
            room = max(1.0, max(across, down) * 0.96)
            found[number], found[other] = min(found[number], room), min(found[other], room)
        occupied.add(number, rect)
    return found


class Occupied:
    """Rectangles by place, so that "what lies here" costs the same in a large graph."""

    _CELL = 160.0

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[int, Rect]]] = {}

    def add(self, owner: int, rect: Rect) -> None:
        for cell in self._covered(rect):
            self._cells.setdefault(cell, []).append((owner, rect))

    def near(self, rect: Rect) -> Iterator[tuple[int, Rect]]:
        """Owners and rectangles that share an area with ``rect``, each once, in the order added."""
        seen: set[tuple[int, Rect]] = set()
        for cell in self._covered(rect):
            for entry in self._cells.get(cell, ()):
                if entry not in seen and entry[1].meets(rect):
                    seen.add(entry)
                    yield entry

    def along(self, path: Path) -> set[tuple[int, Rect]]:
        """What the line runs through: exactly where it is straight, by samples where it bends."""
        met: set[tuple[int, Rect]] = set()
        for start, segment in path.pieces():
            end = segment.end
            if start.x == end.x or start.y == end.y:
                x, y = min(start.x, end.x), min(start.y, end.y)
                met.update(self.near(Rect(x, y, abs(start.x - end.x), abs(start.y - end.y))))
            else:
                for point in sampled(start, segment):
                    met.update(self._at(point))
        return met

    def _at(self, point: Point) -> list[tuple[int, Rect]]:
        cell = (floor(point.x / self._CELL), floor(point.y / self._CELL))
        return [entry for entry in self._cells.get(cell, ()) if entry[1].contains(point)]

    def _covered(self, rect: Rect) -> Iterator[tuple[int, int]]:
        for column in range(floor(rect.x / self._CELL), floor(rect.right / self._CELL) + 1):
            for row in range(floor(rect.y / self._CELL), floor(rect.bottom / self._CELL) + 1):
                yield column, row

"""How edges run: gentle curves forward, rounded detours around nodes and back to earlier steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from koda_desktop.workflows.drawing.layout import Layout
from koda_desktop.workflows.drawing.outline import Link
from koda_desktop.workflows.drawing.ports import Ends, all_ends
from koda_desktop.workflows.drawing.shapes import (
    Cubic,
    Occupied,
    Path,
    Point,
    Rect,
    bounds,
    line,
    quarter,
)

_ARROW = 8.0
_STUB, _RADIUS = 26.0, 20.0
_STUBS, _FEWER_LANES = (_STUB, 60.0, 104.0), 24
_CLEAR, _LANE = 20.0, 14.0
_REACH, _MOST_LANES, _MOST_SIDES = 420.0, 96, 48
_BUDGET = 4000
_NODE_COST, _LABEL_COST, _LANE_COST = 1000.0, 220.0, 300.0
_TIGHT, _TIGHT_COST = 11.0, 60.0
_DETOURS_UP_TO = 1500
LABEL = -1
"""The owner of a label's rectangle among the obstacles."""


class Router:
    """Routes the edges of one layout, one after the other; later ones avoid earlier detours.

    So many detours are tried for all of them; in the densest graphs the last ones run straight.
    """

    def __init__(self, layout: Layout, labels: Sequence[Rect], notes: Iterable[Rect]) -> None:
        """``labels`` has one rectangle per node, ``notes`` what the texts of notes cover."""
        self._layout = layout
        self._ends = all_ends(layout, labels)
        self._obstacles = Occupied()
        self._lanes = Occupied()
        self._budget = _BUDGET
        for number, box in enumerate(layout.boxes):
            self._obstacles.add(number, box)
        for rect in (*labels, *notes):
            self._obstacles.add(LABEL, rect)

    def paths(self) -> list[Path]:
        """A path for every link of the layout, in their order."""
        links = self._layout.outline.links
        detours = len(links) <= _DETOURS_UP_TO
        return [
            self._path(link, ends, detours) for link, ends in zip(links, self._ends, strict=True)
        ]

    def _path(self, link: Link, ends: Ends, detours: bool) -> Path:
        if link.helps:
            return self._helping(ends, link, detours)
        start, end = ends.start, Point(ends.end.x - _ARROW, ends.end.y)
        direct = _forward(start, end)
        if direct is not None:
            cost = self._cost(direct, link) if detours else 0.0
            if not cost:
                return direct
            return self._detour(start, end, link, direct, cost)
        first = _by_lane(start, end, (start.y + end.y) / 2)
        return self._detour(start, end, link, first, float("inf")) if detours else first

    def _detour(self, start: Point, end: Point, link: Link, otherwise: Path, cost: float) -> Path:
        """The calmest way round; ``otherwise`` where none costs less than ``cost``."""
        best = otherwise
        for stub, lane in _ways(self._lanes_between(start, end, link)):
            # Further out only where the nearer ways all run through a node.
            if self._budget <= 0 or (stub > _STUB and cost < _NODE_COST):
                break
            path = _by_lane(start, end, lane, stub)
            length = _length(path, start, end)
            if length >= cost:
                continue
            self._budget -= 1
            total = self._cost(path, link) + length + self._crowding(path)
            if total < cost:
                best, cost = path, total
        if best is not otherwise:
            self._lanes.add(0, _lane_of(best))
        return best

    def _helping(self, ends: Ends, link: Link, detours: bool) -> Path:
        direct = _upwards(ends)
        cost = self._cost(direct, link) if detours else 0.0
        return self._beside(ends, link, direct, cost) if cost else direct

    def _beside(self, ends: Ends, link: Link, direct: Path, cost: float) -> Path:
        """A helper's way left or right of what stands between it and its root."""
        best = direct
        reach = bounds(Rect(*point, 1.0, 1.0) for point in (ends.start, ends.end)).grown(_REACH / 2)
        sides = {x for _, rect in self._obstacles.near(reach) for x in _sides(rect)}
        middle = (ends.start.x + ends.end.x) / 2
        for x in sorted(sides, key=lambda side: (abs(side - middle), side))[:_MOST_SIDES]:
            if self._budget <= 0:
                break
            self._budget -= 1
            path = _by_side(ends, x)
            total = self._cost(path, link) + abs(x - middle) + self._tightness(ends, x)
            if total < cost:
                best, cost = path, total
        return best

    def _tightness(self, ends: Ends, x: float) -> float:
        """What it costs to run close by a node or a label."""
        top, bottom = sorted((ends.start.y, ends.end.y))
        beside = Rect(x - _TIGHT, top, 2 * _TIGHT, bottom - top)
        return sum(_TIGHT_COST for _ in self._obstacles.near(beside))

    def _cost(self, path: Path, link: Link) -> float:
        met = self._obstacles.along(path)
        nodes = {owner for owner, _ in met} - {LABEL}
        through = sum(1 for owner in nodes if owner not in (link.source, link.target))
        back = sum(self._runs_back(path, owner, link) for owner in nodes)
        labels = sum(1 for owner, _ in met if owner == LABEL)
        return through * _NODE_COST + back * _NODE_COST + labels * _LABEL_COST

    def _runs_back(self, path: Path, owner: int, link: Link) -> bool:
        """Whether the path crosses the inside of a node it belongs to."""
        if owner not in (link.source, link.target):
            return False
        inside = Occupied()
        inside.add(owner, self._layout.boxes[owner].grown(-10))
        return bool(inside.along(path))

    def _crowding(self, path: Path) -> float:
        lane = _lane_of(path)
        return sum(_LANE_COST for _ in self._lanes.near(lane))

    def _lanes_between(self, start: Point, end: Point, link: Link) -> list[float]:
        """Heights worth trying: clear above and below whatever lies near, the nearest first."""
        boxes = self._layout.boxes
        left = min(start.x, end.x, boxes[link.target].x) - _STUB
        right = max(start.x, end.x, boxes[link.source].right) + _STUB
        middle = (start.y + end.y) / 2
        low, high = min(start.y, end.y) - _REACH, max(start.y, end.y) + _REACH
        area = Rect(left, low, right - left, high - low)
        heights = {middle, start.y, end.y}
        for _, rect in self._obstacles.near(area):
            heights |= {rect.y - _CLEAR, rect.bottom + _LANE}
        for _, rect in self._lanes.near(area):
            heights |= {rect.center.y - _LANE, rect.center.y + _LANE}
        nearest = sorted(heights, key=lambda y: (abs(y - start.y) + abs(y - end.y), y))
        return nearest[:_MOST_LANES]


def _forward(start: Point, end: Point) -> Path | None:
    """One curve, where the target is far enough to the right for it to look calm."""
    dx, dy = end.x - start.x, abs(end.y - start.y)
    if dx < 20 or (dx < 60 and dy > 6 * dx):
        return None
    bend = max(dx / 2, min(dx, 36.0))
    curve = Cubic(Point(start.x + bend, start.y), Point(end.x - bend, end.y), end)
    return Path(start, (curve,))


def _upwards(ends: Ends) -> Path:
    """From a helper to its root: out at the top, in at the bottom (or the other way round)."""
    start, end = ends.start, ends.end
    reach = max(30.0, min(140.0, abs(end.y - start.y) * 0.55))
    sign = 1.0 if ends.above else -1.0
    first = Point(start.x, start.y + sign * reach)
    second = Point(end.x, end.y - sign * reach)
    return Path(start, (Cubic(first, second, end),))


def _ways(lanes: list[float]) -> Iterator[tuple[float, float]]:
    """How far out and at what height to go, the nearer ways first."""
    for stub in _STUBS:
        for lane in lanes if stub == _STUB else lanes[:_FEWER_LANES]:
            yield stub, lane


def _sides(rect: Rect) -> tuple[float, float]:
    return rect.x - _LANE, rect.right + _LANE


def _by_side(ends: Ends, x: float) -> Path:
    """From a helper to the side at ``x``, along it, and in to its root; round corners."""
    start, end = ends.start, ends.end
    stub = min(_STUB, abs(end.y - start.y) / 3) * (1.0 if ends.above else -1.0)
    out, in_ = start.y + stub, end.y - stub
    corners = [start, Point(start.x, out), Point(x, out), Point(x, in_), Point(end.x, in_), end]
    return _rounded(corners)


def _by_lane(start: Point, end: Point, lane: float, stub: float = _STUB) -> Path:
    """Out to the right, to the height ``lane``, along it, and in from the left; round corners."""
    out, in_ = start.x + stub, end.x - stub
    if abs(lane - start.y) < 1:
        corners = [start, Point(in_, start.y), Point(in_, end.y), end]
    elif abs(lane - end.y) < 1:
        corners = [start, Point(out, start.y), Point(out, end.y), end]
    else:
        corners = [
            start, Point(out, start.y), Point(out, lane), Point(in_, lane), Point(in_, end.y), end,
        ]  # fmt: skip
    return _rounded(corners)


def _rounded(corners: list[Point]) -> Path:
    """Straight runs joined by quarter circles, as large as the runs allow."""
    segments: list[Cubic] = []
    here = corners[0]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        radius = min(_RADIUS, _run(before, corner) / 2, _run(corner, after) / 2)
        into, curve = quarter(before, corner, after, radius)
        segments += [line(here, into), curve]
        here = curve.end
    segments.append(line(here, corners[-1]))
    return Path(corners[0], tuple(segments))


def _run(one: Point, other: Point) -> float:
    return abs(one.x - other.x) + abs(one.y - other.y)


def _lane_of(path: Path) -> Rect:
    """The long level run of a detour, as a thin rectangle."""
    runs = [
        (abs(b.end.x - a.end.x), a.end, b.end)
        for a, b in zip(path.segments, path.segments[1:], strict=False)
        if a.end.y == b.end.y
    ]
    if not runs:
        return Rect(path.start.x, path.start.y - 1, 1, 2)
    _, one, other = max(runs)
    return Rect(min(one.x, other.x), one.y - 5, abs(one.x - other.x) + 1, 10)


def _length(path: Path, start: Point, end: Point) -> float:
    """How much longer than the straight way, and a little for every corner."""
    ys = [point.y for point in path.points()]
    rise = max(ys) - min(ys) - abs(start.y - end.y)
    return 60 + 2 * rise

"""The platform's own coordinates, made fit to be drawn: sane, without overlaps or deserts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

from koda_desktop.workflows.drawing.gaps import squeezes
from koda_desktop.workflows.drawing.note_places import placed_notes
from koda_desktop.workflows.drawing.outline import Outline
from koda_desktop.workflows.drawing.shapes import Occupied, Point, Rect, bounds
from koda_desktop.workflows.inspection import Note

_FARTHEST = 1e6
_GAP_X, _GAP_Y = 340.0, 260.0
_LABEL_ROOM, _SIDE_ROOM = 28.0, 14.0
_LONGEST_STRIP = 24.0
# Node-RED sets its flat nodes closer together than ours fit; the smallest stretch that fits wins.
_STRETCHES = (
    (1.0, 1.0), (1.0, 1.3), (1.2, 1.0), (1.2, 1.3), (1.0, 1.8), (1.5, 1.5), (1.2, 2.4), (2.0, 2.0),
    (1.2, 3.4), (1.6, 3.4), (2.5, 4.0),
)  # fmt: skip

Placed = tuple[tuple[Rect, ...], tuple[tuple[Note, Rect], ...]]


def from_platform(outline: Outline, notes: Iterable[Note]) -> Placed | None:
    """Rectangles of all nodes and of those notes that have a place, or None where the
    coordinates are missing, absurd, on top of each other, or all in one very long line."""
    places = [_sane(node.position) for node in outline.nodes]
    if not places or sum(place is None for place in places) * 3 > len(places):
        return None
    stretch = _stretch(outline, places)
    if stretch is None:
        return None
    apart = _apart(_boxes(outline, places, stretch))
    boxes = _with_unplaced(outline, apart)
    placed = _squeezed(boxes, placed_notes(notes, _sane, stretch, places, boxes))
    return None if _is_strip(placed) else placed


def _is_strip(placed: Placed) -> bool:
    """Whether the whole would be a line too long and thin for any picture."""
    boxes, notes = placed
    whole = bounds([*boxes, *(rect for _, rect in notes)]).grown(_LABEL_ROOM)
    return max(whole.width, whole.height) > _LONGEST_STRIP * min(whole.width, whole.height)


def _sane(position: tuple[float, float] | None) -> Point | None:
    if position is None or not all(isfinite(c) and abs(c) <= _FARTHEST for c in position):
        return None
    return Point(float(position[0]), float(position[1]))


def _boxes(
    outline: Outline, places: Sequence[Point | None], stretch: tuple[float, float]
) -> list[Rect | None]:
    return [
        place and Rect(place.x * stretch[0], place.y * stretch[1], *outline.size(number))
        for number, place in enumerate(places)
    ]


def _stretch(outline: Outline, places: Sequence[Point | None]) -> tuple[float, float] | None:
    allowed = len(places) // 8
    for stretch in _STRETCHES:
        boxes = [box for box in _boxes(outline, places, stretch) if box]
        if _overlaps_within(boxes, allowed):
            return stretch
    return None


def _overlaps_within(boxes: list[Rect], allowed: int) -> bool:
    taken, found = Occupied(), 0
    for number, box in enumerate(boxes):
        room = Rect(box.x, box.y, box.width + _SIDE_ROOM, box.height + _LABEL_ROOM)
        found += any(True for _ in taken.near(room))
        if found > allowed:
            return False
        taken.add(number, room)
    return True


def _apart(boxes: list[Rect | None]) -> list[Rect | None]:
    """Those on top of another moved down until they are free."""
    taken = Occupied()
    moved = list(boxes)
    order = sorted((box.y, box.x, n) for n, box in enumerate(boxes) if box)
    for _, _, number in order:
        box = boxes[number]
        if box is not None:
            moved[number] = free = _freed(box, taken)
            taken.add(number, free)
    return moved


def _freed(box: Rect, taken: Occupied) -> Rect:
    while blocking := [other for _, other in taken.near(box.grown(6))]:
        below = max(other.bottom for other in blocking) + _LABEL_ROOM + 8
        box = Rect(box.x, below, box.width, box.height)
    return box


def _with_unplaced(outline: Outline, boxes: list[Rect | None]) -> list[Rect]:
    """Nodes without a place, in a row below the others."""
    known = bounds(box for box in boxes if box)
    x, y = known.x, known.bottom + 120
    complete: list[Rect] = []
    for number, box in enumerate(boxes):
        if box is None:
            box = Rect(x, y, *outline.size(number))
            x = box.right + 110
        complete.append(box)
    return complete


def _squeezed(boxes: list[Rect], notes: list[tuple[Note, Rect]]) -> Placed:
    everything = [*boxes, *(rect for _, rect in notes)]
    across, down = squeezes([(r.x, r.y, r.right, r.bottom) for r in everything], _GAP_X, _GAP_Y)

    def squeezed(rect: Rect) -> Rect:
        return Rect(across(rect.x), down(rect.y), rect.width, rect.height)

    return (
        tuple(squeezed(box) for box in boxes),
        tuple((note, squeezed(rect)) for note, rect in notes),
    )

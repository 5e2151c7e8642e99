"""Where notes go beside nodes that have their platform's places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite

from koda_desktop.workflows.drawing.note_texts import height_of
from koda_desktop.workflows.drawing.shapes import Occupied, Point, Rect, bounds
from koda_desktop.workflows.inspection import Note

_SMALLEST, _LARGEST = 40.0, 6000.0
_WIDTH = 240.0
_LABEL_ROOM, _BESIDE, _AROUND, _TITLE = 52.0, 10.0, 20.0, 40.0
_MOST_MOVES = 60

Sane = Callable[[tuple[float, float] | None], Point | None]


def placed_notes(
    notes: Iterable[Note], sane: Sane, stretch: tuple[float, float],
    places: Sequence[Point | None], boxes: Sequence[Rect],
) -> list[tuple[Note, Rect]]:  # fmt: skip
    """The rectangle of each note that has a place, areas first.

    A note with a size of its own is an area, and still holds the nodes it held before they were
    stretched apart. One without is a remark: as high as its text, and where nothing stands.
    """
    areas: list[tuple[Note, Rect]] = []
    remarks: list[tuple[Note, Rect]] = []
    for note in notes:
        place, size = sane(note.position), _size(note)
        if place is not None and size is not None:
            areas.append((note, _area(Rect(*place, *size), stretch, places, boxes)))
        elif place is not None:
            spot = (place.x * stretch[0], place.y * stretch[1])
            remarks.append((note, Rect(*spot, *_fitting(note))))
    taken = _taken(boxes, (rect for note, rect in areas if note.text))
    return areas + list(_set_free(remarks, taken))


def _set_free(remarks: Iterable[tuple[Note, Rect]], taken: Occupied) -> Iterator[tuple[Note, Rect]]:
    for note, wish in remarks:
        rect = _free(wish, taken)
        taken.add(-1, rect.grown(_BESIDE))
        yield note, rect


def _size(note: Note) -> tuple[float, float] | None:
    if note.size is None or not all(isfinite(side) and side > 0 for side in note.size):
        return None
    width, height = (min(_LARGEST, max(_SMALLEST, side)) for side in note.size)
    return width, height


def _fitting(note: Note) -> tuple[float, float]:
    return _WIDTH, height_of(note.text, _WIDTH)


def _area(
    given: Rect, stretch: tuple[float, float],
    places: Sequence[Point | None], boxes: Sequence[Rect],
) -> Rect:  # fmt: skip
    across, down = stretch
    if stretch == (1.0, 1.0):
        return given
    drawn = Rect(given.x * across, given.y * down, given.width * across, given.height * down)
    held = (
        box.grown(_AROUND)
        for place, box in zip(places, boxes, strict=True)
        if place is not None and given.contains(place)
    )
    return bounds([drawn, *held])


def _taken(boxes: Iterable[Rect], areas: Iterable[Rect]) -> Occupied:
    """Nodes with room for their labels, and the titles of areas."""
    taken = Occupied()
    for rect in areas:
        taken.add(-1, Rect(rect.x, rect.y, rect.width, min(rect.height, _TITLE)))
    for number, box in enumerate(boxes):
        room = Rect(box.x, box.y - _BESIDE, box.width, box.height + _BESIDE + _LABEL_ROOM)
        taken.add(number, room)
    return taken


def _free(wish: Rect, taken: Occupied) -> Rect:
    """``wish`` moved straight up or straight down to where it is free, the shorter way."""
    ways = (_moved(wish, taken, up=True), _moved(wish, taken, up=False))
    free = [rect for rect in ways if rect is not None]
    return min(free, key=lambda rect: abs(rect.y - wish.y), default=wish)


def _moved(rect: Rect, taken: Occupied, *, up: bool) -> Rect | None:
    for _ in range(_MOST_MOVES):
        blocking = [other for _, other in taken.near(rect)]
        if not blocking:
            return rect
        if up:
            y = min(other.y for other in blocking) - rect.height
        else:
            y = max(other.bottom for other in blocking)
        rect = Rect(rect.x, y, rect.width, rect.height)
    return None

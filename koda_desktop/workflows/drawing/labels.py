"""The text of each node: inside wide ones, below the others, cut so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koda_desktop.workflows.drawing.layout import Layout
from koda_desktop.workflows.drawing.lines import Line
from koda_desktop.workflows.drawing.metrics import fitted, text_width, wrapped
from koda_desktop.workflows.drawing.outline import Shape
from koda_desktop.workflows.drawing.shapes import Occupied, Rect

NAME_SIZE, DETAIL_SIZE = 14.0, 12.0
NAME_LINE, DETAIL_LINE = 18.0, 16.0
_BELOW, _BETWEEN = 8.0, 10.0
_WIDEST, _NARROWEST = 184.0, 88.0
_INSIDE_LEFT, _INSIDE_RIGHT = 82.0, 16.0


@dataclass(frozen=True, slots=True)
class Label:
    """``area`` is what the lines cover."""

    lines: tuple[Line, ...]
    area: Rect


@dataclass(frozen=True, slots=True)
class Caption:
    """What a label says: the node's name and, where that says more, its integration."""

    name: str
    detail: str


def labels(layout: Layout, captions: Sequence[Caption]) -> list[Label]:
    """One label per node, in their order."""
    taken = Occupied()
    for number, box in enumerate(layout.boxes):
        taken.add(number, box)
    found: dict[int, Label] = {}
    for number in sorted(
        range(len(captions)), key=lambda n: (layout.boxes[n].y, layout.boxes[n].x)
    ):
        box, caption = layout.boxes[number], captions[number]
        if layout.outline.shapes[number] in (Shape.WIDE, Shape.PILL):
            found[number] = _inside(box, caption)
            continue
        found[number] = label = _below(number, box, caption, layout, taken)
        taken.add(-1, label.area)
    return [found[number] for number in range(len(captions))]


def _inside(box: Rect, caption: Caption) -> Label:
    width = box.width - _INSIDE_LEFT - _INSIDE_RIGHT
    names = wrapped(caption.name, NAME_SIZE, width, 2)
    detail = fitted(caption.detail, DETAIL_SIZE, width) if caption.detail else ""
    height = len(names) * NAME_LINE + (DETAIL_LINE if detail else 0)
    lines = _lines(names, detail, box.x + _INSIDE_LEFT, box.center.y - height / 2, centred=False)
    return Label(lines, Rect(box.x + _INSIDE_LEFT, box.center.y - height / 2, width, height))


def _below(number: int, box: Rect, caption: Caption, layout: Layout, taken: Occupied) -> Label:
    """The fullest label that covers nothing; else one line, which covers the least."""
    tallest = 2 * NAME_LINE + DETAIL_LINE
    width = _room(number, box, layout, tallest, taken)
    choices = [(2, caption.detail), (2, ""), (1, "")]
    for most, detail in choices:
        label = _centred(box, caption.name, detail, width, most)
        blocking = [owner for owner, _ in taken.near(label.area) if owner != number]
        if not blocking:
            return label
    return _centred(box, caption.name, "", max(_NARROWEST, width), 1)


def _room(number: int, box: Rect, layout: Layout, height: float, taken: Occupied) -> float:
    """How wide a label may be: half the way to the labels beside it, all of it to boxes."""
    middle = box.center.x
    band = Rect(middle - _WIDEST, box.bottom + _BELOW - 30, 2 * _WIDEST, height + 30)
    half = _WIDEST / 2
    for owner, rect in taken.near(band):
        away = abs(rect.center.x - middle)
        if owner == number or away < 1:
            continue
        if owner == -1 or rect.bottom <= box.bottom + _BELOW + NAME_LINE:
            half = min(half, _share(owner, away, rect, layout))
        else:
            half = min(half, away - rect.width / 2 - _BETWEEN / 2)
    return max(_NARROWEST, 2 * half)


def _share(owner: int, away: float, rect: Rect, layout: Layout) -> float:
    if owner == -1:
        return away - rect.width / 2 - _BETWEEN
    if layout.outline.shapes[owner] in (Shape.WIDE, Shape.PILL):
        return away - rect.width / 2 + rect.width / 4
    return away / 2 - _BETWEEN / 2


def _centred(box: Rect, name: str, detail: str, width: float, most: int) -> Label:
    names = wrapped(name, NAME_SIZE, width, most)
    detail = fitted(detail, DETAIL_SIZE, width) if detail else ""
    top = box.bottom + _BELOW
    lines = _lines(names, detail, box.center.x, top, centred=True)
    widest = max((text_width(line.text, line.size) for line in lines), default=0.0)
    height = len(names) * NAME_LINE + (DETAIL_LINE if detail else 0)
    return Label(lines, Rect(box.center.x - widest / 2, top, widest, height))


def _lines(
    names: Sequence[str], detail: str, x: float, top: float, *, centred: bool
) -> tuple[Line, ...]:
    lines = [
        Line(name, x, top + (i + 0.76) * NAME_LINE, NAME_SIZE, centred)
        for i, name in enumerate(names)
    ]
    if detail:
        y = top + len(names) * NAME_LINE + 0.75 * DETAIL_LINE
        lines.append(Line(detail, x, y, DETAIL_SIZE, centred, quiet=True))
    return tuple(lines)

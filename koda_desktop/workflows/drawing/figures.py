"""The small shapes every drawing of a scene has in common: outlines, badges, arrows, the bolt."""

from __future__ import annotations

from koda_desktop.workflows.drawing.outline import Shape
from koda_desktop.workflows.drawing.scene import Box, Wire
from koda_desktop.workflows.drawing.shapes import Path, Point, Rect, rounded_rect

CORNER, NOTE_CORNER = 18.0, 10.0
DOT_STEP, DOT_RADIUS = 24.0, 1.1
WIRE_WIDTH, OUTLINE_WIDTH = 2.0, 1.5
DASHES = (6.0, 5.0)
SHADOWS = ((1.0, 1.0), (3.0, 2.5), (6.0, 4.0))
"""Each layer of a node's shadow: how far down and how much larger."""

INITIALS_SIZE = 21.0
_TRIGGER_CORNER = 38.0
_BADGE, _BADGE_CORNER = 52.0, 15.0
_ARROW, _HALF_ARROW, _DIAMOND = 9.0, 5.0, 5.5
_BOLT = ((6.5, 0.0), (0.0, 10.5), (4.6, 10.5), (3.2, 18.0), (10.0, 7.0), (5.4, 7.0))
_BOLT_LEFT, _BOLT_HEIGHT = 20.0, 18.0


def outline_path(box: Box, grown: float = 0.0) -> Path:
    """The border of a node, ``grown`` units outwards."""
    rect = box.rect.grown(grown)
    if box.shape in (Shape.ROUND, Shape.PILL):
        return rounded_rect(rect, rect.height / 2, rect.height / 2)
    left = _TRIGGER_CORNER if box.is_trigger else CORNER
    return rounded_rect(rect, left + grown, CORNER + grown)


def badge_rect(box: Box) -> Rect:
    """Centred in square and round nodes, at the left of wide ones."""
    side = _BADGE if box.rect.height > 90 else _BADGE - 6
    top = box.rect.center.y - side / 2
    if box.shape in (Shape.WIDE, Shape.PILL):
        return Rect(box.rect.x + (box.rect.height - side) / 2 - 4, top, side, side)
    return Rect(box.rect.center.x - side / 2, top, side, side)


def badge_path(box: Box) -> Path:
    rect = badge_rect(box)
    corner = rect.height / 2 if box.shape in (Shape.ROUND, Shape.PILL) else _BADGE_CORNER
    return rounded_rect(rect, corner, corner)


def head(wire: Wire) -> tuple[Point, ...]:
    """The arrowhead of a main edge, the diamond of an AI edge."""
    x, y = wire.tip
    if wire.dashed:
        d = _DIAMOND
        return (Point(x, y - d), Point(x + d, y), Point(x, y + d), Point(x - d, y))
    return (Point(x, y), Point(x - _ARROW, y - _HALF_ARROW), Point(x - _ARROW, y + _HALF_ARROW))


def bolt(box: Box) -> tuple[Point, ...]:
    """The mark left of a trigger."""
    left, top = box.rect.x - _BOLT_LEFT, box.rect.center.y - _BOLT_HEIGHT / 2
    return tuple(Point(left + x, top + y) for x, y in _BOLT)

"""The beginning of a sticky note, as much of it as its rectangle and a cap allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape

from koda_desktop.workflows.drawing.labels import Line
from koda_desktop.workflows.drawing.metrics import wrapped
from koda_desktop.workflows.drawing.shapes import Rect
from koda_desktop.workflows.texts import one_line, printable, without_personal_data

_HEADING, _BODY = 18.0, 13.0
_HEADING_LINE, _BODY_LINE = 24.0, 19.0
_PADDING = 16.0
_LONGEST_HEADING, _LONGEST_BODY, _MOST_READ = 90, 220, 4000
_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)")
_MARKS = re.compile(r"[*_`~>|]+|<[^>\n]{0,200}>")
_HEADING_MARK = re.compile(r"^\s{0,3}#{1,6}\s+")
_BULLET = re.compile(r"^\s*(?:[-+*]|\d{1,3}[.)])\s+")


def note_lines(text: str, area: Rect, boxes: Iterable[Rect]) -> tuple[Line, ...]:
    """Heading and first sentences, above whatever node stands in the way.

    E-mail addresses, telephone numbers and the paths of links are left out.
    """
    heading, body = _parts(text)
    width = area.width - 2 * _PADDING
    floor = min([area.bottom, *(box.y for box in boxes if box.meets(_column(area)))]) - 6
    lines: list[Line] = []
    top = _set(lines, wrapped(heading, _HEADING, width, 2, bold=True), area, area.y + 12, floor, 1)
    room = int((floor - top - 4) / _BODY_LINE)
    if body and room > 0:
        _set(lines, wrapped(body, _BODY, width, min(room, 6)), area, top + 4, floor, 0)
    return tuple(lines)


def _column(area: Rect) -> Rect:
    return Rect(area.x + _PADDING, area.y + 8, area.width - 2 * _PADDING, area.height)


def _set(
    lines: list[Line], texts: Sequence[str], area: Rect, top: float, floor: float, bold: int
) -> float:
    size, height = (_HEADING, _HEADING_LINE) if bold else (_BODY, _BODY_LINE)
    for text in texts:
        if top + height > floor:
            break
        x, y = area.x + _PADDING, top + height * 0.75
        lines.append(Line(text, x, y, size, centred=False, bold=bool(bold), quiet=not bold))
        top += height
    return top


def _parts(text: str) -> tuple[str, str]:
    """The first heading (else nothing) and the running text, both without markdown."""
    heading = ""
    body: list[str] = []
    for line in printable(text[:_MOST_READ]).splitlines():
        is_heading = bool(_HEADING_MARK.match(line))
        said = _plain(line)
        if is_heading and not heading and not body:
            heading = said
        elif said and not is_heading:
            body.append(said)
    return one_line(heading, _LONGEST_HEADING), one_line(" ".join(body), _LONGEST_BODY)


def _plain(line: str) -> str:
    bare = _BULLET.sub("", _HEADING_MARK.sub("", line))
    unlinked = _LINK.sub(r"\1", _IMAGE.sub("", bare))
    return without_personal_data(printable(unescape(_MARKS.sub(" ", unlinked)))).strip()

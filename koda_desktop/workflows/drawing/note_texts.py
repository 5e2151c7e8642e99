"""The beginning of a sticky note, as much of it as its rectangle and a cap allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from koda_desktop.workflows.drawing.lines import Line
from koda_desktop.workflows.drawing.metrics import fitted, wrapped
from koda_desktop.workflows.drawing.shapes import Rect
from koda_desktop.workflows.drawing.shown_texts import painted
from koda_desktop.workflows.texts import printable

_HEADING, _BODY = 18.0, 13.0
_HEADING_LINE, _BODY_LINE = 24.0, 19.0
_PADDING, _ABOVE, _BELOW = 16.0, 12.0, 6.0
_LONGEST_HEADING, _LONGEST_BODY, _MOST_READ = 90, 600, 4000
_SHORTEST_BODY = 30
_MOST_HEADING_LINES, _MOST_LINES = 2, 16
_LEAST_BAND = 44.0
_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)")
_MARKS = re.compile(r"[*_`~>|]+|<[^>\n]{0,200}>")
_HEADING_MARK = re.compile(r"^\s{0,3}#{1,6}\s+")
_BULLET = re.compile(r"^\s*[-+*]\s+")
_FENCE = re.compile(r"^\s*(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    is_title: bool = False
    bold: bool = False

    @property
    def size(self) -> float:
        return _HEADING if self.is_title else _BODY

    @property
    def height(self) -> float:
        return _HEADING_LINE if self.is_title else _BODY_LINE

    def lines(self, width: float, most: int) -> tuple[str, ...]:
        most = min(most, _MOST_HEADING_LINES) if self.is_title else most
        return wrapped(self.text, self.size, width, most, bold=self.bold)


def note_lines(text: str, area: Rect, standing: Iterable[Rect]) -> tuple[Line, ...]:
    """Heading and first sentences, above whatever is ``standing`` in the way or, where it stands
    at the very top, below it.

    E-mail addresses, telephone numbers, keys, code and the paths of links are left out.
    """
    top, floor = _free_band(area, standing)
    return tuple(_set(list(_paragraphs(text)), area, top + _ABOVE, floor - _BELOW))


def height_of(text: str, width: float) -> float:
    """How high a note of ``width`` is that shows its text and no empty space."""
    lines = _set(list(_paragraphs(text)), Rect(0.0, 0.0, width, 0.0), _ABOVE, 1e6)
    return lines[-1].y + _PADDING if lines else _LEAST_BAND


def _free_band(area: Rect, standing: Iterable[Rect]) -> tuple[float, float]:
    """From where to where the note's column is free: the first stretch with room for a line."""
    column = Rect(area.x + _PADDING, area.y + 8, area.width - 2 * _PADDING, area.height - 8)
    bands: list[tuple[float, float]] = []
    top = area.y
    for rect in sorted((r for r in standing if r.meets(column)), key=lambda r: r.y):
        bands.append((top, rect.y))
        top = max(top, rect.bottom)
    bands.append((top, area.bottom))
    roomy = (band for band in bands if band[1] - band[0] >= _LEAST_BAND)
    return next(roomy, bands[0])


def _set(paragraphs: list[_Paragraph], area: Rect, top: float, floor: float) -> list[Line]:
    lines: list[Line] = []
    width, left = area.width - 2 * _PADDING, area.x + _PADDING
    for index, paragraph in enumerate(paragraphs):
        room = min(_MOST_LINES - len(lines), int((floor - top) / paragraph.height))
        if room < 1:
            return _unfinished(lines, width)
        for text in paragraph.lines(width, room):
            y = top + paragraph.height * 0.75
            quiet = not paragraph.bold
            lines.append(Line(text, left, y, paragraph.size, False, paragraph.bold, quiet))
            top += paragraph.height
        top += 4 if index == 0 and paragraph.is_title else 0
    return lines


def _unfinished(lines: list[Line], width: float) -> list[Line]:
    """With an ellipsis at the end of the last line, where there is none."""
    if lines and lines[-1].size == _BODY and not lines[-1].text.endswith("…"):
        last = lines.pop()
        text = fitted(f"{last.text} …", last.size, width, bold=last.bold)
        lines.append(Line(text, last.x, last.y, last.size, False, last.bold, last.quiet))
    return lines


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    """One per line, without markdown and blocks of code; a heading that comes first is the title,
    later ones are bold."""
    room = _LONGEST_BODY
    for index, (said, bold) in enumerate(_told(text)):
        if index == 0 and bold:
            yield _Paragraph(painted(said, _LONGEST_HEADING), is_title=True, bold=True)
            continue
        if room < _SHORTEST_BODY:
            yield _Paragraph("…")
            return
        body = painted(said, room)
        room -= len(body)
        yield _Paragraph(body, bold=bold)


def _told(text: str) -> Iterator[tuple[str, bool]]:
    """Each line that says something, and whether it is a heading."""
    fenced = False
    for line in printable(text[:_MOST_READ]).splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (said := _plain(line)):
            yield said, bool(_HEADING_MARK.match(line))


def _plain(line: str) -> str:
    bare = _HEADING_MARK.sub("", line)
    bullet = _BULLET.match(bare)
    unlinked = _LINK.sub(r"\1", _IMAGE.sub("", _BULLET.sub("", bare)))
    said = painted(unescape(_MARKS.sub(" ", unlinked)), _MOST_READ)
    return f"• {said}" if said and bullet else said

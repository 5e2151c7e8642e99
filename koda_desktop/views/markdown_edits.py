"""What the buttons over a Markdown text do to it: pure functions over a text and a selection.

The marks are those of CommonMark (spec.commonmark.org): ``**`` strong, ``*`` emphasis, ````` code,
``- `` and ``1. `` lists, ``## `` headings.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LIST = re.compile(r"(?:[-*+]|\d+\.) ")
_HEADING = re.compile(r"#{1,6} ")


class Edited(NamedTuple):
    """A text and what is selected in it, as places between characters."""

    text: str
    start: int
    end: int


def toggle_mark(text: str, start: int, end: int, mark: str) -> Edited:
    """Put ``mark`` around the selection, or take it away where it stands there already.

    White space at its ends stays outside, because a mark beside a space is none. With nothing
    selected the cursor comes to stand between two marks.
    """
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    width = len(mark)
    before, chosen, after = text[:start], text[start:end], text[end:]
    if _ends_with(before, mark) and _begins_with(after, mark):
        return Edited(before[:-width] + chosen + after[width:], start - width, end - width)
    return Edited(before + mark + chosen + mark + after, start + width, end + width)


def _ends_with(text: str, mark: str) -> bool:
    """Whether ``text`` ends with exactly this mark: ``**`` does not end with ``*``."""
    sign = mark[0]
    return len(text) - len(text.rstrip(sign)) == len(mark)


def _begins_with(text: str, mark: str) -> bool:
    sign = mark[0]
    return len(text) - len(text.lstrip(sign)) == len(mark)


def toggle_list(text: str, start: int, end: int, *, numbered: bool = False) -> Edited:
    """Make the selected lines a list, or plain lines again where they all are one of that kind."""
    first, last, lines = _lines(text, start, end)
    filled = [line for line in lines if line.strip()] or lines
    kind = re.compile(r"\d+\. ") if numbered else re.compile(r"[-*+] ")
    if all(kind.match(line) for line in filled):
        made = [_LIST.sub("", line, count=1) if _LIST.match(line) else line for line in lines]
        return _put(text, first, last, made)
    made, number = [], 0
    for line in lines:
        if not line.strip() and line not in filled:
            made.append(line)
            continue
        number += 1
        made.append((f"{number}. " if numbered else "- ") + _LIST.sub("", line, count=1))
    return _put(text, first, last, made)


def toggle_heading(text: str, start: int, end: int) -> Edited:
    """Make the selected lines headings of the second level, or plain lines again."""
    first, last, lines = _lines(text, start, end)
    if all(line.startswith("## ") for line in lines):
        return _put(text, first, last, [line.removeprefix("## ") for line in lines])
    return _put(text, first, last, ["## " + _HEADING.sub("", line, count=1) for line in lines])


def link(text: str, start: int, end: int) -> Edited:
    """Make the selection the words of a link, with the place of the address selected."""
    words = text[start:end]
    if re.match(r"https?://\S+\Z", words):
        made = f"[]({words})"
        return Edited(text[:start] + made + text[end:], start + 1, start + 1)
    address = "https://"
    made = f"[{words}]({address})"
    at = start + len(words) + 3
    return Edited(text[:start] + made + text[end:], at, at + len(address))


def _lines(text: str, start: int, end: int) -> tuple[int, int, list[str]]:
    """Where the lines of the selection begin and end, and the lines."""
    first = text.rfind("\n", 0, start) + 1
    # A selection that ends before the first letter of a line does not mean that line.
    end = end - 1 if end > start and text[end - 1] == "\n" else end
    found = text.find("\n", end)
    last = len(text) if found < 0 else found
    return first, last, text[first:last].split("\n")


def _put(text: str, first: int, last: int, lines: list[str]) -> Edited:
    made = "\n".join(lines)
    return Edited(text[:first] + made + text[last:], first, first + len(made))

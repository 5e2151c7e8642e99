"""Three-way merge of texts, line by line (the "diff3" rule). Pure."""

from __future__ import annotations

from difflib import SequenceMatcher

LINES_MAX = 400
"""More changed lines than this on one side are not compared: the time grows with their square."""

_Change = tuple[int, int, list[str]]
"""Lines ``begin`` to ``end`` of the base are replaced by these."""


def merge_lines(base: str, mine: str, theirs: str) -> str | None:
    """``base`` with the changes of both sides, or None where they meet.

    Changes of lines that touch each other meet, unless they are the same change.
    """
    lines = base.splitlines(keepends=True)
    ours = _changes(lines, mine.splitlines(keepends=True))
    others = _changes(lines, theirs.splitlines(keepends=True))
    if ours is None or others is None:
        return None
    joined = _joined(ours, others)
    return None if joined is None else _applied(lines, joined)


def _changes(base: list[str], side: list[str]) -> list[_Change] | None:
    """What ``side`` changed, in order; None where that would take too long to find."""
    head = _common(base, side)
    tail = _common(base[head:][::-1], side[head:][::-1])
    old, new = base[head : len(base) - tail], side[head : len(side) - tail]
    if max(len(old), len(new)) > LINES_MAX:
        return None
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        (head + begin, head + end, new[first:last])
        for tag, begin, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]


def _common(one: list[str], other: list[str]) -> int:
    """How many lines both begin with."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _joined(ours: list[_Change], others: list[_Change]) -> list[_Change] | None:
    """Both lists of changes as one, in order; None where two of them meet."""
    joined: list[_Change] = []
    for change in sorted([*ours, *others], key=lambda one: one[:2]):
        if joined and change == joined[-1]:
            continue
        if joined and change[0] <= joined[-1][1]:
            return None
        joined.append(change)
    return joined


def _applied(base: list[str], changes: list[_Change]) -> str:
    parts: list[str] = []
    place = 0
    for begin, end, lines in changes:
        parts += [*base[place:begin], *lines]
        place = end
    return "".join([*parts, *base[place:]])

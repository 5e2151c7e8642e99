"""Personal data as problems: one per value, however often it stands in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.secrets.personal import Sighting, Trace
from koda_desktop.workflows.secrets.tree import Place
from koda_desktop.workflows.secrets.writing import PlaceWriter

MOST_PER_KIND = 10

_Seen = tuple[Trace, str]


def personal_problems(
    sighted: Iterable[tuple[Place, Sighting]], writer: PlaceWriter
) -> tuple[Problem, ...]:
    """One warning per kind and shown value at its first place, at most MOST_PER_KIND of a kind."""
    first: dict[_Seen, str] = {}
    counts: Counter[_Seen] = Counter()
    kinds: Counter[Trace] = Counter()
    for place, seen in sighted:
        group = seen.trace, seen.shown
        if group not in counts:
            kinds[seen.trace] += 1
            if kinds[seen.trace] <= MOST_PER_KIND:
                first[group] = writer.where(place, seen.start)
        counts[group] += 1
    listed = tuple(_problem(group, where, counts[group], writer) for group, where in first.items())
    return listed + _rests(kinds)


def _problem(group: _Seen, where: str, count: int, writer: PlaceWriter) -> Problem:
    trace, shown = group
    value = "" if writer.is_telling(shown) else f" ({shown})"
    times = "" if count == 1 else f" stands here and in {count - 1:,} more places"
    message = f"{trace.label}{value}{times or ' stands here'}. {trace.advice}"
    return Problem(Severity.WARNING, trace.code, where, message)


def _rests(kinds: Counter[Trace]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            Severity.WARNING,
            trace.code,
            "",
            f"{count - MOST_PER_KIND:,} more of this kind are not listed: {trace.label.lower()}.",
        )
        for trace, count in kinds.items()
        if count > MOST_PER_KIND
    )

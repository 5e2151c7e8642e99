"""How the payment provider's events, and replaying them, are written for people."""

from __future__ import annotations

from datetime import datetime

from koda_desktop.views.format import ago, count, counted
from koda_desktop.views.tables.plain_table import Cell, Line
from koda_desktop.views.widgets.pill import Badge
from koda_desktop.workspace.money_rows import EventRow, Replayed

_MOST_ERRORS = 3


def event_pill(one: EventRow) -> Badge:
    """Done, failed, or waiting for another event that names its order."""
    if one.is_processed:
        return Badge("Done", "success")
    return Badge("Failed", "danger") if one.error else Badge("Waits", "warning")


def event_line(one: EventRow, now: datetime) -> Line:
    state = event_pill(one)
    return Line(
        one.id,
        (
            Cell(one.type, is_strong=True),
            Cell(ago(one.created, now), "text-secondary"),
            Cell(count(one.tries), "text-secondary", is_figure=True),
            Cell(state.text, pill=state.tone),
            Cell(one.error, "danger-text"),
        ),
    )


def replayed_words(replayed: Replayed) -> tuple[str, str, str]:
    """The tone, the heading and the text of a report."""
    numbers = (
        (replayed.processed, "done"),
        (replayed.waiting, "waiting for another event"),
        (replayed.failed, "failed"),
        (replayed.ignored, "of no concern here"),
    )
    total = sum(number for number, _ in numbers)
    heading = f"{counted(total, 'event was', 'events were')} taken in again"
    parts = [f"{count(number)} {words}" for number, words in numbers if number]
    errors = [f"{event}: {error}" for event, error in replayed.errors.items()]
    left = len(errors) - _MOST_ERRORS
    shown = [*errors[:_MOST_ERRORS], *([f"and {count(left)} more"] if left > 0 else [])]
    tone = "warning" if replayed.failed else "success"
    if replayed.failed == total:
        tone = "danger"
    return tone, heading, "\n".join([", ".join(parts).capitalize() + ".", *shown])

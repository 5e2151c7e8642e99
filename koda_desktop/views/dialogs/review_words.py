"""What the dialogs of import, export and folders say."""

from __future__ import annotations

from koda_desktop.controllers.reviewing import ReviewLine, Verdict
from koda_desktop.runtime.work import Progress
from koda_desktop.sync.changesets.rows import ChangeSetResult
from koda_desktop.views.format import count, counted

_PHASES = {
    "compare": "rows compared",
    "read": "files read",
    "inspect": "files checked",
    "stage": "files prepared",
    "write": "listings written",
}


def note_heading(line: ReviewLine) -> str:
    """What is wrong with a line, or what happened, in a few words."""
    if line.verdict is Verdict.CONFLICT:
        return "Changed here meanwhile"
    if line.verdict is Verdict.REFUSED:
        return "Not taken in"
    if line.verdict is Verdict.GONE:
        return "The file is gone"
    return "Changed"


def progress_words(progress: Progress) -> str:
    """``12,000 rows compared``, ``300 of 4,812 listings written``."""
    words = _PHASES.get(progress.phase, "listings changed")
    done = count(progress.done)
    return f"{done} of {count(progress.total)} {words}" if progress.total else f"{done} {words}"


def result_words(result: ChangeSetResult, left: int) -> tuple[str, str]:
    """The heading and the text of what was done."""
    heading = f"{counted(result.changed, 'listing')} changed" if result.changed else "No change"
    text = "Published ones go out with the next sync. History can take all of it back."
    if not result.changed:
        text = "Everything was here already."
    if left:
        were = "line was" if left == 1 else "lines were"
        text += f" {count(left)} {were} not taken in."
    return heading, text


def undone_words(result: ChangeSetResult) -> tuple[str, str]:
    """The heading and the text of what was taken back."""
    left = len(result.left)
    kept = f" {counted(left, 'value')} changed since and stayed." if left else ""
    return f"{counted(result.changed, 'listing')} taken back", f"All is as it was before.{kept}"

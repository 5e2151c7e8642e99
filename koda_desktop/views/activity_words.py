"""What the Activity page says of an operation: what it does, with which values, why it waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from koda_desktop.sync.rows import FieldChange, OperationRow, OperationState, Verb, Wait
from koda_desktop.views.format import counted, duration, moment, size
from koda_desktop.views.value_words import field_name, field_names, value_words

_PENDING = {
    Verb.UPLOAD: "Upload the file of",
    Verb.PREVIEW: "Upload the picture of",
    Verb.REGISTER: "Register",
    Verb.REVISE: "Set the new file of",
    Verb.VERIFY: "Read back",
    Verb.EDIT: "Change",
}
_PAST = {
    Verb.UPLOAD: "Uploaded the file of",
    Verb.PREVIEW: "Uploaded the picture of",
    Verb.REGISTER: "Registered",
    Verb.REVISE: "Set the new file of",
    Verb.VERIFY: "Read back",
    Verb.EDIT: "Changed",
}
_WAITS = {
    Wait.NOTHING: ("It goes out with the next sync.", ""),
    Wait.TURN: ("It waits for the step before it.", ""),
    Wait.HELD: ("You hold it back.", "It goes out once you let it go."),
    Wait.PAUSED: ("Sending is paused.", "It goes out once you resume sending."),
    Wait.ANSWER: (
        "It may have gone out already.",
        "It cannot be changed before its answer.",
    ),
}
_NOT_REVISED = (
    "Buyers go on getting the file that the marketplace has. Your own file stays where it is."
)
_SHORT = {
    Wait.BACKOFF: "Tries again",
    Wait.HELD: "Held",
    Wait.PAUSED: "Paused",
    Wait.ANSWER: "May have gone out",
}


def operation_words(row: OperationRow) -> str:
    """``Change the price and tags of “Invoice reminder”``."""
    verbs = _PAST if row.state is OperationState.DONE else _PENDING
    if row.verb is Verb.EDIT and row.fields and len(row.fields) <= 3:
        return f"{verbs[row.verb]} the {field_names(row.fields)} of “{row.listing_title}”"
    is_many = row.verb is Verb.EDIT and row.fields
    fields = f" ({counted(len(row.fields), 'field')})" if is_many else ""
    return f"{verbs[row.verb]} “{row.listing_title}”{fields}"


def change_words(change: FieldChange) -> str:
    """``Price: €9.99 → €12.00``, on one line."""
    after = _one_line(value_words(change.field, change.after))
    if not change.before.is_set:
        return f"{field_name(change.field)}: {after}"
    before = _one_line(value_words(change.field, change.before))
    return f"{field_name(change.field)}: {before} → {after}"


def _one_line(text: str, most: int = 60) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def values_words(row: OperationRow) -> str:
    """The very values an operation sends, on one line."""
    if row.verb in (Verb.EDIT, Verb.REVISE):
        return "  ·  ".join(change_words(change) for change in row.changes)
    if row.file is None:
        return ""
    facts = f"{row.file.name}  ·  {size(row.file.size)}  ·  SHA-256 {row.file.sha256[:12]}"
    if row.verb is Verb.REGISTER:
        return f"{counted(len(row.changes), 'field')}  ·  {facts}"
    return facts


def note_words(row: OperationRow, now: datetime) -> str:
    """The second line: what is in its way, or the values it sends."""
    if row.state is OperationState.DONE:
        return ""
    if row.error is None:
        return values_words(row)
    what = str(row.error.get("what", ""))
    if row.state is OperationState.PARKED:
        remedy = "" if row.is_conflict else row.error.get("remedy", "")
        return f"{what} {remedy}".strip()
    is_due = row.wait not in (Wait.PAUSED, Wait.HELD)
    return f"{what} {next_words(row, now) if is_due else ''}".strip()


def next_words(row: OperationRow, now: datetime) -> str:
    """When the next attempt is due, and how many there were."""
    due = moment(row.next_at or "")
    tries = counted(row.attempts, "attempt")
    if due is None or due <= now:
        return f"Next try now, after {tries}."
    return f"Next try in {duration((due - now).total_seconds())}, after {tries}."


def wait_words(row: OperationRow, now: datetime) -> tuple[str, str]:
    """Why it has not gone out, and what is kept and to be done; empty for what is done."""
    if row.state is OperationState.DONE:
        return "", ""
    error = row.error or {}
    what = str(error.get("what", ""))
    if row.wait is Wait.BACKOFF:
        return (what, next_words(row, now)) if what else (next_words(row, now), "")
    if row.wait is not Wait.PERSON:
        return _WAITS[row.wait]
    if row.is_conflict:
        return "Changed here and in the marketplace.", "Choose a value for each field."
    rest = f"{error.get('kept', '')} {error.get('remedy', '')}"
    return what or "The step before it needs you.", " ".join(rest.split())


def short_wait(row: OperationRow) -> str:
    """Why it waits in a word or two, where that is worth a word."""
    return "" if row.state is OperationState.DONE else _SHORT.get(row.wait, "")


def drop_words(rows: Sequence[OperationRow]) -> tuple[str, str] | None:
    """The question before ``rows`` are dropped; None when nothing that was typed is lost."""
    edits = [row for row in rows if row.verb is Verb.EDIT]
    revised = [row for row in rows if row.verb is Verb.REVISE]
    if revised and not edits:
        return f"Take back the new file of “{revised[0].listing_title}”?", _NOT_REVISED
    if not edits:
        return None
    fields = counted(sum(len(row.fields) for row in edits), "value")
    listings = {row.listing_title for row in edits}
    where = f"“{listings.pop()}”" if len(listings) == 1 else counted(len(listings), "listing")
    lost = field_names(edits[0].fields) if len(edits) == 1 else fields
    text = (
        f"What you typed is lost: {lost}. The marketplace’s values are shown again and stay as "
        "they are. Nothing else that waits is touched."
    )
    return f"Drop the change of {where}?", text


def kept_words(rows: Sequence[OperationRow]) -> tuple[str, str]:
    """What is told after a drop."""
    if any(row.verb is Verb.REVISE for row in rows):
        return "The new file is taken back", "Buyers go on getting the one the marketplace has."
    published = {row.listing_id for row in rows if row.verb is not Verb.EDIT}
    if not published:
        return "The change is dropped", "The marketplace’s values are shown again."
    what = (
        "The listing is a draft" if len(published) == 1 else f"{len(published)} listings are drafts"
    )
    return f"{what} again", "Fields and file are kept on this computer."

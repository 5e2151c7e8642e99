"""What the inspector says of a listing's state, and what can be done in it: data, no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from koda_desktop.sync.rows import ListingDetail, ListingState
from koda_desktop.views.format import ago
from koda_desktop.views.value_words import field_names


@dataclass(frozen=True, slots=True)
class StateWords:
    """The banner of a state, and the names of the buttons it offers; no ``tone``, no banner."""

    tone: str = ""
    heading: str = ""
    text: str = ""
    actions: tuple[str, ...] = ()
    is_editable: bool = True
    icon: str = ""
    """Where the tone's own does not say it."""


def state_words(detail: ListingDetail, now: datetime) -> StateWords:
    """The words for ``detail`` as it stands."""
    makers = {
        ListingState.DRAFT: _draft,
        ListingState.WAITING: _waiting,
        ListingState.PUBLISHING: _publishing,
        ListingState.PUBLISHED: _published,
        ListingState.REFUSED: _refused,
        ListingState.CONFLICT: _conflict,
    }
    return makers[detail.row.state](detail, now)


def _draft(detail: ListingDetail, now: datetime) -> StateWords:
    return StateWords(actions=("publish", "delete"))


def _waiting(detail: ListingDetail, now: datetime) -> StateWords:
    why = detail.row.message or "It goes out as soon as the marketplace can be reached."
    if detail.is_at_server:
        fields = ", ".join(detail.pending_fields)
        heading = f"Changes wait to be sent: {fields}" if fields else "Changes wait to be sent"
        return StateWords("warning", heading, why, ("discard",), icon="clock")
    heading = "Waiting to be published"
    return StateWords("warning", heading, why, ("withdraw",), is_editable=False, icon="clock")


def _publishing(detail: ListingDetail, now: datetime) -> StateWords:
    text = "The file is sent, registered and read back. You can go on working."
    return StateWords("info", "Publishing", detail.row.message or text, is_editable=False)


def _published(detail: ListingDetail, now: datetime) -> StateWords:
    when = ago(detail.verified_at, now).lower()
    text = f"Read back and found identical, {when}." if when else ""
    return StateWords("success", "Published", text, ("save_file",))


def _refused(detail: ListingDetail, now: datetime) -> StateWords:
    error = detail.error or {}
    heading = str(error.get("what") or detail.row.message or "The marketplace said no.")
    rest = " ".join(str(error[key]) for key in ("kept", "remedy") if error.get(key))
    back = "discard" if detail.is_at_server else "withdraw"
    return StateWords("danger", heading, rest, ("retry", back))


def _conflict(detail: ListingDetail, now: datetime) -> StateWords:
    facts = (detail.error or {}).get("facts") or {}
    fields = field_names(list(facts.get("fields") or ()))
    of_what = f" of the {fields}" if fields else ""
    heading = "Changed here and in the marketplace"
    text = f"Both values{of_what} are kept until you choose."
    return StateWords("conflict", heading, text, ("settle", "discard"))

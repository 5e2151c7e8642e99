"""Listings that the marketplace has no more, while changes to them wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from koda_desktop.errors import NotFound
from koda_desktop.sync import doubts, outbox
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import OperationState, Verb
from koda_desktop.sync.store.database import Tx


def take_up(tx: Tx, operations: Sequence[Operation]) -> None:
    """The marketplace has the listing again: what was put aside for want of it goes out."""
    for one in operations:
        if one.verb is Verb.EDIT and one.state is OperationState.PARKED and is_gone(one):
            outbox.release(tx, one)


def ask_again(tx: Tx, operations: Iterable[Operation]) -> None:
    """Work that may have been put aside goes out again: its listing is asked for beside it.

    If the work is dropped before its answer, nothing else would tell that the listing is gone.
    """
    doubts.raise_for(tx, [one.lane for one in operations if is_gone(one)])


def gone() -> NotFound:
    """What a person is told of a change to a listing that was deleted elsewhere."""
    return NotFound(
        "The marketplace has this listing no more.",
        kept="Your copy with its changes is kept on this computer.",
        remedy="Discard the change to keep the listing as a draft.",
    )


def is_gone(operation: Operation) -> bool:
    """Whether the operation was put aside because its listing is gone."""
    return (operation.error or {}).get("code") == NotFound.code

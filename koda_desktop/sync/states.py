"""Where a listing stands: derived from its facts, at the end of every transaction that touched it.

Nothing else sets a state, so that a state can never contradict the work that is queued.
"""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.sync import outbox
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import ListingState, OperationState, Verb
from koda_desktop.sync.store.database import Tx


def derive(is_at_server: bool, operations: Sequence[Operation]) -> tuple[ListingState, str]:
    """The state of a listing with these operations in its lane, and why it waits or was refused."""
    parked = [one for one in operations if one.state is OperationState.PARKED]
    if parked:
        refused = [one for one in parked if not one.is_conflict]
        shown = (refused or parked)[0]
        return (ListingState.REFUSED if refused else ListingState.CONFLICT), _message(shown)
    if operations:
        head = operations[0]
        state = ListingState.PUBLISHING if _is_under_way(operations) else ListingState.WAITING
        return state, _message(head)
    return (ListingState.PUBLISHED if is_at_server else ListingState.DRAFT), ""


def _is_under_way(operations: Sequence[Operation]) -> bool:
    """Whether a publication has begun and nothing stands in its way just now."""
    head = operations[0]
    if head.error is not None or head.verb is Verb.EDIT or head.state is OperationState.HELD:
        return False
    return head.is_frozen or head.verb is not Verb.UPLOAD


def _message(operation: Operation) -> str:
    if operation.state is OperationState.HELD:
        return "Held back until you let it go."
    return str((operation.error or {}).get("what", ""))


def derive_touched(tx: Tx) -> None:
    """Write the state of every listing the transaction touched: the store's ``before_commit``."""
    for listing_id in sorted(tx.touched):
        at_server = tx.value("SELECT is_at_server FROM entity WHERE id = ?", (listing_id,))
        if at_server is None:
            continue
        state, message = derive(bool(at_server), outbox.lane(tx, listing_id))
        tx.run(
            "UPDATE entity SET state = ?, message = ? WHERE id = ?"
            " AND (state <> ? OR message <> ?)",
            (state.value, message, listing_id, state.value, message),
        )

"""What people do on the Activity, Conflicts and Transfers pages, drawn from the seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from koda_desktop.sync import conflicts, outbox
from koda_desktop.sync.conflict_rows import Choice, ConflictRow, Resolution
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import ListingState, TransferState, Verb
from tests.faults.simulation.history import FILE

if TYPE_CHECKING:
    from tests.faults.simulation.people import Person

_ENDED = (TransferState.DONE, TransferState.CANCELLED)


def _operation(person: Person) -> Operation | None:
    waiting = person.device.store.peek(outbox.every)
    return person.rng.choice(waiting) if waiting else None


def hold(person: Person) -> str:
    """Keep a lane back."""
    chosen = _operation(person)
    if chosen is None:
        return "nothing"
    return person.device.command(lambda: person.device.work.hold([chosen.operation_id]))


def let_go(person: Person) -> str:
    """Let a lane go on."""
    chosen = _operation(person)
    if chosen is None:
        return "nothing"
    return person.device.command(lambda: person.device.work.let_go([chosen.operation_id]))


def drop(person: Person) -> str:
    """Take an operation out before it goes."""
    chosen = _operation(person)
    if chosen is None:
        return "nothing"
    revised = person.revises(chosen.lane)
    outcome = person.device.command(lambda: person.device.work.drop([chosen.operation_id]))
    if outcome in ("done", "crashed") and chosen.verb is Verb.EDIT:
        person.took_back(chosen.lane, chosen.changes)
    elif outcome in ("done", "crashed"):
        person.took_back_file(chosen.lane, revised=revised)
    return f"{chosen.verb} of {chosen.lane[-2:]} {outcome}"


def pause_all(person: Person) -> str:
    """Send nothing, or go on."""
    person.is_paused = not person.is_paused
    paused = person.is_paused
    return person.device.command(lambda: person.device.work.pause_sending(paused))


def resolve(person: Person) -> str:
    """Settle one field in conflict."""
    rows = person.device.store.peek(conflicts.listed)
    if not rows:
        return "nothing"
    row = person.rng.choice(rows)
    choices = [Choice.MINE, Choice.THEIRS, Choice.VALUE]
    choice = person.rng.choice([*choices, Choice.BOTH] if row.can_keep_both else choices)
    if row.field == FILE and choice is Choice.VALUE:
        choice = Choice.MINE
    value = person.value_for(row.field) if choice is Choice.VALUE else None
    wanted = Resolution(row.listing_id, row.field, choice, value, row.theirs)
    person.touched.add((row.listing_id, row.field))
    outcome = person.device.command(lambda: person.device.work.resolve([wanted]))
    _note(person, row, choice, value, outcome)
    return f"{choice} for {row.field} of {row.listing_id[-2:]} {outcome}"


def _note(person: Person, row: ConflictRow, choice: Choice, value: Any, outcome: str) -> None:
    if outcome not in ("done", "crashed") or choice is Choice.MINE:
        return
    if row.field == FILE:
        person.took_back_file(row.listing_id, revised=True)
    elif outcome == "done" and choice is Choice.VALUE:
        person.truth.accept(row.listing_id, {row.field: value})
    else:
        person.truth.drop(row.listing_id, frozenset([row.field]))


def undo_resolve(person: Person) -> str:
    """Bring back what was settled last."""
    person.touched |= {(row.id, name) for row in person.rows() for name in ("title", "price")}
    settled = person.device.store.peek(conflicts.undoable)
    outcome = person.device.command(person.device.work.undo_resolve)
    for listing_id, fields in settled.items():
        # The value that was chosen is given up for the one that stood against the marketplace's.
        mine = {name: sides["mine"] for name, sides in fields.items()}
        if outcome == "done":
            person.truth.accept(listing_id, mine)
        elif outcome == "crashed":
            person.truth.perhaps(listing_id, mine)
    return outcome


def download(person: Person) -> str:
    """Fetch the file of a published listing."""
    rows = [row for row in person.rows() if row.state is ListingState.PUBLISHED and row.file_size]
    if not rows:
        return "nothing"
    chosen = person.rng.choice(rows).id
    folder = person.device.downloads
    return person.device.command(lambda: person.device.transfers.download(chosen, folder))


def transfer(person: Person) -> str:
    """Do something to a transfer."""
    rows = [row for row in person.device.reads.transfers() if row.state not in _ENDED]
    if not rows:
        return "nothing"
    chosen = person.rng.choice(rows)
    transfers = person.device.transfers
    actions: dict[str, Callable[[], object]] = {
        "cancel": lambda: transfers.cancel(chosen.id),
        "pause": lambda: transfers.pause(chosen.id, True),
        "go on": lambda: transfers.pause(chosen.id, False),
        "retry": lambda: transfers.retry(chosen.id),
        "first": lambda: transfers.prioritise(chosen.id, 5),
    }
    name = person.rng.choice(list(actions))
    if name == "cancel":
        person.took_back_file(chosen.listing_id, revised=person.revises(chosen.listing_id))
    return f"{name} {person.device.command(actions[name])}"


def let_all_go(person: Person) -> None:
    """Nothing is held, paused or stopped any more: the work of a person who wants it all out."""
    device = person.device
    person.is_paused = False
    device.command(lambda: device.work.pause_sending(False))
    ids = [one.operation_id for one in device.store.peek(outbox.every)]
    device.command(lambda: device.work.let_go(ids))
    for row in device.reads.transfers():
        if row.state in _ENDED:
            continue
        if row.is_paused:
            device.command(partial(device.transfers.pause, row.id, False))
        if row.state is TransferState.PARKED:
            device.command(partial(device.transfers.retry, row.id))

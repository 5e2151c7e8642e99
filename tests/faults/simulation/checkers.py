"""DESIGN's twelve invariants, one checker each. A checker answers what is wrong, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.sync import absence, outbox
from koda_desktop.sync.backoff import CAP_SECONDS, LONGEST_ASKED_SECONDS
from koda_desktop.sync.merge import same
from koda_desktop.sync.publication import PUBLICATION, UNREGISTERED
from koda_desktop.sync.rows import OperationState, Verb
from koda_desktop.sync.states import derive
from tests.faults.simulation.carrier import CANARY
from tests.faults.simulation.history import FILE, atoms, value_of
from tests.faults.simulation.snapshot import Snapshot, changes_of
from tests.faults.simulation.words import differences

if TYPE_CHECKING:
    from tests.faults.simulation.people import Person
    from tests.faults.simulation.world import World

Problems = Iterator[str]
_ORDER = (*PUBLICATION[:-1], Verb.REVISE, Verb.VERIFY)
PATIENCE = CAP_SECONDS + 30.0
"""Seconds of healthy weather after which work that waits must have been tried."""


def never_nowhere(world: World, person: Person, now: Snapshot) -> Problems:
    """1: an edit that was accepted is in the row, the outbox, the server or a conflict."""
    for (listing_id, name), choices in person.truth.open.items():
        there = now.holds(listing_id, name) | world.history.atoms[listing_id, name]
        if not any(choice <= there for choice in choices):
            wanted = " or ".join(str(sorted(choice)) for choice in choices)
            yield f"{name} of {listing_id[-2:]}: {wanted} is nowhere, there is {sorted(there)}"


def deletions_are_told(world: World, person: Person, now: Snapshot) -> Problems:
    """1: no edit that waits loses its listing in silence; only a person makes a draft of it."""
    acted = {listing_id for listing_id, _ in person.touched}
    for listing_id in person.waiting - acted:
        row = now.rows.get(listing_id)
        if row is None or not row.is_at_server:
            yield f"{listing_id[-2:]} was taken off the marketplace with an edit, without a word"
    person.waiting = {
        listing_id
        for listing_id, lane in now.lanes.items()
        if now.rows[listing_id].is_at_server and any(one.verb in outbox.DISPUTED for one in lane)
    }


def exactly_once(world: World, person: Person, now: Snapshot) -> Problems:
    """2: no operation changed the server twice; what is logged as done changed it."""
    for operation, times in world.applied.items():
        if times > 1:
            yield f"{operation} was applied {times} times"
    known = {operation_id for operation_id, _ in world.applied}
    for lane, _, operation_id in now.logged:
        if operation_id not in known:
            yield f"edit {operation_id} of {lane[-2:]} is logged as done and never was"


def lanes_in_order(world: World, person: Person, now: Snapshot) -> Problems:
    """3: the server saw the operations of a lane in their order, its registration first."""
    for (listing_id, device), numbers in world.sequences.items():
        if numbers != sorted(set(numbers)):
            yield f"{device} changed {listing_id[-2:]} in the order {numbers}"
    for listing_id, operations in now.lanes.items():
        verbs = [one.verb for one in operations if one.verb is not Verb.EDIT]
        if verbs != [verb for verb in _ORDER if verb in verbs]:
            yield f"the lane of {listing_id[-2:]} holds {verbs}"


def pages_with_rows(world: World, person: Person, now: Snapshot) -> Problems:
    """4: whatever the place in the pages has passed is here.

    A pass of hours during which the clock was put back by hours seems short, so that what became
    visible meanwhile is left to the next audit: that is looked at when all is at rest.
    """
    at = now.cursor.get("at")
    if not at or now.cursor["mode"] != "paging" or person.device.is_pass_disturbed:
        return
    safe = iso(from_iso(at) - timedelta(seconds=30))
    for listing_id, document in world.server.documents.items():
        if listing_id in now.quarantined | now.doubts or str(document.get("updatedAt")) >= safe:
            continue
        row = now.rows.get(listing_id)
        if row is None:
            yield f"the pages passed {listing_id[-2:]}, which is not here"
        # Pages cannot tell of a change without a time, and work under way has its own answer.
        is_told = listing_id not in world.web.unstamped and not now.lanes.get(listing_id)
        if row is not None and is_told and row.base != document:
            yield f"the pages passed {listing_id[-2:]}, which is known as {row.base}"


def token_with_rows(world: World, person: Person, now: Snapshot) -> Problems:
    """4: whatever the resume token has passed is here, as it was then or later."""
    token = now.cursor.get("token")
    if token is None or not now.is_snapshot_done or now.cursor["audited_at"] is None:
        return
    for listing_id, writes in world.history.of_listing.items():
        lane = now.lanes.get(listing_id, [])
        if listing_id in now.doubts | now.quarantined:
            continue
        is_here = listing_id in now.rows and now.rows[listing_id].is_at_server
        if not is_here and any(one.verb in UNREGISTERED for one in lane):
            # What is being published brings an answer of its own.
            continue
        passed = [number for number, write in enumerate(writes) if write.place <= int(token)]
        if not passed or world.web.is_poison(writes[passed[-1]].after):
            continue
        row = now.rows.get(listing_id)
        is_put_aside = any(absence.is_gone(one) for one in lane)
        known = row.base if row is not None and not is_put_aside else None
        is_sent_again = any(one.state is not OperationState.PARKED for one in lane)
        if writes[passed[-1]].after is None and is_sent_again:
            # The answer of what is under way, or sent again, brings the news that it is gone.
            continue
        if not any(known == write.after for write in writes[passed[-1] :]):
            yield f"the stream told of {listing_id[-2:]}, which is known as {known}"


def copies_never_go_back(world: World, person: Person, now: Snapshot) -> Problems:
    """4: whatever order answers come in, no older copy stays in the place of a newer one.

    While work is under way its answer and the news overlap, so that nobody can tell which is newer:
    such a listing is in doubt, and asked for again. Whether that ends well is seen at rest.
    """
    for listing_id, row in now.rows.items():
        writes = world.history.of_listing[listing_id]
        same_as = [number for number, write in enumerate(writes) if write.after == row.base]
        if row.base is None or not same_as or listing_id in now.doubts:
            continue
        known = person.copies.get(listing_id, 0)
        if same_as[-1] < known:
            yield f"{listing_id[-2:]} went back from copy {known} to {same_as[-1]}"
        person.copies[listing_id] = same_as[0]


def states_follow(world: World, person: Person, now: Snapshot) -> Problems:
    """States, messages and bases follow from the rows; a field waits in one operation."""
    for listing_id, row in now.rows.items():
        lane = now.lanes.get(listing_id, [])
        if (row.state, row.message) != derive(row.is_at_server, lane):
            yield f"{listing_id[-2:]} is shown as {row.state}: {row.message}"
        changes = [one for one in lane if one.verb in outbox.DISPUTED]
        if row.is_edited and not changes:
            yield f"{listing_id[-2:]} shows a change and none waits"
        waiting = Counter(name for one in changes if not one.is_frozen for name in changes_of(one))
        if any(times > 1 for times in waiting.values()):
            yield f"{listing_id[-2:]} changes a field in two operations: {waiting}"


def words_are_found(world: World, person: Person, now: Snapshot) -> Problems:
    """What is searched for is what is stored, whether the index holds it yet or not."""
    device = person.device
    if device.is_index_new:
        device.is_index_new = False
        yield from device.store.peek(lambda db: tuple(differences(db)))


def conflicts_stay(world: World, person: Person, now: Snapshot) -> Problems:
    """6: a conflict goes only by a person's hand, or when both sides are the same again."""
    open_now = now.conflicts()
    if open_now.keys() - person.conflicts.keys():
        world.trace.count("conflict")
    for key, mine in person.conflicts.items():
        listing_id, name = key
        if key in open_now or key in person.touched:
            continue
        row = now.rows.get(listing_id)
        waits = name in now.pending(listing_id)
        agreed = row is not None and same(value_of(row.document, name), mine)
        if not waits and not agreed:
            yield f"the conflict over {name} of {listing_id[-2:]} went, with my {mine!r}"
    person.conflicts = open_now
    person.touched.clear()


def conflicts_have_two_sides(world: World, person: Person, now: Snapshot) -> Problems:
    """6: nobody is asked to choose between two values of this very device."""
    for operations in now.lanes.values():
        for one in operations:
            for name, sides in one.payload.get("conflicts", {}).items():
                # Without a base, a draft met its listing; a restored store has forgotten its work.
                if "base" not in sides or "theirs" not in sides:
                    continue
                known = {operation_id for _, _, operation_id in now.logged}
                names = (FILE, "version") if name == FILE else (name,)
                if not any(
                    world.history.changed_by_others(one.lane, each, person.device.name, known)
                    for each in names
                ):
                    yield f"{name} of {one.lane[-2:]} is in conflict with nobody: {sides}"


def nobody_overwritten(world: World, person: Person, now: Snapshot) -> Problems:
    """6, the other side: an edit replaces only a value that its device had seen."""
    device = person.device.name
    for listing_id, name, value in world.replaced.pop(device, ()):
        if not set(atoms(value)) <= person.seen[listing_id, name]:
            yield f"{name} of {listing_id[-2:]} was {value!r}, which was never seen here"
    for listing_id, row in now.rows.items():
        person.see(listing_id, row)


def objects_sound(world: World, person: Person, now: Snapshot) -> Problems:
    """7: nothing was registered without its object, and no key overwritten."""
    yield from (what for number, what in world.history.wrongs if number == 7)


def whole_or_none(world: World, person: Person, now: Snapshot) -> Problems:
    """10: a command that failed for want of space left the store as it was."""
    yield from (what for number, what in world.history.wrongs if number == 10)


def downloads_are_whole(world: World, person: Person, now: Snapshot) -> Problems:
    """8: what stands under its final name is a whole, verified file."""
    for name, sha256 in person.device.downloaded():
        if sha256 not in world.history.files:
            yield f"{name} is not a file of the marketplace"


def nothing_stranded(world: World, person: Person, now: Snapshot) -> Problems:
    """9: work that can go out is tried within the cap of the back-off."""
    device = person.device
    if device.answers or device.runnable():
        # It is the schedule that is slow.
        return
    seconds = world.time.seconds
    waited = seconds - max(device.well_since, device.link.last_attempt)
    if waited <= PATIENCE:
        return
    busy = {lane for one in device.running for lane in one.job.lanes}
    for ready in device.store.peek(lambda db: outbox.ready(db, tuple(Verb), 99)):
        since = seconds - person.ready_since.setdefault(ready.operation_id, seconds)
        if ready.lane not in busy and since > PATIENCE:
            yield f"{ready.verb} of {ready.lane[-2:]} has waited {since:.0f} s"


def never_spins(world: World, person: Person, now: Snapshot) -> Problems:
    """9, the other side: who waits does not wake for nothing again and again."""
    yield from (what for number, what in world.history.wrongs if number == 9)


def waits_are_bounded(world: World, person: Person, now: Snapshot) -> Problems:
    """11: whatever the wall clocks say, the next look is near."""
    if person.device.core.due_in() > max(CAP_SECONDS, LONGEST_ASKED_SECONDS):
        yield f"the next look is in {person.device.core.due_in():.0f} s"


def no_secrets(world: World, person: Person, now: Snapshot) -> Problems:
    """12: no signed query string reached the store's files."""
    for path in person.device.files():
        if CANARY.encode() in path.read_bytes():
            yield f"{path.name} holds a signed query string"
    if any(CANARY in line for line in world.trace.lines):
        yield "the trace holds a signed query string"


def all_agree(world: World, person: Person, now: Snapshot) -> Problems:
    """5: everything is sent, and rows and server are the same but for open conflicts."""
    yield from _all_sent(world, person, now)
    for listing_id, document in world.server.documents.items():
        if world.web.is_poison(document):
            if listing_id not in now.quarantined:
                yield f"{listing_id[-2:]} cannot be read and is not in quarantine"
            continue
        row = now.rows.get(listing_id)
        if row is None:
            yield f"{listing_id[-2:]} is at the server and not here"
        elif row.base != document:
            yield f"{listing_id[-2:]} is known here as {row.base}, at the server {document}"
        elif not now.lanes.get(listing_id) and row.document != document:
            yield f"{listing_id[-2:]} is shown as {row.document}, at the server {document}"
        elif value_of(document, FILE) not in (None, row.file):
            yield f"the file of {listing_id[-2:]} is known as {row.file[:6]}, not {document}"
    for listing_id, row in now.rows.items():
        gone = listing_id not in world.server.documents
        is_told = any(absence.is_gone(one) for one in now.lanes.get(listing_id, ()))
        if row.is_at_server and gone and not is_told:
            yield f"{listing_id[-2:]} is here and no more at the server"


def _all_sent(world: World, person: Person, now: Snapshot) -> Problems:
    for listing_id, operations in now.lanes.items():
        if world.web.is_poison(world.server.documents.get(listing_id)):
            continue
        for one in operations:
            if one.is_conflict:
                continue
            code = (one.error or {}).get("code")
            if _is_to_be(code, listing_id, world, person):
                break
            yield f"{one.verb} of {one.lane[-2:]} is left, {one.state}, {code}"


def _is_to_be(code: object, listing_id: str, world: World, person: Person) -> bool:
    """Whether a refusal is as it should be, although all is well again."""
    # The staged file of a draft that was deleted after the backup is gone for good.
    is_gone = code == "local-fault" and listing_id in person.deleted
    # A writer that hides its change makes the marketplace look as if it had mangled the listing.
    is_deleted = code == "not-found" and listing_id not in world.server.documents
    return is_gone or is_deleted or (code == "unverified" and listing_id in world.web.unstamped)


Checker = Callable[["World", "Person", Snapshot], Problems]

STEPWISE: dict[int, tuple[Checker, ...]] = {
    1: (never_nowhere, deletions_are_told),
    2: (exactly_once,),
    3: (lanes_in_order,),
    4: (pages_with_rows, token_with_rows, copies_never_go_back, states_follow),
    6: (conflicts_stay, conflicts_have_two_sides, nobody_overwritten),
    7: (objects_sound,),
    8: (downloads_are_whole,),
    10: (whole_or_none,),
    11: (waits_are_bounded,),
}
"""Run for each device after every step in which its store or the server changed."""

TIMELY: dict[int, tuple[Checker, ...]] = {
    4: (words_are_found,),
    9: (nothing_stranded, never_spins),
}
"""Run for each device whenever time has passed."""

AT_REST: dict[int, tuple[Checker, ...]] = {5: (all_agree,), 12: (no_secrets,)}
"""Run once everything has healed and come to rest."""


class Violated(AssertionError):
    """An invariant does not hold; ``number`` is DESIGN's."""

    def __init__(self, number: int, name: str, what: str) -> None:
        super().__init__(f"invariant {number} ({name}): {what}")
        self.number = number


def run(checkers: dict[int, tuple[Checker, ...]], world: World, person: Person) -> None:
    """Raise Violated for the first thing that is wrong at this person's device."""
    now = world.snapshot(person)
    for number, members in checkers.items():
        for checker in members:
            for problem in checker(world, person, now):
                what = f"{person.device.name}: {problem}"
                raise Violated(number, checker.__name__, what)

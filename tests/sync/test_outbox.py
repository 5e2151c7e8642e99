from __future__ import annotations

from koda_desktop.errors import Conflict, NotAllowed, ServerDown
from koda_desktop.sync import outbox
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import ListingState, Verb
from koda_desktop.sync.states import derive
from koda_desktop.sync.store.database import Tx
from tests.sync.desk import Desk


def append(tx: Tx, lane: str, name: str, verb: Verb = Verb.EDIT, *needs: str) -> Operation:
    at = "2026-01-01T00:00:00.000Z"
    return outbox.append(tx, lane, verb, operation_id=name, created_at=at, needs=needs)


def ready(desk: Desk) -> list[str]:
    return [one.operation_id for one in desk.store.read(lambda db: outbox.ready(db, Verb, 10))]


def test_only_the_head_of_a_lane_is_ready_and_lanes_are_independent(desk: Desk) -> None:
    first, second = desk.draft(), desk.draft()

    def fill(tx: Tx) -> None:
        for lane, name in ((first, "a1"), (second, "b1"), (first, "a2")):
            append(tx, lane, name)

    desk.store.write(fill)
    assert ready(desk) == ["a1", "b1"]
    desk.store.write(lambda tx: outbox.finish(tx, _get(tx, "a1"), "2026-01-01T00:00:00.000Z"))
    assert ready(desk) == ["b1", "a2"]


def test_a_parked_head_holds_its_lane_and_an_open_conflict_does_not(desk: Desk) -> None:
    refused, disputed = desk.draft(), desk.draft()

    def fill(tx: Tx) -> None:
        for lane, name in ((refused, "r1"), (refused, "r2"), (disputed, "d1"), (disputed, "d2")):
            append(tx, lane, name)
        outbox.park(tx, _get(tx, "r1"), NotAllowed("No.").as_json())
        outbox.park(tx, _get(tx, "d1"), Conflict("Both.").as_json())

    desk.store.write(fill)
    assert ready(desk) == ["d2"]
    assert desk.store.read(outbox.counts) == (2, 2)
    desk.store.write(lambda tx: outbox.release(tx, _get(tx, "r1")))
    assert ready(desk) == ["r1", "d2"]


def test_an_operation_waits_for_what_it_needs_in_another_lane(desk: Desk) -> None:
    first, second = desk.draft(), desk.draft()

    def fill(tx: Tx) -> None:
        append(tx, first, "a1")
        append(tx, second, "b1", Verb.EDIT, "a1")

    desk.store.write(fill)
    assert ready(desk) == ["a1"]
    desk.store.write(lambda tx: outbox.finish(tx, _get(tx, "a1"), "2026-01-01T00:00:00.000Z"))
    assert ready(desk) == ["b1"]


def test_a_number_is_never_given_twice(desk: Desk) -> None:
    lane = desk.draft()
    first = desk.store.write(lambda tx: append(tx, lane, "a1"))
    desk.store.write(lambda tx: outbox.drop(tx, _get(tx, "a1")))
    desk.reopen()
    second = desk.store.write(lambda tx: append(tx, lane, "a2"))
    assert second.sequence > first.sequence


def test_the_state_follows_from_the_lane(desk: Desk) -> None:
    lane = desk.draft()

    def states(tx: Tx) -> list[ListingState]:
        found = [derive(False, outbox.lane(tx, lane))[0]]
        upload = append(tx, lane, "u", Verb.UPLOAD)
        append(tx, lane, "r", Verb.REGISTER, "u")
        found.append(derive(False, outbox.lane(tx, lane))[0])
        upload = outbox.freeze(tx, upload, {})
        found.append(derive(False, outbox.lane(tx, lane))[0])
        outbox.hold(tx, upload, ServerDown("Down."), None)
        found.append(derive(False, outbox.lane(tx, lane))[0])
        outbox.finish(tx, _get(tx, "u"), "2026-01-01T00:00:00.000Z")
        found.append(derive(False, outbox.lane(tx, lane))[0])
        outbox.park(tx, _get(tx, "r"), NotAllowed("No.").as_json())
        found.append(derive(False, outbox.lane(tx, lane))[0])
        return found

    assert desk.store.write(states) == [
        ListingState.DRAFT,
        ListingState.WAITING,
        ListingState.PUBLISHING,
        ListingState.WAITING,
        ListingState.PUBLISHING,
        ListingState.REFUSED,
    ]


def _get(tx: Tx, name: str) -> Operation:
    found = outbox.find(tx, name)
    assert found is not None
    return found

"""Copies of a store, taken and put back as a person would."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from koda_desktop.sync import devices, lane_parts, outbox
from koda_desktop.sync.store.invariants import check_invariants
from tests.sync.desk import Desk

ENDINGS = ("", "-wal", "-shm")


def back_up(desk: Desk, copy: Path, *, is_raw: bool = False) -> Path:
    """Copy the store: closed, as a person would, or with its WAL while it is in use."""
    if not is_raw:
        desk.close()
    copy.mkdir()
    for ending in ENDINGS:
        file = desk.folder / f"store.sqlite{ending}"
        if file.exists():
            shutil.copy(file, copy)
    if not is_raw:
        desk.reopen()
    return copy


def put_back(desk: Desk, copy: Path) -> None:
    desk.close()
    for ending in ENDINGS:
        file = desk.folder / f"store.sqlite{ending}"
        file.unlink(missing_ok=True)
        if (copy / file.name).exists():
            shutil.copy(copy / file.name, file)
    desk.reopen()


def name_of(desk: Desk) -> str:
    return desk.store.read(devices.device_id)


def settle(desk: Desk) -> None:
    """Sync until nothing moves, and nothing happened twice.

    Only open conflicts may be left, and edits of listings that were deleted.
    """
    for _ in range(3):
        report = desk.engine.run_round()
    assert report.problem is None
    assert report.waiting == 0
    left = {one.error and one.error["code"]: one.listing_id for one in report.parked}
    assert left.keys() <= {"conflict", "not-found"}
    assert left.get("not-found") not in desk.server.products
    server = desk.server
    for counted in (server.applied, server.inserts, server.puts):
        assert all(times == 1 for times in Counter(counted).values())
    assert desk.store.read(lambda db: check_invariants(db, desk.staging)) == ()


def sides(desk: Desk, listing_id: str) -> dict[str, tuple[object, object]]:
    """Mine and theirs of each field in conflict."""
    lane = desk.store.read(lambda db: lane_parts.of_lane(outbox.lane(db, listing_id)))
    found = lane_parts.sides_of(lane.conflict) if lane.conflict else {}
    return {name: (one.get("mine"), one.get("theirs")) for name, one in found.items()}

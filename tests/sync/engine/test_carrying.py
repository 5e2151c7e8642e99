"""The engine fetches files, and clears away after what was cancelled."""

from __future__ import annotations

from pathlib import Path

from koda_desktop.errors import Misconfigured, NotAllowed, ServerDown
from koda_desktop.sync import part_rows
from koda_desktop.sync.rows import TransferRow, TransferState
from koda_desktop.sync.transfer_commands import TransferCommands
from tests.sync.desk import Desk

DATA = b"what the buyers get"


def wanted(desk: Desk, folder: Path, count: int = 1) -> list[str]:
    commands = TransferCommands(desk.store, desk.commands, desk.parts.stamps)
    listing_id = desk.published(data=DATA)
    return [commands.download(listing_id, folder) for _ in range(count)]


def rows(desk: Desk) -> list[TransferRow]:
    return [row for row in desk.reads.transfers() if row.direction == "down"]


def test_a_round_fetches_what_was_asked_for(desk: Desk, tmp_path: Path) -> None:
    wanted(desk, tmp_path / "in", count=3)
    assert desk.engine.run_round().is_clean
    assert [row.state for row in rows(desk)] == [TransferState.DONE] * 3
    found = sorted(path.name for path in (tmp_path / "in").iterdir())
    assert found == ["flow (2).json", "flow (3).json", "flow.json"]
    assert all(path.read_bytes() == DATA for path in (tmp_path / "in").iterdir())


def test_a_store_that_is_away_makes_it_wait_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    wanted(desk, tmp_path / "in")
    desk.faults.refuse("fetch", ServerDown("Away."))
    report = desk.engine.run_round()
    assert report.problem is not None
    assert [row.state for row in rows(desk)] == [TransferState.QUEUED]
    desk.faults.heal()
    desk.clock.seconds += 120
    assert desk.engine.run_round().is_clean
    assert [row.state for row in rows(desk)] == [TransferState.DONE]


def test_a_refused_file_is_parked_and_the_others_come(desk: Desk, tmp_path: Path) -> None:
    wanted(desk, tmp_path / "in", count=2)
    desk.faults.refuse("read_back", NotAllowed("Not yours."), once=True)
    assert desk.engine.run_round().problem is None
    states = sorted(row.state for row in rows(desk))
    assert states == [TransferState.DONE, TransferState.PARKED]


def test_a_cancelled_download_is_cleared_away_in_the_next_round(desk: Desk, tmp_path: Path) -> None:
    [transfer_id] = wanted(desk, tmp_path / "in")
    desk.faults.refuse("fetch", Misconfigured("Not set up."))
    desk.engine.run_round()
    [part] = (tmp_path / "in").iterdir()
    assert part.suffix == ".part"
    desk.faults.heal()
    TransferCommands(desk.store, desk.commands, desk.parts.stamps).cancel(transfer_id)
    desk.clock.seconds += 120
    assert desk.engine.run_round().is_clean
    assert list((tmp_path / "in").iterdir()) == []
    assert desk.store.read(lambda db: part_rows.abandoned(db, 9)) == []

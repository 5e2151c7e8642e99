"""Transfers as a person steers them: paused, ordered, limited; and files asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import NotFound, Refused, UsageError
from koda_desktop.sync.rows import Direction, TransferRow, TransferState
from koda_desktop.sync.transfer_commands import TransferCommands, safe_name
from tests.sync.desk import Desk


@pytest.fixture
def transfers(desk: Desk) -> TransferCommands:
    return TransferCommands(desk.store, desk.commands, desk.parts.stamps)


def only(desk: Desk) -> TransferRow:
    [row] = [one for one in desk.reads.transfers() if one.finished_at is None]
    return row


def test_a_download_is_queued_to_a_free_place(
    desk: Desk, transfers: TransferCommands, tmp_path: Path
) -> None:
    listing_id = desk.published(data=b"12345")
    (tmp_path / "flow.json").write_bytes(b"another one")
    first, second = (transfers.download(listing_id, tmp_path) for _ in range(2))
    rows = {row.id: row for row in desk.reads.transfers()}
    assert rows[first].direction is Direction.DOWN
    assert rows[first].size == 5
    assert rows[first].target == str(tmp_path / "flow (2).json")
    assert rows[second].target == str(tmp_path / "flow (3).json")


def test_a_listing_without_a_file_in_the_marketplace_has_none_to_save(
    desk: Desk, transfers: TransferCommands, tmp_path: Path
) -> None:
    with pytest.raises(Refused):
        transfers.download(desk.draft(), tmp_path)
    with pytest.raises(NotFound):
        transfers.download("nothing", tmp_path)


def test_a_transfer_is_paused_and_goes_on(desk: Desk, transfers: TransferCommands) -> None:
    desk.commands.publish([desk.draft()])
    transfers.pause(only(desk).id, True)
    assert (only(desk).state, only(desk).is_paused) == (TransferState.PAUSED, True)
    transfers.pause(only(desk).id, False)
    assert (only(desk).state, only(desk).is_paused) == (TransferState.QUEUED, False)


def test_a_higher_priority_goes_first(desk: Desk, transfers: TransferCommands) -> None:
    desk.commands.publish([desk.draft(title="First"), desk.draft(title="Second")])
    _, second = desk.reads.transfers()
    transfers.prioritise(second.id, 1)
    assert [row.listing_title for row in desk.reads.transfers()] == ["Second", "First"]


def test_what_ended_is_neither_paused_nor_ordered(desk: Desk, transfers: TransferCommands) -> None:
    desk.published()
    [done] = desk.reads.transfers()
    with pytest.raises(Refused, match="ended"):
        transfers.pause(done.id, True)
    with pytest.raises(Refused, match="ended"):
        transfers.prioritise(done.id, 1)


def test_cancelling_an_upload_makes_a_draft_and_a_download_nothing(
    desk: Desk, transfers: TransferCommands, tmp_path: Path
) -> None:
    published = desk.published()
    down = transfers.download(published, tmp_path)
    drafted = desk.draft()
    desk.commands.publish([drafted])
    up = next(row.id for row in desk.reads.transfers() if row.listing_id == drafted)
    for transfer_id in (down, up):
        transfers.cancel(transfer_id)
    states = {row.id: row.state for row in desk.reads.transfers()}
    assert (states[down], states[up]) == (TransferState.CANCELLED, TransferState.CANCELLED)
    assert desk.row(drafted).state == "draft"
    assert desk.row(published).state == "published"


def test_the_speed_limit_is_kept(desk: Desk, transfers: TransferCommands) -> None:
    assert desk.reads.bandwidth_limit() is None
    transfers.limit(250_000)
    desk.reopen()
    assert desk.reads.bandwidth_limit() == 250_000
    commands = TransferCommands(desk.store, desk.commands, desk.parts.stamps)
    with pytest.raises(UsageError):
        commands.limit(10)
    commands.limit(None)
    assert desk.reads.bandwidth_limit() is None


@given(st.text())
def test_a_name_from_outside_is_one_name_in_the_folder(name: str) -> None:
    made = safe_name(name)
    assert Path(made).name == made
    assert made.strip(" .") == made
    assert not set(made) & set('<>:"/\\|?*\0\n')


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\a.json", "a.json"),
        (".hidden", "hidden"),
        ("", "download"),
        ("a:b?.json", "a_b_.json"),
    ],
)
def test_names_from_outside(name: str, made: str) -> None:
    assert safe_name(name) == made

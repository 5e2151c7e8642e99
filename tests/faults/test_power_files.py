"""The power goes while files are written: what has its final name is whole."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from koda_desktop.runtime.files import write_atomically
from koda_desktop.sync import part_rows
from koda_desktop.sync.staging import Staging
from tests.faults.power_files import FileLog, watched_files
from tests.sync.engine.transfer_desk import TransferDesk
from tests.sync.fake_marketplace import Server

DATA = bytes(range(256)) * 5_000
SHA256 = hashlib.sha256(DATA).hexdigest()

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="descriptors are read by /proc")


def staged_are_whole(log: FileLog) -> None:
    for late_names in (False, True):
        for path, data in log.image(late_names=late_names).items():
            if not path.name.startswith("."):
                assert hashlib.sha256(data).hexdigest() == path.name


def test_a_staged_file_is_whole_or_not_there(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    with watched_files(tmp_path, staged_are_whole) as log:
        path = staging.stage(DATA, SHA256)
        assert log.image(late_names=False)[path] == DATA


def test_a_file_written_atomically_is_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    write_atomically(path, b"old")

    def is_old_or_new(log: FileLog) -> None:
        assert log.image(late_names=True).get(path, b"new") in (b"old", b"new")

    with watched_files(tmp_path, is_old_or_new) as log:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        write_atomically(path, b"new")
        assert log.image(late_names=False)[path] == b"new"


def test_a_part_of_a_download_counts_once_it_is_on_the_disk(tmp_path: Path) -> None:
    desk = TransferDesk(tmp_path / "desk", Server())
    folder = tmp_path / "downloads"
    folder.mkdir()
    listing_id = desk.published(DATA[:5_000])
    plan = desk.wanted(listing_id, folder)
    counted: set[int] = set()

    def is_kept(log: FileLog) -> None:
        kept = log.image(late_names=True)
        for path, data in kept.items():
            assert path.suffix == ".part" or data == DATA[:5_000]
        for part in desk.store.read(lambda db: part_rows.parts(db, plan.id)).values():
            if part.is_done:
                counted.add(part.number)
                span = slice(part.offset, part.offset + part.size)
                assert any(data[span] == DATA[:5_000][span] for data in kept.values())

    with watched_files(folder, is_kept) as log:
        desk.step = lambda _: is_kept(log)
        row = desk.download(plan)
        is_kept(log)
        assert log.image(late_names=False)[Path(row.target)] == DATA[:5_000]
    assert len(counted) > 1
    desk.close()


def test_a_rename_before_the_sync_is_found(tmp_path: Path) -> None:
    def careless() -> None:
        (tmp_path / "temporary").write_bytes(DATA)
        os.replace(tmp_path / "temporary", tmp_path / SHA256)

    with watched_files(tmp_path, staged_are_whole), pytest.raises(AssertionError):
        careless()

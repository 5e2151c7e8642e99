from __future__ import annotations

import hashlib
import os
import threading
import time
import zlib
from pathlib import Path

import pytest

from koda_desktop.errors import Cancelled, LocalFault, UnreadableFile
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.store.database import Tx
from tests.sync.desk import Desk

DATA = b"a workflow" * 200_000


def sha256(data: bytes = DATA) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging(tmp_path / "staging")


def test_bytes_are_staged_under_their_checksum_and_nothing_else_is_left(staging: Staging) -> None:
    path = staging.stage(DATA, sha256())
    assert path.name == sha256()
    assert path.read_bytes() == DATA
    assert list(path.parent.iterdir()) == [path]
    assert staging.has(sha256(), len(DATA))


def test_a_file_is_staged_by_copy(staging: Staging, tmp_path: Path) -> None:
    source = tmp_path / "export.json"
    source.write_bytes(DATA)
    path = staging.stage(source, sha256())
    source.write_bytes(b"changed")
    assert path.read_bytes() == DATA


def test_a_staged_file_is_not_written_again(staging: Staging) -> None:
    path = staging.stage(DATA, sha256())
    before = path.stat()
    staging.stage(DATA, sha256())
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_staged_file_that_rotted_is_made_whole(staging: Staging) -> None:
    path = staging.stage(DATA, sha256())
    path.write_bytes(b"x" * len(DATA))
    assert staging.stage(DATA, sha256()).read_bytes() == DATA


def test_a_source_that_changes_meanwhile_is_refused_and_leaves_nothing(
    staging: Staging, tmp_path: Path
) -> None:
    source = tmp_path / "export.json"
    source.write_bytes(b"other bytes")
    with pytest.raises(UnreadableFile, match="changed while it was being read"):
        staging.stage(source, sha256())
    assert list((tmp_path / "staging").iterdir()) == []


@pytest.mark.parametrize("content", [b"x" * len(DATA), DATA[:-1], DATA + b"x"])
def test_other_bytes_are_told_when_they_are_opened(staging: Staging, content: bytes) -> None:
    staging.stage(DATA, sha256()).write_bytes(content)
    with pytest.raises(LocalFault, match="has changed"):
        staging.verify(sha256(), len(DATA))


def test_a_missing_file_is_told_when_it_is_opened(staging: Staging) -> None:
    with pytest.raises(LocalFault, match="is missing"):
        staging.verify(sha256(), len(DATA))


def test_verifying_can_be_stopped(staging: Staging) -> None:
    staging.stage(DATA, sha256())
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        staging.verify(sha256(), len(DATA), cancel)


def test_no_other_name_is_ever_a_path(staging: Staging) -> None:
    for name in ("", "../up", "A" * 64, "a" * 63):
        with pytest.raises(ValueError, match="not a SHA-256"):
            staging.path(name)
    assert not staging.has("", 0)


def test_a_sweep_takes_what_no_listing_refers_to(desk: Desk) -> None:
    kept = desk.draft(data=b"kept")
    gone = desk.staging.stage(b"gone", sha256(b"gone"))
    foreign = gone.with_name("notes.txt")
    foreign.write_text("not ours")
    assert desk.staging.sweep(desk.store) == 1
    assert not gone.exists()
    assert foreign.exists()
    assert desk.staging.has(desk.reads.listing(kept).file_sha256, 4)


def test_a_sweep_takes_what_a_crash_left_but_not_what_is_being_written(desk: Desk) -> None:
    desk.draft()
    folder = desk.folder / "staging"
    old, new = folder / ".staging-old", folder / ".staging-new"
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = time.time() - 2 * 86_400
    os.utime(old, (long_ago, long_ago))
    desk.staging.sweep(desk.store)
    assert not old.exists()
    assert new.exists()


def test_a_sweep_between_staging_and_the_draft_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = desk.staging.stage
    swept: list[int] = []

    def stage_then_sweep(source: bytes | Path, wanted: str) -> Path:
        path = stage(source, wanted)
        if not swept:
            swept.append(desk.staging.sweep(desk.store))
        return path

    monkeypatch.setattr(desk.staging, "stage", stage_then_sweep)
    listing_id = desk.draft(data=b"precious")
    assert swept == [1]
    desk.staging.verify(desk.reads.listing(listing_id).file_sha256, 8)


def test_a_sweep_waits_for_a_draft_that_is_being_made(desk: Desk) -> None:
    """The writer's lock is what keeps them apart: a sweep never runs inside a draft's commit."""
    path = desk.staging.stage(b"mine", sha256(b"mine"))
    inside, go_on = threading.Event(), threading.Event()

    def slow(_: Tx) -> None:
        inside.set()
        go_on.wait(10)

    writer = threading.Thread(target=lambda: desk.store.write(slow))
    writer.start()
    inside.wait(10)
    sweeper = threading.Thread(target=lambda: desk.staging.sweep(desk.store))
    sweeper.start()
    assert path.exists()
    go_on.set()
    writer.join()
    sweeper.join()
    assert not path.exists()


def test_a_large_file_is_staged_with_the_checksums_of_its_blocks(
    staging: Staging, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koda_desktop.sync.staging.SINGLE_MAX", 10)
    monkeypatch.setattr("koda_desktop.sync.staging.BLOCK", 4)
    data = b"0123456789abcdef01"
    source = tmp_path / "source"
    source.write_bytes(data)
    for given in (data, source):
        name = hashlib.sha256(data).hexdigest()
        staging.stage(given, name)
        sums = staging.checksums(name)
        assert sums is not None
        assert sums.whole == f"{zlib.crc32(data):08x}"
        assert sums.of(4, 8) == f"{zlib.crc32(data[4:12]):08x}"
        assert sums.of(12, 6) == f"{zlib.crc32(data[12:]):08x}"
        assert sums.of(4, 7) == sums.of(3, 8) == ""
        staging.path(name).with_suffix(".crc32").write_text("torn")
        assert staging.checksums(name) is None
        staging.path(name).unlink()


def test_a_small_file_has_no_checksums_beside_it(staging: Staging) -> None:
    staging.stage(DATA, sha256())
    assert staging.checksums(sha256()) is None


def test_checksums_go_with_their_file(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koda_desktop.sync.staging.SINGLE_MAX", 4)
    kept = desk.reads.listing(desk.draft(data=b"a file that is kept")).file_sha256
    gone = hashlib.sha256(b"a file that nobody wants").hexdigest()
    desk.staging.stage(b"a file that nobody wants", gone)
    assert desk.staging.sweep(desk.store) == 2
    assert desk.staging.checksums(kept) is not None
    assert not desk.staging.path(gone).with_suffix(".crc32").exists()

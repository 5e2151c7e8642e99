"""Damaged stores: what was only here is in the new one, and the rest comes from the marketplace."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from koda_desktop.errors import StoreFault
from koda_desktop.sync import devices, outbox
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.damage import DamageMark
from koda_desktop.sync.store.document_schema import DOCUMENTS
from koda_desktop.sync.store.opening import connect
from koda_desktop.sync.store.pages import PAGE_SIZE
from koda_desktop.sync.store.schema import MIGRATIONS
from koda_desktop.sync.typed import TypedWords
from tests.sync.desk import Desk
from tests.sync.store import damaging
from tests.sync.store.damaging import Life

PAGES = range(1, 90)
"""Every page of the store that ``damaging.live`` makes, and a few more."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Life:
    return damaging.live(tmp_path_factory.mktemp("sound") / "desk")


@pytest.fixture
def life(sound: Life, tmp_path: Path) -> Life:
    return sound.copy(tmp_path / "desk")


@contextmanager
def opened(life: Life) -> Iterator[Desk]:
    """The store opened again, looked at, synced once and looked at once more."""
    desk = life.open()
    try:
        assert not check_store(life.store)
        damaging.check_work(desk)
        yield desk
        report = desk.engine.run_round()
        assert report.problem is None
        assert damaging.everything(desk).keys() >= life.server.products.keys()
        damaging.check_work(desk)
        for counted in (life.server.applied, life.server.inserts, life.server.puts):
            assert all(times == 1 for times in Counter(counted).values())
    finally:
        desk.close()
    assert not check_store(life.store)


def kept(life: Life, desk: Desk, *, lost: set[str]) -> None:
    """Every draft and edit is here, save what the damage took."""
    shown = damaging.everything(desk)
    for listing_id, document in life.drafts.items():
        if listing_id not in lost:
            assert shown[listing_id] == document
    for listing_id, fields in life.edits.items():
        if listing_id not in lost:
            assert {name: shown[listing_id].get(name) for name in fields} == fields


@pytest.mark.parametrize("number", PAGES)
def test_whatever_page_is_destroyed_only_drafts_on_it_are_lost(life: Life, number: int) -> None:
    if number > damaging.pages_of(life.store):
        pytest.skip("there are fewer pages")
    rows = damaging.hit_by(life.store, number, "entity")
    rows |= damaging.hit_by(life.store, number, "document")
    is_long = "long" in rows
    damaging.overwrite(life.store, (number - 1) * PAGE_SIZE, bytes(PAGE_SIZE))
    damaging.mark(life.store)
    with opened(life) as desk:
        lost = rows & life.drafts.keys()
        if is_long:
            lost |= {one for one in life.drafts if life.drafts[one]["title"] == "Long draft"}
        kept(life, desk, lost=lost)
        assert "damaged" in desk.store.notice
        assert desk.store.read(devices.device_id) != life.device


@pytest.mark.parametrize("number", PAGES)
def test_bits_that_turned_over_cost_nothing_on_other_pages(life: Life, number: int) -> None:
    if number > damaging.pages_of(life.store):
        pytest.skip("there are fewer pages")
    lost = set[str]()
    for table in ("entity", "document", "outbox"):
        lost |= damaging.hit_by(life.store, number, table)
    if "long" in lost:
        lost |= {one for one in life.drafts if life.drafts[one]["title"] == "Long draft"}
    seeded = random.Random(number)
    start = (number - 1) * PAGE_SIZE
    for at in (*range(0, 16, 5), *(seeded.randrange(PAGE_SIZE) for _ in range(12))):
        damaging.flip(life.store, start + at, seeded.randrange(8))
    damaging.mark(life.store)
    with opened(life) as desk:
        kept(life, desk, lost=lost)


@pytest.mark.parametrize("seed", range(24))
def test_damage_all_over_the_file_never_stops_the_start(life: Life, seed: int) -> None:
    seeded = random.Random(seed)
    size = life.store.stat().st_size
    for _ in range(4 ** (seed % 7)):
        damaging.flip(life.store, seeded.randrange(size), seeded.randrange(8))
    for _ in range(seed % 3):
        at = seeded.randrange(size - 600)
        damaging.overwrite(life.store, at, seeded.randbytes(600))
    damaging.mark(life.store)
    desk = life.open()
    # A checksum that turned over names a file that is not staged: that upload alone is refused.
    assert desk.engine.run_round().problem is None
    assert damaging.everything(desk).keys() >= life.server.products.keys()
    desk.close()
    assert not check_store(life.store)


@pytest.mark.parametrize("size", [100, 512, 4096, PAGE_SIZE])
def test_a_header_that_was_wiped_costs_nothing(life: Life, size: int) -> None:
    damaging.overwrite(life.store, 0, bytes(size))
    before = life.store.read_bytes()
    with opened(life) as desk:
        kept(life, desk, lost=set())
        assert "9 drafts and 10 changes were saved from it." in desk.store.notice
    aside = damaging.aside(life.store)
    assert aside.read_bytes() == before
    assert aside.name in desk.store.notice


def test_what_was_typed_and_not_saved_is_kept(life: Life) -> None:
    desk = life.open()
    listing_id = next(iter(life.drafts))
    TypedWords(desk.store, Stamps(desk.clock)).keep(listing_id, {"title": "Half wri"})
    desk.close()
    damaging.overwrite(life.store, 0, bytes(100))
    with opened(life) as desk:
        found = TypedWords(desk.store, Stamps(desk.clock)).of(listing_id)
        assert found is not None
        assert found.changes == {"title": "Half wri"}
        assert found.base == {"title": life.drafts[listing_id]["title"]}


@pytest.mark.parametrize("part", [0.1, 0.3, 0.55, 0.8, 0.97])
def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes(life: Life, part: float) -> None:
    pages = damaging.pages_of(life.store)
    size = int(pages * PAGE_SIZE * part)
    lost = set[str]()
    for number in range(size // PAGE_SIZE + 1, pages + 1):
        for table in ("entity", "document", "outbox"):
            lost |= damaging.hit_by(life.store, number, table)
    if "long" in lost:
        lost |= {one for one in life.drafts if life.drafts[one]["title"] == "Long draft"}
    with life.store.open("r+b") as file:
        file.truncate(size)
    with opened(life) as desk:
        kept(life, desk, lost=lost)
        assert "damaged" in desk.store.notice


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a database" * 100,
        b"SQLite format 3\0" + b"\xff" * 9000,
        random.Random(1).randbytes(99_999),
    ],
    ids=["empty", "text", "header", "random"],
)
def test_a_file_that_is_no_store_is_kept_and_the_marketplaces_copy_is_read(
    life: Life, content: bytes
) -> None:
    life.store.write_bytes(content)
    with opened(life) as desk:
        assert damaging.everything(desk) == {}
        assert "nothing could be read from it" in desk.store.notice
    assert damaging.aside(life.store).read_bytes() == content


def test_a_sound_store_is_opened_without_a_word(life: Life) -> None:
    with opened(life) as desk:
        assert desk.store.notice == ""
        assert desk.store.read(devices.device_id) == life.device
    assert {path.name for path in life.folder.glob("store.*")} <= {
        "store.sqlite",
        "store.sqlite-wal",
        "store.sqlite-shm",
    }


def test_a_mark_on_a_sound_store_is_taken_away(life: Life) -> None:
    damaging.mark(life.store)
    with opened(life) as desk:
        assert desk.store.notice == ""
        assert desk.store.read(devices.device_id) == life.device
    assert not DamageMark(life.store).is_set


def test_what_is_frozen_keeps_its_receipt_and_its_place(life: Life) -> None:
    def frozen(desk: Desk) -> dict[str, tuple[list[object], int]]:
        every = desk.store.read(outbox.every)
        return {
            one.operation_id: (list(one.payload["receipt"]), one.sequence)
            for one in every
            if one.is_frozen
        }

    before = life.open()
    expected = frozen(before)
    before.close()
    damaging.overwrite(life.store, 0, bytes(PAGE_SIZE))
    with opened(life) as desk:
        assert frozen(desk) == expected
    assert len(expected) == 2
    assert {receipt[0] for receipt, _ in expected.values()} == {life.device}


def test_staged_files_of_saved_drafts_stay(life: Life) -> None:
    damaging.overwrite(life.store, 0, bytes(PAGE_SIZE))
    with opened(life) as desk:
        desk.staging.sweep(desk.store)
        for listing_id in life.drafts:
            detail = desk.reads.listing(listing_id)
            assert desk.staging.has(detail.file_sha256, detail.row.file_size)


@pytest.mark.parametrize(
    ("way", "size"), [("up", "size"), ("down", "5")], ids=["an upload", "half of a download"]
)
def test_transfers_go_on_with_the_parts_they_had(life: Life, way: str, size: str) -> None:
    desk = life.open()
    sent = (
        "UPDATE transfer SET state = 'active', upload_id = 'u', part_size = 5, etag = 'e',"
        f" direction = '{way}'"
    )
    part = (
        "INSERT INTO transfer_part(transfer_id, number, offset, size, crc32, etag, state)"
        f" SELECT id, 1, 0, {size}, '0000000a', 'e1', 'done' FROM transfer WHERE state = 'active'"
    )
    desk.store.write(lambda tx: tx.run(f"{sent} WHERE state = 'queued'"))
    desk.store.write(lambda tx: tx.run(part))
    desk.close()
    damaging.overwrite(life.store, 0, bytes(PAGE_SIZE))
    desk = life.open()
    try:
        rows = desk.store.read(
            lambda db: db.rows(
                "SELECT t.state, t.upload_id, t.part_size, t.etag, p.number, p.crc32, p.state"
                " FROM transfer AS t JOIN transfer_part AS p ON p.transfer_id = t.id"
            )
        )
        assert rows == [("queued", "u", 5, "e", 1, "0000000a", "done")]
    finally:
        desk.close()


# -- damage that is met while the store is in use --


def test_damage_met_in_a_read_is_told_and_mended_at_the_next_start(life: Life) -> None:
    for number in range(1, damaging.pages_of(life.store) + 1):
        if damaging.hit_by(life.store, number, "outbox"):
            damaging.overwrite(life.store, (number - 1) * PAGE_SIZE, bytes(PAGE_SIZE))
    desk = life.open()
    with pytest.raises(StoreFault, match="damaged") as met:
        desk.reads.operations()
    desk.close()
    assert "start it again" in met.value.remedy
    with opened(life) as desk:
        kept(life, desk, lost=set())
        assert "were saved from it" in desk.store.notice


def read_all(desk: Desk) -> None:
    damaging.everything(desk)
    desk.reads.operations()


@pytest.mark.parametrize(
    "nonsense",
    [
        "UPDATE entity SET state = 'drbft' WHERE is_at_server = 0",
        "UPDATE document SET doc = substr(doc, 2) WHERE pk = 3",
        "UPDATE outbox SET verb = 'fdit'",
        "UPDATE entity SET tags = '[' WHERE pk = 3",
    ],
)
def test_rows_that_make_no_sense_are_damage_and_no_crash(life: Life, nonsense: str) -> None:
    connection = apsw.Connection(str(life.store))
    sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    triggers = connection.execute(sql).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(nonsense)
    for _, text in triggers:
        connection.execute(str(text))
    connection.close()
    desk = life.open()
    with pytest.raises(StoreFault, match="damaged"):
        read_all(desk)
    desk.close()
    with opened(life) as desk:
        assert damaging.everything(desk).keys() >= life.drafts.keys()


def test_an_ordinary_fault_of_a_caller_is_no_damage(life: Life) -> None:
    desk = life.open()
    with pytest.raises(ValueError, match="bug"):
        desk.store.read(lambda _: int("bug"))
    desk.close()
    assert not DamageMark(life.store).is_set


# -- replacing the file --


def test_a_damaged_store_that_others_use_is_left_alone(life: Life) -> None:
    other = apsw.Connection(str(life.store))
    other.execute("SELECT * FROM meta").fetchall()
    damaging.mark(life.store)
    damaging.overwrite(life.store, 30 * PAGE_SIZE, bytes(PAGE_SIZE * 4))
    before = life.store.read_bytes()
    with pytest.raises(StoreFault, match="still use it"):
        life.open()
    assert life.store.read_bytes() == before
    other.close()
    with opened(life) as desk:
        assert desk.store.notice


def test_a_damaged_store_of_a_newer_version_is_left_to_that_version(life: Life) -> None:
    connection = apsw.Connection(str(life.store))
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    connection.close()
    damaging.overwrite(life.store, 100, b"\xff" * 400)
    before = life.store.read_bytes()
    with pytest.raises(StoreFault, match="newer version"):
        life.open()
    assert life.store.read_bytes() == before


class Crash(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("step", range(1, 6))
def test_a_crash_while_the_file_is_replaced_loses_nothing(
    life: Life, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaging.overwrite(life.store, 0, bytes(PAGE_SIZE))
    life.store.with_name("store.sqlite-wal").write_bytes(b"left behind")
    life.store.with_name("store.sqlite-shm").write_bytes(b"left behind")
    before = life.store.read_bytes()
    left = [step]

    def watch(move: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def moved(source: Path, target: Path) -> Path:
            left[0] -= 1
            if left[0] == 0:
                raise Crash
            return move(source, target)

        return moved

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", watch(Path.rename))
        patch.setattr(Path, "replace", watch(Path.replace))
        with pytest.raises(Crash):
            life.open()
    with opened(life) as desk:
        kept(life, desk, lost=set())
        assert damaging.aside(life.store).name in desk.store.notice
    assert damaging.aside(life.store).read_bytes() == before


def test_a_table_that_is_not_where_new_stores_have_it_is_found_without_a_header(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    connection = connect(folder / "store.sqlite", MIGRATIONS[: MIGRATIONS.index(DOCUMENTS)])
    # What is migrated late lies behind what was written before.
    connection.execute(
        "WITH RECURSIVE one(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM one WHERE n < 300)"
        " INSERT INTO op_log(op_seq, op_id, lane, title, verb, fields, attempts, created_at,"
        " done_at) SELECT -n, 'op' || n, 'lane', hex(zeroblob(200)), 'edit', '[]', 1, '', ''"
        " FROM one"
    )
    connection.close()
    life = damaging.live(folder)
    damaging.overwrite(life.store, 0, bytes(PAGE_SIZE))
    with opened(life) as desk:
        kept(life, desk, lost=set())

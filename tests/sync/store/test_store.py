from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from koda_desktop.errors import Cancelled, DiskFull, NoRights, StoreFault
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store.sqlite", lambda _: None)
    yield store
    store.close()


def put(tx: Tx, key: str = "a", value: str = "1") -> None:
    tx.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def get(store: Store, key: str = "a") -> object:
    return store.read(lambda db: db.value("SELECT value FROM meta WHERE key = ?", (key,)))


def test_a_write_is_read_by_others_once_it_returned(store: Store) -> None:
    store.write(put)
    assert get(store) == "1"


def test_every_write_runs_on_one_thread_that_is_not_the_callers(store: Store) -> None:
    threads = {store.write(lambda _: threading.get_ident()) for _ in range(3)}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_what_raises_leaves_nothing_of_its_transaction(store: Store) -> None:
    def fail(tx: Tx) -> None:
        put(tx)
        raise LookupError("bug")

    with pytest.raises(LookupError):
        store.write(fail)
    assert get(store) is None
    store.write(put)
    assert get(store) == "1"


def _cache(tx: Tx) -> int:
    return int(tx.value("PRAGMA cache_size"))


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_large_change_holds_of_the_file_is_let_go_after_it(
    store: Store, fails: bool
) -> None:
    usual = store.write(_cache)

    def work(tx: Tx) -> None:
        tx.expect(5_000)
        tx.expect(5_000)
        assert _cache(tx) == usual - 50_000, "KiB, which SQLite tells by a negative number"
        put(tx)
        tx.expect(10**9)
        assert _cache(tx) == -128 * 1024
        if fails:
            raise LookupError

    if fails:
        with pytest.raises(LookupError):
            store.write(work)
    else:
        store.write(work)
    assert store.write(_cache) == usual


def test_a_failing_hook_takes_the_transaction_with_it(tmp_path: Path) -> None:
    def refuse(_: Tx) -> None:
        raise LookupError

    store = Store(tmp_path / "store.sqlite", refuse)
    with pytest.raises(LookupError):
        store.write(put)
    assert get(store) is None
    store.close()


def test_listeners_hear_of_a_commit_after_it_and_on_the_callers_thread(store: Store) -> None:
    heard: list[tuple[Changes, object, int]] = []
    unsubscribe = store.subscribe(
        lambda changes: heard.append((changes, get(store), threading.get_ident()))
    )

    def change(tx: Tx) -> None:
        put(tx)
        tx.touch("l1")
        tx.announce("operations", listings=["l2"])

    store.write(change)
    expected = Changes(listings=frozenset({"l1", "l2"}), operations=True)
    assert heard == [(expected, "1", threading.get_ident())]
    unsubscribe()
    store.write(change)
    assert len(heard) == 1


def test_nothing_is_published_for_what_failed_or_changed_nothing(store: Store) -> None:
    heard: list[Changes] = []
    store.subscribe(heard.append)

    def fail(tx: Tx) -> None:
        tx.touch("l1")
        raise LookupError

    with pytest.raises(LookupError):
        store.write(fail)
    store.write(lambda tx: tx.value("SELECT 1"))
    assert heard == []


def test_a_reader_sees_one_moment(store: Store) -> None:
    store.write(put)

    def look_twice(db: Db) -> tuple[object, object]:
        sql = "SELECT value FROM meta WHERE key = 'a'"
        before = db.value(sql)
        store.write(lambda tx: put(tx, value="2"))
        return before, db.value(sql)

    assert store.read(look_twice) == ("1", "1")
    assert get(store) == "2"


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(NoRights):
        store.read(lambda db: db.rows("DELETE FROM meta"))


def test_a_long_query_can_be_interrupted(store: Store) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    cancel = CancelToken()
    timer = threading.Timer(0.05, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        store.read(lambda db: db.rows(endless), cancel)
    timer.join()
    assert get(store) is None


def test_a_full_disk_leaves_nothing_and_is_told(store: Store) -> None:
    def limit(tx: Tx) -> None:
        pages = tx.value("PRAGMA page_count")
        tx.rows(f"PRAGMA max_page_count={pages + 2}")

    def fill(tx: Tx) -> None:
        put(tx)
        for number in range(100):
            put(tx, f"big{number}", "x" * 8192)

    store.write(limit)
    heard: list[Changes] = []
    store.subscribe(heard.append)
    with pytest.raises(DiskFull, match="disk is full"):
        store.write(fill)
    assert get(store) is None
    assert heard == []
    store.write(put)
    assert get(store) == "1"


def test_a_store_held_by_another_writer_is_told_and_then_works(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(lambda tx: tx.rows("SELECT 1"))
    other = apsw.Connection(str(store.path))
    other.execute("BEGIN IMMEDIATE")
    store._writer._connection.set_busy_timeout(20)
    with pytest.raises(StoreFault, match="held by other work"):
        store.write(put)
    other.execute("ROLLBACK")
    other.close()
    store.write(put)
    assert get(store) == "1"


def test_after_close_work_is_refused_and_close_again_does_nothing(store: Store) -> None:
    store.write(put)
    store.close()
    store.close()
    with pytest.raises(StoreFault, match="closed"):
        store.write(put)
    with pytest.raises(StoreFault, match="closed"):
        get(store)


def test_another_process_is_noticed_once_and_ones_own_writes_never(store: Store) -> None:
    heard: list[Changes] = []
    store.notice_others()
    store.write(put)
    assert not store.notice_others()
    store.subscribe(heard.append)
    program = (
        "import apsw, sys; c = apsw.Connection(sys.argv[1]);"
        "c.execute(\"INSERT INTO meta VALUES ('b', '2')\"); c.close()"
    )
    subprocess.run([sys.executable, "-c", program, str(store.path)], check=True, timeout=60)
    assert store.notice_others()
    assert [changes.catalogue and changes.operations for changes in heard] == [True]
    assert not store.notice_others()


class _Watched(apsw.VFS):
    """SQLite's usual file system, counting what is forced to the disk."""

    def __init__(self) -> None:
        self.base = apsw.vfs_names()[0]
        super().__init__("watched", self.base, makedefault=True)
        self.synced: list[str] = []

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _WatchedFile(self, name, flags)


class _WatchedFile(apsw.VFSFile):
    def __init__(
        self, vfs: _Watched, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        filename = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._name = Path(filename).name
        super().__init__(vfs.base, name, flags)
        self._vfs = vfs

    def xSync(self, flags: int) -> None:
        self._vfs.synced.append(self._name)
        super().xSync(flags)


def test_a_durable_commit_is_forced_to_the_disk_and_a_pulled_batch_is_not(tmp_path: Path) -> None:
    vfs = _Watched()
    store = Store(tmp_path / "store.sqlite", lambda _: None)
    try:
        store.write(put)
        store.write(put, durable=False)
        vfs.synced.clear()
        store.write(lambda tx: put(tx, value="2"), durable=False)
        assert vfs.synced == []
        store.write(lambda tx: put(tx, value="3"), durable=True)
        assert "store.sqlite-wal" in vfs.synced
    finally:
        store.close()
        vfs.unregister()

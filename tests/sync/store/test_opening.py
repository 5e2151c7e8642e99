from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from koda_desktop.errors import LocalFault, StoreFault
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.opening import connect, open_store
from koda_desktop.sync.store.possession_schema import POSSESSIONS
from koda_desktop.sync.store.schema import APPLICATION_ID, MIGRATIONS
from koda_desktop.sync.store.standing_schema import STANDING
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.store.update_schema import UPDATES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "store.sqlite"


def made(path: Path) -> Path:
    Store(path, derive_touched).close()
    return path


def test_a_new_store_is_in_wal_with_8_kib_pages_and_names_its_device(path: Path) -> None:
    connection = open_store(path).connection
    pragmas = {
        name: connection.pragma(name)
        for name in ("journal_mode", "page_size", "user_version", "application_id", "foreign_keys")
    }
    names = {row[0] for row in connection.execute("SELECT key FROM meta")}
    connection.close()
    assert pragmas == {
        "journal_mode": "wal",
        "page_size": 8192,
        "user_version": len(MIGRATIONS),
        "application_id": APPLICATION_ID,
        "foreign_keys": 1,
    }
    assert names == {"device_id", "incarnation"}


def test_the_device_keeps_its_name(path: Path) -> None:
    def device() -> object:
        store = Store(path, derive_touched)
        try:
            return store.read(lambda db: db.value("SELECT value FROM meta WHERE key='device_id'"))
        finally:
            store.close()

    assert device() == device()


def test_an_older_store_is_copied_before_it_is_migrated(path: Path) -> None:
    made(path)
    with apsw.Connection(str(path)) as connection:
        connection.execute("INSERT INTO meta VALUES ('kept', 'yes')")
    connection.close()
    connect(path, (*MIGRATIONS, "CREATE TABLE later(x)")).close()

    copy = path.with_name(f"store.before-v{len(MIGRATIONS) + 1}.sqlite")
    old = apsw.Connection(str(copy))
    assert old.pragma("user_version") == len(MIGRATIONS)
    assert old.execute("SELECT value FROM meta WHERE key='kept'").fetchall() == [("yes",)]
    old.close()
    new = apsw.Connection(str(path))
    assert new.pragma("user_version") == len(MIGRATIONS) + 1
    assert new.execute("SELECT count(*) FROM later").fetchall() == [(0,)]
    new.close()


def test_a_migration_that_fails_leaves_the_old_store(path: Path) -> None:
    made(path)
    broken = (*MIGRATIONS, "CREATE TABLE later(x); CREATE TABLE later(x)")
    with pytest.raises(apsw.SQLError):
        connect(path, broken)
    connection = connect(path)
    assert connection.pragma("user_version") == len(MIGRATIONS)
    assert connection.execute("SELECT 1 FROM sqlite_schema WHERE name='later'").fetchall() == []
    connection.close()


def test_a_store_of_a_newer_version_is_refused_and_untouched(path: Path) -> None:
    made(path)
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 7}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreFault, match="newer version of Koda"):
        Store(path, derive_touched)
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_and_untouched(path: Path) -> None:
    path.parent.mkdir()
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE theirs(x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreFault, match="another program"):
        Store(path, derive_touched)
    assert path.read_bytes() == before


def test_the_folder_may_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LocalFault):
        Store(tmp_path / "file" / "store.sqlite", derive_touched)


def test_damage_inside_is_found_by_the_check(path: Path) -> None:
    made(path)
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 8192):
        data[page * 8192 : page * 8192 + 64] = b"\xff" * 64
    path.write_bytes(bytes(data))
    with pytest.raises(StoreFault, match="damaged"):
        check_store(path)


def test_opening_and_reading_import_nothing_heavy(path: Path) -> None:
    made(path)
    program = f"""
import sys
from pathlib import Path
from koda_desktop.sync.local import LocalReads
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.engine.loop import SyncLoop
from koda_desktop.sync.rows import ListingQuery
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfers.http import HttpCarrier
from koda_desktop.sync import vault
store = Store(Path({str(path)!r}), derive_touched)
HttpCarrier()
reads = LocalReads(store, Staging(Path({str(path.parent)!r})))
reads.rows(reads.keys(ListingQuery(text="word")))
reads.status()
store.close()
heavy = {{"pydantic", "httpx", "keyring", "pymongo", "boto3", "sqlite3"}} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_what_is_off_the_market_is_known_after_the_columns_for_it_were_added(path: Path) -> None:
    path.parent.mkdir()
    documents = {
        "on": '{"active":true,"deletedAt":null}',
        "off": '{"active":false}',
        "gone": '{"active":true,"deletedAt":"2026-01-02T03:04:05.000Z"}',
        "says": '{"description":"\\"active\\":false, \\"deletedAt\\":\\"x\\""}',
    }
    connection = connect(path, MIGRATIONS[: MIGRATIONS.index(STANDING)])
    columns = [row[1] for row in connection.execute("PRAGMA table_info(entity)")]
    for number, (name, text) in enumerate(documents.items()):
        given = {"pk": number, "id": name, "kind": "listing", "doc": text}
        values = [given.get(column, 0) for column in columns]
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO entity VALUES ({marks})", values)
    connection.close()
    connection = connect(path)
    found = connection.execute("SELECT id, is_active, is_archived FROM entity ORDER BY pk")
    assert found.fetchall() == [
        ("on", 1, 0), ("off", 0, 0), ("gone", 1, 1), ("says", 1, 0),
    ]  # fmt: skip
    connection.close()


def test_what_a_listing_has_is_known_after_the_columns_for_it_were_added(path: Path) -> None:
    path.parent.mkdir()
    listings = [
        ('{"description":"D","previewImageUrl":"https://x/y.png"}', None, "", "[]", 2 + 8),
        ('{"description":"","previewImageUrl":null}', None, "", '["a"]', 4),
        ('{"description":"D"}', '{"description":null}', "flow.json", "[]", 1),
        ("{}", '{"description":"D","previewImageUrl":"https://x/z.png"}', "", "[]", 2 + 8),
        ('{"description":7,"previewImageUrl":["x"]}', None, "", "[]", 0),
    ]
    connection = connect(path, MIGRATIONS[: MIGRATIONS.index(POSSESSIONS)])
    columns = [(row[1], row[3]) for row in connection.execute("PRAGMA table_info(entity)")]
    for number, (doc, edited, file_name, tags, _) in enumerate(listings, 1):
        given = {"pk": number, "id": f"{number:024x}", "kind": "listing", "edited": edited}
        given |= {"file_name": file_name, "tags": tags}
        values = [given.get(column, "" if is_needed else None) for column, is_needed in columns]
        marks = ", ".join("?" * len(columns))
        connection.execute(f"INSERT INTO entity VALUES ({marks})", values)
        connection.execute("INSERT INTO document VALUES (?, ?)", (number, doc))
    connection.close()
    connection = connect(path)
    found = connection.execute("SELECT possessions FROM entity ORDER BY pk").fetchall()
    assert found == [(bits,) for *_, bits in listings]
    connection.close()


def test_integrations_stay_what_they_were(path: Path) -> None:
    path.parent.mkdir()
    listings = [
        ('{"integrations":["Slack","Gmail"]}', '["Airtable"]', '["Slack","Gmail"]'),
        ('{"integrations":[]}', '["Airtable"]', "[]"),
        ('{"integrations":"Slack"}', '["Airtable"]', '["Airtable"]'),
        ("{}", "[]", "[]"),
        (None, '["Airtable"]', '["Airtable"]'),
    ]
    connection = connect(path, MIGRATIONS[: MIGRATIONS.index(UPDATES)])
    columns = [(row[1], row[3]) for row in connection.execute("PRAGMA table_info(entity)")]
    for number, (inspection, listed, _) in enumerate(listings, 1):
        given = {"pk": number, "id": f"{number:024x}", "kind": "listing"}
        given |= {"inspection": inspection, "listed_integrations": listed}
        values = [given.get(column, "" if is_needed else None) for column, is_needed in columns]
        marks = ", ".join("?" * len(columns))
        connection.execute(f"INSERT INTO entity VALUES ({marks})", values)
    shown = "SELECT integrations FROM entity ORDER BY pk"
    before = connection.execute(shown).fetchall()
    connection.close()
    connection = connect(path)
    assert connection.execute(shown).fetchall() == before == [(found,) for *_, found in listings]
    connection.close()

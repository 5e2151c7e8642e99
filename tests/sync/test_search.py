"""A search finds the same listings whether the index holds them yet or not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koda_desktop.errors import StoreFault
from koda_desktop.sync import entities, search
from koda_desktop.sync.changesets.batch import change_many
from koda_desktop.sync.changesets.cells import CellChecker
from koda_desktop.sync.changesets.rows import RowChange
from koda_desktop.sync.entities import NO_FILE, NewEntity
from koda_desktop.sync.rows import ListingQuery
from koda_desktop.sync.search import Indexer
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.invariants import search_finds_every_listing
from koda_desktop.sync.store.opening import connect
from koda_desktop.sync.store.schema import MIGRATIONS
from koda_desktop.sync.store.store import Store
from tests.sync.desk import Desk

WORDS = ("amber", "Ambulance", "bär", "beere", "c3po", "co-op", "delta", "über")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)


@dataclass
class Catalogue:
    """Listings that are made, changed and deleted, and what their words are."""

    store: Store
    indexer: Indexer = field(default_factory=Indexer)
    number: int = 0
    texts: dict[int, str] = field(default_factory=dict)
    integrations: dict[int, list[str]] = field(default_factory=dict)

    def make(self, title: str, description: str, integrations: list[str]) -> None:
        self.number += 1
        listing_id = f"{self.number:024x}"
        document = {"_id": listing_id, "title": title, "description": description}
        inspection = {"integrations": integrations}
        new = NewEntity(listing_id, document, NO_FILE, "2026-01-01", inspection=inspection)
        self.store.write(lambda tx: entities.insert(tx, [new]))
        pk = self.store.read(lambda db: entities.find(db, listing_id).pk)
        self.integrations[pk] = integrations
        self.texts[pk] = " ".join((title, description, *integrations))

    def change(self, which: int, title: str, description: str) -> None:
        pk = sorted(self.texts)[which % len(self.texts)]
        sql = "UPDATE document SET doc = json_set(doc, '$.description', ?) WHERE pk = ?"
        retitle = "UPDATE entity SET title = ? WHERE pk = ?"
        self.store.write(lambda tx: (tx.run(retitle, (title, pk)), tx.run(sql, (description, pk))))
        self.texts[pk] = " ".join((title, description, *self.integrations[pk]))

    def delete(self, which: int) -> None:
        pk = sorted(self.texts)[which % len(self.texts)]
        self.store.write(lambda tx: tx.run("DELETE FROM entity WHERE pk = ?", (pk,)))
        del self.texts[pk]

    def index(self) -> bool:
        return self.store.write(self.indexer)

    def check(self) -> None:
        for word in WORDS:
            wanted = {pk for pk, text in self.texts.items() if word in text.split()}
            assert self.store.read(lambda db: found(db, f'"{word}"')) == wanted  # noqa: B023
        broken = self.store.read(lambda db: list(search_finds_every_listing(db, Staging(Path()))))
        assert broken == []


def found(db: Db, expression: str) -> set[int]:
    condition, values = search.completed(db, search.INDEXED, [search.Words(expression)])
    return {row[0] for row in db.rows(f"SELECT pk FROM entity WHERE {condition}", values)}


MAKE = st.tuples(st.just("make"), TEXTS, TEXTS, st.lists(st.sampled_from(WORDS), max_size=2))
CHANGE = st.tuples(st.just("change"), st.integers(0, 99), TEXTS, TEXTS)
DELETE = st.tuples(st.just("delete"), st.integers(0, 99))
INDEX = st.tuples(st.just("index"))


@given(steps=st.lists(st.one_of(MAKE, CHANGE, DELETE, INDEX), max_size=25))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_found_is_what_the_rows_say(
    steps: list[tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    monkeypatch.setattr(search, "ROWS", 2)
    monkeypatch.setattr(search, "_SCANNED", 3)
    monkeypatch.setattr(search, "ROWS_BETWEEN_MERGES", 4)
    store = Store(tmp_path_factory.mktemp("search") / "store.sqlite", derive_touched)
    catalogue = Catalogue(store)
    try:
        for name, *values in steps:
            if catalogue.texts or name in ("make", "index"):
                getattr(catalogue, name)(*values)
            catalogue.check()
        while catalogue.index():
            catalogue.check()
        assert store.read(lambda db: db.rows("SELECT pk FROM listing_fts_pending")) == []
        catalogue.check()
    finally:
        store.close()


@pytest.fixture
def many(tmp_path: Path) -> Store:
    """A store with more listings than are looked through at once."""
    store = Store(tmp_path / "store.sqlite", derive_touched)
    new = [
        NewEntity(f"{n:024x}", {"_id": f"{n:024x}", "title": f"Listing {n}"}, NO_FILE, "2026-01-01")
        for n in range(4_500)
    ]
    store.write(lambda tx: entities.insert(tx, new))
    return store


def test_thousands_of_pending_rows_are_found_and_then_indexed(many: Store) -> None:
    assert len(many.read(lambda db: found(db, "listing"))) == 4_500
    assert many.read(lambda db: found(db, '"4444"')) == {4_445}
    indexer, steps = Indexer(), 0
    while many.write(indexer, durable=False):
        steps += 1
    assert steps >= 4_500 / search.ROWS
    assert many.read(lambda db: db.value("SELECT count(*) FROM listing_fts_docsize")) == 4_500
    assert len(many.read(lambda db: found(db, "listing"))) == 4_500
    assert many.read(lambda db: found(db, '"4444"')) == {4_445}
    many.close()


def test_the_index_stays_in_few_pieces(many: Store) -> None:
    indexer = Indexer()
    while many.write(indexer, durable=False):
        pass
    pieces = "SELECT count(DISTINCT segid) FROM listing_fts_idx"
    assert many.read(lambda db: db.value(pieces)) < 4_500 / search.ROWS / 2
    many.close()


def test_integrations_come_from_the_file_or_else_from_the_document(desk: Desk) -> None:
    def integrations_of(listing_id: str) -> object:
        sql = "SELECT integrations FROM entity WHERE id = ?"
        return desk.store.read(lambda db: db.value(sql, (listing_id,)))

    told = desk.draft("Told", metadata={"integrations": ["Airtable"]})
    # What the checks found in the file on this computer goes before what a document says.
    assert integrations_of(told) == "[]"
    documents: list[dict[str, Any]] = [
        {"metadata": {"integrations": ["Airtable", "Slack"]}},
        {"metadata": {"integrations": "Airtable"}},
        {"metadata": None},
        {},
    ]
    new = [
        NewEntity(f"{n:024x}", {"_id": f"{n:024x}", "title": "x", **fields}, NO_FILE, "2026-01-01")
        for n, fields in enumerate(documents)
    ]
    desk.store.write(lambda tx: entities.insert(tx, new))
    assert [integrations_of(one.id) for one in new] == ['["Airtable","Slack"]', "[]", "[]", "[]"]
    assert desk.reads.count(ListingQuery(text="airt")) == 1


def test_another_inspection_gives_other_integrations(desk: Desk) -> None:
    listing = desk.draft("Told", metadata={"integrations": ["Airtable"]})
    _index(desk.store)
    for found_in_it, word in (('{"integrations":["Gmail"]}', "gmail"), (None, "airtable")):
        sql = "UPDATE entity SET inspection = ? WHERE id = ?"
        desk.store.write(lambda tx: tx.run(sql, (found_in_it, listing)))  # noqa: B023
        assert desk.reads.count(ListingQuery(text=word)) == 1
        _index(desk.store)
        assert desk.reads.count(ListingQuery(text=word)) == 1
    assert desk.reads.count(ListingQuery(text="gmail")) == 0


def _edit(desk: Desk, way: str, listing: str, fields: dict[str, Any]) -> None:
    if way == "one":
        desk.commands.edit(listing, fields)
    else:
        wanted, _ = CellChecker().wanted(RowChange(listing, fields))
        desk.store.write(lambda tx: change_many(tx, [wanted], Stamps()))


@pytest.mark.parametrize("way", ["one", "many"])
def test_descriptions_that_wait_are_found_and_those_they_replace_are_not(
    desk: Desk, way: str
) -> None:
    """An edit, another one of the same text, one of another field, and the text taken back."""
    listing = desk.published(description="amber")
    changes: list[dict[str, Any]] = [
        {"description": "delta"},
        {"description": "beere"},
        {"price": 5},
        {"price": 6, "description": "c3po"},
        {"price": 9.99, "description": "amber"},
    ]
    told = "amber"
    for fields in changes:
        told = fields.get("description", told)
        _index(desk.store)
        _edit(desk, way, listing, fields)
        for word in ("amber", "beere", "c3po", "delta"):
            assert desk.reads.count(ListingQuery(text=word)) == (word == told)


@pytest.mark.parametrize("way", ["one", "many"])
def test_an_edit_that_changes_no_words_is_not_noted_for_the_index(desk: Desk, way: str) -> None:
    listing = desk.published(description="amber")
    _index(desk.store)
    _edit(desk, way, listing, {"price": 5})
    assert desk.store.read(lambda db: db.rows("SELECT pk FROM listing_fts_pending")) == []


def _index(store: Store) -> None:
    indexer = Indexer()
    while store.write(indexer):
        pass


def test_a_store_without_the_new_index_is_searched_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    connection = connect(path, MIGRATIONS[:3])
    connection.execute(
        "INSERT INTO entity(pk, kind, id, is_at_server, state, message, title, sort_title,"
        " platform, category, tags, price_minor, currency, version, updated_at, file_name,"
        " file_size, file_sha256, media_type, inspection, doc) VALUES (7, 'listing', 'a', 0,"
        " 'draft', '', 'Penguins', 'penguins', '', '', '[]', 0, 'EUR', '', '', '', 0, '', '',"
        """ '{"integrations":["Google Sheets"]}', '{"_id":"a","description":"Fish"}')"""
    )
    connection.execute(
        "INSERT INTO listing_fts(rowid, title, description, tags)"
        " VALUES (7, 'Penguins', 'Fish', '[]')"
    )
    connection.close()
    store = Store(path, derive_touched)
    for word in ("penguins", "fish", "google"):
        assert store.read(lambda db: found(db, word)) == {7}  # noqa: B023
    while store.write(Indexer()):
        pass
    for word in ("penguins", "fish", "google"):
        assert store.read(lambda db: found(db, word)) == {7}  # noqa: B023
    store.close()


# -- when there is nothing else to do --


def open_with(path: Path, at_leisure: Callable[[Tx], bool]) -> Store:
    return Store(path / "store.sqlite", derive_touched, at_leisure)


def test_the_index_is_written_by_itself_and_rests_when_it_is_done(tmp_path: Path) -> None:
    done = threading.Event()
    indexer = Indexer()

    def index(tx: Tx) -> bool:
        is_more = indexer(tx)
        if not is_more:
            done.set()
        return is_more

    store = open_with(tmp_path, index)
    catalogue = Catalogue(store)
    catalogue.make("amber", "", [])
    assert done.wait(10)
    assert store.read(lambda db: db.value("SELECT count(*) FROM listing_fts_docsize")) == 1
    done.clear()
    catalogue.delete(0)
    assert done.wait(10)
    assert store.read(lambda db: db.value("SELECT count(*) FROM listing_fts_docsize")) == 0
    store.close()


def test_a_fault_in_that_work_leaves_the_store_as_it_is_and_writing_goes_on(tmp_path: Path) -> None:
    struck = threading.Event()

    def fail(tx: Tx) -> bool:
        tx.run("INSERT INTO meta VALUES ('half', 'done')")
        struck.set()
        raise apsw.FullError("full")

    store = open_with(tmp_path, fail)
    store.write(lambda tx: tx.run("INSERT INTO meta VALUES ('a', '1')"))
    assert struck.wait(10)
    store.write(lambda tx: tx.run("INSERT INTO meta VALUES ('b', '2')"))
    sql = "SELECT key FROM meta WHERE key IN ('a', 'b', 'half')"
    assert {row[0] for row in store.read(lambda db: db.rows(sql))} == {"a", "b"}
    store.close()


def test_a_bug_in_that_work_is_told_and_writing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    struck = threading.Event()

    def hook(args: threading.ExceptHookArgs) -> None:
        told.append(args.exc_value)
        struck.set()

    monkeypatch.setattr(threading, "excepthook", hook)
    bug = AttributeError("a bug")

    def fail(_: Tx) -> bool:
        raise bug

    store = open_with(tmp_path, fail)
    store.write(lambda tx: tx.run("INSERT INTO meta VALUES ('a', '1')"))
    assert struck.wait(10)
    assert told == [bug]
    store.write(lambda tx: tx.run("INSERT INTO meta VALUES ('b', '2')"))
    store.close()


def test_nothing_is_done_at_leisure_once_the_store_is_closed(tmp_path: Path) -> None:
    began, release = threading.Event(), threading.Event()

    def work(_: Tx) -> bool:
        began.set()
        return release.wait(10)

    store = open_with(tmp_path, work)
    store.write(lambda tx: tx.run("INSERT INTO meta VALUES ('a', '1')"))
    assert began.wait(10)
    release.set()
    store.close()
    with pytest.raises(StoreFault, match="closed"):
        store.write(lambda tx: tx.run("INSERT INTO meta VALUES ('b', '2')"))

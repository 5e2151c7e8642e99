from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koda_desktop.sync import entities, queries
from koda_desktop.sync.entities import NO_FILE, NewEntity
from koda_desktop.sync.projection import sort_key
from koda_desktop.sync.rows import ListingQuery, ListingRow, ListingState, Selection, SortColumn
from koda_desktop.sync.search import Indexer
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store
from tests.sync.desk import Desk

TITLES = ["Slack alerts", "ärger im CRM", "Zapier sync", "ALERTS daily", "Ödland", "CRM to sheets"]
PLATFORMS = ["n8n", "Make", "Zapier"]


@pytest.fixture(scope="module", params=["pending", "indexed"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("queries")
    store = Store(folder / "store.sqlite", derive_touched)
    store.write(lambda tx: entities.insert(tx, [new(number) for number in range(36)]))
    indexer = Indexer()
    while request.param == "indexed" and store.write(indexer):
        pass
    yield store
    store.close()


def new(number: int) -> NewEntity:
    listing_id = f"{number:024x}"
    moment = f"2026-01-01T00:00:{number * 7 % 20:02d}.000Z"
    return NewEntity(
        id=listing_id,
        document={
            "_id": listing_id,
            "title": TITLES[number % len(TITLES)],
            "description": f"Number {number}, über-cool." if number % 2 else "",
            "price": (number * 5 % 7) + 0.99,
            "category": "Sales",
            "tags": ["daily", f"tag-{number % 3}"],
            "platform": PLATFORMS[number % len(PLATFORMS)],
            "version": "1.0.0",
        },
        file=NO_FILE,
        updated_at=moment,
        server_at=moment if number % 4 else None,
    )


QUERIES = st.builds(
    ListingQuery,
    states=st.frozensets(st.sampled_from([ListingState.DRAFT, ListingState.PUBLISHED])),
    sort=st.lists(st.tuples(st.sampled_from(SortColumn), st.booleans()), max_size=3).map(tuple),
)


@given(query=QUERIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_filter_and_order_are_those_of_plain_python(store: Store, query: ListingQuery) -> None:
    found = store.read(lambda db: queries.rows(db, queries.keys(db, query)))
    everything = store.read(lambda db: queries.rows(db, range(1, 37)))
    wanted = [row for row in everything if not query.states or row.state in query.states]
    for column, is_descending in reversed(query.sort):
        wanted.sort(key=lambda row: sort_value(row, column), reverse=is_descending)
    assert found == wanted
    assert store.read(lambda db: queries.count(db, query)) == len(wanted)


def sort_value(row: ListingRow, column: SortColumn) -> Any:
    names = {SortColumn.PRICE: "price_minor", SortColumn.UPDATED: "updated_at"}
    value = getattr(row, names.get(column, column.value))
    return sort_key(value) if column is SortColumn.TITLE else value


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("alert", {"Slack alerts", "ALERTS daily"}),
        ("ALERT sla", {"Slack alerts"}),
        ("arger", {"ärger im CRM"}),
        ("crm", {"ärger im CRM", "CRM to sheets"}),
        ("lert", set()),
        ("uber", {"ärger im CRM", "ALERTS daily", "CRM to sheets"}),
        ("über-co", {"ärger im CRM", "ALERTS daily", "CRM to sheets"}),
        ("tag-1", {"ärger im CRM", "Ödland"}),
        ("dail", set(TITLES)),
        ("", set(TITLES)),
        ("  - !! ", set(TITLES)),
        ("crm -", {"ärger im CRM", "CRM to sheets"}),
    ],
)
def test_words_are_found_by_their_beginnings(store: Store, text: str, titles: set[str]) -> None:
    query = ListingQuery(text=text)
    found = store.read(lambda db: queries.rows(db, queries.keys(db, query)))
    assert {row.title for row in found} == titles


@given(text=st.text(alphabet=st.sampled_from("a\"*(){}^:-+ANDORNOTNEAR '\\"), max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_no_syntax(store: Store, text: str) -> None:
    store.read(lambda db: queries.keys(db, ListingQuery(text=text)))


def test_rows_come_in_the_order_asked_for_and_missing_ones_are_left_out(store: Store) -> None:
    rows = store.read(lambda db: queries.rows(db, [5, 999, 2, 3]))
    assert [row.pk for row in rows] == [5, 2, 3]


@given(texts=st.lists(st.text(max_size=30), min_size=4, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_have_their_texts_whatever_letters_are_in_them(desk: Desk, texts: list[str]) -> None:
    title, description, version, tag = texts
    listing_id = "e" * 24
    fields = {"title": title, "description": description, "version": version, "tags": [tag]}
    entity = NewEntity(listing_id, {**new(1).document, "_id": listing_id, **fields}, NO_FILE, "")

    def inserted_and_read(tx: Tx) -> ListingRow:
        tx.run("DELETE FROM entity")
        entities.insert(tx, [entity])
        [row] = queries.rows(tx, queries.keys(tx, ListingQuery()))
        return row

    row = desk.store.write(inserted_and_read)
    shown = (row.title, row.description, row.version, row.tags)
    assert shown == (title, " ".join(description.split()), version, (tag,))


def test_what_was_picked_is_read_when_it_is_used(store: Store) -> None:
    drafts = ListingQuery(states=frozenset({ListingState.DRAFT}), sort=())
    every = store.read(lambda db: queries.keys(db, drafts))
    picked = Selection(query=drafts, without=frozenset({every[0], 2}))
    assert store.read(lambda db: queries.selected(db, picked)) == every[1:]
    rows = store.read(lambda db: queries.rows(db, [key for key in every if key != every[0]]))
    price = sum(row.price_minor for row in rows if row.pk != 2)
    assert store.read(lambda db: queries.totals(db, picked)).total == price
    named = Selection(keys=(9, 999, 4))
    assert store.read(lambda db: queries.totals(db, named)).count == 2
    assert [*store.read(lambda db: queries.selected(db, named))] == [9, 4]


@pytest.mark.parametrize("written", [0, 10_000])
def test_what_is_carried_over_comes_after_what_is_in_sight(
    store: Store, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    monkeypatch.setattr(queries, "_WRITTEN_MAX", written)
    marks = bytearray(1_200)
    for key in (2, 4, 7, 1_100):
        marks[key] = 1
    picked = Selection(keys=array("q", (9, 4, 1_000)), carried=bytes(marks))
    assert [*store.read(lambda db: queries.selected(db, picked))] == [9, 4, 2, 7]
    rows = store.read(lambda db: queries.rows(db, (2, 4, 7, 9)))
    totals = store.read(lambda db: queries.totals(db, picked))
    assert (totals.count, totals.total) == (4, sum(row.price_minor for row in rows))
    nothing = store.read(lambda db: queries.selected(db, Selection()))
    assert [*nothing] == []


def test_the_words_follow_the_listing(desk: Desk) -> None:
    def found(text: str) -> int:
        return desk.reads.count(ListingQuery(text=text))

    listing_id = desk.draft("Penguin feeder", description="Fish at noon.", tags=["cold"])
    assert (found("penguin"), found("fish"), found("cold")) == (1, 1, 1)
    desk.commands.edit(listing_id, {"title": "Walrus feeder", "description": "Clams."})
    assert (found("penguin"), found("fish"), found("walrus"), found("clams")) == (0, 0, 1, 1)
    desk.commands.edit(listing_id, {"tags": ["warm"]})
    assert (found("cold"), found("warm")) == (0, 1)
    desk.commands.delete_draft(listing_id)
    assert (found("walrus"), found("")) == (0, 0)

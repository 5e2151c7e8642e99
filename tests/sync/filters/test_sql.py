"""Filters over a real store, beside the same rules in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda_desktop.errors import InputError
from koda_desktop.sync import entities, queries
from koda_desktop.sync.entities import NewEntity, StagedFile
from koda_desktop.sync.filters.known import known_values
from koda_desktop.sync.filters.moments import Today
from koda_desktop.sync.filters.parsing import parse_filter
from koda_desktop.sync.filters.terms import ArchivedIs, Filter, Term
from koda_desktop.sync.first_page import Effort, first_keys
from koda_desktop.sync.rows import Json, ListingQuery, Selection, SortColumn
from koda_desktop.sync.search import Indexer
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.store import Store

TODAY = Today(datetime(2026, 3, 1, tzinfo=UTC), UTC)
TAGS = [["n8n", "ai"], ["N8N", "n8n-cloud"], ["a b", "crm"], ["ärger"], [], ["100%", "a_b", '"']]
FILES = ["", "leads.json", "Leads_final.JSON", "script.py"]
VERSIONS = ["1.2.0", "1.20.0", "2.0.0-beta"]


def document(number: int) -> Json:
    return {
        "_id": f"{0x65000000 + number * 86_400:08x}{number:016x}",
        "title": ["Slack alerts", "Invoice sync", "Über alerts"][number % 3],
        "description": "" if number % 4 == 0 else f"Number {number} for slack.",
        "price": [0, 5.1, 9.99, 10, 1000][number % 5],
        "category": ["Sales", "Social Media"][number % 2],
        "tags": TAGS[number % len(TAGS)],
        "platform": ["n8n", "Make", "Python"][number % 3],
        "version": VERSIONS[number % 3],
        "active": [True, False, None][number % 3],
        "deletedAt": [None, "2026-01-01T00:00:00.000Z"][number % 5 == 0],
        "previewImageUrl": "https://x/y.png" if number % 7 == 0 else "",
        "metadata": {"integrations": ["Google Sheets"] if number % 5 == 0 else []},
    }


def entity(number: int) -> NewEntity:
    name = FILES[number % 4]
    moment = f"2026-{number % 12 + 1:02d}-15T12:00:00.000Z"
    file = StagedFile(name, "", number * 1_000 if name else 0, "")
    at = moment if number % 2 else None
    return NewEntity(document(number)["_id"], document(number), file, moment, at)


COUNT = 60


@pytest.fixture(scope="module", params=["pending", "indexed", "half indexed"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("filters")
    store = Store(folder / "store.sqlite", derive_touched)
    store.write(lambda tx: entities.insert(tx, [entity(number) for number in range(COUNT)]))
    indexer = Indexer()
    while request.param != "pending" and store.write(indexer):
        pass
    if request.param == "half indexed":
        sql = "INSERT INTO listing_fts_pending SELECT pk FROM entity WHERE pk % 2"
        store.write(lambda tx: tx.run(sql))
    yield store
    store.close()


def found(store: Store, text: str) -> set[int]:
    """The numbers of the listings that ``text`` finds."""
    query = ListingQuery(filter=parse_filter(text, TODAY))
    keys = store.read(lambda db: queries.keys(db, query))
    assert store.read(lambda db: queries.count(db, query)) == len(keys)
    return {key - 1 for key in keys}


Rule = Callable[[Json, NewEntity], Any]

RULES: list[tuple[str, Rule]] = [
    ("alert", lambda d, e: "alerts" in d["title"]),
    ("uber", lambda d, e: "Über" in d["title"]),
    ("slack", lambda d, e: "Slack" in d["title"] or d["description"]),
    ("title:slack", lambda d, e: "Slack" in d["title"]),
    ("title:slack,invoice", lambda d, e: "Über" not in d["title"]),
    ("description:slack", lambda d, e: d["description"]),
    ('"slack alerts"', lambda d, e: d["title"] == "Slack alerts"),
    ("lack", lambda d, e: False),
    ("tag:n8n", lambda d, e: any(tag.lower() == "n8n" for tag in d["tags"])),
    ("tag:n8n*", lambda d, e: any(tag.lower().startswith("n8n") for tag in d["tags"])),
    ('tag:"a b"', lambda d, e: "a b" in d["tags"]),
    ("tag:a_b", lambda d, e: "a_b" in d["tags"]),
    ("tag:a_*", lambda d, e: "a_b" in d["tags"]),
    ("tag:100%", lambda d, e: "100%" in d["tags"]),
    ('tag:""""', lambda d, e: '"' in d["tags"]),
    ("tag:a", lambda d, e: False),
    ("tag:ärger,crm", lambda d, e: {"ärger", "crm"} & {*d["tags"]}),
    ("platform:make", lambda d, e: d["platform"] == "Make"),
    ("category:social", lambda d, e: d["category"] == "Social Media"),
    ("price:free", lambda d, e: d["price"] == 0),
    ("price:<10", lambda d, e: d["price"] < 10),
    ("price:9,99..10", lambda d, e: d["price"] in (9.99, 10)),
    ("status:draft", lambda d, e: e.server_at is None),
    ("updated:>2026-06", lambda d, e: e.updated_at >= "2026-07"),
    ("created:<2023-10-01", lambda d, e: int(d["_id"][:8], 16) < 1_696_118_400),
    ("version:1.2", lambda d, e: d["version"] == "1.2.0"),
    ("version:1", lambda d, e: d["version"].startswith("1.")),
    ("version:1.2*", lambda d, e: d["version"].startswith("1.2.")),
    ("version:2.0.0-beta,1.2", lambda d, e: d["version"] != "1.20.0"),
    ("file:LEADS", lambda d, e: "leads" in e.file.name.lower()),
    ("file:*.json", lambda d, e: e.file.name.lower().endswith(".json")),
    ("file:leads?final*", lambda d, e: e.file.name.startswith("Leads_")),
    ("size:>=20kb", lambda d, e: e.file.size >= 20_000),
    ("has:file", lambda d, e: e.file.name),
    ("has:tags", lambda d, e: d["tags"]),
    ("has:description", lambda d, e: d["description"]),
    ("has:preview", lambda d, e: d["previewImageUrl"]),
    ("has:preview,tags", lambda d, e: d["previewImageUrl"] or d["tags"]),
    ("has:file,price", lambda d, e: e.file.name or d["price"]),
    ("has:price", lambda d, e: d["price"]),
    ("uses:google", lambda d, e: d["metadata"]["integrations"]),
    ('uses:"google sheets"', lambda d, e: d["metadata"]["integrations"]),
    ("has:error", lambda d, e: False),
    ("archived:yes", lambda d, e: bool(d.get("deletedAt"))),
    ("archived:no", lambda d, e: not d.get("deletedAt")),
    ("active:no", lambda d, e: d["active"] is False),
    ("active:yes", lambda d, e: d["active"] is not False),
    ("id:6500", lambda d, e: d["_id"].startswith("6500")),
]


@pytest.mark.parametrize(("text", "rule"), RULES, ids=[text for text, _ in RULES])
def test_a_condition_finds_what_plain_python_finds(store: Store, text: str, rule: Rule) -> None:
    wanted = {n for n in range(COUNT) if rule(document(n), entity(n))}
    assert found(store, text) == wanted
    assert found(store, f"-{text}") == {*range(COUNT)} - wanted


@given(parts=st.lists(st.tuples(st.booleans(), st.sampled_from(RULES)), max_size=5))
def test_all_conditions_hold_together(store: Store, parts: list[tuple[bool, Any]]) -> None:
    text = " ".join("-" * is_excluded + rule[0] for is_excluded, rule in parts)
    wanted = {
        number
        for number in range(COUNT)
        if all(bool(r(document(number), entity(number))) != no for no, (_, r) in parts)
    }
    assert found(store, text) == wanted


SYNTAX = st.sampled_from([*'"*(){}^:-+,%_\\', "AND", "OR", "NOT", "NEAR", "tag:", "file:", "\0"])


@given(text=st.lists(SYNTAX | st.text(max_size=3), max_size=10).map("".join))
def test_no_text_breaks_the_database(store: Store, text: str) -> None:
    try:
        wanted = parse_filter(text, TODAY)
    except InputError:
        return
    query = ListingQuery(filter=wanted)
    number = store.read(lambda db: queries.count(db, query))
    assert number == len(store.read(lambda db: queries.keys(db, query)))


def test_the_longest_filter_is_taken(store: Store) -> None:
    tags = ",".join(f"t{number}" for number in range(199))
    assert found(store, f"tag:{tags},crm") == found(store, "tag:crm")
    words = " ".join(f"w{number}" for number in range(199))
    assert found(store, f"{words} alerts") == set()
    unwanted = " ".join(f"-w{number}" for number in range(199))
    assert found(store, f"{unwanted} alerts") == found(store, "alerts")


@given(parts=st.lists(st.sampled_from(RULES), max_size=2))
def test_archived_listings_are_hidden_where_that_is_asked(store: Store, parts: list[Any]) -> None:
    wanted = parse_filter(" ".join(rule[0] for rule in parts), TODAY)
    kept = Filter((*wanted.terms, Term((ArchivedIs(False),))))
    hidden = ListingQuery(filter=wanted, hides_archived=True)
    found = store.read(lambda db: queries.keys(db, hidden))
    assert found == store.read(lambda db: queries.keys(db, ListingQuery(filter=kept)))
    assert store.read(lambda db: queries.count(db, hidden)) == len(found)
    picked = Selection(query=hidden)
    assert store.read(lambda db: queries.selected(db, picked)) == found
    assert store.read(lambda db: queries.totals(db, picked)).count == len(found)


def test_inactive_listings_are_found_by_their_index(store: Store) -> None:
    query = ListingQuery(filter=parse_filter("active:no", TODAY))
    sql, values = store.read(lambda db: queries.condition_of(db, query))
    plan_of = f"EXPLAIN QUERY PLAN SELECT pk FROM entity WHERE {sql}"
    plan = store.read(lambda db: db.rows(plan_of, values))
    assert any("entity_inactive" in row[3] for row in plan)


@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("column", list(SortColumn))
def test_every_order_is_that_of_an_index(
    store: Store, column: SortColumn, is_descending: bool
) -> None:
    """Ties alone are sorted, not all listings there are."""
    query = ListingQuery(sort=((column, is_descending),))
    sql, values = store.read(lambda db: queries.condition_of(db, query))
    order = queries.order_of(query, is_walked=True)
    plan_of = f"EXPLAIN QUERY PLAN SELECT pk FROM entity WHERE {sql} ORDER BY {order} LIMIT 9"
    plan = [row[3] for row in store.read(lambda db: db.rows(plan_of, values))]
    assert any(f"COVERING INDEX entity_{column.value}" in one for one in plan)
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_the_values_in_use_are_counted(store: Store) -> None:
    known = store.read(known_values)
    tags: Counter[str] = Counter(tag for n in range(COUNT) for tag in document(n)["tags"])
    assert known.tags == tags
    assert [*known.tags.values()] == sorted(tags.values(), reverse=True)
    assert known.platforms == Counter(document(n)["platform"] for n in range(COUNT))
    assert known.categories == Counter(document(n)["category"] for n in range(COUNT))
    assert known.states == {"published": COUNT // 2, "draft": COUNT // 2}


SORTS = st.lists(st.tuples(st.sampled_from(SortColumn), st.booleans()), max_size=3).map(tuple)
EFFORTS = st.builds(
    Effort,
    sample=st.integers(1, 40),
    rows_read=st.integers(1, 80),
    rows_walked=st.integers(1, 80),
    rare=st.integers(1, 60),
    small=st.just(0),
)


@given(
    parts=st.lists(st.tuples(st.booleans(), st.sampled_from(RULES)), max_size=3),
    sort=SORTS,
    most=st.integers(1, 12),
    effort=EFFORTS,
    hides=st.booleans(),
)
@settings(max_examples=300)
def test_the_first_lines_are_those_of_the_whole(
    store: Store,
    parts: list[tuple[bool, Any]],
    sort: tuple[tuple[SortColumn, bool], ...],
    most: int,
    effort: Effort,
    hides: bool,
) -> None:
    text = " ".join("-" * is_excluded + rule[0] for is_excluded, rule in parts)
    query = ListingQuery(filter=parse_filter(text, TODAY), sort=sort, hides_archived=hides)
    first = store.read(lambda db: first_keys(db, query, most, effort))
    assert first == store.read(lambda db: queries.keys(db, query))[:most]


@pytest.mark.parametrize("sort", [(), ((SortColumn.UPDATED, True),), ((SortColumn.TITLE, False),)])
@pytest.mark.parametrize(
    "text",
    [
        *("id:6503", "created:<2023-09-20", "id:6503 slack", "created:<2023-09-20 -tag:n8n"),
        *("-has:file", "has:preview slack", "version:1.2 -tag:n8n", "file:script", "-version:1"),
        *("size:>40kb", "-has:description,preview"),
    ],
)
def test_what_few_are_called_or_were_made_is_looked_up(
    store: Store, text: str, sort: tuple[tuple[SortColumn, bool], ...]
) -> None:
    query = ListingQuery(filter=parse_filter(text, TODAY), sort=sort)
    wanted = store.read(lambda db: queries.keys(db, query))
    assert 0 < len(wanted) < 30
    effort = Effort(rare=2, small=0)
    assert store.read(lambda db: first_keys(db, query, COUNT, effort)) == wanted


@pytest.mark.parametrize(
    "text", ["has:preview", "-has:tags", "-has:description", "version:1.20", "size:>50kb"]
)
def test_what_few_have_is_found_without_a_look_at_the_others(store: Store, text: str) -> None:
    query = ListingQuery(filter=parse_filter(text, TODAY), sort=((SortColumn.UPDATED, True),))
    steps: list[int] = []

    def count(told: dict[str, Any]) -> None:
        if "sqlite_schema" not in told["sql"]:
            steps.append(told["stmt_status"]["SQLITE_STMTSTATUS_FULLSCAN_STEP"])

    connection = apsw.Connection(str(store.path))
    connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, count)
    assert first_keys(Db(connection), query, COUNT, Effort(rare=2, small=0))
    connection.close()
    assert steps
    assert sum(steps) == 0

"""Many rows at once leave the very store that one row after the other does, whatever waits."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koda_desktop.errors import Refused
from koda_desktop.sync import documents, lane_parts
from koda_desktop.sync.changesets.batch import change_many
from koda_desktop.sync.changesets.cells import CellChecker
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.deciding import Outcome
from koda_desktop.sync.changesets.one_row import change_fields
from koda_desktop.sync.changesets.rows import RowChange, SetKind
from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.pictures import Pictures
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.invariants import check_invariants
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.work import WorkCommands
from tests.pictures import png
from tests.sync.desk import Desk, ManualClock
from tests.sync.fake_marketplace import Server

VALUES: dict[str, list[Any]] = {
    "title": ["A title", "Über <b>\"'\\", "Other"],
    "price": [9.99, 10, 10.0, 0],
    "tags": [[], ["a"], ["a", "ü"]],
    "active": [True, False],
    "previewImageUrl": [None, "https://example.org/a.png", ABSENT],
    "metadata": [None, {"a": [1, 2.0, True, "\n"]}, {"a": [1, 2, 1, "\n"]}],
    "description": ["Words.", "More\nwords."],
}


@dataclass
class Lanes:
    """A closed store in which each kind of lane there is occurs, and what may be asked of it."""

    folder: Path
    ids: list[str]


@pytest.fixture(scope="module")
def lanes(tmp_path_factory: pytest.TempPathFactory) -> Lanes:
    desk = Desk(tmp_path_factory.mktemp("lanes"), Server())
    drafts = [desk.draft(), desk.draft(pictures=Pictures(png())), desk.draft()]
    ids = drafts + [desk.published(title=f"P {n}") for n in range(11)]
    _work(desk, ids)
    kinds = {row.state for row in desk.reads.operations(0)}
    assert len(kinds) == 4, kinds
    assert desk.reads.conflicts()
    desk.close()
    return Lanes(desk.folder, [*ids, "f" * 24])


def _work(desk: Desk, ids: list[str]) -> None:
    """Refused, disputed, frozen, waiting, held back and unregistered work."""
    _, queued, registering, calm, refused, disputed, frozen, waiting, held, both, older, foreign = (
        ids[:12]
    )
    assert len({calm, older}) == 2
    desk.commands.edit(refused, {"title": "Refused"})
    desk.faults.refuse("push", Refused("No."), once=True)
    desk.engine.run_round()
    for one in (disputed, both):
        desk.commands.edit(one, {"price": 1, "title": "Mine"})
        desk.server.web_edit(one, price=2)
    desk.engine.run_round()
    for one in (frozen, both):
        desk.commands.edit(one, {"tags": ["frozen"]})
    desk.commands.publish([registering])
    desk.faults.lose_reply("push")
    desk.faults.lose_reply("register")
    desk.engine.run_round()
    desk.commands.edit(both, {"description": "Behind"})
    desk.commands.edit(frozen, {"price": 4})
    desk.commands.edit(waiting, {"price": 10, "title": "Waits", "previewImageUrl": None})
    desk.commands.edit(older, {"active": False})
    desk.commands.edit(held, {"price": 10})
    work = WorkCommands(desk.store, desk.parts.stamps)
    [operation] = [one for one in desk.reads.operations(0) if one.listing_id == held]
    work.hold([operation.operation_id])
    desk.commands.publish([queued])
    desk.store.write(lambda tx: _make_foreign(tx, foreign))


def _make_foreign(tx: Tx, listing_id: str) -> None:
    sql = (
        "UPDATE document SET doc = json_set(doc, '$.productType', 'Plugin')"
        " WHERE pk = (SELECT pk FROM entity WHERE id = ?)"
    )
    tx.run(sql, (listing_id,))


class Numbers:
    """Ids in order, so that both ways give the same."""

    def __init__(self) -> None:
        self._next = itertools.count()

    def __call__(self) -> str:
        return f"op-{next(self._next)}"


class StillClock(ManualClock):
    """Time that stands still, for both ways look at it a different number of times."""

    def now(self) -> Any:
        return self.wall


def _stamps() -> Stamps:
    return Stamps(StillClock(), operation_id=Numbers())


def _state(db: Db) -> dict[str, Any]:
    """All that is kept, free of ids of operations and of the order of lanes."""
    columns = [row[1] for row in db.rows("PRAGMA table_info(entity)") if row[1] != "edited"]
    entities = [
        (*row[:-1], json.loads(row[-1] or "null"))
        for row in db.rows(f"SELECT {', '.join(columns)}, edited FROM entity ORDER BY pk")
    ]
    lanes: dict[str, list[Any]] = {}
    for row in db.rows(
        "SELECT lane, verb, payload, base_fields, state, attempts, next_at, last_error, created_at"
        " FROM outbox ORDER BY op_seq"
    ):
        lanes.setdefault(row[0], []).append(
            (row[1], json.loads(row[2]), json.loads(row[3]), *row[4:])
        )
    return {
        "entities": entities,
        "lanes": lanes,
        "documents": [(pk, json.loads(doc)) for pk, doc in db.rows("SELECT * FROM document")],
        "found": db.rows("SELECT rowid FROM listing_fts WHERE listing_fts MATCH 'other OR more'"),
        "waits": db.rows("SELECT count(*) FROM outbox_dep"),
    }


def _outcomes(outcomes: list[Outcome]) -> list[Any]:
    return [
        (
            one.listing_id,
            one.done and (json.loads(one.done.before), json.loads(one.done.after)),
            one.left,
        )
        for one in outcomes
    ]


class _TakeBack(Exception):
    """Ends a transaction of which nothing is to stay."""


def _run(store: Store, rounds: list[list[RowChange]], *, at_once: bool) -> list[Any]:
    """What came of each round and how the store stood then; nothing of it stays."""
    found: list[Any] = []
    checker, stamps = CellChecker(), _stamps()

    def work(tx: Tx) -> None:
        for changes in rounds:
            wanted = [checker.wanted(one)[0] for one in changes]
            outcomes = (
                change_many(tx, wanted, stamps)
                if at_once
                else [change_fields(tx, one, stamps) for one in wanted]
            )
            derive_touched(tx)
            assert check_invariants(tx, Staging(store.path.parent / "staging")) == ()
            found.append((_outcomes(outcomes), _state(tx)))
        raise _TakeBack

    with pytest.raises(_TakeBack):
        store.write(work)
    return found


def fields(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.sampled_from(VALUES[name]) for name in names})


SOME = st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True).flatmap(
    fields
)


ONE = st.sampled_from(sorted(VALUES)).map(lambda name: [name])


def changes(ids: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[RowChange]]:
    change = st.builds(RowChange, st.sampled_from(ids), values, st.one_of(st.just({}), values))
    return st.lists(change, min_size=1, max_size=20)


@pytest.fixture
def store(lanes: Lanes) -> Iterator[Store]:
    store = Store(lanes.folder / "store.sqlite", derive_touched)
    yield store
    store.close()


@given(data=st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_ways_leave_the_same_store(lanes: Lanes, store: Store, data: st.DataObject) -> None:
    # Sets of one field, the same of all listings, go a way of their own.
    of_one = ONE.flatmap(lambda names: changes(lanes.ids, fields(names)))
    several = st.one_of(changes(lanes.ids, SOME), of_one)
    rounds = data.draw(st.lists(several, min_size=1, max_size=2))
    assert _run(store, rounds, at_once=True) == _run(store, rounds, at_once=False)


@pytest.mark.parametrize("name", sorted(VALUES))
def test_both_ways_give_every_listing_the_same_value(lanes: Lanes, store: Store, name: str) -> None:
    rounds = [[RowChange(one, {name: value}) for one in lanes.ids] for value in VALUES[name]]
    assert _run(store, rounds, at_once=True) == _run(store, rounds, at_once=False)


def test_documents_are_written_as_the_store_writes_them(lanes: Lanes, store: Store) -> None:
    values = {name: several[1] for name, several in VALUES.items()}
    changes = [RowChange(one, values) for one in lanes.ids]
    assert _written(store, changes, at_once=True) == _written(store, changes, at_once=False)


def _written(store: Store, changes: list[RowChange], *, at_once: bool) -> list[str]:
    texts: list[str] = []
    checker, stamps = CellChecker(), _stamps()
    wanted = [checker.wanted(one)[0] for one in changes]

    def work(tx: Tx) -> None:
        if at_once:
            change_many(tx, wanted, stamps)
        else:
            for one in wanted:
                change_fields(tx, one, stamps)
        for row in tx.rows(f"SELECT doc, edited FROM {documents.LISTED} ORDER BY e.pk"):
            texts.extend(row)
        raise _TakeBack

    with pytest.raises(_TakeBack):
        store.write(work)
    return texts


def test_a_value_the_server_has_takes_the_edit_away(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Server())
    one = desk.published()
    sets = ChangeSets(desk.store, desk.staging, _stamps())
    for price in (5, 9.99):
        sets.apply("Price", SetKind.BULK, [RowChange(one, {"price": price})])
    assert desk.reads.operations(0) == []
    assert lane_parts.server_time(desk.reads.listing(one).document)
    desk.close()

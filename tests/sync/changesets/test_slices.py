"""What is decided ahead of time leaves the very store that one slice after the other does."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda_desktop.errors import Cancelled, NotFound
from koda_desktop.runtime.work import CancelToken, Progress
from koda_desktop.sync import entities, outbox
from koda_desktop.sync.changesets import records, slicing
from koda_desktop.sync.changesets.applying import Applying, Written
from koda_desktop.sync.changesets.cells import CellChecker
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import (
    Change,
    DropDraft,
    Publish,
    RowChange,
    SetKind,
    Withdraw,
)
from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx
from tests.sync.desk import Desk, ManualClock
from tests.sync.fake_marketplace import Server

PRICES = (1, 2.5, 9.99)


class _TakeBack(Exception):
    """Ends a transaction of which nothing is to stay."""


class StillClock(ManualClock):
    def now(self) -> Any:
        return self.wall


@dataclass
class Shop:
    """A store with listings in several states; each run begins with the same one."""

    desk: Desk
    ids: list[str]

    def run(self, changes: list[Change], size: int) -> list[Any]:
        """What came of ``changes`` in slices of ``size``, and how the store stood then."""
        numbers = itertools.count()
        stamps = Stamps(StillClock(), operation_id=lambda: f"op-{next(numbers)}")
        applying = Applying(self.desk.store.read, self.desk.staging, stamps, CellChecker())
        found: list[Any] = []

        def work(tx: Tx) -> None:
            set_id = records.begin(tx, "Set", SetKind.BULK, "ada", stamps.now())
            written = applying.write(tx, set_id, changes)
            found.extend((_told(written), records.rows(tx, set_id, 0, 1_000), self._state(tx)))
            raise _TakeBack

        with patch.object(slicing, "SLICE", size), pytest.raises(_TakeBack):
            self.desk.store.write(work)
        return found

    def _state(self, tx: Tx) -> list[Any]:
        listings = [_listing(tx, one) for one in self.ids]
        # The order of lanes is no part of it, nor are the ids of their operations.
        waiting = sorted(
            (one.lane, one.verb, repr(one.payload), repr(one.base), one.state)
            for one in outbox.every(tx)
        )
        return [listings, waiting]


def _told(written: Written) -> tuple[Any, ...]:
    return written.changed, written.same, written.left


def _listing(tx: Tx, listing_id: str) -> Any:
    try:
        return entities.find(tx, listing_id).document
    except NotFound:
        return None


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    desk = Desk(tmp_path_factory.mktemp("shop"), Server())
    ids = [desk.published(title=f"P {n}", price=1) for n in range(4)]
    desk.commands.edit(ids[0], {"price": 2.5})
    ids += [desk.draft(), desk.draft()]
    yield Shop(desk, ids)
    desk.close()


PLACES = st.integers(0, 5)
VALUES = st.sampled_from((*PRICES, ABSENT))
SOME = st.one_of(
    st.fixed_dictionaries({"price": VALUES}),
    st.fixed_dictionaries({"title": st.sampled_from(("P 1", "Other", ""))}),
)
GUARD = st.fixed_dictionaries({}, optional={"price": st.sampled_from(PRICES)})
KINDS: st.SearchStrategy[type[Publish | Withdraw | DropDraft]] = st.sampled_from(
    (Publish, Withdraw, DropDraft)
)


@st.composite
def change(draw: st.DrawFn, ids: list[str]) -> Change:
    listing = ids[draw(PLACES)]
    if draw(st.integers(0, 9)) == 0:
        return draw(KINDS)(listing)
    return RowChange(listing, draw(SOME), draw(GUARD))


@given(data=st.data(), size=st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_slices_decided_ahead_leave_the_same_store(
    shop: Shop, data: st.DataObject, size: int
) -> None:
    changes = data.draw(st.lists(change(shop.ids), min_size=size, max_size=16))
    assert shop.run(changes, size) == shop.run(changes, 1_000)


def test_a_listing_that_comes_again_is_guarded_by_what_was_written_before(shop: Shop) -> None:
    one, other = shop.ids[1:3]
    changes: list[Change] = [
        RowChange(one, {"price": 5}, {"price": 1}),
        RowChange(other, {"price": 5}, {"price": 1}),
        RowChange(one, {"price": 6}, {"price": 1}),
        RowChange(other, {"price": 7}, {"price": 5}),
    ]
    (changed, _, left), rows, _ = shop.run(changes, 1)
    assert changed == 3
    assert [(cell.listing_id, cell.field) for cell in left] == [(one, "price")]
    assert [(row.listing_id, row.before, row.after) for row in rows] == [
        (one, {"price": 1}, {"price": 5}),
        (other, {"price": 1}, {"price": 5}),
        (other, {"price": 5}, {"price": 7}),
    ]


def test_stopping_between_slices_leaves_no_thread_and_nothing_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Server())
    ids = [desk.published(price=1) for _ in range(3)]
    sets = ChangeSets(desk.store, desk.staging, desk.parts.stamps, "ada")
    cancel, seen = CancelToken(), list[Progress]()

    def stop(progress: Progress) -> None:
        seen.append(progress)
        cancel.cancel()

    changes = [RowChange(one, {"price": 2}) for one in ids]
    with patch.object(slicing, "SLICE", 1), pytest.raises(Cancelled):
        sets.apply("Set", SetKind.BULK, changes, cancel=cancel, progress=stop)
    assert seen == [Progress(1, 3)]
    assert [desk.reads.listing(one).document["price"] for one in ids] == [1, 1, 1]
    assert not [one for one in threading.enumerate() if one.name.startswith("koda-ahead")]
    desk.close()


def test_a_fault_of_what_is_read_ahead_leaves_nothing_written(shop: Shop) -> None:
    def changes() -> Iterator[Change]:
        yield RowChange(shop.ids[1], {"price": 2})
        raise NotFound("The source is gone.")

    sets = ChangeSets(shop.desk.store, shop.desk.staging, shop.desk.parts.stamps, "ada")
    before = sets.listed(50)
    with patch.object(slicing, "SLICE", 1), pytest.raises(NotFound):
        sets.apply("Set", SetKind.BULK, changes())
    assert shop.desk.reads.listing(shop.ids[1]).document["price"] == 1
    assert sets.listed(50) == before


def test_an_undo_over_many_slices_gives_everything_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Server())
    ids = [desk.published(price=1) for _ in range(5)]
    sets = ChangeSets(desk.store, desk.staging, desk.parts.stamps, "ada")
    with patch.object(slicing, "SLICE", 2):
        done = sets.apply("Set", SetKind.BULK, [RowChange(one, {"price": 2}) for one in ids])
        desk.commands.edit(ids[2], {"price": 3})
        undone = sets.undo(done.set_id)
    assert (undone.changed, len(undone.left)) == (4, 1)
    assert [desk.reads.listing(one).document["price"] for one in ids] == [1, 1, 3, 1, 1]
    desk.close()

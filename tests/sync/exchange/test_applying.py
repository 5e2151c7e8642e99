from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.errors import Cancelled, InputError
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import ChangeSetResult, SetKind
from koda_desktop.sync.exchange.applying import apply_plan
from koda_desktop.sync.exchange.plan import Kind
from koda_desktop.sync.exchange.report import write_report
from koda_desktop.sync.rows import ListingState
from koda_desktop.sync.stamps import Stamps
from koda_desktop.tables.opening import open_table
from tests.sync.desk import Desk
from tests.sync.exchange.support import exported, listing, planned, put, rows_of, written


class Taking:
    """Takes files in on one computer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.stamps = Stamps(desk.clock)
        self.sets = ChangeSets(desk.store, desk.staging, self.stamps)

    def take(self, path: Path, cancel: CancelToken | None = None) -> ChangeSetResult:
        with planned(self.desk, path) as plan:
            return apply_plan(self.sets, self.stamps, plan, cancel=cancel)


@pytest.fixture
def taking(desk: Desk) -> Taking:
    return Taking(desk)


def test_a_file_is_taken_in_as_one_named_set_and_twice_is_nothing(
    taking: Taking, tmp_path: Path
) -> None:
    ids = put(taking.desk, listing(title="A"), listing(title="B"))
    header = ["id", "title", "price", "category", "tags"]
    path = written(
        tmp_path,
        header,
        [ids[0], "", "12,50", "", ""],
        [ids[1], "B two", "", "sales", "x, y"],
        ["", "C", "0", "Other", ""],
        name="prices.csv",
    )
    done = taking.take(path)
    assert (done.name, done.changed, done.left) == ("Import of prices.csv", 3, ())
    assert taking.sets.listed(5)[0].kind is SetKind.IMPORT
    first = taking.desk.reads.listing(ids[0])
    assert first.document["price"] == 12.5
    assert first.row.state is ListingState.WAITING
    assert first.pending_fields == ("price",)
    assert taking.desk.reads.listing(ids[1]).document["tags"] == ["x", "y"]
    with planned(taking.desk, path) as plan:
        assert {kind: n for kind, n in plan.counts.items() if n} == {Kind.SAME: 3}
        assert apply_plan(taking.sets, taking.stamps, plan).set_id == 0
    taking.sets.undo()
    assert taking.desk.reads.listing(ids[0]).document["price"] == 9.99
    assert [row.kind for row in rows_of(taking.desk, path)] == [
        Kind.UPDATE,
        Kind.UPDATE,
        Kind.CREATE,
    ]


def test_a_new_listing_is_a_draft_that_says_what_it_lacks(taking: Taking, tmp_path: Path) -> None:
    taking.take(written(tmp_path, ["title", "price"], ["New one", "5"]))
    (row,) = (row for row in rows_of(taking.desk, written(tmp_path, ["title"], ["New one"])))
    detail = taking.desk.reads.listing(row.listing_id)
    assert detail.row.state is ListingState.DRAFT
    assert detail.document["_id"] == row.listing_id
    unmet = {gate.code for gate in taking.desk.reads.gates(row.listing_id) if not gate.is_met}
    assert unmet == {"document-valid", "file-staged"}


def test_nothing_is_taken_in_when_a_listing_changed_since_the_dry_run(
    taking: Taking, tmp_path: Path
) -> None:
    ids = put(taking.desk, listing(title="A"), listing(title="B"))
    path = written(tmp_path, ["id", "price"], [ids[0], "1"], [ids[1], "2"])
    with planned(taking.desk, path) as plan:
        taking.desk.commands.edit(ids[1], {"price": 7})
        with pytest.raises(InputError, match="1 listing was changed since"):
            apply_plan(taking.sets, taking.stamps, plan)
    assert taking.desk.reads.listing(ids[0]).document["price"] == 9.99
    assert taking.desk.reads.listing(ids[1]).document["price"] == 7


def test_a_field_that_the_row_does_not_touch_may_change_meanwhile(
    taking: Taking, tmp_path: Path
) -> None:
    (one,) = put(taking.desk, listing())
    with planned(taking.desk, written(tmp_path, ["id", "price"], [one, "1"])) as plan:
        taking.desk.commands.edit(one, {"title": "Another"})
        assert apply_plan(taking.sets, taking.stamps, plan).changed == 1
    assert taking.desk.reads.listing(one).document["title"] == "Another"


def test_taking_in_can_be_stopped_with_nothing_half_done(taking: Taking, tmp_path: Path) -> None:
    ids = put(taking.desk, *(listing(title=f"L {number}") for number in range(1500)))
    path = written(tmp_path, ["id", "price"], *([one, "1"] for one in ids))
    cancel = CancelToken()
    with planned(taking.desk, path) as plan:

        def stop(progress: object) -> None:
            cancel.cancel()

        with pytest.raises(Cancelled):
            apply_plan(taking.sets, taking.stamps, plan, cancel=cancel, progress=stop)
    assert all(taking.desk.reads.listing(one).document["price"] == 9.99 for one in ids[:3])
    assert taking.sets.listed(5) == []


def test_the_report_holds_what_was_not_taken_and_can_be_fed_in_again(
    taking: Taking, tmp_path: Path
) -> None:
    ids = put(taking.desk, listing(title="=A"), listing(title="B"), listing(title="C"))
    path = exported(taking.desk, tmp_path / "all.csv")
    with open_table(path) as table:
        header, rows = list(table.header), [list(record.cells) for record in table.records]
    by_id = {row[0]: row for row in rows}
    price, title = header.index("price"), header.index("title")
    by_id[ids[0]][price] = "1,234"
    by_id[ids[1]][title] = "B two"
    by_id[ids[2]][price] = "3"
    taking.desk.commands.edit(ids[2], {"description": "Changed meanwhile."})
    path = written(tmp_path, header, *(by_id[one] for one in ids), name="all.csv")

    report = tmp_path / "errors.csv"
    with planned(taking.desk, path) as plan:
        assert write_report(plan, report) == 2
        apply_plan(taking.sets, taking.stamps, plan)
    with open_table(report) as table:
        assert table.header == (*header, "error")
        records = {record.cells[0]: record.cells for record in table.records}
    assert set(records) == {ids[0], ids[2]}
    assert "thousands separators" in records[ids[0]][-1]
    assert "changed since the file was exported" in records[ids[2]][-1]

    mended = {one: list(cells) for one, cells in records.items()}
    mended[ids[0]][price] = "1234"
    mended[ids[2]][header.index("row_hash")] = ""
    mended[ids[2]][header.index("description")] = ""
    again = written(tmp_path, [*header, "error"], *mended.values(), name="again.csv")
    assert taking.take(again).changed == 2
    assert taking.desk.reads.listing(ids[0]).document["price"] == 1234
    third = taking.desk.reads.listing(ids[2]).document
    assert (third["price"], third["description"]) == (3, "Changed meanwhile.")
    with planned(taking.desk, again) as plan:
        assert write_report(plan, report) == 0

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.errors import Cancelled, UsageError
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.exchange.columns import Column, Reading, Use
from koda_desktop.sync.exchange.dry_run import dry_run
from koda_desktop.sync.exchange.mapping import proposed, recalled, remember, with_uses
from koda_desktop.sync.exchange.plan import Kind
from koda_desktop.sync.store import late_indexes
from tests.sync.desk import Desk
from tests.sync.exchange.support import exported, listing, planned, put, rows_of, written


def only(desk: Desk, folder: Path, header: str, *cells: str):  # type: ignore[no-untyped-def]
    rows = rows_of(desk, written(folder, header.split(), list(cells)))
    assert len(rows) == 1
    return rows[0]


def test_rows_are_matched_by_id_then_handle_then_title(desk: Desk, tmp_path: Path) -> None:
    ids = put(
        desk, listing(title="Send Invoices!"), listing(title="Été à Paris"), listing(title="Third")
    )
    path = written(
        tmp_path,
        ["id", "handle", "title", "price"],
        [ids[0], "nonsense", "", "1"],
        ["", "ete-a-paris", "", "2"],
        ["", "", "Third", "3"],
        ["", "unheard-of", "Fourth", "4"],
    )
    rows = rows_of(desk, path)
    assert [row.kind for row in rows] == [Kind.UPDATE] * 3 + [Kind.CREATE]
    assert [row.listing_id for row in rows] == [*ids, ""]
    assert [row.after for row in rows] == [
        {"price": 1},
        {"price": 2},
        {"price": 3},
        {"title": "Fourth", "price": 4},
    ]
    assert rows[0].before == {"price": 9.99}


def test_titles_are_found_while_their_index_is_left_out(desk: Desk, tmp_path: Path) -> None:
    ids = put(desk, listing(title="First"), listing(title="Second"))
    desk.store.write(late_indexes.leave_out)
    assert desk.store.read(late_indexes.missing) == late_indexes.NAMES
    path = written(tmp_path, ["title", "price"], ["Second", "1"], ["first", "2"], ["Third", "3"])
    rows = rows_of(desk, path)
    assert [row.listing_id for row in rows] == [ids[1], "", ""], "a title is meant as it is written"


def test_what_names_no_listing_or_several_is_refused(desk: Desk, tmp_path: Path) -> None:
    put(desk, listing(title="Twin"), listing(title="Twin"))
    path = written(
        tmp_path,
        ["id", "handle", "title", "price"],
        ["f" * 24, "", "", "1"],
        ["6,5E+23", "", "", "1"],
        ["", "", "", "1"],
        ["", "none", "", "1"],
        ["", "", "Twin", "1"],
        ["", "twin", "", "1"],
    )
    rows = rows_of(desk, path)
    assert {row.kind for row in rows} == {Kind.REFUSED}
    said = [row.reasons[""] for row in rows]
    assert "No listing has this id" in said[0]
    assert "turned this id into a number" in said[1]
    assert "names no listing" in said[2]
    assert "has no title" in said[3]
    assert "2 listings have this title" in said[4]
    assert "2 listings have this handle" in said[5]


def test_blank_and_absent_change_nothing_and_clear_empties(desk: Desk, tmp_path: Path) -> None:
    (one,) = put(desk, listing(previewImageUrl="https://example.com/a.png", metadata={"a": 1}))
    assert only(desk, tmp_path, "id title tags", one, "", " ").kind is Kind.SAME
    cleared = only(
        desk, tmp_path, "id tags preview_image_url metadata", one, "\\clear", " \\clear ", "\\clear"
    )
    assert cleared.after == {"tags": [], "previewImageUrl": None, "metadata": None}
    refused = only(desk, tmp_path, "id title price", one, "\\clear", "\\clear")
    assert set(refused.reasons) == {"title", "price"}


def test_each_wrong_cell_has_its_reason_and_the_row_is_refused_whole(
    desk: Desk, tmp_path: Path
) -> None:
    (one,) = put(desk, listing())
    row = only(
        desk,
        tmp_path,
        "id title price currency category version active metadata",
        one, "x" * 201, "1,234", "USD", "Nonsense", "01.02.2003", "perhaps", "[1]",
    )  # fmt: skip
    assert row.kind is Kind.REFUSED
    assert set(row.reasons) == {
        "title", "price", "currency", "category", "version", "active", "metadata",
    }  # fmt: skip
    assert "thousands separators" in row.reasons["price"]
    assert "into a date" in row.reasons["version"]
    assert row.reasons["category"] == "Choose one of the list."


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("9,99", None),
        ("9.99", None),
        ("12", 12),
        ("12,5", 12.5),
        ("€ 3", 3),
        ("0", 0),
    ],
)
def test_prices_as_people_write_them(desk: Desk, tmp_path: Path, text: str, price: object) -> None:
    (one,) = put(desk, listing())
    row = only(desk, tmp_path, "id price", one, text)
    assert row.after == ({} if price is None else {"price": price})


@pytest.mark.parametrize(
    "text",
    [
        "1,234",
        "1.234",
        "1.234,50",
        "1,234.50",
        "1 234,00",
        "1'234.00",
        "9.990",
        "Sep 99",
        "2026-01-03",
        "ten",
    ],
)
def test_prices_that_could_be_two_are_refused(desk: Desk, tmp_path: Path, text: str) -> None:
    (one,) = put(desk, listing())
    assert "price" in only(desk, tmp_path, "id price", one, text).reasons


def test_a_listing_that_changed_since_the_export_is_a_conflict(desk: Desk, tmp_path: Path) -> None:
    ids = put(desk, listing(title="A"), listing(title="B"))
    path = exported(desk, tmp_path / "a.csv")
    text = path.read_text(encoding="utf-8").replace("Sends them.", "Sends all.")
    path.write_text(text, encoding="utf-8")
    desk.commands.edit(ids[0], {"price": 12})
    rows = {row.listing_id: row for row in rows_of(desk, path)}
    assert rows[ids[0]].kind is Kind.CONFLICT
    assert rows[ids[0]].before == {"description": "Sends them.", "price": 12}
    assert rows[ids[1]].kind is Kind.UPDATE
    assert rows[ids[1]].after == {"description": "Sends all."}


def test_two_rows_for_one_listing_are_both_refused(desk: Desk, tmp_path: Path) -> None:
    ids = put(desk, *(listing(title=f"Listing {number}") for number in range(1, 4)))
    near = [[ids[0], "1"], [ids[1], "2"], [ids[0], "3"]]
    path = written(tmp_path, ["id", "price"], *near)
    assert [row.kind for row in rows_of(desk, path)] == [Kind.REFUSED, Kind.UPDATE, Kind.REFUSED]
    far = [[ids[0], "1"], *([ids[1], "2"] for _ in range(600)), [ids[2], "1"], [ids[0], "3"]]
    with planned(desk, written(tmp_path, ["id", "price"], *far)) as plan:
        assert plan.counts[Kind.REFUSED] == 602
        assert plan.counts[Kind.UPDATE] == 1
    new = written(tmp_path, ["title"], ["New"], ["New"], ["Other"])
    assert [row.kind for row in rows_of(desk, new)] == [Kind.REFUSED, Kind.REFUSED, Kind.CREATE]


SHOPIFY = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Tags",
    "Option1 Name",
    "Variant Price",
    "Image Src",
    "Status",
]


def test_a_file_of_shopify(desk: Desk, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        SHOPIFY,
        [
            "flow",
            "My flow",
            "<p>Sends <b>mail</b>.</p><ul><li>a</li><li>b</li></ul>",
            "Me",
            "n8n, mail",
            "Size",
            "19.90",
            "",
            "active",
        ],
        ["flow", "", "", "", "", "", "29.90", "x.png", ""],
        ["flow", "", "", "", "", "", "", "y.png", ""],
        ["other", "Other", "Plain & simple", "Me", "", "", "5", "", "archived"],
    )
    with planned(desk, path) as plan:
        rows = plan.rows()
        notes = " ".join(plan.notes)
        assert plan.columns.origin == "Shopify"
    assert [row.kind for row in rows] == [Kind.CREATE, Kind.CREATE]
    assert rows[0].after == {
        "title": "My flow",
        "description": "Sends **mail**.\n\n- a\n- b",
        "tags": ["n8n", "mail"],
        "price": 19.9,
        "active": True,
    }
    assert rows[1].after["description"] == "Plain & simple"
    assert rows[1].after["active"] is False
    assert "2 rows of further variants" in notes
    assert "Vendor" in notes


def test_a_file_of_gumroad(desk: Desk, tmp_path: Path) -> None:
    header = ["Name", "Permalink", "Description", "Price_cents", "Currency", "Published"]
    path = written(
        tmp_path, header,
        ["Flow", "flow", "<h2>What</h2>Text", "999", "eur", "true"],
        ["Paid in dollars", "usd", "Text", "5", "usd", "false"],
    )  # fmt: skip
    rows = rows_of(desk, path)
    assert rows[0].after == {
        "title": "Flow",
        "description": "## What\n\nText",
        "price": 9.99,
        "active": True,
    }
    assert rows[1].reasons.keys() == {"currency"}


def test_columns_are_chosen_and_remembered_for_a_header(desk: Desk, tmp_path: Path) -> None:
    (one,) = put(desk, listing(title="A"))
    header = ("What", "Betrag", "Notes")
    begun = proposed(header)
    assert begun.left_out == header
    with pytest.raises(UsageError):
        begun.check()
    chosen = with_uses(
        begun, {"What": Use(Column.TITLE), "Betrag": Use(Column.PRICE, Reading.CENTS)}
    )
    desk.store.write(lambda tx: remember(tx, chosen))
    assert desk.store.read(lambda db: recalled(db, header)) == chosen
    assert desk.store.read(lambda db: recalled(db, header[:2])) == proposed(header[:2])
    path = written(tmp_path, header, ["A", "1250", "x"])
    (row,) = rows_of(desk, path, chosen)
    assert (row.listing_id, row.after) == (one, {"price": 12.5})
    with pytest.raises(UsageError):
        with_uses(chosen, {"Notes": Use(Column.TITLE)}).check()
    with pytest.raises(UsageError):
        with_uses(chosen, {"Nowhere": Use(Column.TITLE)})


def test_a_dry_run_can_be_stopped(desk: Desk, tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    path = written(tmp_path, ["title"], ["A"])
    with pytest.raises(Cancelled):
        dry_run(desk.store, path, proposed(("title",)), cancel=cancel)


def test_a_listing_of_another_type_is_not_changed(desk: Desk, tmp_path: Path) -> None:
    (one,) = put(desk, listing(productType="Hologram"))
    assert only(desk, tmp_path, "id price", one, "1").kind is Kind.REFUSED
    assert only(desk, tmp_path, "id price", one, "9.99").kind is Kind.SAME

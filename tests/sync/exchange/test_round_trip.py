"""What is exported and read back changes nothing, whatever the documents hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda_desktop.sync.exchange.columns import EXPORTED, Column
from koda_desktop.sync.exchange.mapping import proposed
from koda_desktop.sync.exchange.plan import Kind
from koda_desktop.tables.opening import open_table
from koda_desktop.tables.rows import Format
from tests.sync.desk import Desk
from tests.sync.exchange.support import exported, listing, planned, put, rows_of
from tests.sync.fake_marketplace import Server
from tests.tables.test_round_trip import NASTY

WORDS = (*NASTY, "\\clear", "\\\\clear", " \\clear ", "12,50", "1,234.50", "Sep 99", "01.02.2003")
TEXTS = st.one_of(
    st.sampled_from(WORDS),
    st.text(
        st.characters(exclude_characters="\0\ufffe\uffff", exclude_categories=["Cs"]), max_size=20
    ),
)
PRICES = st.one_of(
    st.integers(0, 999_999),
    st.integers(0, 99_999_999).map(lambda minor: minor / 100),
    st.sampled_from([0.1 + 0.2, 9.990000000000002, 1e-9, {"$numberDecimal": "9.99"}, 12.0]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.fixed_dictionaries(
    {"title": TEXTS, "description": TEXTS, "price": PRICES},
    optional={
        "category": TEXTS,
        "tags": st.lists(TEXTS, max_size=4),
        "platform": TEXTS,
        "version": TEXTS,
        "active": st.booleans(),
        "previewImageUrl": st.none() | TEXTS,
        "metadata": st.none() | st.dictionaries(TEXTS, JSON, max_size=3),
        "productType": st.sampled_from(["Automation", "Hologram"]),
    },
)


def changes_nothing(desk: Desk, path: Path, number: int) -> None:
    with planned(desk, path) as plan:
        wrong = plan.rows((Kind.CREATE, Kind.UPDATE, Kind.CONFLICT, Kind.REFUSED))
        assert wrong == []
        assert plan.counts[Kind.SAME] == number


@pytest.mark.parametrize("kind", Format)
@given(documents=st.lists(DOCUMENTS, min_size=1, max_size=5), mark=st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_round_trip_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, kind: Format, documents: list[Any], mark: bool
) -> None:
    folder = tmp_path_factory.mktemp("round")
    desk = Desk(folder, Server())
    try:
        put(desk, *documents)
        path = exported(desk, folder / "out", kind, mark=mark)
        changes_nothing(desk, path, len(documents))
    finally:
        desk.close()


@pytest.mark.parametrize("kind", Format)
def test_every_nasty_text_survives_in_every_field(desk: Desk, tmp_path: Path, kind: Format) -> None:
    documents = [
        listing(title=text, description=text, tags=[text, "x"], category=text, version=text)
        for text in WORDS
    ]
    put(desk, *documents)
    path = exported(desk, tmp_path / "out", kind)
    changes_nothing(desk, path, len(documents))
    with open_table(path) as table:
        assert set(table.header) <= {column.value for column in EXPORTED}
        assert proposed(table.header).left_out == ()


def test_numbers_stay_numbers_and_formulas_become_texts(desk: Desk, tmp_path: Path) -> None:
    put(desk, listing(title="=HYPERLINK(1)", price=1234.5, tags=["-x"]))
    line = exported(desk, tmp_path / "a.csv").read_text("utf-8").splitlines()[1]
    assert ",'=HYPERLINK(1)," in line
    assert ",1234.5,EUR," in line
    assert ",'-x," in line
    text = exported(desk, tmp_path / "a.jsonl", Format.JSONL).read_text("utf-8")
    assert '"price": 1234.5' in text
    assert '"tags": ["-x"]' in text
    assert '"title": "=HYPERLINK(1)"' in text


def test_a_file_that_went_through_a_spreadsheet_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    """Semicolons, decimal commas, upper-case booleans, other line breaks, Windows-1252."""
    put(desk, listing(title="Café", description="One\r\ntwo", price=9.5))
    path = exported(desk, tmp_path / "a.csv", columns=EXPORTED)
    with open_table(path) as table:
        header, rows = table.header, [list(record.cells) for record in table.records]
    again = tmp_path / "again.csv"
    cells = [
        cell.replace("9.5", "9,50") if name == "price" else
        "WAHR" if name == "active" else
        cell.replace("\r\n", "\n")
        for name, cell in zip(header, rows[0], strict=True)
    ]  # fmt: skip
    lines = [";".join(header), ";".join(f'"{cell}"' for cell in cells)]
    again.write_bytes("\r\n".join(lines).encode("cp1252"))
    changes_nothing(desk, again, 1)


def test_a_text_like_the_word_that_empties_is_a_text(desk: Desk, tmp_path: Path) -> None:
    (one,) = put(desk, listing(tags=["\\clear"], previewImageUrl="\\\\clear"))
    columns = (Column.ID, Column.TAGS, Column.PREVIEW_IMAGE_URL)
    path = exported(desk, tmp_path / "a.csv", columns=columns)
    desk.commands.edit(one, {"tags": ["x"], "previewImageUrl": "https://example.com"})
    (row,) = rows_of(desk, path)
    assert row.after == {"tags": ["\\clear"], "previewImageUrl": "\\\\clear"}

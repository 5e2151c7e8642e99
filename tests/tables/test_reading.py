"""Files as people and other programs write them, down to bytes that are no table at all."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from koda_desktop.errors import InputError, KodaError, NotFound, TooLarge, UnreadableFile
from koda_desktop.tables.opening import open_table, read_table
from koda_desktop.tables.rows import WHOLE_ROW, Record, Table
from koda_desktop.tables.writing import write_table


def read(data: bytes | str, sheet: str = "") -> tuple[Table, list[Record]]:
    raw = data.encode() if isinstance(data, str) else data
    table = read_table(io.BytesIO(raw), sheet)
    return table, list(table.records)


def cells(data: bytes | str) -> list[list[str]]:
    return [record.cells for record in read(data)[1]]


PLAIN = "title,price\r\nCafé,9.99\r\n"


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (PLAIN.encode(), ""),
        (PLAIN.encode("utf-8-sig"), ""),
        (PLAIN.encode("utf-16"), "UTF-16"),
        (PLAIN.encode("utf-16-le"), "UTF-16"),
        (PLAIN.encode("utf-16-be"), "UTF-16"),
        (PLAIN.encode("utf-32"), "UTF-32"),
        (PLAIN.encode("cp1252"), "Windows-1252"),
    ],
)
def test_encodings_are_found_and_told(data: bytes, note: str) -> None:
    table, records = read(data)
    assert table.header == ("title", "price")
    assert [record.cells for record in records] == [["Café", "9.99"]]
    assert note in " ".join(table.notes)
    assert bool(table.notes) == bool(note)


def test_a_byte_that_is_no_character_is_a_fault_of_its_cell() -> None:
    _, records = read("title,price\nCafé,1\nx,2\n".encode("cp1252").replace(b"x", b"\x81"))
    assert records[0].faults == {}
    assert "could not be read" in records[1].faults[0]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(separator: str) -> None:
    rows = [["title", "price", "text"], ["A", "9,99", "a, b; c"], ["B", "1,50", "x\ty|z"]]
    lines = [separator.join(f'"{cell}"' for cell in row) for row in rows]
    assert cells("\n".join(lines)) == rows[1:]
    bare = separator.join(("title", "price")) + "\n" + separator.join(("A", "1")) + "\n"
    assert cells(bare) == [["A", "1"]]


def test_a_decimal_comma_does_not_make_the_comma_the_separator() -> None:
    assert cells("title;price\nA;9,99\nB;1,50\nC;2,00\n") == [
        ["A", "9,99"],
        ["B", "1,50"],
        ["C", "2,00"],
    ]


def test_excels_own_word_on_the_separator_is_taken() -> None:
    table, records = read("sep=;\r\ntitle,x;price\r\nA;1\r\n")
    assert table.header == ("title,x", "price")
    assert records == [Record(3, ["A", "1"])]


def test_lines_are_those_of_the_file() -> None:
    _, records = read('title,text\nA,"one\ntwo"\n\nB,"x\r\ny"\nC,z\n')
    assert [(record.line, record.cells[1]) for record in records] == [
        (2, "one\ntwo"),
        (5, "x\r\ny"),
        (7, "z"),
    ]


def test_ragged_rows() -> None:
    _, records = read("a,b,c\n1\n1,2,3,,\n1,2,3,4\n")
    assert records[0] == Record(2, ["1", "", ""])
    assert records[1] == Record(3, ["1", "2", "3"])
    assert "4 cells, the header 3" in records[2].faults[WHOLE_ROW]


def test_headers_that_repeat_or_are_missing() -> None:
    table, records = read("title,,title,\n1,2,3,4\n")
    assert table.header == ("title", "Column 2", "title (2)", "Column 4")
    assert any("more than one column “title”" in note for note in table.notes)
    assert records[0].cells == ["1", "2", "3", "4"]


def test_broken_quotation_marks_cost_one_row() -> None:
    _, records = read('a,b\n"x"y,2\n3,4\n')
    assert "quotation marks" in records[0].faults[WHOLE_ROW]
    assert records[1] == Record(3, ["3", "4"])


def test_a_quotation_mark_that_is_never_closed_is_told_where_it_begins() -> None:
    _, records = read('a,b\n1,2\n3,"4\n5,6\n')
    assert records[0].cells == ["1", "2"]
    assert (records[1].line, records[1].faults[WHOLE_ROW]) == (
        3,
        "A quotation mark is opened in this row and never closed.",
    )
    assert len(records) == 2


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b",,\n", b"{}\n{}\n"])
def test_an_empty_file_is_told(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(data)


def test_json_lines_with_bad_ones() -> None:
    lines = (
        '{"id": "a", "price": 9.9, "tags": ["x", "a, b"], "active": true}',
        "",
        "{broken",
        "[1]",
        '{"id": "b", "price": 10, "none": null, "more": {"k": [1]}}',
        '{"id": 1, "id": 2}',
        '{"id": "\\ud800"}',
        '{"price": NaN}',
        '{"price": 1e999}',
    )
    table, records = read("\n".join(lines))
    assert table.header == ("id", "price", "tags", "active", "none", "more")
    assert records[0].cells == ["a", "9.9", 'x, "a, b"', "true", "", ""]
    assert records[3].cells == ["b", "10", "", "", "", '{"k":[1]}']
    said = {record.line: record.faults.get(WHOLE_ROW, "") for record in records}
    assert said[3] == "This line is not valid JSON."
    assert said[4] == "This line is not a JSON object."
    assert "“id” stands in this line more than once" in said[6]
    assert said[7] == said[8] == "This line is not valid JSON."
    assert records[-1].cells[1] == "inf"


def book(path: Path) -> Workbook:
    return Workbook(str(path), {"strings_to_numbers": False})


def test_a_workbook_of_a_person(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    made = book(path)
    made.add_worksheet("Empty")
    sheet = made.add_worksheet("My listings")
    made.add_worksheet("Hidden").hide()
    for column, name in enumerate(("title", "price", "version", "note"), 2):
        sheet.write_string(3, column, name)
    day = made.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_string(4, 2, "007")
    sheet.write_number(4, 3, 9.99)
    sheet.write_datetime(4, 4, datetime.datetime(2003, 2, 1), day)  # noqa: DTZ001 - Excel has no zones
    sheet.write_number(6, 2, 7)
    sheet.write_formula(6, 3, "=1/0", None, "#DIV/0!")
    sheet.write_formula(6, 5, "=1+1", None, 2)
    sheet.merge_range("C8:D8", "both")
    made.close()
    with open_table(path) as table:
        records = list(table.records)
        assert table.header == ("title", "price", "version", "note")
        assert (table.sheet, table.sheets) == ("My listings", ("Empty", "My listings"))
        notes = " ".join(table.notes)
    assert "“Empty”" in notes
    assert "merged" in notes
    assert "Formulas" in notes
    assert records[0].line == 5
    assert records[0].cells[:2] == ["007", "9.99"]
    assert "into a date" in records[0].faults[2]
    assert (records[1].line, records[1].cells) == (7, ["7", "", "", "2"])
    assert records[1].faults == {1: "This cell holds an error of the spreadsheet."}
    assert records[2].cells == ["both", "", "", ""]
    with pytest.raises(InputError), open_table(path, "Nowhere"):
        pass
    with pytest.raises(UnreadableFile), open_table(path, "Empty"):
        pass


def test_a_cell_in_the_last_corner_is_refused_before_room_is_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    made = book(path)
    sheet = made.add_worksheet()
    sheet.write_string(0, 0, "title")
    sheet.write_string(1_048_575, 16_383, "far")
    made.close()
    with pytest.raises(TooLarge), open_table(path):
        pass


def test_other_kinds_of_files(tmp_path: Path) -> None:
    old = tmp_path / "old.xls"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    with pytest.raises(UnreadableFile, match="XLS format"), open_table(old):
        pass
    archive = tmp_path / "archive.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.txt", "a")
    with pytest.raises(UnreadableFile, match="damaged"), open_table(archive):
        pass
    with pytest.raises(UnreadableFile), open_table(tmp_path):
        pass
    with pytest.raises(NotFound), open_table(tmp_path / "none.csv"):
        pass


def sample(kind: str, folder: Path) -> bytes:
    from koda_desktop.tables.rows import Format

    path = folder / f"sample.{kind}"
    with write_table(path, Format(kind), ["id", "title"]) as writer:
        for number in range(5):
            writer.write([str(number), 'a, "b"\nc'])
    return path.read_bytes()


def walk(data: bytes) -> None:
    """Read whatever it is: rows or a KodaError, nothing else."""
    try:
        table, records = read(data)
    except KodaError:
        return
    width = len(table.header)
    assert len(set(table.header)) == width
    assert all(len(record.cells) == width for record in records)
    assert all(-1 <= place < width for record in records for place in record.faults)


@given(st.binary(max_size=400))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_rows_or_a_sentence(data: bytes) -> None:
    walk(data)


@given(
    st.text(alphabet="ab,;\t|\"'\r\n{}[]:=\ufeff\0", max_size=80),
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1252"]),
)
@settings(max_examples=400, deadline=None)
def test_any_text_is_rows_or_a_sentence(text: str, codec: str) -> None:
    walk(text.encode(codec, "replace"))


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
def test_damaged_files_are_rows_or_a_sentence(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = sample(kind, tmp_path)

    @given(st.data())
    @settings(max_examples=150, deadline=None)
    def damaged(data: st.DataObject) -> None:
        raw = bytearray(whole)
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(raw) - 1))
            raw[place] = data.draw(st.integers(0, 255))
        walk(
            bytes(raw[: data.draw(st.integers(1, len(raw)))])
            if data.draw(st.booleans())
            else bytes(raw)
        )

    damaged()


PARTS = (
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
)


def test_damaged_parts_of_a_workbook_are_rows_or_a_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(sample("xlsx", tmp_path))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}

    @given(st.sampled_from(PARTS), st.data())
    @settings(max_examples=150, deadline=None)
    def damaged(name: str, data: st.DataObject) -> None:
        raw = bytearray(parts[name])
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.integers(0, len(raw) - 1))
            raw[place] = data.draw(st.integers(0, 255))
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as book:
            for one, content in {**parts, name: bytes(raw)}.items():
                book.writestr(one, content)
        walk(made.getvalue())

    damaged()

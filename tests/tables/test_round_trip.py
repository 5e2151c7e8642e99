"""What is written is what is read, cell for cell, in every format."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda_desktop.errors import InputError
from koda_desktop.tables.opening import open_table
from koda_desktop.tables.rows import Format
from koda_desktop.tables.values import join_list, split_list
from koda_desktop.tables.writing import write_table

NASTY = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''=1", "'", "'a", "＝1",  # noqa: RUF001
    "007", "1e5", "1E+05", "9.99", "2026-01-03", "3/4", "TRUE", "true", "NULL",
    'a "quoted" word', '"', '""', ",", ";", "a,b;c\td|e", "a\nb", "a\r\nb", "a\rb", "\r", "\n",
    " ", "  lead", "trail  ", "\u00a0", "\u2028", "\ufeff", "é", "😀", "\U0001d54f", "مرحبا", "\\a",
    "_x000D_", "<b>&amp;</b>", "x" * 30_000, "\x0b", "\x1f", "\x7f", "sep=;",
    "{}", "[1]", "null",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30),
)


def through(
    kind: Format, header: list[str], rows: list[list[str]], *, mark: bool
) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        with write_table(path, kind, header, mark=mark) as writer:
            for row in rows:
                writer.write(row)
        with open_table(path) as table:
            places = [table.header.index(name) if name in table.header else -1 for name in header]
            found = []
            for record in table.records:
                assert not record.faults
                found.append([record.cells[place] if place >= 0 else "" for place in places])
        assert writer.left_out == 0
        assert list(Path(folder).iterdir()) == [path]
    return found


@pytest.mark.parametrize("kind", Format)
@given(
    rows=st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=8),
    mark=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_texts_come_back_as_they_were(kind: Format, rows: list[list[str]], mark: bool) -> None:
    # U+FFFE and U+FFFF are no characters of XML; test_writing shows what becomes of them.
    rows = [[re.sub("[\ufffe\uffff]", "", cell) for cell in row] for row in rows]
    numbered = [[str(number), *row] for number, row in enumerate(rows)]
    assert through(kind, ["id", "title", "text"], numbered, mark=mark) == numbered


@pytest.mark.parametrize("kind", Format)
def test_every_nasty_text_comes_back(kind: Format) -> None:
    rows = [[str(number), text] for number, text in enumerate(NASTY)]
    assert through(kind, ["id", "title"], rows, mark=False) == rows


@given(st.lists(TEXTS.filter(bool)))
def test_a_list_in_a_cell_comes_back(texts: list[str]) -> None:
    assert split_list(join_list(texts)) == texts


def test_a_list_is_split_as_people_write_it() -> None:
    assert split_list(' n8n,  email ,,"a, b" , c d,') == ["n8n", "email", "a, b", "c d"]
    assert split_list('"open') == ["open"]
    assert split_list("") == []


def stopped(path: Path, kind: Format) -> None:
    with write_table(path, kind, ["id"]) as writer:
        writer.write(["1"])
        raise InputError("Stopped.")


@pytest.mark.parametrize("kind", Format)
def test_a_file_that_was_not_finished_is_not_there(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "there" / "out"
    path.parent.mkdir()
    path.write_text("what stood there")
    with pytest.raises(InputError):
        stopped(path, kind)
    assert path.read_text() == "what stood there"
    assert list(path.parent.iterdir()) == [path]


FILLS = """
import resource, signal, sys
from pathlib import Path
from koda_desktop.errors import DiskFull
from koda_desktop.tables.rows import Format
from koda_desktop.tables.writing import write_table

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with write_table(Path(sys.argv[1]), Format(sys.argv[2]), ["id"]) as writer:
        for number in range(40_000):
            writer.write([f"{number} {hash(str(number))}"])
except DiskFull as fault:
    print(fault)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
@pytest.mark.parametrize("kind", Format)
def test_a_full_disk_is_told(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "there" / "out"
    path.parent.mkdir()
    path.write_text("what stood there")
    words = [sys.executable, "-c", FILLS, str(path), kind.value]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert "disk is full" in done.stdout, done.stderr
    assert "Exception ignored" not in done.stderr
    assert path.read_text() == "what stood there"
    assert list(path.parent.iterdir()) == [path]


def test_what_a_workbook_cannot_hold_is_left_blank_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    texts = ["\uffff", "x" * 32_768, "=" + "x" * 32_767, "😀" * 16_384, "_x005F_x000D_", "kept"]
    with write_table(path, Format.XLSX, ["id", "text"]) as writer:
        for number, text in enumerate(texts):
            writer.write([str(number), text])
    assert writer.left_out == 5
    with open_table(path) as table:
        assert [record.cells[1] for record in table.records] == ["", "", "", "", "", "kept"]

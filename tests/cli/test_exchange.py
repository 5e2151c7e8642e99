"""``koda export`` and ``koda import``, from the words typed to the exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Koda, write_workflow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


@pytest.fixture
def shop(koda: Koda, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Koda:
    """A workspace with two drafts."""
    monkeypatch.setenv("KODA_DATA_DIR", str(folder / "data"))
    assert koda("workspace", "add", "offline", "mine").code == 0
    for name, price in (("First", "9.99"), ("Second", "20")):
        path = write_workflow(folder / f"{name}.json", name=name)
        words = ("--price", price, "--category", "Sales", "--title", name, "--description", "Text.")
        assert koda("draft", path, *words, "--preview", "none").code == 0
    return koda


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_listings_go_out_and_come_back(shop: Koda, folder: Path) -> None:
    path = folder / "prices.csv"
    said = shop("--json", "export", "--out", path)
    assert said.record == {"file": str(path), "listings": 2, "leftOut": 0}
    rows = {row["title"]: row for row in table(path)}
    assert rows["First"]["price"] == "9.99"
    said = shop("import", path)
    assert said.code == 0
    assert "0 create, 0 update, 2 same, 0 conflict, 0 refused" in said.out
    assert "Nothing is to be changed" in said.err

    text = path.read_text("utf-8").replace(",9.99,", ',"12,50",')
    path.write_text(text, "utf-8")
    dry = shop("import", path, "--dry-run")
    assert dry.code == 0
    assert "price: 9.99 → 12.50" in dry.out
    done = shop("--json", "import", path)
    assert [record.get("kind") for record in done.records] == ["update", None, None]
    assert done.records[-1]["changed"] == 1
    assert done.records[-1]["name"] == "Import of prices.csv"
    assert shop("--json", "import", path).records[0]["counts"]["same"] == 2


def test_a_selector_and_columns_choose_what_goes_out(shop: Koda, folder: Path) -> None:
    path = folder / "some.csv"
    assert shop("export", "price:>10", "--out", path, "--columns", "title,price", "--bom").code == 0
    assert table(path) == [{"title": "Second", "price": "20"}]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    lines = folder / "all.jsonl"
    shop("export", "--out", lines)
    assert {json.loads(line)["price"] for line in lines.read_text("utf-8").splitlines()} == {
        9.99,
        20,
    }
    assert shop("export", "--out", folder / "a.xlsx").code == 0
    assert shop("export", "price:<", "--out", path).code == 1
    assert shop("export", "--out", folder / "a.txt").code == 2
    assert shop("export", "--out", path, "--columns", "nonsense").code == 2


def test_what_is_not_taken_in_is_said_and_reported(shop: Koda, folder: Path) -> None:
    path = folder / "wrong.csv"
    path.write_text("Name;Betrag;Text\nFirst;1.234,00;x\nSecond;5,00;y\n", "utf-8")
    uses = ("--map", "Betrag=price", "--map", "Text=description")
    dry = shop("import", path, "--dry-run", *uses)
    assert dry.code == 1
    assert "thousands separators" in dry.out
    assert not path.with_suffix(".errors.csv").exists()
    done = shop("import", path)
    assert done.code == 1
    assert "Listings changed: 1" in done.out
    (row,) = table(path.with_suffix(".errors.csv"))
    assert row["Name"] == "First"
    assert row["error"].startswith("price: Write the price without thousands separators")
    assert shop("import", path, "--map", "Betrag=nonsense").code == 2
    assert shop("import", path, "--map", "Nowhere=price").code == 2
    assert shop("import", folder / "none.csv").code == 1


def test_a_folder_is_pushed(shop: Koda, folder: Path) -> None:
    root = folder / "shop"
    write_workflow(root / "new.json", name="New one")
    (root / "koda-shop.csv").write_text("file_path,price\nnew.json,15\n", "utf-8")
    dry = shop("--json", "push", root, "--dry-run")
    assert dry.code == 0
    assert [record.get("kind") for record in dry.records] == ["new", None]
    done = shop("push", root)
    assert done.code == 0
    assert "+ new.json: New one" in done.out
    assert "Listings changed: 1 (“Folder shop”)" in done.out
    again = shop("--json", "push", root)
    assert again.record["counts"]["same"] == 1
    assert "15.00 EUR" in shop("listings", "New").out
    (root / "bad.json").write_text("{", "utf-8")
    assert shop("push", root).code == 1
    assert shop("push", folder / "nowhere").code == 1


def test_a_title_says_nothing_to_the_terminal(shop: Koda, folder: Path) -> None:
    path = folder / "odd.csv"
    path.write_text("title,price\n\x1b[31mRed\x07 \u202ederedro,5\n", "utf-8")
    said = shop("import", path, "--dry-run")
    assert "\\x1b[31mRed\\x07 \\u202ederedro" in said.out
    assert said.out.replace("\n", "").isprintable()
    assert shop("import", path).err.splitlines()[-1].startswith("1 row that was not taken in: ")

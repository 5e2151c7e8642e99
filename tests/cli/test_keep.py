"""``--keep``: what a seller may keep, on every command that makes a package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.workflows.removal_kinds import OPTIONAL
from tests.cli.conftest import Koda, write_broken
from tests.workflows.make.building import blueprint, module

HINT = "make-ui-hints"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    restore = {"expect": {"text": {"mode": "chose", "label": "#private"}}}
    document = blueprint(
        module(1, "slack:CreateMessage", mapper={"text": "hello"}, metadata={"restore": restore}),
        scheduling={"type": "indefinitely", "interval": 900},
        teamId=77,
    )
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def _restored(path: Path) -> Any:
    return json.loads(path.read_bytes())["flow"][0]["metadata"].get("restore")


def test_check_says_of_each_removal_whether_it_is_optional(koda: Koda, scenario: Path) -> None:
    removed = koda("check", "--json", scenario).record["removed"]
    assert {one["where"]: (one["kind"], one["optional"]) for one in removed} == {
        "scheduling": ("make-scheduling", True),
        "teamId": ("identity", False),
        "flow[0].metadata.restore": (HINT, True),
    }
    assert set(removed[0]) == {"where", "reason", "kind", "optional"}


def test_check_with_keep_reports_on_that_package(koda: Koda, scenario: Path) -> None:
    record = koda("check", "--json", "--keep", "make-scheduling", scenario).record
    assert [one["where"] for one in record["kept"]] == ["scheduling"]
    assert "scheduling" not in {one["where"] for one in record["removed"]}
    said = koda("check", scenario, "--keep", "make-scheduling").out
    assert "1 kept in the package: make-scheduling (1)" in said
    assert f"optional, --keep leaves them in: {HINT} (1)" in said


def test_children_keep_the_same(koda: Koda, scenario: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.json").write_bytes(scenario.read_bytes())
    said = koda("--json", "check", "--jobs", "2", "--keep", HINT, folder)
    assert [[one["kind"] for one in record["kept"]] for record in said.records] == [[HINT]] * 3


def test_scrub_keeps_what_is_asked_for_and_nothing_else(
    koda: Koda, scenario: Path, tmp_path: Path
) -> None:
    target = tmp_path / "clean.json"
    record = koda("--json", "scrub", scenario, "--keep", HINT, "--out", target).record
    assert _restored(target) == {"expect": {"text": {"mode": "chose"}}}
    assert "scheduling" not in json.loads(target.read_bytes())
    assert [one["kind"] for one in record["kept"]] == [HINT]
    again = koda("--json", "scrub", target, "--keep", HINT, "--in-place").record
    assert (again["removed"], again["written"]) == ([], False)


def test_several_kinds_and_pack(koda: Koda, scenario: Path, tmp_path: Path) -> None:
    words = ("--keep", f"{HINT},make-zone", "--keep", "make-scheduling")
    record = koda("--json", "pack", scenario, *words, "--out", tmp_path / "out").record
    assert (record["removed"], record["kept"]) == (2, 2)
    package = Path(record["package"])
    assert _restored(package)
    assert json.loads(package.read_bytes())["scheduling"]["interval"] == 900


@pytest.mark.parametrize("words", [(), ("--keep", HINT)])
def test_a_draft_keeps_what_is_asked_for(
    koda: Koda, scenario: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    data = ("--data-dir", tmp_path / "data")
    koda(*data, "workspace", "add", "offline", "mine")
    said = koda(*data, "draft", scenario, *words, "--price", "1", "--category", "Other")
    assert said.code == 0
    assert _staged_hint(tmp_path / "data") is bool(words)


def _staged_hint(data: Path) -> bool:
    """Whether a packaged file of the data folder holds the hint."""
    found = [path for path in data.rglob("*") if path.is_file() and path.stat().st_size < 100_000]
    return any(b'"mode": "chose"' in path.read_bytes() for path in found)


@pytest.mark.parametrize("command", ["check", "scrub", "pack"])
@pytest.mark.parametrize("kind", ["identity", "hints", ""])
def test_what_cannot_be_kept_is_refused_with_the_kinds(
    koda: Koda, scenario: Path, command: str, kind: str
) -> None:
    said = koda(command, scenario, "--keep", kind, *(["--out", "x"] * (command != "check")))
    assert said.code == 2
    assert all(one in said.err for one in OPTIONAL)


def test_a_file_that_cannot_be_read_keeps_nothing(koda: Koda, tmp_path: Path) -> None:
    record = koda("check", "--json", "--keep", HINT, write_broken(tmp_path / "a.json")).record
    assert record["kept"] == []

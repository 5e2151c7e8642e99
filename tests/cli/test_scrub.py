"""``koda scrub`` and ``koda pack``: what is written, where, and what is never written over."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from koda_desktop.cli import packing
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import SecretFinding
from tests.cli.conftest import Koda, write_broken, write_workflow

INSTANCE = {"meta": {"instanceId": "9c4e" * 16}, "id": "of-mine"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_workflow(tmp_path / "in" / "export.json", **INSTANCE)


def test_one_file_in_one_file_out(koda: Koda, export: Path, tmp_path: Path) -> None:
    before = export.read_bytes()
    target = tmp_path / "out" / "clean.json"
    said = koda("scrub", export, "--out", target)
    assert said.code == 0
    clean = json.loads(target.read_bytes())
    assert "id" not in clean
    assert clean["meta"] == {}
    assert [node["name"] for node in clean["nodes"]] == ["Start", "Ask"]
    assert export.read_bytes() == before
    assert "meta.instanceId: identifies your n8n instance (removed)" in said.out


def test_the_record_lists_what_was_taken_out(koda: Koda, export: Path, tmp_path: Path) -> None:
    record = koda("--json", "scrub", export, "--out", tmp_path / "clean.json").record
    assert record["written"] is True
    assert {removal["where"] for removal in record["removed"]} >= {"id", "meta.instanceId"}


def test_scrubbing_again_takes_nothing_more(koda: Koda, export: Path, tmp_path: Path) -> None:
    koda("scrub", export, "--out", tmp_path / "once.json")
    record = koda(
        "--json", "scrub", tmp_path / "once.json", "--out", tmp_path / "twice.json"
    ).record
    assert record["removed"] == []
    assert (tmp_path / "once.json").read_bytes() == (tmp_path / "twice.json").read_bytes()


def test_files_keep_their_names_in_a_folder(koda: Koda, export: Path, tmp_path: Path) -> None:
    twin = write_workflow(tmp_path / "other" / "export.json", **INSTANCE)
    third = write_workflow(tmp_path / "other" / "EXPORT.json", **INSTANCE)
    said = koda("--json", "scrub", export, twin, third, "--out", tmp_path / "out")
    assert said.code == 0
    names = [Path(record["out"]).name for record in said.records]
    assert names == ["export.json", "export-2.json", "EXPORT-3.json"]
    assert all(Path(record["out"]).is_file() for record in said.records)


@pytest.mark.parametrize("way", ["same", "other-name", "link", "folder"])
def test_an_input_is_never_written_over(koda: Koda, export: Path, tmp_path: Path, way: str) -> None:
    before = export.read_bytes()
    out = {
        "same": export,
        "other-name": export.parent / ".." / "in" / "export.json",
        "link": tmp_path / "link.json",
        "folder": export.parent,
    }[way]
    if way == "link":
        os.link(export, out)
    said = koda("scrub", export, "--out", out)
    assert said.code == 1
    assert "is not written over" in said.err
    assert export.read_bytes() == before


def test_in_place_writes_over_the_file_and_keeps_its_rights(koda: Koda, export: Path) -> None:
    export.chmod(0o600)
    assert koda("--json", "scrub", export, "--in-place").record["written"] is True
    assert "id" not in json.loads(export.read_bytes())
    assert export.stat().st_mode & 0o777 == 0o600
    again = koda("--json", "scrub", export, "--in-place").record
    assert again["written"] is False


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_in_place_follows_a_link(koda: Koda, export: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(export)
    assert koda("scrub", link, "--in-place").code == 0
    assert link.is_symlink()
    assert "id" not in json.loads(export.read_bytes())


@pytest.mark.parametrize(
    "words", [["--dry-run"], ["--dry-run", "--in-place"], ["--dry-run", "--out"]]
)
def test_a_dry_run_writes_nothing(
    koda: Koda, export: Path, tmp_path: Path, words: list[str]
) -> None:
    before = export.read_bytes()
    out = tmp_path / "clean.json"
    said = koda("scrub", export, *words, *([out] if words[-1] == "--out" else []))
    assert said.code == 0
    assert "would be removed" in said.out
    assert "meta.instanceId" in said.out
    assert export.read_bytes() == before
    assert not out.exists()


@pytest.mark.parametrize("words", [[], ["--in-place", "--out", "x.json"]])
def test_where_to_write_must_be_said_once(koda: Koda, export: Path, words: list[str]) -> None:
    assert koda("scrub", export, *words).code == 2


def test_several_files_do_not_go_into_one(koda: Koda, export: Path, tmp_path: Path) -> None:
    other = write_workflow(tmp_path / "other.json")
    target = write_workflow(tmp_path / "there.json")
    assert koda("scrub", export, other, "--out", target).code == 2


def test_what_cannot_be_scrubbed_is_told_and_the_rest_goes_on(
    koda: Koda, export: Path, tmp_path: Path
) -> None:
    broken = write_broken(tmp_path / "broken.json")
    said = koda("--json", "scrub", broken, export, "--out", tmp_path / "out")
    assert said.code == 1
    assert "cannot be scrubbed" in said.records[0]["error"]["what"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["export.json"]


@pytest.mark.parametrize("command", ["scrub", "pack"])
def test_a_file_with_a_secret_is_refused(
    koda: Koda, export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    found = SecretFinding("API key", "nodes[1].parameters.url", "sk-…")

    def with_secret(path: Path, **more: str | None) -> object:
        return dataclasses.replace(inspect_path(path), secrets=(found,))

    monkeypatch.setattr(packing, "inspect_path", with_secret)
    said = koda(command, export, "--out", tmp_path / "out")
    assert said.code == 1
    assert "API key sk-… at nodes[1].parameters.url" in said.err
    assert not (tmp_path / "out").exists()


def test_pack_never_writes_over_an_input(
    koda: Koda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_workflow(tmp_path / "sample.json", **INSTANCE)
    name = Path(koda("--json", "pack", path, "--out", tmp_path / "out").record["package"]).name
    path = path.rename(tmp_path / name)
    before = path.read_bytes()
    packed = Path(koda("--json", "pack", path, "--out", tmp_path).record["package"])
    assert path.read_bytes() == before
    assert packed.name == f"{path.stem}-2{path.suffix}"

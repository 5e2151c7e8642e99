"""``koda revise`` and ``koda versions``."""

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry
from tests.cli.conftest import SECRET_LIKE, Koda, write_broken, write_workflow
from tests.workflows.building import node

FIRST = (node("Start"), node("Tell", "n8n-nodes-base.slack"))
SECOND = (node("Start"), node("Write", "n8n-nodes-base.gmail"))


@pytest.fixture
def listing(koda: Koda, tmp_path: Path) -> str:
    Registry(Paths(tmp_path).ensure()).add(WorkspaceInfo("shop", WorkspaceKind.OFFLINE))
    first = write_workflow(tmp_path / "first.json", *FIRST)
    words = ("--price", "5", "--category", "Sales", "--data-dir", tmp_path, "--json")
    return str(koda("draft", first, *words).record["id"])


def test_a_draft_gets_another_file_with_the_proposed_version(
    koda: Koda, tmp_path: Path, listing: str
) -> None:
    second = write_workflow(tmp_path / "second.json", *SECOND)
    looked = koda("revise", listing, second, "--dry-run", "--data-dir", tmp_path, "--json").record
    assert (looked["from"], looked["version"], looked["queued"]) == ("1.0.0", "1.1.0", False)
    assert "Adds Gmail." in looked["changelog"]
    said = koda("revise", listing, second, "--data-dir", tmp_path)
    assert (said.code, "1.0.0 → 1.1.0" in said.out) == (0, True)
    record = koda("versions", listing, "--data-dir", tmp_path, "--json").records[0]
    assert (record["version"], record["current"], record["here"]) == ("1.1.0", True, True)
    assert SECRET_LIKE not in said.out


def test_a_file_that_may_not_be_sold_changes_nothing(
    koda: Koda, tmp_path: Path, listing: str
) -> None:
    broken = write_broken(tmp_path / "broken.json")
    assert koda("revise", listing, broken, "--data-dir", tmp_path).code == 1
    shown = koda("show", listing, "--data-dir", tmp_path, "--json").record
    assert shown["version"] == "1.0.0"


def test_a_version_nobody_knows_is_told(koda: Koda, tmp_path: Path, listing: str) -> None:
    said = koda("versions", listing, "--back", "9.9.9", "--data-dir", tmp_path)
    assert said.code == 1
    assert "No version 9.9.9" in said.err

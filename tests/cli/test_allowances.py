"""``koda allowances``: listing what was allowed, and withdrawing it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from koda_desktop.workspace.allowances import Allowances
from tests.cli.conftest import Koda, write_workflow
from tests.views.fakes import StillClock
from tests.workflows.building import node

VALUE = "ghp_" + "q7Rk2Vx9Lm4Tz8Wb3Nc6Yd1Hf5Js0Gp2Aa4E"
DIGEST = hashlib.sha256(VALUE.encode()).hexdigest()
OTHER = hashlib.sha256(b"another demo key").hexdigest()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two allowed values."""
    folder = tmp_path / "data"
    folder.mkdir()
    allowances = Allowances(folder, StillClock())
    allowances.allow(DIGEST, "GitHub token", "of the docs", masked="ghp_…", seen="a.json, nodes[0]")
    allowances.allow(OTHER, "API key", "demo")
    return folder


def test_the_list_is_masked_and_cut(koda: Koda, data: Path) -> None:
    said = koda("--data-dir", data, "--json", "allowances", "list")
    first, second = said.records
    assert first["digest"] == DIGEST[:12]
    assert (first["kind"], first["reason"]) == ("GitHub token", "of the docs")
    assert (first["masked"], first["seen"]) == ("ghp_…", "a.json, nodes[0]")
    assert first["by"]
    assert second["seen"] == ""
    assert DIGEST not in said.out


def test_the_list_for_people(koda: Koda, data: Path) -> None:
    said = koda("--data-dir", data, "allowances", "list", "--query", "GITHUB docs")
    assert said.code == 0
    assert f"{DIGEST[:12]}  GitHub token  ghp_…" in said.out
    assert "first seen in a.json, nodes[0]" in said.out
    assert "API key" not in said.out
    nothing = koda("--data-dir", data, "allowances", "list", "--query", "nothing like it")
    assert (nothing.code, nothing.out) == (0, "")
    assert "No allowed value matches." in nothing.err


def test_a_withdrawn_value_blocks_again(koda: Koda, data: Path, tmp_path: Path) -> None:
    leak = node("Ask", parameters={"token": VALUE})
    file = write_workflow(tmp_path / "leak.json", node(), leak)
    assert koda("--data-dir", data, "check", file).code == 0
    said = koda("--data-dir", data, "allowances", "remove", DIGEST[:12])
    assert said.code == 0
    assert "1 allowance withdrawn. Files that hold this value are blocked again." in said.err
    assert koda("--data-dir", data, "check", file).code == 1
    assert [one.digest for one in Allowances(data, StillClock()).all()] == [OTHER]


def test_several_at_once_or_none(koda: Koda, data: Path) -> None:
    unknown = "0" * 12
    said = koda("--data-dir", data, "allowances", "remove", DIGEST[:8], unknown)
    assert said.code == 1
    assert unknown in said.err
    assert len(Allowances(data, StillClock()).all()) == 2
    both = koda("--data-dir", data, "--json", "allowances", "remove", DIGEST[:8], OTHER.upper())
    assert [record["digest"] for record in both.records] == [DIGEST[:12], OTHER[:12]]
    assert Allowances(data, StillClock()).all() == ()


@pytest.mark.parametrize("word", ["abc", "no-digest-at-all", "", "🙂" * 9])
def test_what_is_no_digest_is_a_wrong_use(koda: Koda, data: Path, word: str) -> None:
    assert koda("--data-dir", data, "allowances", "remove", word).code == 2
    assert len(Allowances(data, StillClock()).all()) == 2

"""``koda diff``: what is said of two versions, for people and for scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SECRET_LIKE, Koda, write_broken, write_workflow
from tests.workflows.building import node

OLD = (
    node("Start"),
    node("Ask", "n8n-nodes-base.httpRequest", parameters={"url": SECRET_LIKE, "method": "GET"}),
    node("Tell", "n8n-nodes-base.slack", credentials={"slackApi": {"id": "1", "name": "x"}}),
)
NEW = (
    node("Start"),
    node(
        "Ask",
        "n8n-nodes-base.httpRequest",
        parameters={"url": "elsewhere-entirely", "method": "GET"},
    ),
    node("Write", "n8n-nodes-base.gmail", credentials={"gmailOAuth2": {"id": "1", "name": "x"}}),
)


def test_what_changed_is_told_without_values(koda: Koda, tmp_path: Path) -> None:
    old = write_workflow(tmp_path / "old.json", *OLD)
    new = write_workflow(tmp_path / "new.json", *NEW)
    said = koda("diff", old, new)
    assert said.code == 0
    lines = said.out.splitlines()
    assert "  + step Write (Gmail)" in lines
    assert "  - step Tell (Slack)" in lines
    assert "  ~ step Ask: changed url" in lines
    assert "  + connection Ask → Write" in lines
    assert "  - connection Ask → Tell" in lines
    assert "  + credential gmailOAuth2" in lines
    assert "  - app Slack" in lines
    assert SECRET_LIKE not in said.out
    assert "elsewhere" not in said.out


def test_the_record_holds_the_same(koda: Koda, tmp_path: Path) -> None:
    old = write_workflow(tmp_path / "old.json", *OLD)
    new = write_workflow(tmp_path / "new.json", *NEW)
    record = koda("--json", "diff", old, new).record
    assert record["same"] is False
    assert record["nodes"]["added"] == [{"name": "Write", "type": "n8n-nodes-base.gmail"}]
    assert record["nodes"]["changed"] == [
        {"name": "Ask", "type": None, "disabled": None, "parameters": ["url"]}
    ]
    assert record["credentials"] == {"added": ["gmailOAuth2"], "removed": ["slackApi"]}
    assert SECRET_LIKE not in str(record)


def test_no_difference_is_done_too(koda: Koda, tmp_path: Path) -> None:
    old = write_workflow(tmp_path / "old.json", *OLD)
    said = koda("diff", old, old)
    assert said.code == 0
    assert "No difference" in said.out


def test_a_file_that_cannot_be_read_is_told(koda: Koda, tmp_path: Path) -> None:
    old = write_workflow(tmp_path / "old.json", *OLD)
    said = koda("--json", "diff", old, write_broken(tmp_path / "new.json"))
    assert said.code == 1
    assert "new.json cannot be compared" in said.record["error"]["what"]
    assert koda("diff", old, tmp_path / "gone.json").code == 1


@pytest.mark.parametrize(
    ("new", "level", "proposed"),
    [
        (OLD, "none", "1.4.2"),
        ((OLD[0], NEW[1], OLD[2]), "patch", "1.4.3"),
        ((*OLD, node("More", "n8n-nodes-base.set")), "minor", "1.5.0"),
        (NEW, "major", "2.0.0"),
    ],
)
def test_a_version_is_proposed_with_its_reasons(
    koda: Koda, tmp_path: Path, new: tuple[dict[str, Any], ...], level: str, proposed: str
) -> None:
    paths = [write_workflow(tmp_path / "a.json", *OLD), write_workflow(tmp_path / "b.json", *new)]
    version = koda("--json", "diff", *paths, "--from-version", "1.4.2").record["version"]
    assert (version["level"], version["proposed"]) == (level, proposed)
    assert version["reasons"]
    said = koda("diff", *paths, "--from-version", "1.4.2").out
    assert f"  version: {proposed}, " in said
    assert f"    {version['reasons'][0]}" in said.splitlines()


def test_a_version_that_is_none_is_refused(koda: Koda, tmp_path: Path) -> None:
    old = write_workflow(tmp_path / "old.json", *OLD)
    assert koda("diff", old, old, "--from-version", "newest").code == 2

"""The intake on flows people really published. Skipped where they are not at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from koda_desktop.workflows.inspect import inspect_path
from tests.workflows.scrubbed import assert_only_listed_changes, assert_scrubbed_once

_ROOT = Path(__file__).parents[3]
_FOLDER = Path(os.environ.get("KODA_REAL_WORKFLOWS") or _ROOT.parent / "shared" / "workflows")
_FILES = sorted((_FOLDER / "node-red").glob("*.json"))

pytestmark = pytest.mark.skipif(not _FILES, reason="no real workflow files here")


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_real_files_are_reported_and_scrubbed(path: Path) -> None:
    report = inspect_path(path)
    assert (report.platform, report.sub_kind) == ("Other", "node-red")
    assert report.confidence > 0.9
    assert report.publishable, report.problems
    assert report.proposal.title
    assert report.proposal.description
    assert report.setup_steps
    original = json.loads(path.read_bytes())
    ids = {n["id"] for n in original if n["type"] not in ("tab", "comment") and "wires" in n}
    assert report.node_count == len(report.graph.nodes) == len(ids)
    wires = [w for n in original for output in n.get("wires", []) for w in output if w in ids]
    assert sum(edge.kind == "main" for edge in report.graph.edges) == len(wires)
    assert_scrubbed_once(report)
    assert_only_listed_changes(report, json.loads(path.read_bytes()))


def test_the_folder_holds_what_these_tests_are_about() -> None:
    assert len(_FILES) >= 25

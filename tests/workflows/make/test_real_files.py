"""The intake on blueprints people really published. Skipped where they are not at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.make.shapes import modules
from tests.workflows.scrubbed import assert_only_listed_changes, assert_scrubbed_once

_ROOT = Path(__file__).parents[3]
_FOLDER = Path(os.environ.get("KODA_REAL_WORKFLOWS") or _ROOT.parent / "shared" / "workflows")
_FILES = sorted((_FOLDER / "make").glob("*.json"))

pytestmark = pytest.mark.skipif(not _FILES, reason="no real workflow files here")


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_real_files_are_reported_and_scrubbed(path: Path) -> None:
    report = inspect_path(path)
    assert (report.platform, report.sub_kind) == ("Make", "blueprint")
    assert report.confidence > 0.9
    assert report.publishable, report.problems
    assert report.proposal.title
    assert report.proposal.description
    assert report.setup_steps
    graph = report.graph
    text = path.read_text()
    assert report.node_count == len(graph.nodes) == text.count('"module":')
    assert_scrubbed_once(report)
    assert_only_listed_changes(report, json.loads(path.read_bytes()))


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_no_reference_to_the_account_stays(path: Path) -> None:
    report = inspect_path(path)
    assert report.packaged is not None
    names = {key for module in modules(json.loads(report.packaged.data))
             for part in ("parameters", "metadata") for key in module.get(part) or {}}  # fmt: skip
    gone = {"__IMTCONN__", "hook", "makeConnectionId", "auth", "key", "expect", "interface"}
    assert not names & gone
    assert b'.make.com"' not in report.packaged.data


def test_the_folder_holds_what_these_tests_are_about() -> None:
    assert len(_FILES) >= 25

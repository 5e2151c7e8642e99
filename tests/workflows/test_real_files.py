"""The intake on exports people really published. Skipped where they are not at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from koda_desktop.workflows.inspect import inspect_bytes, inspect_path
from koda_desktop.workflows.inspection import Inspection

_ROOT = Path(__file__).parents[2]
_FOLDER = Path(os.environ.get("KODA_REAL_WORKFLOWS") or _ROOT.parent / "shared" / "workflows")


def _files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((_FOLDER / folder).glob("*"))]


pytestmark = pytest.mark.skipif(not _FOLDER.is_dir(), reason="no real workflow files here")


def _name(path: Path) -> str:
    return path.name.encode("ascii", "replace").decode()


@pytest.mark.parametrize("path", _files("n8n"), ids=_name)
def test_real_n8n_exports(path: Path) -> None:
    report = inspect_path(path)
    original = json.loads(path.read_bytes())
    assert report.platform == "n8n"
    assert report.confidence > 0.9
    assert report.publishable, report.problems
    notes = sum(node["type"].endswith(".stickyNote") for node in original["nodes"])
    assert report.node_count == len(original["nodes"]) - notes
    assert report.proposal.title
    assert report.proposal.description
    _assert_clean(report, original)
    _assert_only_listed_changes(report, original)


def _assert_clean(report: Inspection, original: dict[str, object]) -> None:
    assert report.packaged is not None
    again = inspect_bytes(report.packaged.data, "again.json")
    assert (again.platform, again.removed) == ("n8n", ())
    assert again.packaged is not None
    assert again.packaged.data == report.packaged.data
    assert again.graph == report.graph
    assert again.fingerprint == report.fingerprint
    meta = original.get("meta")
    instance = meta.get("instanceId") if isinstance(meta, dict) else None
    assert not instance or instance.encode() not in report.packaged.data


def _assert_only_listed_changes(report: Inspection, original: object) -> None:
    """Every value that differs between the file and its package stands in the list."""
    assert report.packaged is not None
    listed = {removal.where for removal in report.removed}
    assert _differences(original, json.loads(report.packaged.data), "") == listed


def _differences(before: object, after: object, where: str) -> set[str]:
    if where.endswith(".workflowJson") and before != after:
        before, after = (json.loads(str(text).removeprefix("=")) for text in (before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        assert after.keys() <= before.keys()
        gone = {_step(where, key) for key in before.keys() - after.keys()}
        return gone.union(
            *(_differences(before[key], after[key], _step(where, key)) for key in after)
        )
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return set().union(*(_differences(a, b, f"{where}[{i}]") for i, (a, b) in pairs))
    return set() if before == after else {where}


def _step(where: str, key: str) -> str:
    plain = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    step = key if plain and not key[0].isdigit() else f'["{key}"]'
    return f"{where}.{step}" if where and not step.startswith("[") else where + step


def test_the_folder_holds_what_these_tests_are_about() -> None:
    assert len(_files("n8n")) >= 90
    assert len(_files("python")) >= 30

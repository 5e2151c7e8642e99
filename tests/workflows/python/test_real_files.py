"""Real scripts: all recognised, reported in full, packaged as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from koda_desktop.workflows.inspect import inspect_bytes, inspect_path

_ROOT = Path(__file__).parents[3]
_FOLDER = Path(os.environ.get("KODA_REAL_WORKFLOWS") or _ROOT.parent / "shared" / "workflows")
_FILES = sorted((_FOLDER / "python").glob("*")) if _FOLDER.is_dir() else []

pytestmark = pytest.mark.skipif(not _FILES, reason="no real Python files here")


def _name(path: Path) -> str:
    return path.name.encode("ascii", "replace").decode()


@pytest.mark.parametrize("path", _FILES, ids=_name)
def test_real_scripts(path: Path) -> None:
    report = inspect_path(path)
    assert (report.platform, report.sub_kind) == ("Python", "python")
    assert report.confidence >= 0.9
    assert report.proposal.title
    assert report.proposal.description
    assert report.triggers
    assert report.setup_steps
    assert not [p for p in report.problems if p.severity == "error"]
    assert report.packaged is not None
    assert report.packaged.data == path.read_bytes()
    unnamed = inspect_bytes(path.read_bytes(), "download")
    assert (unnamed.platform, unnamed.fingerprint) == ("Python", report.fingerprint)


@pytest.mark.parametrize("path", _FILES[::4], ids=_name)
def test_real_scripts_cut_anywhere_still_give_a_report(path: Path) -> None:
    data = path.read_bytes()
    for step in range(1, 24):
        report = inspect_bytes(data[: len(data) * step // 24], "cut.py")
        assert report.as_json()["problems"] is not None

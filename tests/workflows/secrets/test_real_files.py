"""The search on exports people really published: every alarm in them was looked at one by one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from koda_desktop.workflows.secrets import Findings, find_secrets

_ROOT = Path(__file__).parents[3]
_FOLDER = Path(os.environ.get("KODA_REAL_WORKFLOWS") or _ROOT.parent / "shared" / "workflows")
_PLATFORMS = {"n8n": "n8n", "make": "Make", "node-red": "Other", "python": "Python"}
_TRUE_FINDINGS: frozenset[tuple[str, str]] = frozenset()
"""File and place of what is a secret indeed: none of the shared files holds one."""

pytestmark = pytest.mark.skipif(not _FOLDER.is_dir(), reason="no real workflow files here")


def _searched(folder: str) -> dict[str, Findings]:
    found: dict[str, Findings] = {}
    for path in sorted((_FOLDER / folder).glob("*")):
        text = path.read_text(encoding="utf-8", errors="replace")
        content = json.loads(text) if path.suffix == ".json" else text
        found[path.name] = find_secrets(content, platform=_PLATFORMS[folder])
    return found


@pytest.mark.parametrize("folder", sorted(_PLATFORMS))
def test_no_false_alarm_on_real_files(folder: str) -> None:
    searched = _searched(folder)
    alarms = {(name, secret.where) for name, found in searched.items() for secret in found.secrets}
    assert searched
    assert alarms <= _TRUE_FINDINGS


def test_personal_data_in_real_files_is_told() -> None:
    told = {problem.code for found in _searched("n8n").values() for problem in found.personal}
    assert {"email-address", "local-address", "phone-number", "webhook-address"} <= told

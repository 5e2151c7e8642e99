"""What a command loads before it does anything: a heavy library costs every call."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import write_workflow

HEAVY = {
    "PySide6", "apsw", "boto3", "botocore", "httpx", "keyring", "pydantic", "pymongo", "qasync",
    "requests", "starlette", "stripe", "asyncio", "multiprocessing",
}  # fmt: skip
SCRIPT = """
import json, sys
from koda_desktop.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted({name.partition('.')[0] for name in sys.modules})]))
"""


def loaded_by(*words: str) -> tuple[int, set[str]]:
    command = [sys.executable, "-c", SCRIPT, *words]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    code, names = json.loads(out.splitlines()[-1])
    return code, set(names)


@pytest.mark.parametrize("command", ["--version", "--help", "check", "scrub", "draw", "diff"])
def test_nothing_heavy_is_loaded(command: str, tmp_path: Path) -> None:
    path = str(write_workflow(tmp_path / "a.json"))
    words = {
        "check": [path],
        "scrub": [path, "--dry-run"],
        "draw": [path, "--out", str(tmp_path / "a.svg")],
        "diff": [path, path],
    }.get(command, [])
    code, names = loaded_by(command, *words)
    assert code == 0
    assert names & HEAVY == set()

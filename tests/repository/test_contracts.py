"""The import contracts of pyproject.toml, each shown one file that breaks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository.source import ROOT

ROOMS = ("controllers", "gateway", "marketplace", "models", "runtime", "services", "sync", "views")

BREAKS = [
    ("floors", "sync/feed.py", "import koda_desktop.services"),
    ("floors", "models/user.py", "from koda_desktop.marketplace import rules"),
    ("floors", "errors.py", "import koda_desktop.runtime.clock"),
    ("floors", "controllers/page.py", "def f():\n    import koda_desktop.views.page"),
    ("floors", "new_room.py", "x = 1"),
    ("qt", "runtime/paths.py", "from PySide6.QtCore import QObject"),
    ("qt", "workspace.py", "import PySide6"),
    ("services", "marketplace/rules.py", "from bson.objectid import ObjectId"),
    ("services", "sync/feed.py", "import botocore.exceptions"),
    ("services", "gateway/server.py", "def f():\n    import stripe"),
    ("keyring", "sync/feed.py", "import keyring"),
    ("httpx", "gateway/server.py", "import httpx"),
    ("qasync", "views/page.py", "import qasync"),
]

ALLOWED = {
    "app.py": "import qasync\nfrom PySide6.QtWidgets import QLabel\nimport koda_desktop.views",
    "__main__.py": "import koda_desktop.app\nimport koda_desktop.main_job",
    "main_job.py": "import koda_desktop.app",
    "cli.py": "import koda_desktop.workspace",
    "workspace.py": "import koda_desktop.services.mongodb\nimport koda_desktop.sync.vault",
    "services/mongodb.py": "import pymongo\nimport bson\nimport koda_desktop.marketplace.rules",
    "services/s3.py": "import boto3\nfrom botocore.config import Config",
    "sync/vault.py": "import keyring\nimport koda_desktop.models.user",
    "sync/transfers/part.py": "import httpx",
    "sync/transfers/__init__.py": "",
    "gateway/client.py": "import httpx",
    "views/page.py": "from PySide6 import QtWidgets\nimport koda_desktop.controllers.page",
    "controllers/page.py": "from PySide6.QtCore import QObject\nimport koda_desktop.workspace",
    "marketplace/rules.py": "import koda_desktop.models.user",
    "models/user.py": "import koda_desktop.errors",
    "runtime/clock.py": "import koda_desktop.errors",
    "errors.py": "",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small house of the same rooms, in which everything that is allowed is done."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        (tmp_path / "koda_desktop" / room).mkdir(parents=True)
        (tmp_path / "koda_desktop" / room / "__init__.py").touch()
    (tmp_path / "koda_desktop" / "__init__.py").touch()
    for name, text in ALLOWED.items():
        (tmp_path / "koda_desktop" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "koda_desktop" / name).write_text(text)
    return tmp_path


def lint(house: Path, *contract: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from importlinter.cli import lint_imports_command as c; c(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-logo", "--no-cache", *contract],
        cwd=house,
        capture_output=True,
        text=True,
    )


def test_what_is_allowed_passes_every_contract(house: Path) -> None:
    run = lint(house)
    assert run.returncode == 0, run.stdout
    assert "6 kept, 0 broken" in run.stdout


@pytest.mark.parametrize(("contract", "name", "code"), BREAKS)
def test_a_broken_contract_is_seen(house: Path, contract: str, name: str, code: str) -> None:
    with (house / "koda_desktop" / name).open("a") as file:
        file.write(f"\n{code}\n")
    run = lint(house, "--contract", contract)
    assert run.returncode == 1
    assert "0 kept, 1 broken" in run.stdout

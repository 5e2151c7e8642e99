"""The command line in this process, and workflow files to try it on."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.cli import main
from tests.workflows.building import edges, node, workflow

SECRET_LIKE = "a-value-that-must-not-be-shown"


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def record(self) -> dict[str, Any]:
        (only,) = self.records
        return only


Koda = Callable[..., Said]


@pytest.fixture
def koda(capsys: pytest.CaptureFixture[str]) -> Koda:
    """Runs ``koda`` with the words given."""

    def run(*words: object) -> Said:
        capsys.readouterr()
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


def write_workflow(path: Path, *nodes: dict[str, Any], **more: Any) -> Path:
    """An n8n workflow of ``nodes``; by default a webhook that leads to a request."""
    listed = nodes or (
        node("Start"),
        node("Ask", "n8n-nodes-base.httpRequest", parameters={"url": SECRET_LIKE}),
    )
    names = [one["name"] for one in listed]
    connections = edges(*itertools.pairwise(names))
    document = workflow(*listed, connections=connections, **more)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), "utf-8")
    return path


def write_broken(path: Path) -> Path:
    """A file that cannot be published: cut off in the middle."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"nodes": [{"name": "Start"', "utf-8")
    return path

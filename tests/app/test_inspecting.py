"""Files are looked at by other processes once there are many, or a large one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from koda_desktop.app.inspecting import Inspectors
from koda_desktop.errors import LocalFault
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.kept import NOTHING_KEPT


def workflow(path: Path, steps: int = 1) -> Path:
    nodes = [
        {"name": f"Step {n}", "type": "n8n-nodes-base.set", "position": [n, 0], "parameters": {}}
        for n in range(steps)
    ]
    path.write_text(json.dumps({"name": path.stem, "nodes": nodes, "connections": {}}))
    return path


@pytest.fixture
def inspectors() -> Iterator[Inspectors]:
    made = Inspectors(frozenset, lambda: 0.0)
    yield made
    made.close()


def test_a_small_file_is_looked_at_here(inspectors: Inspectors, tmp_path: Path) -> None:
    path = workflow(tmp_path / "a.json")
    assert inspectors(path, NOTHING_KEPT) == inspect_path(path)
    assert not inspectors.processes


def test_a_large_file_and_one_of_many_get_a_process(inspectors: Inspectors, tmp_path: Path) -> None:
    large = workflow(tmp_path / "large.json", steps=900)
    assert inspectors(large, NOTHING_KEPT) == inspect_path(large)
    (process,) = inspectors.processes
    paths = [workflow(tmp_path / f"{number}.json") for number in range(12)]
    for path in paths:
        assert inspectors(path, NOTHING_KEPT) == inspect_path(path)
    assert inspectors.processes == [process]


def test_what_is_no_file_is_told_and_starts_nothing(inspectors: Inspectors, tmp_path: Path) -> None:
    (problem,) = inspectors(tmp_path / "gone.json", NOTHING_KEPT).problems
    assert problem.code == "file-missing"
    assert not inspectors.processes


def test_a_process_that_ends_costs_one_file(inspectors: Inspectors, tmp_path: Path) -> None:
    large = workflow(tmp_path / "large.json", steps=900)
    inspectors(large, NOTHING_KEPT)
    inspectors.processes[0].kill()
    with pytest.raises(LocalFault) as caught:
        inspectors(large, NOTHING_KEPT)
    assert "large.json" in caught.value.what
    assert inspectors(large, NOTHING_KEPT).node_count == 900


def test_closing_ends_the_processes(inspectors: Inspectors, tmp_path: Path) -> None:
    inspectors(workflow(tmp_path / "large.json", steps=900), NOTHING_KEPT)
    inspectors.close()
    assert not inspectors.processes

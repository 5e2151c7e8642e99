"""Two versions in one picture: what was added, removed and changed is marked, never a value."""

from __future__ import annotations

import json
from pathlib import Path

from koda_desktop.workflows.drawing.compared import compared_scene
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Inspection
from tests.cli.conftest import SECRET_LIKE, write_workflow
from tests.workflows.building import node

ASK = node("Ask", "n8n-nodes-base.httpRequest", parameters={"url": SECRET_LIKE})
OTHER = node("Ask", "n8n-nodes-base.httpRequest", parameters={"url": f"{SECRET_LIKE}-2"})


def seen(path: Path, *nodes: dict[str, object]) -> Inspection:
    return inspect_path(write_workflow(path, *nodes))


def test_each_step_and_edge_says_what_became_of_it(tmp_path: Path) -> None:
    old = seen(tmp_path / "old.json", node("Start"), ASK, node("Tell", "n8n-nodes-base.slack"))
    new = seen(tmp_path / "new.json", node("Start"), OTHER, node("Write", "n8n-nodes-base.gmail"))
    scene = compared_scene(old, new)
    marks = {box.name: box.mark and (box.mark.kind, box.mark.words) for box in scene.boxes}
    assert marks == {
        "Start": None,
        "Ask": ("changed", "changed url"),
        "Write": ("added", "added"),
        "Tell": ("removed", "removed"),
    }
    names = [box.name for box in scene.boxes]
    tones = {(names[wire.source], names[wire.target]): wire.tone for wire in scene.wires}
    assert tones == {
        ("Start", "Ask"): "main",
        ("Ask", "Write"): "added",
        ("Ask", "Tell"): "removed",
    }
    assert SECRET_LIKE not in repr(scene)


def test_a_step_that_has_the_name_of_a_removed_one_stands_beside_it(tmp_path: Path) -> None:
    old = seen(tmp_path / "old.json", node("Start"), node("Send", "n8n-nodes-base.slack"))
    new = seen(tmp_path / "new.json", node("Start"), node("Send", "n8n-nodes-base.gmail"))
    scene = compared_scene(old, new)
    kinds = sorted(box.mark.kind for box in scene.boxes if box.mark)
    assert kinds in (["changed"], ["added", "removed"])
    assert len({box.name for box in scene.boxes}) == len(scene.boxes)


def test_the_same_workflow_has_no_marks(tmp_path: Path) -> None:
    one = seen(tmp_path / "one.json", node("Start"), ASK)
    scene = compared_scene(one, one)
    assert [box.mark for box in scene.boxes] == [None, None]
    assert json.dumps([wire.tone for wire in scene.wires]) == '["main"]'

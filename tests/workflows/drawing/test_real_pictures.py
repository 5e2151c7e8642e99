"""Pictures of real exports: nothing covers anything, and edges stay clear of nodes."""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from koda_desktop.workflows.drawing.scene import Scene, build_scene
from koda_desktop.workflows.drawing.shapes import Occupied
from koda_desktop.workflows.drawing.svg import to_svg
from koda_desktop.workflows.inspect import inspect_path

_ROOT = Path(__file__).resolve().parents[3]
_FOLDER = Path(os.environ.get("KODA_REAL_WORKFLOWS") or _ROOT.parent / "shared" / "workflows")
FILES = sorted(
    path for room in ("n8n", "make", "node-red") for path in (_FOLDER / room).glob("*.json")
)

pytestmark = pytest.mark.skipif(not FILES, reason="no real workflows here")


@pytest.fixture(scope="module")
def scenes() -> dict[str, Scene]:
    found = {path.name: inspect_path(path) for path in FILES}
    return {name: build_scene(each.graph, each.name) for name, each in found.items()}


def test_no_label_covers_a_node_or_another_label(scenes: dict[str, Scene]) -> None:
    covering = []
    for name, scene in scenes.items():
        boxes = [box.rect for box in scene.boxes]
        labels = [box.label.area for box in scene.boxes]
        for number, label in enumerate(labels):
            nodes = (box for other, box in enumerate(boxes) if other != number)
            if any(label.meets(area) for area in (*nodes, *labels[:number])):
                covering.append((name, scene.boxes[number].name))
    assert covering == []


def test_no_edge_runs_through_a_node(scenes: dict[str, Scene]) -> None:
    through = []
    for name, scene in scenes.items():
        for wire in scene.wires:
            others = Occupied()
            for number, box in enumerate(scene.boxes):
                if number not in (wire.source, wire.target):
                    others.add(number, box.rect)
            if others.along(wire.path):
                through.append((name, scene.boxes[wire.source].name))
    assert through == []


def test_every_picture_is_well_formed_in_both_schemes(scenes: dict[str, Scene]) -> None:
    for scene in scenes.values():
        for dark in (False, True):
            assert len(ElementTree.fromstring(to_svg(scene, dark=dark))) > 4

"""What holds for the picture of any graph at all."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from math import isfinite
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import hypothesis
import pytest
from hypothesis import strategies as st

from koda_desktop.workflows.drawing.scene import Scene, build_scene
from koda_desktop.workflows.drawing.shapes import Rect
from koda_desktop.workflows.drawing.svg import to_svg
from koda_desktop.workflows.inspection import Edge, Graph
from tests.workflows.drawing.graphs import NAMES, graphs, node

ROOT = Path(__file__).resolve().parents[3]
SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "svg", "title", "desc", "defs", "pattern", "circle", "rect", "path", "polygon", "g", "text",
}  # fmt: skip


def rects(scene: Scene) -> list[Rect]:
    return [*(box.rect for box in scene.boxes), *(sheet.rect for sheet in scene.sheets)]


@hypothesis.given(graphs(), NAMES)
def test_everything_lies_in_the_frame_and_no_two_nodes_overlap(graph: Graph, title: str) -> None:
    scene = build_scene(graph, title)
    assert len(scene.boxes) == len(graph.nodes)
    frame = scene.frame.grown(0.01)
    assert all(isfinite(number) and number >= 0 for number in scene.frame)
    assert all(frame.holds(rect) for rect in rects(scene))
    assert all(frame.contains(point) for wire in scene.wires for point in wire.path.points())
    boxes = [box.rect.grown(-0.5) for box in scene.boxes]
    assert not any(a.meets(b) for i, a in enumerate(boxes) for b in boxes[:i])


@hypothesis.given(graphs(), NAMES, st.booleans())
def test_any_graph_is_well_formed_svg_without_active_or_outside_content(
    graph: Graph, title: str, dark: bool
) -> None:
    text = to_svg(build_scene(graph, title), dark=dark)
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            assert "href" not in name.lower()
            assert "url(" not in value or value.startswith("url(#g")
    assert root.findtext(f"{SVG}title", "").startswith("Diagram of ")


@hypothesis.given(graphs(), NAMES)
def test_the_same_graph_gives_the_same_picture(graph: Graph, title: str) -> None:
    first, again = build_scene(graph, title), build_scene(replace(graph), title)
    assert first == again
    assert to_svg(first) == to_svg(again)


@hypothesis.given(graphs())
def test_every_edge_between_two_nodes_is_drawn_once(graph: Graph) -> None:
    names = {node.name for node in graph.nodes}
    real = {edge for edge in graph.edges if edge.source in names and edge.target in names}
    assert len(build_scene(graph).wires) == len(real)


@hypothesis.settings(max_examples=6)
@hypothesis.given(st.randoms(use_true_random=False), st.booleans())
def test_250_nodes_with_places_or_without(chance: Random, placed: bool) -> None:
    count = 250
    nodes = tuple(
        node(f"n{i}", chance.uniform(0, 9000) if placed else None, chance.uniform(0, 6000))
        for i in range(count)
    )
    edges = tuple(
        Edge(f"n{chance.randrange(count)}", f"n{chance.randrange(count)}", "main")
        for _ in range(300)
    )
    scene = build_scene(Graph(nodes, edges))
    assert all(scene.frame.holds(box.rect) for box in scene.boxes)


DRAW = """
import hashlib
from pathlib import Path
from random import Random
from koda_desktop.workflows.drawing.scene import build_scene
from koda_desktop.workflows.drawing.svg import to_svg
from koda_desktop.workflows.inspect import inspect_path
for path in sorted(Path("resources/samples").glob("*.json")):
    found = inspect_path(path)
    placeless = [type(n)(n.name, n.type, n.label, None, n.disabled, n.is_trigger, n.kind)
                 for n in found.graph.nodes]
    bare = type(found.graph)(tuple(placeless), found.graph.edges, ())
    for graph in (found.graph, bare):
        print(hashlib.sha256(to_svg(build_scene(graph, found.name)).encode()).hexdigest())
"""


def test_two_processes_with_different_hash_seeds_draw_the_same_bytes() -> None:
    def drawn(seed: str) -> str:
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PATH": ""}
        done = subprocess.run(
            [sys.executable, "-c", DRAW], cwd=ROOT, env=environment, capture_output=True, text=True,
            check=True, timeout=60,
        )  # fmt: skip
        return done.stdout

    first = drawn("1")
    assert len(first.split()) >= 6
    assert first == drawn("2")


@pytest.mark.parametrize("count", [0, 1])
def test_no_nodes_and_one_node(count: int) -> None:
    scene = build_scene(Graph(tuple(node("Only step") for _ in range(count))))
    assert len(scene.boxes) == count
    assert scene.frame.width >= 96
    assert scene.frame.height >= 96

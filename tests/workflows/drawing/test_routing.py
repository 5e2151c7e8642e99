"""How edges run: around nodes, back along a lane, and dashed up to AI roots."""

from __future__ import annotations

from koda_desktop.workflows.drawing.scene import Scene, Wire, build_scene
from koda_desktop.workflows.drawing.shapes import Occupied
from koda_desktop.workflows.inspection import Edge, Graph
from tests.workflows.drawing.graphs import node


def crossed(scene: Scene, wire: Wire) -> set[str]:
    """Names of the nodes a wire runs through, its own ends aside."""
    others = Occupied()
    for number, box in enumerate(scene.boxes):
        if number not in (wire.source, wire.target):
            others.add(number, box.rect)
    return {scene.boxes[number].name for number, _ in others.along(wire.path)}


def test_an_edge_goes_around_the_node_in_its_way() -> None:
    nodes = (node("a", 0), node("b", 200), node("c", 400))
    scene = build_scene(Graph(nodes, (Edge("a", "c", "main"),)))
    assert crossed(scene, scene.wires[0]) == set()


def test_a_loop_back_goes_around_everything() -> None:
    nodes = tuple(node(f"s{i}", i * 200.0) for i in range(5))
    scene = build_scene(Graph(nodes, (Edge("s4", "s0", "main"), Edge("s2", "s2", "main"))))
    assert all(crossed(scene, wire) == set() for wire in scene.wires)


def test_an_edge_goes_further_out_where_the_near_ways_are_taken() -> None:
    column = [node(f"s{i}", (i % 3 - 1) * 30.0, i * 170.0) for i in range(8)]
    nodes = (node("goal", 20, -300), *column)
    for start in ("s4", "s7"):
        scene = build_scene(Graph(nodes, (Edge(start, "goal", "main"),)))
        assert crossed(scene, scene.wires[0]) == set()


def test_two_loops_back_do_not_share_a_lane() -> None:
    nodes = tuple(node(f"s{i}", i * 200.0) for i in range(5))
    scene = build_scene(Graph(nodes, (Edge("s4", "s0", "main"), Edge("s3", "s0", "main"))))
    lanes = []
    for wire in scene.wires:
        runs = [
            (abs(segment.end.x - start.x), segment.end.y)
            for start, segment in wire.path.pieces()
            if segment.end.y == start.y
        ]
        lanes.append(max(runs)[1])
    assert abs(lanes[0] - lanes[1]) > 5


def test_edges_leave_right_and_enter_left_with_an_arrow_on_the_border() -> None:
    scene = build_scene(Graph((node("a", 0), node("b", 300, 100)), (Edge("a", "b", "main"),)))
    a, b = (box.rect for box in scene.boxes)
    wire = scene.wires[0]
    assert wire.path.start == (a.right, a.center.y)
    assert wire.tip == (b.x, b.center.y)
    assert not wire.dashed


def test_the_second_output_is_the_lower_one_even_alone() -> None:
    scene = build_scene(
        Graph((node("if", 0), node("b", 300)), (Edge("if", "b", "main", output=1),))
    )
    assert scene.wires[0].path.start.y > scene.boxes[0].rect.center.y


def test_ai_edges_are_dashed_and_come_from_below_in_the_order_of_the_helpers() -> None:
    nodes = (node("agent", 0), node("tool", 200, 200), node("model", -40, 200))
    edges = (Edge("tool", "agent", "ai_tool"), Edge("model", "agent", "ai_languageModel"))
    scene = build_scene(Graph(nodes, edges))
    tool, model = scene.wires
    assert tool.dashed
    assert model.path.end.x < tool.path.end.x
    assert tool.path.end.y == scene.boxes[0].rect.bottom
    assert tool.path.start.y == scene.boxes[1].rect.y


def test_a_helper_below_another_is_led_around_it_and_its_name() -> None:
    nodes = (node("agent", 0), node("near", 300, 250), node("far", 300, 450))
    edges = (Edge("near", "agent", "ai_tool"), Edge("far", "agent", "ai_tool"))
    scene = build_scene(Graph(nodes, edges))
    assert [crossed(scene, wire) for wire in scene.wires] == [set(), set()]
    names = Occupied()
    names.add(0, scene.boxes[1].label.area)
    assert not names.along(scene.wires[1].path)


def test_a_helper_above_its_root_is_led_from_below_its_name() -> None:
    nodes = (node("model", 0, 0), node("agent", 0, 300))
    scene = build_scene(Graph(nodes, (Edge("model", "agent", "ai_languageModel"),)))
    model, agent = scene.boxes
    assert scene.wires[0].path.start.y > model.label.area.bottom
    assert scene.wires[0].path.end.y == agent.rect.y


def test_error_routes_have_a_tone_of_their_own() -> None:
    nodes = (node("a", 0), node("b", 300), node("c", 300, 200))
    scene = build_scene(Graph(nodes, (Edge("a", "b", "main"), Edge("a", "c", "error", output=1))))
    assert [wire.tone for wire in scene.wires] == ["main", "error"]

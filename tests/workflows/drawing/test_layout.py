"""Where nodes go: the platform's places where they make sense, else our own columns."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from koda_desktop.workflows.drawing.gaps import Squeeze
from koda_desktop.workflows.drawing.layering import layers_of, without_cycles
from koda_desktop.workflows.drawing.layout import lay_out
from koda_desktop.workflows.drawing.outline import Shape
from koda_desktop.workflows.drawing.scene import build_scene
from koda_desktop.workflows.drawing.shapes import Rect, growths
from koda_desktop.workflows.inspection import Edge, Graph, Note
from tests.workflows.drawing.graphs import chain, node


def placed(*places: tuple[float, float] | None) -> Graph:
    nodes = []
    for index, place in enumerate(places):
        x, y = place or (None, 0.0)
        nodes.append(node(f"s{index}", x, y))
    return Graph(tuple(nodes))


def test_sane_places_are_kept_to_the_unit() -> None:
    boxes = lay_out(placed((0, 0), (220, 0), (440, 160))).boxes
    assert [(box.x, box.y) for box in boxes] == [(0, 0), (220, 0), (440, 160)]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e9, -1e300])
def test_one_absurd_place_moves_that_node_and_no_other(bad: float) -> None:
    boxes = lay_out(placed((0, 0), (220, 0), (bad, 40), (440, 0))).boxes
    assert [boxes[n].x for n in (0, 1, 3)] == [0, 220, 440]
    assert boxes[2].y > 96
    assert boxes[2].x == 0


def test_all_in_one_place_are_laid_out_along_their_edges() -> None:
    graph = chain(4, step=0.0)
    lefts = [box.x for box in lay_out(graph).boxes]
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == 4


def test_of_two_nodes_in_one_place_among_many_the_second_moves_down() -> None:
    places = [(220.0 * i, 0.0) for i in range(9)]
    boxes = lay_out(placed(*places, places[3])).boxes
    assert [box.x for box in boxes[:9]] == [x for x, _ in places]
    assert boxes[9].x == boxes[3].x
    assert boxes[9].y > boxes[3].bottom


def test_nodes_set_too_close_for_our_size_are_spread_without_changing_their_order() -> None:
    boxes = lay_out(placed(*[(160.0 * (i % 4), 50.0 * (i // 4)) for i in range(12)])).boxes
    assert [box.y for box in boxes[:4]] == [boxes[0].y] * 4
    assert boxes[4].y >= boxes[0].bottom
    assert boxes[8].y - boxes[4].y == pytest.approx(boxes[4].y - boxes[0].y)
    assert boxes[1].x > boxes[0].right


def test_an_empty_stretch_shrinks_and_near_neighbours_keep_their_distance() -> None:
    boxes = lay_out(placed((0, 0), (220, 0), (90_000, 0), (90_220, 0))).boxes
    assert boxes[1].x - boxes[0].x == 220
    assert boxes[3].x - boxes[2].x == 220
    assert 300 < boxes[2].x - boxes[1].right < 500


def test_a_name_has_room_above_the_node_below() -> None:
    nodes = tuple(node(f"Step {i}", 0, i * 120.0) for i in range(8))
    boxes = build_scene(Graph(nodes)).boxes
    assert all(not a.label.area.meets(b.rect) for a, b in pairwise(boxes))


@pytest.mark.parametrize("down", [False, True])
def test_a_line_too_long_for_any_picture_is_folded(down: bool) -> None:
    def line(count: int) -> list[Rect]:
        places = [(0.0, 200.0 * i) if down else (220.0 * i, 0.0) for i in range(count)]
        return list(lay_out(placed(*places)).boxes)

    short, long = line(8), line(60)
    assert len({box.x if down else box.y for box in short}) == 1
    assert len({box.y for box in long}) > 1
    assert len({box.x for box in long}) > 1


def test_a_remark_stands_beside_nodes_and_other_remarks() -> None:
    graph = placed((0, 0), (220, 0), (440, 0))
    remarks = tuple(Note(f"Remark {i}. " + "words " * 20, (100.0, 20.0), None, "") for i in (1, 2))
    layout = lay_out(Graph(graph.nodes, (), remarks))
    (_, first), (_, second) = layout.notes
    assert not first.meets(second)
    assert not any(rect.meets(box) for rect in (first, second) for box in layout.boxes)


def test_an_area_still_holds_its_nodes_when_they_are_stretched_apart() -> None:
    places = [(160.0 * (i % 4), 50.0 * (i // 4)) for i in range(12)]
    area = Note("Part", (-20.0, -20.0), (700.0, 90.0), "")
    layout = lay_out(Graph(placed(*places).nodes, (), (area,)))
    _, rect = layout.notes[0]
    assert all(rect.holds(box) for box in layout.boxes[:8])
    assert not rect.meets(layout.boxes[8])


def test_an_area_on_the_platforms_own_grid_keeps_its_size() -> None:
    area = Note("Part", (-20.0, -20.0), (300.0, 60.0), "")
    layout = lay_out(Graph(placed((0, 0), (220, 0)).nodes, (), (area,)))
    assert layout.notes[0][1] == Rect(-20, -20, 300, 60)


def test_squeezing_keeps_order_and_leaves_gaps_within_the_limit_alone() -> None:
    squeeze = Squeeze([(0, 100), (350, 450), (5000, 5100)], 300)
    assert squeeze(350) == 350
    assert 750 <= squeeze(5000) <= 850
    assert squeeze(5100) - squeeze(5000) == 100


def test_cycles_and_self_loops_still_make_columns() -> None:
    edges = without_cycles(4, [(0, 1), (1, 2), (2, 0), (2, 2), (2, 3)])
    assert edges == [(0, 1), (1, 2), (2, 3)]
    assert layers_of(4, edges) == [0, 1, 2, 3]


def test_a_step_stands_right_of_all_steps_before_it() -> None:
    nodes = tuple(node(name) for name in "abcd")
    edges = [("a", "b"), ("b", "c"), ("a", "d"), ("c", "d")]
    boxes = lay_out(Graph(nodes, tuple(Edge(a, b, "main") for a, b in edges))).boxes
    assert boxes[3].x > boxes[2].x > boxes[1].x > boxes[0].x


def test_a_long_chain_is_folded_into_rows() -> None:
    boxes = lay_out(chain(40)).boxes
    rows = sorted({box.y for box in boxes})
    assert len(rows) >= 4
    for above, below in pairwise(rows):
        assert below >= above + 96
    firsts = [min(box.x for box in boxes if box.y == row) for row in rows]
    assert len(set(firsts)) == 1


def test_unconnected_parts_stand_clear_of_each_other() -> None:
    nodes = tuple(node(f"s{i}") for i in range(9))
    boxes = lay_out(Graph(nodes)).boxes
    assert len({(box.x, box.y) for box in boxes}) == 9
    assert len({box.y for box in boxes}) > 1


def test_ai_helpers_are_round_and_hang_below_their_wide_root() -> None:
    nodes = (node("in"), node("agent", kind="ai"), node("model", kind="ai-part"), node("tool"))
    edges = (
        Edge("in", "agent", "main"),
        Edge("model", "agent", "ai_languageModel"),
        Edge("tool", "agent", "ai_tool"),
    )
    layout = lay_out(Graph(nodes, edges))
    _, agent, model, tool = layout.boxes
    assert layout.outline.shapes == (Shape.SQUARE, Shape.WIDE, Shape.ROUND, Shape.ROUND)
    assert model.y > agent.bottom
    assert tool.y > agent.bottom
    assert tool.x > model.right


def test_growing_stops_before_two_boxes_meet() -> None:
    near, far = Rect(0, 0, 100, 100), Rect(500, 0, 100, 100)
    grown = growths([near, Rect(110, 0, 100, 100), far], 1.5)
    assert grown[0] == grown[1] < 1.1
    assert grown[2] == 1.5

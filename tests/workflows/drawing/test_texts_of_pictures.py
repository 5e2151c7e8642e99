"""What a picture says: labels cut to their room, the beginnings of notes, and nothing private."""

from __future__ import annotations

import json
from itertools import pairwise
from xml.etree import ElementTree

import hypothesis
import pytest
from hypothesis import strategies as st

from koda_desktop.workflows.drawing.badges import contrast_with_white
from koda_desktop.workflows.drawing.metrics import fitted, text_width, wrapped
from koda_desktop.workflows.drawing.note_texts import note_lines
from koda_desktop.workflows.drawing.palette import palette
from koda_desktop.workflows.drawing.scene import build_scene
from koda_desktop.workflows.drawing.shapes import Rect
from koda_desktop.workflows.drawing.svg import to_svg
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Edge, Graph, Note
from tests.workflows.drawing.graphs import node

AREA = Rect(0, 0, 300, 200)


@hypothesis.given(st.text(min_size=1), st.floats(30, 400))
def test_a_text_is_cut_to_its_width_or_to_one_character(text: str, width: float) -> None:
    cut = fitted(text, 14, width)
    assert cut
    assert text_width(cut, 14) <= width or len(cut) <= 2


@hypothesis.given(st.text(), st.integers(1, 4))
def test_lines_hold_the_words_in_order_and_are_no_more_than_asked_for(text: str, most: int) -> None:
    lines = wrapped(text, 14, 120, most)
    assert len(lines) <= most
    said = "".join("".join(lines).split()).removesuffix("…")
    assert "".join(text.split()).startswith(said.rstrip(" ,;:-"))


def test_a_cut_keeps_a_letter_and_its_accent_together() -> None:
    text = "e\u0301" * 30
    assert not fitted(text, 14, 100).removesuffix("…").endswith("e")


def test_a_long_word_is_broken_behind_a_sign_that_joins() -> None:
    assert wrapped("switch_on_the_bedroom_lights", 14, 110, 3) == (
        "switch_on_the_", "bedroom_lights",
    )  # fmt: skip
    assert "".join(wrapped("a-" + "b" * 60, 14, 110, 9)) == "a-" + "b" * 60


def test_labels_of_neighbours_do_not_touch() -> None:
    long = "A very long name that says everything there is to say about this step"
    nodes = tuple(node(f"{long} {i}", i * 200.0) for i in range(6))
    areas = [box.label.area for box in build_scene(Graph(nodes)).boxes]
    assert all(left.right < right.x for left, right in pairwise(areas))


def test_a_label_stays_clear_of_the_node_below() -> None:
    nodes = (node("Upper step with a long name here", 0, 0), node("Lower", 0, 124))
    upper, lower = build_scene(Graph(nodes)).boxes
    assert not upper.label.area.meets(lower.rect)


def test_a_note_shows_its_heading_and_the_beginning_of_its_text() -> None:
    lines = note_lines(
        "## Set up\nFirst **connect** your [account](https://a.test/x?k=1).", AREA, []
    )
    assert [line.text for line in lines] == ["Set up", "First connect your account."]
    assert lines[0].bold
    assert not lines[1].bold


@pytest.mark.parametrize("body", ["word " * 5000, "a line of words\n" * 500])
def test_a_long_note_is_capped(body: str) -> None:
    lines = note_lines("# " + "h" * 500 + "\n" + body, Rect(0, 0, 4000, 4000), [])
    assert sum(len(line.text) for line in lines) <= 90 + 600
    assert len(lines) <= 16
    assert lines[-1].text.endswith("…")


def test_the_lines_of_a_note_stay_lines_and_code_is_left_out() -> None:
    text = "# Set up\n1. Sign in\n\n* Choose a sheet\n```\nconst hidden = 1;\n```\n## Then\nRun it"
    lines = note_lines(text, Rect(0, 0, 300, 400), [])
    said = [(line.text, line.bold) for line in lines]
    assert said == [
        ("Set up", True), ("1. Sign in", False), ("• Choose a sheet", False), ("Then", True),
        ("Run it", False),
    ]  # fmt: skip


def test_a_note_with_nodes_at_its_top_has_its_text_below_them() -> None:
    node_and_name = [Rect(100, 8, 96, 96), Rect(80, 112, 136, 34)]
    lines = note_lines("# Head\nwords", Rect(0, 0, 300, 400), node_and_name)
    assert [line.text for line in lines] == ["Head", "words"]
    assert min(line.y - line.size for line in lines) > 146


def test_a_smaller_note_lies_on_a_larger_one_and_leaves_its_text_free() -> None:
    small = Note("# Small", (20.0, 60.0), (200.0, 80.0), "2")
    large = Note("# Large\n" + "words " * 60, (0.0, 0.0), (400.0, 500.0), "1")
    below, above = build_scene(Graph((node("a", 420),), (), (small, large))).sheets
    assert (below.lines[0].text, above.lines[0].text) == ("Large", "Small")
    assert all(line.y < above.rect.y for line in below.lines)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("🚀 Send it 1️⃣", "Send it 1"),
        ("👩‍💻 Ask ⏰", "Ask"),
        ("→ Next ✓", "→ Next ✓"),
        ("外送記帳", "外送記帳"),
        ("🎉", "Slack"),
    ],
)
def test_what_the_bundled_font_cannot_show_is_left_out(name: str, shown: str) -> None:
    box = build_scene(Graph((node(name, 0),))).boxes[0]
    assert box.label.lines[0].text == shown
    assert box.name == name


@pytest.mark.parametrize("name", ["switch_on_light_100_percent", "Claude-3.5-sonnet-20241022"])
def test_a_long_name_of_words_and_numbers_is_no_key(name: str) -> None:
    assert build_scene(Graph((node(name, 0),))).boxes[0].name == name


def test_what_may_be_a_key_is_left_out_of_notes_and_names() -> None:
    key = "sk-" + "aB3dE5" * 6
    graph = Graph((node(f"Use {key}", 0),), (), (Note(f"Key {key} here", (0.0, 200.0), None, ""),))
    svg = to_svg(build_scene(graph, f"With {key}"))
    assert key[:12] not in svg
    assert "Key … here" in svg


def contrast(one: str, other: str) -> float:
    ratio = contrast_with_white(one) / contrast_with_white(other)
    return max(ratio, 1 / ratio)


@pytest.mark.parametrize("dark", [False, True])
def test_edges_can_be_told_from_everything_they_run_over(dark: bool) -> None:
    colours = palette(dark=dark)
    grounds = [colours.canvas, *(note.fill for note in colours.notes)]
    for tone in ("main", "ai", "error"):
        assert min(contrast(colours.wire(tone), ground) for ground in grounds) >= 3.0


def test_a_note_stops_above_the_node_that_stands_on_it() -> None:
    text = "# Head\n" + "word " * 200
    lines = note_lines(text, Rect(0, 0, 300, 400), [Rect(100, 90, 96, 96)])
    assert lines
    assert max(line.y for line in lines) < 90


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Ask ann@firm.example for it", "ann@firm"),
        ("Open https://docs.test/private/abc?token=zzz now", "private"),
        ("![shot](https://img.test/secret.png)", "secret"),
        ("[![a](https://img.test/x.png)](https://you.test/watch)", "watch"),
        ("Call +44 20 7946 0958 today", "7946"),
    ],
)
def test_addresses_and_links_in_notes_are_left_out(text: str, gone: str) -> None:
    shown = " ".join(line.text for line in note_lines(text, AREA, []))
    assert gone not in shown


def test_an_address_in_a_name_is_left_out() -> None:
    svg = to_svg(build_scene(Graph((node("Mail to ann@firm.example", 0),)), "For ann@firm.example"))
    assert "ann@" not in svg


def test_no_value_of_a_parameter_reaches_the_picture() -> None:
    hidden = "XyZzY-parameter-value"
    document = {
        "name": "Leaky",
        "nodes": [
            {
                "name": f"Step {i}", "id": hidden, "type": kind, "typeVersion": 1,
                "position": [i * 200, 0], "webhookId": hidden, "notes": hidden,
                "parameters": {"url": hidden, "jsCode": hidden, "list": [{"value": hidden}]},
                "credentials": {"slackApi": {"id": hidden, "name": hidden}},
            }
            for i, kind in enumerate(["n8n-nodes-base.webhook", "n8n-nodes-base.slack"])
        ],
        "connections": {"Step 0": {"main": [[{"node": "Step 1", "type": "main", "index": 0}]]}},
        "pinData": {"Step 0": [{"json": {"value": hidden}}]},
        "meta": {"instanceId": hidden},
    }  # fmt: skip
    found = inspect_bytes(json.dumps(document).encode(), "leaky.json")
    assert len(found.graph.nodes) == 2
    svg = to_svg(build_scene(found.graph, found.name))
    assert "Step 1" in svg
    assert hidden not in svg


def test_markup_in_names_is_text() -> None:
    name = "<script>alert(1)</script>&amp;\"'"
    root = ElementTree.fromstring(to_svg(build_scene(Graph((node(name, 0),)), name)))
    assert not [element for element in root.iter() if "script" in element.tag]
    assert any("<script>" in (element.text or "") for element in root.iter())


def test_the_alternative_text_says_what_a_seeing_person_sees() -> None:
    nodes = (node("In", 0, label="Webhook", trigger=True), node("Say", 200), node("Off", 400))
    scene = build_scene(Graph(nodes, (Edge("In", "Say", "main"),)), "Greeter")
    assert scene.title == "Diagram of Greeter"
    assert scene.description == "3 steps. Starts with Webhook. Uses Slack."


@pytest.mark.parametrize(("given", "expected"), [("5", 5), ("", 1), ("9", 1), ("²", 1), ("-1", 1)])
def test_the_colour_of_a_note(given: str, expected: int) -> None:
    graph = Graph((node("a", 0),), (), (Note("n", (0.0, 0.0), None, given),))
    assert build_scene(graph).sheets[0].colour == expected

"""How a list of nodes becomes a graph, and what is recognised as one."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.inspection import Inspection
from tests.workflows.building import codes, inspected
from tests.workflows.node_red.building import flows, node, tab


def edges(report: Inspection) -> set[tuple[str, str, str, int]]:
    return {(e.source, e.target, e.kind, e.output) for e in report.graph.edges}


@pytest.mark.parametrize(
    "document",
    [flows(node()), {"flows": flows(node()), "rev": "1"}, [node()], [tab()],
     [{"id": "s", "type": "subflow"}], [*flows(node()), {"odd": 1}]],
)  # fmt: skip
def test_every_form_is_node_red(document: Any) -> None:
    report = inspected(document, "misleading.n8n.json")
    assert (report.platform, report.sub_kind) == ("Other", "node-red")
    assert report.confidence > 0.85


@pytest.mark.parametrize(
    "document",
    [[], {"flows": []}, [{"id": "a", "type": "b"}], [{"id": 1, "type": "tab"}],
     [{"id": "a", "type": "b", "wires": "c"}], {"flows": {"a": node()}}, [tab(), 1, 2],
     [node(parameters={}, typeVersion=1)]],
)  # fmt: skip
def test_what_is_no_flow(document: Any) -> None:
    assert inspected(document).sub_kind != "node-red"


def test_a_node_may_have_parameters_of_its_own() -> None:
    report = inspected(flows(node("a", parameters={"q": 1})))
    assert [n.name for n in report.graph.nodes] == ["Inject", "Debug"]
    assert "malformed" not in codes(report)


def test_wires_by_output() -> None:
    switch = node("s", "switch", name="S", wires=[["a"], [], ["a", "b"]])
    report = inspected([switch, node("a", name="A"), node("b", name="B")])
    assert edges(report) == {("S", "A", "main", 0), ("S", "A", "main", 2), ("S", "B", "main", 2)}


def test_links_are_told_once_whichever_end_names_them() -> None:
    out = node("o", "link out", name="O", links=["n", "m"])
    report = inspected([out, node("n", "link in", name="N", links=["o"]),
                        node("m", "link in", name="M"), node("p", "link in", name="P", links=["o"]),
                        node("c", "link call", name="C", links=["n"])])  # fmt: skip
    assert edges(report) == {
        ("O", "N", "link", 0), ("O", "M", "link", 0), ("O", "P", "link", 0), ("C", "N", "call", 0),
    }  # fmt: skip
    assert len(report.graph.edges) == 4


def test_a_catch_node_takes_the_errors_of_the_nodes_it_names() -> None:
    report = inspected(
        [
            node("a", name="A"),
            node("c", "catch", name="C", scope=["a"]),
            node("d", "catch", scope=None),
            node("e", "status", scope=["a"]),
        ]
    )
    assert edges(report) == {("A", "C", "error", 0)}


def test_nodes_are_what_runs() -> None:
    document = flows(node("j", "junction"), {"id": "b", "type": "mqtt-broker"},
                     {"id": "g", "type": "group", "x": 1, "y": 2, "w": 3, "h": 4},
                     node("c", "comment", name="Note"), node("u", "subflow:s"),
                     {"id": "s", "type": "subflow", "name": "Twice"})  # fmt: skip
    report = inspected(document)
    assert [(n.name, n.label, n.type) for n in report.graph.nodes] == [
        ("Inject", "Inject", "inject"), ("Junction", "Junction", "junction"),
        ("Twice", "Subflow", "subflow"),
    ]  # fmt: skip


def test_disabled_nodes_and_tabs() -> None:
    document = [tab("t"), tab("u", disabled=True), node("a"), node("b", d=True), node("c", z="u")]
    report = inspected(document)
    assert [n.disabled for n in report.graph.nodes] == [False, True, True]


def test_tabs_are_drawn_below_one_another() -> None:
    document = [tab("t"), tab("u"), node("a", y=500), node("b", y=700), node("c", z="u", y=40),
                node("n", "comment", z="u", name="N", y=20), node("d", z="u", y=90)]  # fmt: skip
    graph = inspected(document).graph
    places = [n.position[1] for n in graph.nodes if n.position]
    assert places == [0.0, 200.0, 380.0, 430.0]
    assert [note.position for note in graph.notes] == [(100.0, 360.0)]


def test_one_tab_stays_where_it_is() -> None:
    graph = inspected([tab(), node("a", y=500), node("b", x="wide")]).graph
    assert [n.position for n in graph.nodes] == [(100.0, 500.0), None]


def test_comments_and_named_groups_are_notes() -> None:
    group = {"id": "g", "type": "group", "name": "Part", "x": 1, "y": 2, "w": 30, "h": 40}
    comment = node("c", "comment", name="First\\nline", info="More")
    graph = inspected([node(), group, group | {"id": "h", "name": ""}, comment]).graph
    assert [(n.text, n.position) for n in graph.notes] == [
        ("Part", (1.0, 2.0)), ("First\nline\n\nMore", (100.0, 100.0)),
    ]  # fmt: skip
    size = graph.notes[0].size
    assert size is not None
    assert size > (30.0, 40.0)  # our nodes are larger and hang from their middles
    assert graph.notes[1].size is None


def test_the_address_of_an_email_node_is_not_its_name() -> None:
    mail = node("m", "e-mail", name="anna@private.example")
    shown = node("n", "e-mail", name="anna@private.example", dname="Tell Anna")
    assert [n.name for n in inspected([mail, shown]).graph.nodes] == ["E Mail", "Tell Anna"]

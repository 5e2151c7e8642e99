"""What is said of the faults of flows, and how grave each is."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection, Severity
from koda_desktop.workflows.json_writing import to_bytes
from tests.workflows.building import inspected
from tests.workflows.node_red.building import flows, node, tab

ID = "0123456789abcdef"


def told(report: Inspection) -> list[tuple[Severity, str, str]]:
    return [(problem.severity, problem.code, problem.where) for problem in report.problems]


def test_sound_flows_have_no_problems() -> None:
    document = flows(node("a", "mqtt out", broker=ID, g="g"), {"id": ID, "type": "mqtt-broker"},
                     {"id": "g", "type": "group", "z": "t", "nodes": ["a"]},
                     {"id": "s", "type": "subflow", "in": [{"wires": [{"id": "u"}]}]},
                     node("u", "subflow:s", z="s"))  # fmt: skip
    assert told(inspected(document)) == []


def test_two_nodes_with_one_id() -> None:
    report = inspected(flows(node(), node()))
    assert told(report) == [(Severity.ERROR, "duplicate-id", "[3].id")]
    assert not report.publishable


def test_entries_that_are_no_node() -> None:
    report = inspected([*flows(node()), {"id": "x"}])
    assert told(report) == [(Severity.ERROR, "malformed", "[3]")]


@pytest.mark.parametrize(
    ("change", "place"),
    [({"wires": [[], ["z9"]]}, "wires[1][0]"), ({"type": "link out", "links": ["z9"]}, "links[0]"),
     ({"type": "catch", "scope": ["z9"]}, "scope[0]")],
)  # fmt: skip
def test_wires_to_nodes_that_are_not_there(change: Any, place: str) -> None:
    report = inspected(flows(node("a") | change))
    assert told(report) == [(Severity.WARNING, "dangling-connection", f"[2].{place}")]
    assert report.publishable


def test_a_subflow_that_is_not_in_the_file() -> None:
    report = inspected(flows(node("a", "subflow:s"), node("b", "subflow:s")))
    assert told(report) == [(Severity.ERROR, "missing-subflow", "[2].type")]


def test_ports_of_a_subflow() -> None:
    subflow = {"id": "s", "type": "subflow", "out": [{"wires": [{"id": "z9", "port": 0}]}, 5]}
    assert told(inspected(flows(node(), subflow))) == [
        (Severity.WARNING, "dangling-connection", "[3].out[0].wires[0]")
    ]


def test_tabs_and_groups_that_are_not_there() -> None:
    report = inspected(flows(node(z="gone", g="lost"), node("b", z="gone")))
    assert told(report) == [
        (Severity.WARNING, "missing-container", "[2].z"),
        (Severity.WARNING, "missing-container", "[2].g"),
    ]


def test_a_selection_without_its_tab_is_fine() -> None:
    assert told(inspected([node("i", "inject", "a"), node("a", z="elsewhere")])) == []


def test_a_group_of_nodes_that_are_gone() -> None:
    group = {"id": "g", "type": "group", "z": "t", "nodes": ["a", "gone", 5]}
    report = inspected(flows(node(), group))
    assert told(report) == [(Severity.WARNING, "group-without-nodes", "[3].nodes")]
    assert "2 nodes" in report.problems[0].message


@pytest.mark.parametrize("given", [ID, "6b3e91f.a0c1d2e"])
def test_a_configuration_that_is_not_in_the_file(given: str) -> None:
    report = inspected(flows(node("a", "mqtt out", broker=given, topic=ID)))
    assert told(report) == [(Severity.WARNING, "missing-configuration", "[2].broker")]


@pytest.mark.parametrize(
    ("nodes", "code"),
    [([node()], "no-trigger"), ([node("a", "inject", d=True)], "triggers-disabled"),
     ([node("a", "http in")], ""), ([node("a", "file in")], "no-trigger")],
)  # fmt: skip
def test_something_starts_the_flows(nodes: Any, code: str) -> None:
    assert [found for _, found, _ in told(inspected(nodes))] == ([code] if code else [])


def test_nothing_but_comments() -> None:
    report = inspected([tab(), node("c", "comment")])
    assert [code for _, code, _ in told(report)] == ["no-nodes"]
    assert not report.publishable


def test_nodes_to_install_are_told_by_module_or_type() -> None:
    extra = node("a", "telegram sender")
    assert told(inspected(flows(extra)))[0][:2] == (Severity.INFO, "community-nodes")
    modules = {"id": "m", "type": "global-config", "modules": {"node-red-contrib-x": "1.0"}}
    report = inspected(flows(extra, modules))
    assert "node-red-contrib-x" in report.problems[0].message
    assert report.setup_steps[0] == "Install node-red-contrib-x"
    assert report.packages == ("node-red-contrib-x",)


def test_too_many_nodes() -> None:
    data = to_bytes([node(str(number)) for number in range(9)])
    report = inspect_bytes(data, "x", caps=Caps(max_nodes=8))
    assert (report.problems[0].code, report.packaged) == ("too-many-nodes", None)

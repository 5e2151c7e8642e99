"""How nested flows become a graph."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.inspection import Inspection
from tests.workflows.building import codes, inspected
from tests.workflows.make.building import blueprint, module


def named(number: int, kind: str = "util:SetVariables", **more: Any) -> dict[str, Any]:
    designer = {"x": number, "y": 0, "name": str(number)}
    return module(number, kind, metadata={"designer": designer}, **more)


def edges(report: Inspection) -> set[tuple[str, str, str, int]]:
    return {(e.source, e.target, e.kind, e.output) for e in report.graph.edges}


def test_a_flow_runs_from_left_to_right() -> None:
    report = inspected(blueprint(named(1), named(2), named(3)))
    assert edges(report) == {("1", "2", "main", 0), ("2", "3", "main", 0)}


def test_a_router_leads_to_each_of_its_routes() -> None:
    routes = [{"flow": [named(2), named(3)]}, {"flow": []}, {"flow": [named(4)]}]
    report = inspected(blueprint(named(1, "builtin:BasicRouter", routes=routes)))
    assert edges(report) == {
        ("1", "2", "route", 0), ("2", "3", "main", 0), ("1", "4", "route", 2),
    }  # fmt: skip


def test_branches_come_together_at_the_next_module() -> None:
    branches = [
        {"type": "condition", "merge": True, "flow": [named(2), named(3)]},
        {"type": "condition", "merge": False, "flow": [named(4)]},
        {"type": "else", "flow": [named(5)]},
    ]
    chooser = named(1, "builtin:BasicIfElse", branches=branches)
    report = inspected(blueprint(chooser, named(6, "builtin:BasicMerge")))
    assert edges(report) == {
        ("1", "2", "branch", 0), ("2", "3", "main", 0), ("1", "4", "branch", 1),
        ("1", "5", "branch", 2), ("3", "6", "main", 0), ("5", "6", "main", 0),
    }  # fmt: skip


def test_an_error_handler_hangs_below_its_module() -> None:
    first = named(1, onerror=[named(2), named(3)])
    assert edges(inspected(blueprint(first, named(4)))) == {
        ("1", "2", "error", 0), ("2", "3", "main", 0), ("1", "4", "main", 0),
    }  # fmt: skip


def test_tools_help_their_agent() -> None:
    tools = [{"name": "a", "flow": [named(2), named(3)]}, named(4)]
    report = inspected(blueprint(named(1, "ai-local-agent:RunLocalAIAgent", tools=tools), named(5)))
    assert edges(report) == {
        ("2", "1", "ai_tool", 0), ("2", "3", "main", 0), ("4", "1", "ai_tool", 0),
        ("1", "5", "main", 0),
    }  # fmt: skip


def test_modules_left_on_the_canvas_are_shown_as_switched_off() -> None:
    document = blueprint(named(1))
    document["metadata"]["designer"]["orphans"] = [[named(2), named(3)]]
    report = inspected(document)
    assert [(node.name, node.disabled) for node in report.graph.nodes] == [
        ("1", False), ("2", True), ("3", True),
    ]  # fmt: skip
    assert edges(report) == {("2", "3", "main", 0)}
    assert "not-connected" in codes(report)


def test_places_are_those_of_the_designer() -> None:
    floating = module(2, metadata={"designer": {"x": -1.5, "y": 8}})
    nowhere = module(3, metadata={"designer": {"x": "1", "y": True}})
    report = inspected(blueprint(module(1), floating, nowhere))
    assert [node.position for node in report.graph.nodes] == [(300.0, 0.0), (-1.5, 8.0), None]


def test_names_are_those_of_the_designer_and_unique() -> None:
    report = inspected(blueprint(named(1), module(2), module(3), module(4, "builtin:BasicRouter")))
    assert [node.name for node in report.graph.nodes] == [
        "1", "Create message", "Create message (2)", "Router",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([{"moduleIds": [2], "content": "<p>One &amp; two</p><p>three</p>",
           "metadata": {"color": "#123456"}}], ("One & two\nthree", (600.0, -190.0), "#123456")),
        ([{"id": 1, "text": "plain"}], ("plain", (300.0, -190.0), "")),
        ([{"moduleIds": [77], "content": "far"}], ("far", None, "")),
    ],
)  # fmt: skip
def test_notes_stand_above_their_module(notes: Any, expected: tuple[Any, ...]) -> None:
    document = blueprint(module(1), module(2))
    document["metadata"]["notes"] = notes
    [note] = inspected(document).graph.notes
    assert (note.text, note.position, note.color) == expected


@pytest.mark.parametrize("notes", ["text", [1, None, {"content": 5}], {"a": 1}])
def test_odd_notes_are_passed_over(notes: Any) -> None:
    document = blueprint()
    document["metadata"]["notes"] = notes
    assert inspected(document).graph.notes == ()

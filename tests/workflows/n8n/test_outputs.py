"""Which connections start at an error output."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.building import inspected, node, workflow

ERROR = "continueErrorOutput"


def kinds(kind: str, outputs: int, **more: Any) -> list[str]:
    """The kinds of edges from every output of a step of ``kind``."""
    ports = [[{"node": "End", "type": "main", "index": 0}] for _ in range(outputs)]
    start = node("Start", f"n8n-nodes-base.{kind}", **more)
    document = workflow(start, node("End"), connections={"Start": {"main": ports}})
    return [edge.kind for edge in inspected(document).graph.edges]


def test_the_second_output_of_an_ordinary_step() -> None:
    assert kinds("httpRequest", 2, onError=ERROR) == ["main", "error"]


@pytest.mark.parametrize("on_error", [None, "stopWorkflow", "continueRegularOutput", 5])
def test_without_the_setting_there_is_no_error_output(on_error: Any) -> None:
    assert kinds("httpRequest", 2, onError=on_error) == ["main", "main"]


@pytest.mark.parametrize(
    ("kind", "parameters", "own"),
    [
        ("if", {}, 2), ("splitInBatches", {}, 2), ("compareDatasets", {}, 4),
        ("switch", {"rules": {"values": [{}, {}, {}]}}, 3),
        ("switch", {"rules": {"values": [{}]}, "options": {"fallbackOutput": "extra"}}, 2),
        ("switch", {"mode": "expression", "numberOutputs": 5}, 5),
        ("switch", {"mode": "expression", "numberOutputs": True}, 4),
        ("switch", {"rules": {"rules": [{}]}}, 4), ("code", {"rules": {"values": [{}, {}]}}, 1),
        ("textClassifier", {"categories": {"categories": [{}, {}]}}, 2),
        ("textClassifier", {"categories": {"categories": [{}]}, "options": {"fallback": "other"}},
         2),
        ("sentimentAnalysis", {}, 3), ("sentimentAnalysis", {"options": {"categories": "a, b"}}, 2),
    ],
)  # fmt: skip
def test_steps_with_outputs_of_their_own(kind: str, parameters: Any, own: int) -> None:
    found = kinds(kind, own + 1, parameters=parameters, onError=ERROR)
    assert found == ["main"] * own + ["error"]


def test_helpers_of_an_agent_are_no_errors() -> None:
    tool = node("Tool", "@n8n/n8n-nodes-langchain.toolCode", onError=ERROR)
    target = {"node": "Start", "type": "ai_tool", "index": 0}
    ports = {"Tool": {"ai_tool": [[], [target]]}}
    [edge] = inspected(workflow(node(), tool, connections=ports)).graph.edges
    assert edge.kind == "ai_tool"

"""The forms an n8n export comes in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.building import (
    codes,
    edges,
    inspected,
    node,
    packaged,
    removed,
    workflow,
)  # fmt: skip

FRAGMENT = {"nodes": [node()], "connections": {}, "pinData": {}, "meta": {"instanceId": "a" * 64}}
TEMPLATE = {
    "workflow": {
        "id": 7, "name": "From the library", "user": {"username": "someone"},
        "nodes": [{"id": 1, "name": "n8n-nodes-base.webhook", "displayName": "Webhook"}],
        "workflow": workflow(name=None),
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("document", "sub_kind"),
    [
        (workflow(), "workflow"),
        (FRAGMENT, "fragment"),
        ({"workflow": workflow()}, "wrapped"),
        ({"data": workflow()}, "wrapped"),
        ({"data": [workflow()], "nextCursor": None}, "wrapped"),
        ({"workflowData": workflow(), "data": {"resultData": {}}}, "wrapped"),
        (TEMPLATE, "wrapped"),
        ([workflow()], "list"),
        ([workflow(), workflow()], "list"),
        ({"data": [workflow(), workflow()]}, "list"),
    ],
)
def test_every_form_is_n8n(document: Any, sub_kind: str) -> None:
    report = inspected(document)
    assert (report.platform, report.sub_kind) == ("n8n", sub_kind)
    assert report.confidence > 0.9
    assert report.publishable


@pytest.mark.parametrize("document", [{"workflow": workflow()}, [workflow()], TEMPLATE])
def test_a_single_workflow_is_packaged_by_itself(document: Any) -> None:
    report = inspected(document)
    assert set(packaged(report)) >= {"nodes", "connections"}
    assert "unwrapped" in codes(report)


def test_what_stood_around_the_workflow_is_listed_as_removed() -> None:
    report = inspected(TEMPLATE)
    assert {"workflow.user", "workflow.id", "workflow.nodes"} <= removed(report).keys()
    assert report.name == "From the library"


def test_several_workflows_are_packaged_together_with_indexed_paths() -> None:
    first = workflow(node("Hook"), node("Set", "n8n-nodes-base.set"),
                     connections=edges(("Hook", "Set")), active=True)  # fmt: skip
    second = workflow(node("Hook"), id="42")
    report = inspected([first, second], "both.json")
    assert report.node_count == 3
    assert [step.name for step in report.graph.nodes] == ["1: Hook", "1: Set", "2: Hook"]
    assert [(edge.source, edge.target) for edge in report.graph.edges] == [("1: Hook", "1: Set")]
    assert removed(report) == {"[0].active": "false", "[1].id": None}
    assert [kept["name"] for kept in packaged(report)] == ["Sample", "Sample"]
    assert "duplicate-name" not in codes(report)
    assert report.name == "both"


def test_the_names_of_several_workflows_stand_in_for_a_missing_file_name() -> None:
    assert inspected([workflow(), workflow()], "").name == "Sample and 1 more"


def test_an_entry_that_is_no_workflow_blocks_publishing() -> None:
    report = inspected([workflow(), {"not": "one"}])
    assert not report.publishable
    assert [(p.code, p.where) for p in report.problems if p.code == "not-a-workflow"] == [
        ("not-a-workflow", "[1]")
    ]


def test_nodes_of_n8n_without_connections_are_recognised_and_refused() -> None:
    report = inspected({"nodes": [node()]})
    assert report.platform == "n8n"
    assert "no-connections" in codes(report)


@pytest.mark.parametrize(
    "document",
    [
        {"nodes": [{"type": "start", "data": {}}], "connections": {}},
        {"nodes": [1, 2, 3], "connections": {}},
        {"nodes": {}, "connections": {}},
        {"data": [{"id": 1}]},
        {"workflow": {"steps": []}},
    ],
)
def test_what_only_resembles_n8n_is_not(document: Any) -> None:
    assert inspected(document).platform == "Other"

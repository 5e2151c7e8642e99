"""One test per rule: what is wrong with an n8n workflow, how gravely, and where."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection, Severity
from tests.workflows.building import UUID, codes, edges, inspected, node, packaged, workflow

SET = "n8n-nodes-base.set"
NOTE = "n8n-nodes-base.stickyNote"


def _found(report: Inspection) -> list[tuple[str, str, str]]:
    return [(p.severity.value, p.code, p.where) for p in report.problems]


def test_a_sound_workflow_has_no_problem() -> None:
    document = workflow(node(), node("Set", SET), connections=edges(("Start", "Set")))
    assert _found(inspected(document)) == []


def test_two_nodes_of_one_name() -> None:
    report = inspected(workflow(node("A"), node("B", SET), node("A", SET, id="other")))
    assert _found(report) == [("error", "duplicate-name", "nodes[2].name")]
    assert "“A” is already taken by nodes[0]" in report.problems[0].message
    assert [step.name for step in report.graph.nodes] == ["A", "B", "A (2)"]


def test_two_notes_of_one_name_do_little_harm() -> None:
    report = inspected(workflow(node(), node("N", NOTE, id="1"), node("N", NOTE, id="2")))
    assert _found(report) == [("warning", "duplicate-name", "nodes[2].name")]


def test_two_nodes_of_one_id() -> None:
    report = inspected(workflow(node("A", id="x"), node("B", SET, id="x")))
    assert _found(report) == [("warning", "duplicate-id", "nodes[1].id")]


def test_a_connection_to_a_node_that_is_not_there() -> None:
    report = inspected(workflow(node(), connections=edges(("Start", "Ghost"), ("Start", "Ghost"))))
    assert _found(report) == [
        ("error", "dangling-connection", "connections.Start.main[0][0]"),
    ]
    assert "leads to “Ghost”" in report.problems[0].message
    assert report.graph.edges == ()


def test_a_connection_from_a_node_that_is_not_there() -> None:
    report = inspected(workflow(node(), connections=edges(("Ghost town", "Start"))))
    assert _found(report) == [
        ("error", "dangling-connection", 'connections["Ghost town"].main[0][0]'),
    ]


@pytest.mark.parametrize("leftover", [{}, {"main": []}, {"main": [[], None]}])
def test_an_empty_entry_of_a_node_that_is_gone(leftover: Any) -> None:
    report = inspected(workflow(connections={"Ghost": leftover}))
    assert _found(report) == [("warning", "loose-connection", "connections.Ghost")]


def test_connections_by_id_are_followed_and_told() -> None:
    first, second = node("A", id="id-a"), node("B", SET, id="id-b")
    report = inspected(workflow(first, second, connections=edges(("id-a", "id-b"), ("A", "B"))))
    assert [p[:2] for p in _found(report)] == [("warning", "connection-by-id")]
    assert [(edge.source, edge.target) for edge in report.graph.edges] == [("A", "B")] * 2
    again = inspected(packaged(report))
    assert again.graph == report.graph


@pytest.mark.parametrize(
    ("connections", "where"),
    [
        ({"Start": []}, "connections.Start"),
        ({"Start": {"main": {}}}, "connections.Start.main"),
        ({"Start": {"main": ["Set"]}}, "connections.Start.main[0]"),
        ({"Start": {"main": [["Set"]]}}, "connections.Start.main[0][0]"),
        ({"Start": {"main": [[{"type": "main"}]]}}, "connections.Start.main[0][0]"),
        (["Start"], "connections"),
    ],
)
def test_connections_of_the_wrong_shape(connections: Any, where: str) -> None:
    report = inspected({"nodes": [node()], "connections": connections})
    assert _found(report) == [("error", "malformed", where)]


def test_a_workflow_without_trigger() -> None:
    report = inspected(workflow(node("Set", SET)))
    assert _found(report) == [("warning", "no-trigger", "nodes")]
    assert report.publishable


def test_a_workflow_another_one_of_the_file_may_call_needs_no_trigger() -> None:
    caller = workflow(node(), node("Call", "n8n-nodes-base.executeWorkflow"))
    report = inspected([caller, workflow(node("Set", SET))])
    assert "no-trigger" not in codes(report)
    assert "no-trigger" in codes(inspected([workflow(), workflow(node("Set", SET))]))


def test_switched_off_triggers() -> None:
    report = inspected(workflow(node(disabled=True), node("Set", SET)))
    assert _found(report) == [("warning", "triggers-disabled", "nodes[0]")]
    assert "triggers-disabled" not in codes(
        inspected(workflow(node("A", disabled=True), node("B", id="b")))
    )


@pytest.mark.parametrize(
    ("nodes", "part"), [([], "no nodes"), ([node("N", NOTE)], "only sticky notes")]
)
def test_nothing_but_notes(nodes: list[Any], part: str) -> None:
    report = inspected({"nodes": nodes, "connections": {}})
    assert _found(report) == [("error", "no-nodes", "nodes")]
    assert part in report.problems[0].message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": None}, ("error", "node-without-name", "nodes[1]")),
        ({"name": 7}, ("error", "node-without-name", "nodes[1]")),
        ({"type": None}, ("error", "node-without-type", "nodes[1]")),
        ({"position": None}, ("warning", "node-without-position", "nodes[1]")),
        ({"position": ["a", 1]}, ("warning", "node-without-position", "nodes[1]")),
    ],
)
def test_nodes_that_lack_what_n8n_needs(change: Any, expected: tuple[str, str, str]) -> None:
    made = {k: v for k, v in (node("B", SET) | change).items() if v is not None}
    assert _found(inspected(workflow(node(), made))) == [expected]


def test_a_node_that_is_no_object() -> None:
    report = inspected({"nodes": [node(), node("B", SET), "text"], "connections": {}})
    assert _found(report) == [("error", "malformed", "nodes[2]")]


@pytest.mark.parametrize(
    ("credentials", "where"),
    [
        ({"smtp": {"user": "me"}}, "smtp.user"),
        ({"smtp": {"id": "1", "name": "x", "password": "hunter2"}}, "smtp.password"),
        ({"smtp": {"id": {"key": "hunter2"}, "name": "x"}}, "smtp.id"),
        ({"smtp": ["hunter2"]}, "smtp"),
    ],
)
def test_a_credential_written_into_the_file(credentials: Any, where: str) -> None:
    report = inspected(workflow(node(credentials=credentials)))
    assert _found(report) == [("error", "inline-credential", f"nodes[0].credentials.{where}")]
    assert not report.publishable
    assert report.packaged is not None
    assert b"hunter2" not in report.packaged.data
    assert not any("hunter2" in removal.before for removal in report.removed)


@pytest.mark.parametrize(
    "given",
    ["Old style", {"id": "1", "name": "x"}, {"id": None, "name": "x", "managed": True}],
)
def test_references_are_no_leak(given: Any) -> None:
    assert codes(inspected(workflow(node(credentials={"smtp": given})))) == []


def test_keys_given_twice_warn_and_are_listed() -> None:
    data = b'{"nodes": [{"type": "n8n-nodes-base.webhook", "name": "a", "name": "b", "position": [0, 0]}], "connections": {}}'  # noqa: E501
    report = inspect_bytes(data, "x.json")
    assert _found(report) == [("warning", "duplicate-key", "nodes[0].name")]
    assert [(r.where, r.before, r.after) for r in report.removed] == [
        ("nodes[0].name", '"a"', '"b"')
    ]


@pytest.mark.parametrize("constant", [b"NaN", b"Infinity", b"-Infinity"])
def test_numbers_json_does_not_have(constant: bytes) -> None:
    report = inspect_bytes(b'{"nodes": [], "x": ' + constant + b', "connections": {}}', "x.json")
    assert [p.code for p in report.problems] == ["not-json"]
    assert (report.problems[0].line, report.problems[0].column) == (1, 20)


def test_community_nodes_are_named() -> None:
    report = inspected(workflow(node(), node("M", "n8n-nodes-mcp.mcpClientTool"),
                                node("W", "@devs/n8n-nodes-waha.WAHA")))  # fmt: skip
    assert _found(report) == [("info", "community-nodes", "nodes")]
    assert "@devs/n8n-nodes-waha and n8n-nodes-mcp" in report.problems[0].message


def test_calls_of_other_workflows_are_named() -> None:
    report = inspected(workflow(node(), node("Call", "n8n-nodes-base.executeWorkflow")))
    assert _found(report) == [("info", "calls-workflows", "nodes[1]")]


def test_documents_of_the_seller_are_counted() -> None:
    locator = {"__rl": True, "mode": "list", "value": "1AbC", "cachedResultUrl": "https://x"}
    sheets = [node(f"S{i}", "n8n-nodes-base.googleSheets", parameters={"documentId": locator,
              "sheetName": locator}) for i in range(2)]  # fmt: skip
    report = inspected(workflow(node(), *sheets))
    assert _found(report) == [("info", "own-documents", "")]
    assert report.problems[0].message.startswith("2 steps point at")
    assert "(Google Sheets)" in report.problems[0].message
    assert report.problems[0].severity is Severity.INFO


def test_an_old_webhook_address_in_a_text_warns() -> None:
    caller = node("Call", "n8n-nodes-base.httpRequest",
                  parameters={"url": f"https://n8n.example.com/webhook/{UUID}"})  # fmt: skip
    report = inspected(workflow(node(parameters={"path": UUID}), caller))
    assert _found(report) == [("warning", "old-webhook-address", "nodes[0].parameters.path")]

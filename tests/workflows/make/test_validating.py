"""What is said of a blueprint's faults, and how grave each is."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection, Severity
from koda_desktop.workflows.json_writing import to_bytes
from tests.workflows.building import codes, inspected
from tests.workflows.make.building import blueprint, module

HOOK = module(1, "gateway:CustomWebHook")


def found(report: Inspection, code: str) -> list[tuple[Severity, str]]:
    return [(p.severity, p.where) for p in report.problems if p.code == code]


def test_a_sound_blueprint_has_no_problems() -> None:
    assert inspected(blueprint(HOOK, module(2, mapper={"text": "{{1.body}}"}))).problems == ()


def test_two_modules_with_one_id() -> None:
    report = inspected(blueprint(HOOK, module(2), module(2)))
    assert found(report, "duplicate-id") == [(Severity.ERROR, "flow[2].id")]
    assert not report.publishable


@pytest.mark.parametrize("given", ["2", None, 2.5, True])
def test_an_id_that_is_no_number(given: Any) -> None:
    report = inspected(blueprint(HOOK, module(2) | {"id": given}))
    assert found(report, "node-without-id") == [(Severity.ERROR, "flow[1].id")]


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("{{7.body}}", True), ("{{upper(7.body)}}", True), ("{{7.`0`}}", True),
        ("{{7.__IMTLENGTH__}}", True), ("x {{1.a}} {{7.items[].name}}", True),
        ("{{1.body}}", False), ("{{2.price * 1.19}}", False), ("{{1.a; 7.5}}", False),
        ("{{\"7.body\"}}", False), ("{{now}}", False), ("{{YOUR_KEY}}", False), ("7.body", False),
        ("{{1.a7.b}}", False), ("{{1.list.7.b}}", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["mapper", "parameters", "filter"])
def test_references_to_modules_that_are_not_there(text: str, broken: bool, place: str) -> None:
    made = module(2, **{place: {"deep": [{"a": text}]}})
    expected = [(Severity.WARNING, f"flow[1].{place}.deep[0].a")] if broken else []
    assert found(inspected(blueprint(HOOK, made)), "unknown-reference") == expected


def test_conditions_of_branches_are_looked_at_and_their_modules_once() -> None:
    inner = module(3, mapper={"a": "{{8.x}}"})
    branch = {"conditions": [[{"a": "{{7.x}}"}]], "flow": [inner]}
    report = inspected(blueprint(HOOK, module(2, "builtin:BasicIfElse", branches=[branch])))
    assert [where for _, where in found(report, "unknown-reference")] == [
        "flow[1].branches[0].conditions[0][0].a", "flow[1].branches[0].flow[0].mapper.a",
    ]  # fmt: skip


def test_nested_modules_may_be_referred_to() -> None:
    router = module(2, "builtin:BasicRouter", routes=[{"flow": [module(3)]}])
    assert codes(inspected(blueprint(HOOK, router, module(4, mapper={"a": "{{3.x}}"})))) == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [({"feeder": 9}, "unknown-feeder"), ({}, "no-feeder"), ({"feeder": 1}, "")],
)
def test_aggregators_name_their_source(parameters: Any, code: str) -> None:
    made = module(2, "builtin:BasicAggregator", parameters=parameters)
    assert codes(inspected(blueprint(HOOK, made))) == ([code] if code else [])


@pytest.mark.parametrize(("kind", "key"), [("builtin:BasicRouter", "routes"),
                                           ("builtin:BasicIfElse", "branches")])  # fmt: skip
def test_a_router_without_routes(kind: str, key: str) -> None:
    assert codes(inspected(blueprint(HOOK, module(2, kind)))) == ["router-without-routes"]
    assert (
        codes(inspected(blueprint(HOOK, module(2, kind, **{key: [{"flow": [module(3)]}]})))) == []
    )


def test_an_empty_scenario() -> None:
    report = inspected(blueprint() | {"flow": []})
    assert (report.platform, codes(report)) == ("Make", ["no-nodes"])
    assert not report.publishable


@pytest.mark.parametrize("wrong", ["text", 5, None, {"id": 3}, {"module": 7}])
def test_entries_that_are_no_module(wrong: Any) -> None:
    document = blueprint(HOOK, module(2))
    document["flow"].append(wrong)
    assert found(inspected(document), "malformed") == [(Severity.ERROR, "flow[2]")]


@pytest.mark.parametrize("key", ["routes", "branches", "tools", "onerror"])
def test_nested_lists_that_are_none(key: str) -> None:
    report = inspected(blueprint(HOOK, module(2, **{key: "text"})))
    assert found(report, "malformed") == [(Severity.ERROR, f"flow[1].{key}")]


def test_an_ordinary_first_module_needs_a_schedule() -> None:
    report = inspected(blueprint(module(1)))
    assert found(report, "no-trigger") == [(Severity.INFO, "flow[0]")]
    assert report.publishable


@pytest.mark.parametrize("kind", ["APP_NAME:DO_IT", "slack:", "Slack:Send"])
def test_placeholders_for_modules(kind: str) -> None:
    report = inspected(blueprint(HOOK, module(2, kind)))
    assert found(report, "unknown-module") == [(Severity.WARNING, "flow[1].module")]
    assert report.integrations == ()


def test_private_apps_and_other_scenarios_are_told() -> None:
    report = inspected(blueprint(HOOK, module(2, "app#crm-x81k:Get"),
                                 module(3, "scenario-service:CallSubscenario")))  # fmt: skip
    assert codes(report) == ["custom-apps", "calls-workflows"]


def test_documents_of_the_account_are_told() -> None:
    chosen = module(2, "google-sheets:addRow", mapper={"spreadsheetId": "1AbCdEf2345"})
    mapped = module(3, "google-sheets:addRow", mapper={"spreadsheetId": "{{1.sheet}}"})
    report = inspected(blueprint(HOOK, chosen, mapped))
    assert codes(report) == ["own-documents"]
    assert report.problems[0].message.startswith("1 step points")


def test_too_many_modules() -> None:
    modules = [module(number) for number in range(1, 9)]
    data = to_bytes(blueprint(*modules))
    report = inspect_bytes(data, "x", caps=Caps(max_nodes=7))
    assert (codes(report)[0], report.packaged) == ("too-many-nodes", None)


def test_modules_left_on_the_canvas_count_too() -> None:
    document = blueprint(HOOK)
    document["metadata"]["designer"]["orphans"] = [[module(number) for number in range(2, 9)]]
    report = inspect_bytes(to_bytes(document), "x", caps=Caps(max_nodes=7))
    assert codes(report)[0] == "too-many-nodes"

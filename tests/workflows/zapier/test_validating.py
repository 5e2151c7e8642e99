"""What is said of a zap's faults, and how grave each is."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection, Severity
from koda_desktop.workflows.json_writing import to_bytes
from tests.workflows.building import inspected
from tests.workflows.zapier.building import export, step, zap


def told(report: Inspection) -> list[tuple[Severity, str, str]]:
    return [(p.severity, p.code, p.where) for p in report.problems if p.code != "plan-needed"]


def test_a_sound_zap_has_no_problems() -> None:
    params = {"a": "{{1__name}}", "b": '{{=gives["1"]["x"]}}', "c": "{{=gives['2']['x']}}",
              "filter_criteria": [{"key": "2__x", "value": "7__x"}]}  # fmt: skip
    report = inspected(export(zap(step(), step(2), step(3, params=params))))
    assert told(report) == []
    assert [p.code for p in report.problems] == ["plan-needed"]
    assert report.publishable


@pytest.mark.parametrize("key", ["parent_id", "root_id"])
@pytest.mark.parametrize("value", [9, "9"])
def test_steps_that_follow_none(key: str, value: Any) -> None:
    report = inspected(export(zap(step(), step(2, **{key: value}))))
    place = f'zaps[0].nodes["2"].{key}'
    assert (Severity.ERROR, "dangling-connection", place) in told(report)
    assert not report.publishable


def test_ids_are_found_as_numbers_and_as_texts() -> None:
    report = inspected(export(zap(step(), step(2, parent_id="1", root_id="1"))))
    assert told(report) == []
    assert len(report.graph.edges) == 1


def test_steps_in_a_circle() -> None:
    first = step(1, parent_id=3, root_id=None)
    report = inspected(export(zap(first, step(2), step(3))))
    assert [code for _, code, _ in told(report)] == ["circular-steps", "no-trigger"]
    assert len(report.graph.edges) == 3


def test_a_step_that_follows_itself() -> None:
    codes = [code for _, code, _ in told(inspected(export(zap(step(), step(2, parent_id=2)))))]
    assert codes == ["circular-steps"]


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"a": "Hi {{9__name}}"}, "a"), ({"a": ["{{=gives['9']['x']}}"]}, "a[0]"),
        ({"f": [{"key": "9__x"}]}, "f[0].key"),
    ],
)  # fmt: skip
def test_references_to_steps_that_are_not_there(params: Any, place: str) -> None:
    report = inspected(export(zap(step(), step(2, params=params))))
    assert told(report) == [
        (Severity.WARNING, "unknown-reference", f'zaps[0].nodes["2"].params.{place}')
    ]


@pytest.mark.parametrize(
    "text", ["9__x", "{{now}}", "{{now}} 9__x", "gives['9']", "{{zap_meta_human_now}}"]
)
def test_what_is_no_reference(text: str) -> None:
    assert told(inspected(export(zap(step(), step(2, params={"a": text}))))) == []


def test_a_zap_without_a_trigger() -> None:
    report = inspected(export(zap(step(type_of="write"))))
    assert told(report) == [(Severity.WARNING, "no-trigger", "zaps[0].nodes")]


def test_a_zap_with_two_first_steps() -> None:
    report = inspected(export(zap(step(), step(2, parent_id=None))))
    assert told(report) == [(Severity.ERROR, "several-triggers", 'zaps[0].nodes["2"].parent_id')]


def test_steps_kept_under_another_id() -> None:
    document = export(zap(step()))
    document["zaps"][0]["nodes"]["2"] = step(1, parent_id=1, root_id=1)
    assert [code for _, code, _ in told(inspected(document))] == ["duplicate-id", "id-mismatch"]


@pytest.mark.parametrize(
    ("change", "code", "severity"),
    [
        ({"selected_api": None}, "node-without-type", Severity.ERROR),
        ({"action": None}, "node-without-action", Severity.WARNING),
        ({"type_of": "dance"}, "unknown-kind", Severity.WARNING),
        ({"selected_api": "App12345CLIAPI@1.0.0"}, "custom-apps", Severity.WARNING),
    ],
)
def test_faults_of_a_step(change: Any, code: str, severity: Severity) -> None:
    report = inspected(export(zap(step(), step(2) | change)))
    assert [(s, c) for s, c, _ in told(report)] == [(severity, code)]


def test_empty_zaps_and_entries_that_are_none() -> None:
    document = export(zap(), zap() | {"nodes": {}}, zap() | {"nodes": {"1": 5}})
    document["zaps"].append("text")
    assert [code for _, code, _ in told(inspected(document))] == [
        "not-a-workflow", "no-nodes", "malformed", "no-nodes", "several-workflows",
    ]  # fmt: skip


def test_own_documents_are_told() -> None:
    meta = {"parammap": {"sheet": "Budget 2026", "text": "plain", "flag": "False"}}
    params = {"sheet": "1AbC2", "text": "plain", "flag": "false"}
    made = step(2, "GoogleSheetsV2CLIAPI@2.8.0", meta=meta, params=params)
    report = inspected(export(zap(step(), made, step(3))))
    assert [code for _, code, _ in told(report)] == ["own-documents"]
    assert "Choose your own documents in Google Sheets" in report.setup_steps


def test_too_many_steps() -> None:
    data = to_bytes(export(zap(*(step(number) for number in range(1, 9)))))
    report = inspect_bytes(data, "x", caps=Caps(max_nodes=7))
    assert (report.problems[0].code, report.packaged) == ("too-many-nodes", None)


def test_ids_of_any_length_are_the_same_id() -> None:
    long = 10**24
    second = step(2, parent_id=long, root_id=long, params={"a": "{{1__x}}"})
    report = inspected(
        export(zap(step(long, parent_id=None, type_of="read", root_id=None), second))
    )
    assert [code for _, code, _ in told(report)] == ["unknown-reference"]
    assert len(report.graph.edges) == 1

"""The SARIF log, held against what SARIF 2.1.0 asks of one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.cli.sarif import SarifLog, uri_of
from koda_desktop.errors import InputError
from tests.cli.conftest import SECRET_LIKE, Koda, write_broken, write_workflow
from tests.cli.sarif_structure import checked_log

RECORD: dict[str, Any] = {
    "problems": [
        {
            "severity": "error", "code": "not-json", "where": "", "message": "Broken.",
            "line": 3, "column": 7, "snippet": SECRET_LIKE,
        },
        {"severity": "warning", "code": "odd", "where": "nodes[3].name", "message": "Odd."},
        {"severity": "info", "code": "note", "where": "line 2, column 5", "message": "Note."},
    ],
    "secrets": [{"kind": "OpenAI API key", "where": "nodes[1].parameters", "masked": "sk-…(51)"}],
    "removed": [{"where": "meta.instanceId", "reason": "identifies your n8n instance"}],
}  # fmt: skip


def run_of(log: SarifLog, *, is_whole: bool = True) -> dict[str, Any]:
    return checked_log(log.as_bytes(is_whole=is_whole))


def logged(record: dict[str, Any] = RECORD, **more: Any) -> dict[str, Any]:
    log = SarifLog(**more)
    log.add(Path("flows/a.json"), record)
    return run_of(log)


def test_an_empty_run_is_a_log() -> None:
    run = run_of(SarifLog())
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True


def test_problems_and_secrets_become_results() -> None:
    run = logged()
    told = [(r["ruleId"], r["level"], r["message"]["text"]) for r in run["results"]]
    assert told == [
        ("not-json", "error", "Broken."),
        ("odd", "warning", "Odd."),
        ("note", "note", "Note."),
        (
            "secret/openai-api-key",
            "error",
            "OpenAI API key in the open: sk-…(51). Revoke it and take it out.",
        ),
    ]


def test_places_are_told_as_regions_or_paths() -> None:
    places = [result["locations"][0] for result in logged()["results"]]
    artifact = {"artifactLocation": {"uri": "flows/a.json"}}
    assert places == [
        {"physicalLocation": {**artifact, "region": {"startLine": 3, "startColumn": 7}}},
        {
            "physicalLocation": artifact,
            "logicalLocations": [{"fullyQualifiedName": "nodes[3].name"}],
        },
        {"physicalLocation": {**artifact, "region": {"startLine": 2, "startColumn": 5}}},
        {
            "physicalLocation": artifact,
            "logicalLocations": [{"fullyQualifiedName": "nodes[1].parameters"}],
        },
    ]


def test_removals_are_noted_only_when_asked_for() -> None:
    assert "instance-data" not in {result["ruleId"] for result in logged()["results"]}
    (removal,) = [
        r for r in logged(with_removals=True)["results"] if r["ruleId"] == "instance-data"
    ]
    assert removal["level"] == "note"
    assert "identifies your n8n instance" in removal["message"]["text"]


def test_each_code_is_one_rule_however_often_it_is_met() -> None:
    log = SarifLog()
    for name in ("a.json", "b.json"):
        log.add(Path(name), RECORD)
    run = run_of(log)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["not-json", "odd", "note", "secret/openai-api-key"]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 1, 2, 3] * 2


def test_fingerprints_hold_while_lines_move_and_differ_between_files() -> None:
    moved = json.loads(json.dumps(RECORD))
    moved["problems"][0]["line"] = 99
    marks = [r["partialFingerprints"] for r in logged()["results"]]
    assert [r["partialFingerprints"] for r in logged(moved)["results"]] == marks
    other = SarifLog()
    other.add(Path("flows/b.json"), RECORD)
    assert [r["partialFingerprints"] for r in run_of(other)["results"]] != marks


def test_faults_and_stops_are_no_success() -> None:
    log = SarifLog()
    assert run_of(log, is_whole=False)["invocations"][0]["executionSuccessful"] is False
    log.notify(InputError("There is nothing.", remedy="Name a file."))
    (invocation,) = run_of(log)["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert told["message"]["text"] == "There is nothing. Nothing was changed. Name a file."


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a.json", "a.json"),
        ("in/../b c.json", "b%20c.json"),
        ("a:b#?%.json", "a%3Ab%23%3F%25.json"),
        ("é😀.json", "%C3%A9%F0%9F%98%80.json"),
        ("two\nlines.json", "two%0Alines.json"),
    ],
)
def test_files_are_named_relative_to_here(
    name: str, uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert uri_of(Path(name)) == uri
    assert uri_of(tmp_path / name) == uri


def test_files_elsewhere_are_named_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    assert uri_of(Path("../a b.json")) == (tmp_path / "a b.json").as_uri()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_cannot_be_decoded_have_a_uri() -> None:
    assert uri_of(Path(os.fsdecode(b"bad\xff.json"))) == "bad%FF.json"


def test_check_writes_the_log_beside_its_report(koda: Koda, tmp_path: Path) -> None:
    write_workflow(tmp_path / "in" / "a.json", meta={"instanceId": "9c4e" * 16})
    write_broken(tmp_path / "in" / "b.json")
    target = tmp_path / "logs" / "koda.sarif"
    said = koda("--json", "check", tmp_path / "in", "--sarif", target, "--removals")
    assert said.code == 1
    assert len(said.records) == 2
    run = checked_log(target.read_bytes())
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    assert levels["truncated-json"] == "error"
    assert levels["instance-data"] == "note"
    broken = next(r for r in run["results"] if r["ruleId"] == "truncated-json")
    assert broken["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert SECRET_LIKE not in target.read_text()
    assert "9c4e9c4e" not in target.read_text()


def test_check_writes_the_log_in_place_of_its_report(koda: Koda, tmp_path: Path) -> None:
    write_broken(tmp_path / "a.json")
    said = koda("check", tmp_path, "--sarif", "-")
    assert said.code == 1
    assert checked_log(said.out.encode())["results"]
    assert koda("--json", "check", tmp_path, "--sarif", "-").code == 2


def test_a_log_that_cannot_be_written_is_told(koda: Koda, tmp_path: Path) -> None:
    write_workflow(tmp_path / "a.json")
    said = koda("check", tmp_path / "a.json", "--sarif", tmp_path / "a.json" / "x.sarif")
    assert said.code == 1
    assert "x.sarif could not be written" in said.err

"""What SARIF 2.1.0 asks of the parts Koda writes: required and known properties, types, values.

From the text of the standard: sections 3.13 (log), 3.14 (run), 3.18 and 3.19 (tool), 3.20
(invocation), 3.27 (result), 3.28 to 3.33 (places), 3.49 (rules), 3.58 (notification).
"""

from __future__ import annotations

import json
import re
from typing import Any

LEVELS = {"none", "note", "warning", "error"}
_URI = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+\Z")
_SEMVER = re.compile(r"\d+\.\d+\.\d+(?:-[\w.]+)?(?:\+[\w.]+)?\Z")


def checked_log(data: bytes) -> dict[str, Any]:
    """The only run of a log, once everything in the log was found in order."""
    data.decode("utf-8")
    log = json.loads(data)
    _known(log, {"$schema", "version", "runs"}, required={"version", "runs"})
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    _known(run, {"tool", "columnKind", "invocations", "results"}, required={"tool"})
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    rules = _driver(run["tool"])
    for invocation in run["invocations"]:
        _invocation(invocation)
    for result in run["results"]:
        _result(result, rules)
    return dict(run)


def _known(value: Any, known: set[str], required: set[str]) -> None:
    """The schema allows no property it does not name."""
    assert isinstance(value, dict)
    assert required <= set(value) <= known


def _message(value: Any) -> None:
    _known(value, {"text"}, {"text"})
    assert isinstance(value["text"], str)
    assert value["text"]


def _driver(tool: Any) -> list[str]:
    _known(tool, {"driver"}, {"driver"})
    driver = tool["driver"]
    _known(driver, {"name", "fullName", "version", "semanticVersion", "rules"}, {"name"})
    assert _SEMVER.match(driver["semanticVersion"])
    for rule in driver["rules"]:
        _known(rule, {"id", "shortDescription", "defaultConfiguration", "properties"}, {"id"})
        _message(rule["shortDescription"])
        _known(rule["defaultConfiguration"], {"level"}, set())
        assert rule["defaultConfiguration"]["level"] in LEVELS
        tags = rule.get("properties", {}).get("tags", [])
        assert len(set(tags)) == len(tags)
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    return ids


def _invocation(invocation: Any) -> None:
    _known(
        invocation,
        {"executionSuccessful", "toolExecutionNotifications"},
        {"executionSuccessful"},
    )
    assert isinstance(invocation["executionSuccessful"], bool)
    for told in invocation["toolExecutionNotifications"]:
        _known(told, {"level", "message"}, {"message"})
        assert told["level"] in LEVELS
        _message(told["message"])


def _result(result: Any, rules: list[str]) -> None:
    known = {"ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"}
    _known(result, known, {"message"})
    assert rules[result["ruleIndex"]] == result["ruleId"]
    assert result["level"] in LEVELS
    _message(result["message"])
    for name, mark in result["partialFingerprints"].items():
        assert name
        assert isinstance(mark, str)
    (location,) = result["locations"]
    _known(location, {"physicalLocation", "logicalLocations"}, {"physicalLocation"})
    _physical(location["physicalLocation"])
    for logical in location.get("logicalLocations", []):
        _known(logical, {"fullyQualifiedName"}, set())
        assert logical["fullyQualifiedName"]


def _physical(physical: Any) -> None:
    _known(physical, {"artifactLocation", "region"}, {"artifactLocation"})
    _known(physical["artifactLocation"], {"uri"}, set())
    assert _URI.match(physical["artifactLocation"]["uri"])
    region = physical.get("region", {"startLine": 1, "startColumn": 1})
    _known(region, {"startLine", "startColumn"}, set())
    for value in region.values():
        assert isinstance(value, int)
        assert value >= 1

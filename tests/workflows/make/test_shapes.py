"""The forms a blueprint comes in, and what is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from koda_desktop.workflows.inspect import inspect_bytes
from tests.workflows.building import inspected
from tests.workflows.make.building import blueprint, module


@pytest.mark.parametrize(
    ("document", "sub_kind"),
    [
        (blueprint(), "blueprint"),
        ({"flow": [module()]}, "blueprint"),
        ({"blueprint": blueprint(), "scheduling": {}}, "wrapped"),
        ({"code": "OK", "response": {"blueprint": blueprint(), "scheduling": {}}}, "wrapped"),
        ({"scenario": {"blueprint": blueprint()}}, "wrapped"),
        ({"template": {"blueprint": blueprint()}}, "wrapped"),
        ([blueprint()], "wrapped"),
        ([{"response": {"blueprint": blueprint()}}], "wrapped"),
    ],
)
def test_every_form_is_make(document: Any, sub_kind: str) -> None:
    report = inspected(document, "misleading.n8n.json")
    assert (report.platform, report.sub_kind) == ("Make", sub_kind)
    assert report.confidence >= 0.9
    assert "named app:Module" in report.reasons[0]


@pytest.mark.parametrize(
    "document",
    [
        {"flow": []}, {"flow": [1, 2]}, {"flow": [{"module": "plain"}]}, {"flow": {}},
        {"blueprint": {"flow": []}}, {"response": [blueprint()]},
        {"response": {"data": {"scenario": {"blueprint": {"x": blueprint()}}}}},
    ],
)  # fmt: skip
def test_what_is_no_blueprint(document: Any) -> None:
    report = inspected(document)
    assert report.sub_kind in ("json", "unknown-form")
    assert not report.graph.nodes


def test_odd_modules_lower_the_confidence() -> None:
    sure = inspected(blueprint(module(1), module(2))).confidence
    assert inspected(blueprint(module(1), module(2, "plain"))).confidence < sure


def test_an_account_of_json_that_breaks_off() -> None:
    text = json.dumps(blueprint(module()))
    report = inspect_bytes(text[:-9].encode(), "x.json")
    assert (report.platform, report.problems[0].code) == ("Make", "truncated-json")
    assert report.problems[0].line == 1


def test_keys_given_twice_are_listed() -> None:
    data = b'{"name": "a", "name": "b", "flow": [{"id": 1, "module": "slack:Send"}]}'
    report = inspect_bytes(data, "x.json")
    assert [(r.where, r.before, r.after) for r in report.removed] == [("name", '"a"', '"b"')]

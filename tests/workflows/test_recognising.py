"""Which file is what, and what is said of files that are nothing."""

from __future__ import annotations

import codecs
import json

import pytest

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Severity
from tests.workflows.building import codes, edges, inspected, node, workflow

MAKE = {"name": "Post", "flow": [
    {"id": 1, "module": "google-sheets:watchRows",
     "onerror": [{"id": 9, "module": "builtin:Ignore"}]},
    {"id": 2, "module": "builtin:BasicRouter", "routes": [
        {"flow": [{"id": 3, "module": "slack:CreateMessage"}]},
        {"flow": [{"id": 4, "module": "slack:CreateMessage"}]}]},
], "metadata": {"version": 1}}  # fmt: skip
ZAPIER = {"metadata": {"version": 2}, "zaps": [{"id": 1, "title": "New rows to Slack", "nodes": {
    "1": {"id": 1, "selected_api": "GoogleSheetsV2CLIAPI@2.8.0", "type_of": "read"},
    "2": {"id": 2, "selected_api": "FilterAPI", "type_of": "filter"},
}}]}  # fmt: skip
NODE_RED = [
    {"id": "t1", "type": "tab", "label": "Weather"},
    {"id": "a", "type": "inject", "z": "t1", "x": 1, "y": 1, "wires": [["b"]]},
    {"id": "b", "type": "debug", "z": "t1", "x": 2, "y": 1, "wires": []},
]


@pytest.mark.parametrize(
    ("document", "sub_kind", "count"),
    [
        ({"just": "data"}, "json", 0),
        ([1, 2, 3], "json", 0),
        ({"nodes": [{"type": "text"}], "edges": []}, "json", 0),
    ],
)
def test_json_of_no_platform_is_kept_as_it_is(document: object, sub_kind: str, count: int) -> None:
    report = inspected(document, "misleading.n8n.json")
    assert (report.platform, report.sub_kind, report.node_count) == ("Other", sub_kind, count)
    assert report.packaged is not None
    assert report.packaged.data == json.dumps(document).encode()
    assert codes(report) == ["kept-as-is"]
    assert report.publishable


@pytest.mark.parametrize(
    ("document", "platform", "count"),
    [
        (MAKE, "Make", 5),
        ({"response": {"blueprint": MAKE}}, "Make", 5),
        (ZAPIER, "Zapier", 2),
        (NODE_RED, "Other", 2),
        ({"flows": NODE_RED, "rev": "1"}, "Other", 2),
    ],
)
def test_every_platform_is_recognised_by_its_content(
    document: object, platform: str, count: int
) -> None:
    report = inspected(document, "misleading.n8n.json")
    assert (report.platform, report.node_count) == (platform, count)
    assert report.confidence > 0.9
    assert "kept-as-is" not in codes(report)


def test_apps_of_every_platform_have_names() -> None:
    assert [(i.name, i.count) for i in inspected(MAKE).integrations] == [
        ("Slack", 2), ("Google Sheets", 1),
    ]  # fmt: skip
    assert [i.name for i in inspected(ZAPIER).integrations] == ["Google Sheets"]
    assert inspected(ZAPIER).name == "New rows to Slack"
    assert inspected(NODE_RED).name == "Weather"


@pytest.mark.parametrize(
    ("data", "sub_kind", "media_type"),
    [
        (b"Dear reader,\nplease import the file.\n", "text", "text/plain; charset=utf-8"),
        (b"[section]\nkey = value\n", "text", "text/plain; charset=utf-8"),
        (b"{% if a %}b{% endif %}", "text", "text/plain; charset=utf-8"),
        (b"\x7fELF\x00\x01", "binary", "application/octet-stream"),
        (bytes(range(1, 255)), "binary", "application/octet-stream"),
    ],
)
def test_files_that_are_no_json_are_told_apart_by_content(
    data: bytes, sub_kind: str, media_type: str
) -> None:
    report = inspect_bytes(data, "file.bin")
    assert (report.platform, report.sub_kind) == ("Other", sub_kind)
    assert report.packaged is not None
    assert (report.packaged.data, report.packaged.media_type) == (data, media_type)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b" \n\t ", "empty-file"),
        (codecs.BOM_UTF8, "empty-file"),
        (b"\n<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web-page"),
        (b"<!-- saved -->\n<html lang='en'>", "web-page"),
        (b"<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code></Error>", "error-answer"),
        (b"404: Not Found", "error-answer"),
        (b'{"message": "Not Found", "documentation_url": "https://docs"}', "error-answer"),
        (b'{"code": 401, "message": "Unauthorized"}', "error-answer"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "pointer-file"),
        (b'{"$": "9f2bc5a1e3d7486b"}', "credentials-file"),
        (b"{}", "no-workflow"),
        (b"[]", "no-workflow"),
        (b'"text"', "no-workflow"),
        (b'{"nodes": [{"a": 1,', "truncated-json"),
        (b'{"a": 1,}', "not-json"),
        (b'{"a": 1}\n{"a": 2}', "not-json"),
        (b"not json at all", "not-json"),
        (b"\xff\xfe{\x00\x22", "wrong-encoding"),
    ],
)
def test_files_that_are_nothing_say_what_to_do(data: bytes, code: str) -> None:
    report = inspect_bytes(data, "download.json")
    errors = [p for p in report.problems if p.severity is Severity.ERROR]
    assert [p.code for p in errors] == [code]
    assert any(word in errors[0].message for word in ("again", "Fetch"))
    assert not report.publishable
    assert report.packaged is None


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9, 0.99])
def test_a_cut_n8n_file_is_still_called_n8n(cut: float) -> None:
    nodes = [node(f"Step {i}", notes="x" * 40) for i in range(5)]
    text = json.dumps(workflow(*nodes, connections=edges(("Step 0", "Step 1"))), indent=1)
    report = inspect_bytes(text[: int(len(text) * cut)].encode(), "cut.json")
    problem = report.problems[0]
    assert (report.platform, problem.code) == ("n8n", "truncated-json")
    assert problem.line is not None
    assert problem.snippet.count("\n") == 1
    assert report.as_json()["problems"][0]["line"] == problem.line  # type: ignore[index]


_TEXT = json.dumps(workflow(name="Größe prüfen"), ensure_ascii=False)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_TEXT.encode(), []),
        (codecs.BOM_UTF8 + _TEXT.encode(), []),
        (_TEXT.encode("utf-16"), ["converted-encoding"]),
        (_TEXT.encode("utf-16-le"), ["converted-encoding"]),
        (_TEXT.encode("utf-16-be"), ["converted-encoding"]),
        (_TEXT.encode("utf-32"), ["converted-encoding"]),
        (_TEXT.encode("latin-1"), ["converted-encoding"]),
    ],
)
def test_every_encoding_people_save_in_is_read(data: bytes, code: list[str]) -> None:
    report = inspect_bytes(data, "x.json")
    assert report.name == "Größe prüfen"
    assert codes(report) == code
    assert report.publishable
    assert report.packaged is not None
    assert "Größe".encode() in report.packaged.data


def test_damaged_utf8_is_refused_with_its_place() -> None:
    data = '{"nodes": [],\n "name": "Größe'.encode() + b"\xff" + b'", "connections": {}}'
    problem = inspect_bytes(data, "x.json").problems[0]
    assert (problem.code, problem.line, problem.column) == ("wrong-encoding", 2, 16)


def test_a_choice_by_hand_goes_first() -> None:
    made = inspect_bytes(json.dumps(MAKE).encode(), "x.json", platform="Make")
    assert (made.platform, made.sub_kind, made.confidence) == ("Make", "blueprint", 1.0)
    assert made.publishable


def test_n8n_cannot_be_chosen_for_what_is_none() -> None:
    report = inspect_bytes(json.dumps(MAKE).encode(), "x.json", platform="n8n")
    assert report.platform == "n8n"
    assert "platform-mismatch" in codes(report)
    assert not report.publishable


def test_other_chosen_for_n8n_keeps_the_file_as_it_is_and_says_so() -> None:
    data = json.dumps(workflow()).encode()
    report = inspect_bytes(data, "x.json", platform="Other")
    assert report.platform == "Other"
    assert report.packaged is not None
    assert report.packaged.data == data
    assert codes(report) == ["kept-as-is"]


def test_an_unknown_platform_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="unknown platform"):
        inspect_bytes(b"{}", "x.json", platform="Bubble")


def test_too_many_nodes_are_refused() -> None:
    nodes = [node(f"n{i}") for i in range(11)]
    report = inspect_bytes(json.dumps(workflow(*nodes)).encode(), "x", caps=Caps(max_nodes=10))
    assert "too-many-nodes" in codes(report)
    assert report.packaged is None


def test_thousands_of_problems_are_cut_to_a_readable_number() -> None:
    nodes = [node("same", id=None) for _ in range(2000)]
    report = inspected(workflow(*nodes))
    assert len(report.problems) == 501
    assert report.problems[-1].code == "more-problems"
    assert report.problems[0].severity is Severity.ERROR


def test_the_printed_form_is_the_documented_one() -> None:
    printed = inspected(workflow(active=True)).as_json()
    assert list(printed) == [
        "file", "platform", "confidence", "name", "nodes", "integrations", "triggers",
        "credentials", "problems", "secrets", "removed", "publishable",
        "ai_models", "code_languages", "setup_steps", "packages", "platform_version", "kept",
    ]  # fmt: skip
    assert printed["removed"] == [
        {
            "where": "active",
            "reason": "a bought workflow starts switched off",
            "kind": "n8n-active",
            "optional": True,
        }
    ]
    assert printed["triggers"] == ["Webhook"]
    assert printed["nodes"] == 1

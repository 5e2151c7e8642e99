"""What is recognised as an export, and what is said of its zaps."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.zapier.apps import action_name, app
from tests.workflows.building import inspected
from tests.workflows.zapier.building import export, step, zap


@pytest.mark.parametrize(
    ("document", "sub_kind"),
    [
        (export(), "team-export"),
        (export() | {"metadata": {"version": "gdpr_v1"}}, "account-export"),
        ({"zaps": [zap()]}, "zaps"),
    ],
)
def test_both_versions_are_zapier(document: Any, sub_kind: str) -> None:
    report = inspected(document, "misleading.n8n.json")
    assert (report.platform, report.sub_kind) == ("Zapier", sub_kind)
    assert report.confidence >= 0.9


@pytest.mark.parametrize(
    "document",
    [{"zaps": []}, {"zaps": [{"id": 1, "name": "x", "trigger": "y"}]}, {"zaps": {}}, {"zaps": [1]},
     {"zaps": [{"nodes": {"1": {"type": "x"}}}]}, [export()]],
)  # fmt: skip
def test_what_is_no_export(document: Any) -> None:
    report = inspected(document)
    assert report.sub_kind in ("json", "unknown-form")
    assert not report.graph.nodes


@pytest.mark.parametrize(
    ("api", "label", "service"),
    [
        ("GoogleSheetsV2CLIAPI@2.8.0", "Google Sheets", "googleSheets"),
        ("GoogleMailV2CLIAPI@2.5.0", "Gmail", "googleMail"), ("SlackAPI", "Slack", "slack"),
        ("HubSpotCLIAPI@1.0.0", "HubSpot", "hubSpot"), ("FilterAPI", "Filter", ""),
        ("BranchingAPI", "Paths", ""), ("ZapierFormatterCLIAPI@1.1.5", "Formatter", ""),
        ("WebHookCLIAPI@1.1.1", "Webhook", ""), ("CodeCLIAPI@1.0.1", "Code", ""),
        ("App12345CLIAPI@1.0.0", "Private app", "app12345"), ("DelayCLIAPI@1.1.1", "Delay", ""),
    ],
)  # fmt: skip
def test_apps_have_names(api: str, label: str, service: str) -> None:
    assert (app(api).label, app(api).service) == (label, service)


@pytest.mark.parametrize(
    ("action", "name"),
    [("add_row_lines", "Add row lines"), ("file_in_folder_v2", "File in folder"), ("", ""),
     ("01929fad-d3dd-62c2-52ed-7868d5fcc691", "")],
)  # fmt: skip
def test_actions_become_words(action: str, name: str) -> None:
    assert action_name(action) == name


def test_branches_and_names_of_the_graph() -> None:
    paths = step(2, "BranchingAPI", meta={"stepTitle": "Which kind?"})
    left, right = step(3, parent_id=2), step(4, parent_id=2, title="Own title")
    first = step(title="Sample", action="new_row")
    graph = inspected(export(zap(first, paths, left, right))).graph
    assert [node.name for node in graph.nodes] == [
        "New row", "Which kind?", "Channel message", "Own title",
    ]  # fmt: skip
    assert [(e.source, e.target, e.kind, e.output) for e in graph.edges] == [
        ("New row", "Which kind?", "main", 0), ("Which kind?", "Channel message", "branch", 0),
        ("Which kind?", "Own title", "branch", 1),
    ]  # fmt: skip
    assert [node.kind for node in graph.nodes] == ["trigger", "logic", "action", "action"]


def test_what_a_buyer_needs() -> None:
    code = step(3, "CodeCLIAPI@1.0.1", params={"code": "return input_data"}, action="run")
    script = step(4, "CodeCLIAPI@1.0.1", params={"code": "output = inputData"}, action="run")
    ai = step(5, "ChatGPTCLIAPI@2.0.0", params={"model": "gpt-4o", "text": "hi"})
    report = inspected(export(zap(step(1, "WebHookCLIAPI@1.1.1"), step(2), code, script, ai)))
    assert report.triggers == ("Webhook",)
    assert report.credentials == ("Slack", "ChatGPT")
    assert report.code_languages == ("Python", "JavaScript")
    assert report.ai_models == ("gpt-4o",)
    assert report.setup_steps == (
        "Import the file into Zapier", "Connect Slack", "Connect OpenAI",
        "Give the new webhook address to the services that call it",
        "Test every step and publish the zap",
    )  # fmt: skip


def test_the_listing_proposed() -> None:
    report = inspected(export(zap(step(1, "ScheduleCLIAPI@1.0.0"), step(2),
                                  title="Leads of the day")))  # fmt: skip
    assert report.name == report.proposal.title == "Leads of the day"
    assert report.proposal.description == (
        "A Zap with 2 steps. It starts on a schedule. It uses Slack. You need credentials for "
        "Slack."
    )
    assert report.proposal.tags == ("zapier", "slack", "schedule")
    assert report.proposal.category == "Sales"


def test_several_zaps_are_told_apart() -> None:
    report = inspected(export(zap(), zap() | {"id": 2}), "untitled.json")
    assert report.name == "untitled"
    assert [node.name for node in report.graph.nodes] == [
        "1: Channel message", "2: Channel message",
    ]  # fmt: skip
    assert "several-workflows" in [problem.code for problem in report.problems]


def test_the_fingerprint_is_of_what_it_does() -> None:
    base = export(zap(step(), step(2)))
    same = export(zap(step(1, "SlackCLIAPI@9.9.9", params={"a": 1}), step(2), title="Other"))
    other = export(zap(step(), step(2, action="direct_message")))
    prints = [inspected(document).fingerprint for document in (base, same, other)]
    assert prints[0] == prints[1] != prints[2]

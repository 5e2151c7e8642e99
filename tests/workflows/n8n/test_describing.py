"""What the report says an n8n workflow is, and what listing it proposes."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.inspection import Integration, Node, Note
from koda_desktop.workflows.n8n.credential_names import credential_name
from koda_desktop.workflows.n8n.node_types import node_type
from tests.workflows.building import edges, inspected, node, workflow

NOTE = "n8n-nodes-base.stickyNote"
LANGCHAIN = "@n8n/n8n-nodes-langchain"


@pytest.mark.parametrize(
    ("kind", "label", "service"),
    [
        ("n8n-nodes-base.googleSheets", "Google Sheets", "googleSheets"),
        ("n8n-nodes-base.googleSheetsTrigger", "Google Sheets", "googleSheets"),
        ("n8n-nodes-base.googleSheetsTool", "Google Sheets", "googleSheets"),
        ("n8n-nodes-base.hubspot", "HubSpot", "hubspot"),
        ("n8n-nodes-base.someNewService", "Some New Service", "someNewService"),
        ("n8n-nodes-base.httpRequest", "HTTP Request", "httpRequest"),
        ("n8n-nodes-base.set", "Edit Fields", ""),
        ("n8n-nodes-base.webhook", "Webhook", ""),
        ("n8n-nodes-base.scheduleTrigger", "Schedule", ""),
        (f"{LANGCHAIN}.lmChatOpenAi", "OpenAI", "openAi"),
        (f"{LANGCHAIN}.embeddingsOpenAi", "OpenAI", "openAi"),
        (f"{LANGCHAIN}.openAi", "OpenAI", "openAi"),
        (f"{LANGCHAIN}.vectorStoreQdrant", "Qdrant", "qdrant"),
        (f"{LANGCHAIN}.vectorStoreSupabaseInsert", "Supabase", "supabase"),
        (f"{LANGCHAIN}.toolWikipedia", "Wikipedia", "wikipedia"),
        (f"{LANGCHAIN}.agent", "AI Agent", ""),
        (f"{LANGCHAIN}.memoryBufferWindow", "Simple Memory", ""),
        (f"{LANGCHAIN}.chatTrigger", "Chat", ""),
        ("@devs/n8n-nodes-waha.WAHA", "WAHA", "WAHA"),
    ],
)
def test_types_have_names_and_services(kind: str, label: str, service: str) -> None:
    known = node_type(kind)
    assert (known.label, known.service) == (label, service)


@pytest.mark.parametrize(
    ("kind", "trigger"),
    [
        ("n8n-nodes-base.webhook", "Webhook"),
        ("n8n-nodes-base.cron", "Schedule"),
        ("n8n-nodes-base.interval", "Schedule"),
        ("n8n-nodes-base.start", "Manual"),
        ("n8n-nodes-base.emailReadImap", "Incoming email"),
        ("n8n-nodes-base.telegramTrigger", "Telegram"),
        (f"{LANGCHAIN}.chatTrigger", "Chat"),
        ("n8n-nodes-base.telegram", ""),
        ("n8n-nodes-base.respondToWebhook", ""),
    ],
)
def test_triggers_are_known(kind: str, trigger: str) -> None:
    assert node_type(kind).trigger == trigger


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("n8n-nodes-base.webhook", "trigger"), ("n8n-nodes-base.if", "logic"),
     ("n8n-nodes-base.code", "code"), ("n8n-nodes-base.gmail", "action"),
     (f"{LANGCHAIN}.agent", "ai"), (f"{LANGCHAIN}.lmChatOpenAi", "ai-part")],
)  # fmt: skip
def test_kinds_for_the_picture(kind: str, expected: str) -> None:
    assert node_type(kind).kind == expected


@pytest.mark.parametrize(
    ("kind", "name"),
    [("gmailOAuth2", "Gmail"), ("googleSheetsOAuth2Api", "Google Sheets"), ("openAiApi", "OpenAI"),
     ("googleSheetsTriggerOAuth2Api", "Google Sheets"), ("airtableTokenApi", "Airtable"),
     ("httpHeaderAuth", "Header Auth"), ("smtp", "SMTP"), ("nocoDbApiToken", "NocoDB"),
     ("api", "API"), ("", "")],
)  # fmt: skip
def test_credential_types_have_names(kind: str, name: str) -> None:
    assert credential_name(kind) == name


def test_integrations_are_counted_without_core_steps_and_notes() -> None:
    report = inspected(workflow(
        node(), node("S", "n8n-nodes-base.set"), node("N", NOTE),
        node("H", "n8n-nodes-base.httpRequest"),
        node("G", "n8n-nodes-base.gmail"), node("G2", "n8n-nodes-base.gmailTool"),
    ))  # fmt: skip
    assert report.integrations == (
        Integration("gmail", "Gmail", 2), Integration("httpRequest", "HTTP Request", 1),
    )  # fmt: skip
    assert report.node_count == 5


def test_a_request_with_a_services_credential_is_that_service() -> None:
    parameters = {"authentication": "predefinedCredentialType", "nodeCredentialType": "slackApi"}
    report = inspected(workflow(node(), node("H", "n8n-nodes-base.httpRequest",
                                             parameters=parameters)))  # fmt: skip
    assert [found.name for found in report.integrations] == ["Slack"]
    assert report.credentials == ("slackApi",)


def test_triggers_and_credentials_are_listed_once() -> None:
    credentials = {"gmailOAuth2": {"id": "1", "name": "a"}}
    report = inspected(workflow(
        node("A", credentials=credentials), node("B", id="b", credentials=credentials),
        node("C", "n8n-nodes-base.cron", credentials={"smtp": "old"}),
    ))  # fmt: skip
    assert report.triggers == ("Webhook", "Schedule")
    assert report.credentials == ("gmailOAuth2", "smtp")


def test_the_graph_has_steps_edges_and_notes() -> None:
    document = workflow(
        node("In", position=[1.5, -2]),
        node("If", "n8n-nodes-base.if", disabled=True),
        node("N", NOTE, position=[5, 6],
             parameters={"content": "Hello", "width": 300, "height": 90, "color": 4}),
        connections={"In": {"main": [None, [{"node": "If", "type": "main", "index": 1}]]}},
    )  # fmt: skip
    graph = inspected(document).graph
    assert graph.nodes == (
        Node("In", "n8n-nodes-base.webhook", "Webhook", (1.5, -2.0), False, True, "trigger"),
        Node("If", "n8n-nodes-base.if", "If", (0.0, 0.0), True, False, "logic"),
    )
    assert [(e.source, e.target, e.kind, e.output, e.input) for e in graph.edges] == [
        ("In", "If", "main", 1, 1)
    ]
    assert graph.notes == (Note("Hello", (5.0, 6.0), (300.0, 90.0), "4"),)


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({}, (240.0, 160.0)),
        ({"width": 500}, (500.0, 160.0)),
        ({"height": 90.5}, (240.0, 90.5)),
        ({"width": "wide", "height": None}, (240.0, 160.0)),
    ],
)
def test_a_side_that_a_note_does_not_name_is_the_editors_own(
    given: dict[str, Any], size: tuple[float, float]
) -> None:
    note = node("N", NOTE, parameters={"content": "Hello"} | given)
    assert inspected(workflow(node("In"), note)).graph.notes[0].size == size


def test_a_note_nothing_was_ever_written_on_is_left_out() -> None:
    assert inspected(workflow(node("In"), node("N", NOTE, parameters={}))).graph.notes == ()


@pytest.mark.parametrize(
    ("name", "file_name", "title"),
    [
        ("Sync leads", "x.json", "Sync leads"),
        (None, "0uon02fOzPkLcG6G_Lead_Qualification.json", "Lead Qualification"),
        ("My workflow 12", "sync-leads (1).json", "Sync leads"),
        ("My workflow", "1048_workflow_1048.json", "Gmail workflow"),
        ("Leads of anna@example.com", "x.json", "Leads of [e-mail address]"),
        ("Sync leads copy", "x.json", "Sync leads"),
    ],
)
def test_titles(name: str | None, file_name: str, title: str) -> None:
    document = workflow(node(), node("G", "n8n-nodes-base.gmail")) | {"name": name}
    assert inspected(document, file_name).proposal.title == title


def test_a_telling_heading_is_a_better_title_than_none() -> None:
    notes = [
        node(
            "N", NOTE, parameters={"content": "# Setup\n## Follow this guide to set up all of it"}
        ),
        node("M", NOTE, id="m", parameters={"content": "## Turn a light red on new issues\nText"}),
    ]
    report = inspected(workflow(node(), *notes) | {"name": None}, "workflow.json")
    assert report.proposal.title == "Turn a light red on new issues"


def test_notes_become_the_description_in_reading_order() -> None:
    long = "This workflow collects every new lead from the form and writes it to your sheet. "
    notes = [
        node("B", NOTE, position=[900, 0], parameters={"content": "### Second\n" + long * 2}),
        node("A", NOTE, position=[0, 0], parameters={"content": "## First\n" + long * 2}),
        node("C", NOTE, position=[-50, 0], parameters={"content": "Label"}),
    ]
    description = inspected(workflow(node(), *notes)).proposal.description
    assert description.index("First") < description.index("Second") < description.index("Label")
    assert "#" not in description


def test_without_notes_the_description_is_made_of_what_is_known() -> None:
    document = workflow(
        node(), node("G", "n8n-nodes-base.gmail", credentials={"gmailOAuth2": "x"}),
        node("S", "n8n-nodes-base.cron"), node("T", "n8n-nodes-base.amqpTrigger"),
    )  # fmt: skip
    assert inspected(document).proposal.description == (
        "An n8n workflow with 4 steps. "
        "It starts when its webhook is called, on a schedule or on an event in AMQP. "
        "It uses Gmail and AMQP. You need credentials for Gmail."
    )


def test_nothing_of_the_parameters_reaches_the_proposal() -> None:
    secret = "zebra-7731"
    document = workflow(
        node(parameters={"path": secret, "note": secret}, credentials={"smtp": secret}),
        pinData={"Start": secret}, tags=[{"name": secret}],
    )  # fmt: skip
    assert secret not in repr(inspected(document).proposal)


@pytest.mark.parametrize(
    ("kinds", "name", "expected"),
    [
        (["n8n-nodes-base.mailchimp", "n8n-nodes-base.gmail"], "x", "Email Marketing"),
        (["n8n-nodes-base.hubspot", "n8n-nodes-base.googleSheets"], "x", "Sales"),
        (["n8n-nodes-base.linkedIn", "n8n-nodes-base.notion"], "x", "Social Media"),
        (["n8n-nodes-base.googleCalendar"], "x", "Productivity"),
        ([], "Weekly newsletter", "Email Marketing"),
        ([], "Thing", "Other"),
    ],
)
def test_categories(kinds: list[str], name: str, expected: str) -> None:
    steps = [node(f"s{i}", kind) for i, kind in enumerate(kinds)]
    assert inspected(workflow(node(), *steps) | {"name": name}).proposal.category == expected


def test_tags_are_short_distinct_and_lower_case() -> None:
    services = ["gmail", "slack", "notion", "trello", "asana", "jira", "hubspot", "twilio", "zoom",
                "stripe"]  # fmt: skip
    steps: list[dict[str, Any]] = [node(s, f"n8n-nodes-base.{s}") for s in services]
    steps.append(node("Agent", f"{LANGCHAIN}.agent"))
    tags = inspected(workflow(node(), *steps)).proposal.tags
    assert tags[:4] == ("n8n", "ai", "ai agent", "gmail")
    assert len(tags) == 10
    assert all(tag == tag.lower() for tag in tags)


def test_the_fingerprint_knows_what_a_workflow_does() -> None:
    gmail = node("G", "n8n-nodes-base.gmail")
    base = workflow(node("A"), gmail, connections=edges(("A", "G")))
    same = workflow(gmail | {"name": "Renamed", "position": [99, 9], "id": "new"},
                    node("B", parameters={"text": "other"}),
                    connections=edges(("B", "Renamed")))  # fmt: skip
    print_of = inspected(base).fingerprint
    assert inspected(same).fingerprint == print_of
    unlinked = workflow(node("A"), gmail)
    reversed_ = workflow(node("A"), gmail, connections=edges(("G", "A")))
    other = workflow(node("A"), gmail | {"parameters": {"operation": "delete"}},
                     connections=edges(("A", "G")))  # fmt: skip
    more = workflow(node("A"), gmail, node("Z", "n8n-nodes-base.set"),
                    connections=edges(("A", "G")))  # fmt: skip
    others = {inspected(w).fingerprint for w in (unlinked, reversed_, other, more)}
    assert len(others) == 4
    assert print_of not in others

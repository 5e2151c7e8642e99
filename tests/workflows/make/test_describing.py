"""What is said of a scenario: apps, triggers, needs, and the listing proposed."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.make.describing import pace
from tests.workflows.building import inspected
from tests.workflows.make.building import blueprint, module

HOOK = module(1, "gateway:CustomWebHook")


@pytest.mark.parametrize(
    ("kind", "trigger"),
    [
        ("gateway:CustomWebHook", "Webhook"), ("gateway:CustomMailHook", "Incoming email"),
        ("google-sheets:watchRows", "Google Sheets"), ("slack:WatchEvents", "Slack"),
        ("scenario-service:StartSubscenario", "Called by another workflow"),
        ("http:ActionSendData", "Schedule"), ("rss:TriggerNewArticle", "RSS feed"),
    ],
)  # fmt: skip
def test_the_first_module_starts_the_scenario(kind: str, trigger: str) -> None:
    report = inspected(blueprint(module(1, kind), module(2, "slack:WatchEvents")))
    assert report.triggers == (trigger,)
    assert [node.is_trigger for node in report.graph.nodes] == [
        kind != "http:ActionSendData",
        False,
    ]


def test_apps_have_names_and_are_counted() -> None:
    report = inspected(blueprint(
        HOOK, module(2, "http:ActionSendData"), module(3, "google-sheets:addRow"),
        module(4, "hubspotcrm:createContact"), module(5, "google-sheets:addRow"),
        module(6, "json:ParseJSON"), module(7, "app#own-crm-x8:Do"),
    ))  # fmt: skip
    assert [(i.key, i.name, i.count) for i in report.integrations] == [
        ("google-sheets", "Google Sheets", 2), ("hubspotcrm", "HubSpot", 1),
        ("app#own-crm-x8", "Own CRM", 1),
        ("http", "HTTP Request", 1),
    ]  # fmt: skip


def test_connections_are_those_a_buyer_needs() -> None:
    report = inspected(blueprint(
        HOOK, module(2, "http:ActionSendDataAPIKeyAuth"), module(3, "slack:CreateMessage"),
        module(4, "slack:Get"), module(5, "weather:ActionGetCurrentWeather"),
        module(6, "util:SetVariables"), module(7, "ai-local-agent:RunLocalAIAgent"),
    ))  # fmt: skip
    assert report.credentials == ("apikeyauth", "slack", "ai-provider")
    assert report.setup_steps == (
        "Import the file into Make", "Connect API Key", "Connect Slack", "Connect AI provider",
        "Give the new webhook address to the services that call it",
        "Choose when it runs and switch it on",
    )  # fmt: skip


def test_models_and_languages() -> None:
    report = inspected(blueprint(
        HOOK, module(2, "openai-gpt-3:CreateCompletion", mapper={"model": "gpt-4o"}),
        module(3, "anthropic-claude:createAMessage", mapper={"model": "{{1.model}}"}),
        module(4, "slack:Send", mapper={"model": "T-1000"}),
        module(5, "code:ExecuteCode", mapper={"language": "python3"}),
        module(6, "code:ExecuteCode"), module(7, "mysql:executeQuery"),
    ))  # fmt: skip
    assert report.ai_models == ("gpt-4o",)
    assert report.code_languages == ("Python", "JavaScript", "SQL")
    assert [node.kind for node in report.graph.nodes] == [
        "trigger", "ai", "ai", "action", "code", "code", "action",
    ]  # fmt: skip


def test_the_listing_proposed() -> None:
    report = inspected(blueprint(HOOK, module(2), name="New leads to Slack"))
    assert report.name == report.proposal.title == "New leads to Slack"
    assert report.proposal.description == (
        "A Make scenario with 2 modules. It starts when its webhook is called. It uses Slack. "
        "You need credentials for Slack."
    )
    assert report.proposal.tags == ("make", "slack", "webhook")
    assert report.proposal.category == "Sales"
    assert report.packaged is not None
    assert report.packaged.name == "new-leads-to-slack.blueprint.json"


def test_a_generic_name_gives_way_to_the_apps() -> None:
    report = inspected(blueprint(HOOK, module(2), name="My scenario 3"), "blueprint (2).json")
    assert report.proposal.title == "Slack scenario"


@pytest.mark.parametrize(
    ("scheduling", "expected"),
    [
        ({"type": "indefinitely", "interval": 900}, "every 15 minutes"),
        ({"type": "indefinitely", "interval": 3600}, "every hour"),
        ({"type": "indefinitely", "interval": 172800}, "every 2 days"),
        ({"type": "indefinitely", "interval": 90}, "every 90 seconds"),
        ({"type": "indefinitely", "interval": 10**9}, ""), ({"type": "daily"}, "every day"),
        ({"type": "immediately"}, ""), ({"type": []}, ""), ("daily", ""), (None, ""),
    ],
)  # fmt: skip
def test_how_often_it_runs(scheduling: Any, expected: str) -> None:
    assert pace(scheduling) == expected


@pytest.mark.parametrize("wrapped", [True, False])
def test_how_often_it_runs_stands_in_the_description(wrapped: bool) -> None:
    every = {"scheduling": {"type": "indefinitely", "interval": 900}}
    document = {"blueprint": blueprint(module(1)), **every} if wrapped else (
        blueprint(module(1), **every))  # fmt: skip
    assert "on a schedule (every 15 minutes)" in inspected(document).proposal.description


def test_the_fingerprint_is_of_what_it_does() -> None:
    base = blueprint(HOOK, module(2, mapper={"text": "a"}))
    same = blueprint(HOOK, module(7, mapper={"text": "b"}, metadata={}), name="Other")
    filtered = blueprint(HOOK, module(2, filter={"name": "f", "conditions": []}))
    routed = blueprint(module(1, "gateway:CustomWebHook", routes=[{"flow": [module(2)]}]))
    prints = [inspected(document).fingerprint for document in (base, same, filtered, routed)]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3

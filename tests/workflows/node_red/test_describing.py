"""What is said of flows: services, triggers, needs, and the listing proposed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.building import inspected
from tests.workflows.node_red.building import flows, node, tab


@pytest.mark.parametrize(
    ("kind", "settings", "trigger"),
    [
        ("inject", {}, "Manual"), ("inject", {"repeat": "60"}, "Schedule"),
        ("inject", {"repeat": "", "once": True}, "Flow start"),
        ("inject", {"crontab": "0 7 * * *", "once": True}, "Schedule"),
        ("http in", {}, "HTTP request"), ("mqtt in", {}, "MQTT"), ("watch", {}, "File change"),
        ("telegram receiver", {}, "Telegram"), ("cronplus", {}, "Schedule"),
    ],
)  # fmt: skip
def test_what_starts_flows(kind: str, settings: Any, trigger: str) -> None:
    report = inspected([node("a", kind, **settings)])
    assert report.triggers == (trigger,)
    assert report.graph.nodes[0].is_trigger


@pytest.mark.parametrize("kind", ["file in", "link in", "trigger", "function", "mqtt out", "catch"])
def test_what_does_not(kind: str) -> None:
    assert inspected([node("a", kind)]).triggers == ()


def test_services_languages_and_models() -> None:
    report = inspected([
        node("a", "mqtt in"), node("b", "mqtt out"), node("c", "http request", authType="bearer"),
        node("d", "telegram sender"), node("e", "function"), node("f", "exec"),
        node("g", "openai-chat", model="gpt-4o"), node("h", "ui_button"), node("i", "mysql"),
        {"id": "j", "type": "mqtt-broker"}, {"id": "k", "type": "telegram bot"},
        {"id": "l", "type": "ui_base"}, {"id": "m", "type": "MySQLdatabase"},
    ])  # fmt: skip
    names = [(i.name, i.count) for i in report.integrations]
    assert names[:2] == [("MQTT", 2), ("Telegram", 1)]
    assert names[-2:] == [("HTTP Request", 1), ("Dashboard", 1)]
    assert report.code_languages == ("JavaScript", "Shell", "SQL")
    assert report.ai_models == ("gpt-4o",)
    assert report.credentials == ("mqtt-broker", "telegram bot", "MySQLdatabase", "bearer")


def test_the_listing_proposed() -> None:
    document = [tab(label="Water the plants", info="Opens the valve when the soil is dry."),
                node("a", "mqtt in", "b"), node("b", "mqtt out")]  # fmt: skip
    report = inspected(document)
    assert report.name == report.proposal.title == "Water the plants"
    assert report.proposal.description == (
        "Opens the valve when the soil is dry.\n\nA Node-RED flow with 2 nodes. It starts on an "
        "MQTT message. It uses MQTT."
    )
    assert report.proposal.tags == ("node-red", "mqtt")
    assert report.setup_steps == ("Import the file into Node-RED", "Deploy the flows")


def test_several_tabs_are_named_by_the_file() -> None:
    document = [tab("t"), tab("u", label="Other"), node("a"), node("b", z="u")]
    assert inspected(document, "plants.json").name == "plants"
    assert inspected(document, ".json").name == "Sample and 1 more"


def test_the_fingerprint_is_of_what_it_does() -> None:
    base = flows(node("a", "function", func="return 1;"))
    same = [tab("q"), node("x", "inject", "y", z="q", x=9), node("y", "function", name="F", z="q")]
    other = flows(node("a", "exec"))
    prints = [inspected(document).fingerprint for document in (base, same, other)]
    assert prints[0] == prints[1] != prints[2]

"""What a buyer of an n8n workflow needs: models, languages and set-up steps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.building import inspected, node, workflow

LANGCHAIN = "@n8n/n8n-nodes-langchain"


@pytest.mark.parametrize(
    ("kind", "parameters", "models"),
    [
        ("lmChatOpenAi", {"model": "gpt-4o-mini"}, ("gpt-4o-mini",)),
        ("lmChatOpenAi", {"model": {"__rl": True, "mode": "list", "value": "gpt-4.1"}},
         ("gpt-4.1",)),
        ("lmChatGoogleGemini", {"modelName": "models/gemini-2.0-flash"}, ("gemini-2.0-flash",)),
        ("lmChatOpenAi", {"model": "={{ $json.model }}"}, ()), ("lmChatOpenAi", {"model": 4}, ()),
        ("lmChatOpenAi", {"options": {"model": "o3"}}, ("o3",)), ("agent", {"text": "gpt-4o"}, ()),
    ],
)  # fmt: skip
def test_models(kind: str, parameters: Any, models: tuple[str, ...]) -> None:
    made = node("M", f"{LANGCHAIN}.{kind}", parameters=parameters)
    assert inspected(workflow(node(), made)).ai_models == models


def test_models_are_those_of_ai_steps_only() -> None:
    made = node("S", "n8n-nodes-base.set", parameters={"model": "gpt-4o"})
    assert inspected(workflow(node(), made)).ai_models == ()


@pytest.mark.parametrize(
    ("kind", "parameters", "languages"),
    [
        ("code", {}, ("JavaScript",)), ("code", {"language": "python"}, ("Python",)),
        ("code", {"language": "pythonNative"}, ("Python",)), ("function", {}, ("JavaScript",)),
        ("executeCommand", {}, ("Shell",)), ("postgres", {"operation": "executeQuery"}, ("SQL",)),
        ("set", {}, ()), ("postgres", {"operation": "insert"}, ()),
    ],
)  # fmt: skip
def test_languages(kind: str, parameters: Any, languages: tuple[str, ...]) -> None:
    made = node("C", f"n8n-nodes-base.{kind}", parameters=parameters)
    assert inspected(workflow(node(), made)).code_languages == languages


def test_set_up_steps() -> None:
    sheet = {"documentId": {"__rl": True, "mode": "list", "value": "1AbC"}}
    report = inspected(workflow(
        node(), node("W", "n8n-nodes-base.webhook"), node("C", "n8n-nodes-own.thing"),
        node("S", "n8n-nodes-base.googleSheets", parameters=sheet,
             credentials={"googleSheetsOAuth2Api": {"name": "x"}}),
    ))  # fmt: skip
    assert report.setup_steps == (
        "Install n8n-nodes-own", "Import the file into n8n", "Connect Google Sheets",
        "Choose your own documents in Google Sheets",
        "Give the 2 new webhook addresses to the services that call it",
        "Run it once and switch it on",
    )  # fmt: skip
    assert report.as_json()["setup_steps"] == list(report.setup_steps)

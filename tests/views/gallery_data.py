"""Made-up listings, transfers, activity and files for the gallery."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from koda_desktop.sync.rows import (
    ListingRow,
    ListingState,
    OperationRow,
    OperationState,
    TransferRow,
    TransferState,
    Verb,
)
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from tests.views.fakes import FakeWorkspace, before, gates, iso_after, make_row

INFOS = (
    WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX, database="koda"),
    WorkspaceInfo("studio-nord", WorkspaceKind.DIRECT, database="koda", bucket="studio-nord-files"),
    WorkspaceInfo("drafts", WorkspaceKind.OFFLINE),
)
_S = ListingState


def catalogue() -> list[ListingRow]:
    """A dozen listings in every state."""
    lines: list[tuple[str, str, str, int, ListingState, dict[str, Any]]] = [
        ("Invoice reminder with Gmail and Sheets", "n8n", "Productivity", 999, _S.DRAFT, {}),
        ("Weekly sales digest to Slack", "n8n", "Sales", 1450, _S.WAITING, {}),
        ("Blog post to five networks", "Make", "Social Media", 2900, _S.PUBLISHING, {}),
        ("Newsletter sign-up to CRM", "n8n", "Email Marketing", 790, _S.PUBLISHED, {}),
        (
            "Lead scoring with OpenAI",
            "n8n",
            "Sales",
            4900,
            _S.REFUSED,
            {"message": "Payouts are not set up with Stripe yet."},
        ),
        (
            "Support inbox triage",
            "Zapier",
            "Productivity",
            1900,
            _S.CONFLICT,
            {"message": "The price was changed here and in the marketplace."},
        ),
        ("CSV to database, nightly", "Python", "Other", 0, _S.PUBLISHED, {}),
        ("Customer birthday mail", "n8n", "Email Marketing", 590, _S.PUBLISHED, {}),
        ("YouTube upload to podcast feed", "Make", "Social Media", 1250, _S.PUBLISHED, {}),
        ("GitHub issue summary", "n8n", "Productivity", 350, _S.PUBLISHED, {}),
        ("Stripe payout to accounting", "n8n", "Sales", 123456, _S.PUBLISHED, {}),
        ("Sensor alarm by SMS", "Other", "Other", 250, _S.DRAFT, {}),
    ]
    ago = (1, 5, 30, 95, 240, 900, 1600, 4000, 9000, 16000, 90000, 600000)
    return [
        make_row(
            number + 1,
            title,
            platform=platform,
            category=category,
            price_minor=price,
            state=state,
            updated_at=before(minutes=ago[number]),
            file_name=title.lower().replace(" ", "-").replace(",", "") + ".json",
            file_size=4200 + 3917 * number,
            **other,
        )
        for number, (title, platform, category, price, state, other) in enumerate(lines)
    ]


def long_catalogue() -> list[ListingRow]:
    """Many listings, the first with names nobody should have."""
    rows = [
        make_row(
            1,
            "When a customer pays an invoice in Stripe, look it up in the accounting system, "
            "write a thank-you mail with a summary in their language, and tell the team",
            tags=tuple(f"tag number {n}" for n in range(12)),
            file_name="When a customer pays an invoice (1) (copy) (final) (really final).json",
            updated_at=before(seconds=3),
        )
    ]
    for number in range(2, 4813):
        base = catalogue()[number % 12]
        changed = before(minutes=number * 7)
        rows.append(
            make_row(
                number,
                f"{base.title} {number}",
                state=base.state,
                platform=base.platform,
                category=base.category,
                price_minor=base.price_minor,
                updated_at=changed,
            )
        )
    return rows


def with_inspection(workspace: FakeWorkspace) -> FakeWorkspace:
    """The first and fourth listings, with what is known of their files."""
    inspection = {
        "nodes": 14,
        "triggers": ["Schedule"],
        "integrations": ["Gmail", "Google Sheets", "Slack", "OpenAI"],
        "credentials": ["gmailOAuth2", "googleSheetsOAuth2Api", "slackApi"],
        "ai_models": ["gpt-5-mini", "text-embedding-3-large"],
        "code_languages": ["JavaScript"],
        "setup_steps": [
            "Import the file into n8n",
            "Connect Gmail, Google Sheets, Slack and OpenAI",
            "Choose your own documents in Google Sheets",
            "Run it once and switch it on",
        ],
        "removed": [{}] * 42,
    }
    for number in (0, 3):
        workspace.details[catalogue()[number].id] = {"inspection": inspection}
    workspace.gates = gates("onboarded")
    return workspace


def refused(workspace: FakeWorkspace) -> FakeWorkspace:
    """The fifth listing, with the marketplace's answer."""
    workspace.details[catalogue()[4].id] = {
        "error": {
            "what": "Payouts are not set up with Stripe yet.",
            "kept": "Your listing is kept on this computer.",
            "remedy": "Finish setting up payouts, then publish.",
        }
    }
    workspace.gates = gates("onboarded")
    return workspace


def _transfer(
    number: int, state: TransferState, done: float, speed: float = 0, **o: Any
) -> TransferRow:
    row = catalogue()[number]
    size = (18_400_000, 2_310_000_000, 9_800, 44_000_000, 310_000, 5_100)[number]
    return TransferRow(
        id=f"t{number}",
        listing_id=row.id,
        listing_title=row.title,
        file_name=row.file_name,
        size=size,
        bytes_done=int(size * done),
        state=state,
        bytes_per_second=speed,
        created_at=before(minutes=3),
        finished_at=o.get("finished_at"),
        error=o.get("error"),
    )


def transfer_rows() -> list[TransferRow]:
    """A transfer in every state."""
    fault = {
        "what": "The bucket “koda-files” does not exist.",
        "kept": "Everything is kept on this computer.",
        "remedy": "Create the bucket or correct its name in Settings, then try again.",
    }
    state = TransferState
    return [
        _transfer(0, state.ACTIVE, 0.62, 2_400_000),
        _transfer(1, state.ACTIVE, 0.08, 3_100_000),
        _transfer(3, state.PARKED, 0.4, error=fault),
        _transfer(2, state.QUEUED, 0),
        _transfer(4, state.DONE, 1, finished_at=before(minutes=9)),
        _transfer(5, state.CANCELLED, 0.5, finished_at=before(hours=2)),
    ]


def _operation(number: int, verb: Verb, state: OperationState, **other: Any) -> OperationRow:
    row = catalogue()[number % 12]
    values: dict[str, Any] = {
        "sequence": number,
        "operation_id": f"{verb}-{number}-{state}",
        "verb": verb,
        "listing_id": row.id,
        "listing_title": row.title,
        "state": state,
        "attempts": 0,
        "created_at": before(minutes=4),
        "finished_at": None,
        "next_at": None,
        "error": None,
    }
    return OperationRow(**{**values, **other})


def activity_rows() -> list[OperationRow]:
    """Work in every state."""
    state = OperationState
    refusal = {
        "what": "Payouts are not set up with Stripe yet.",
        "remedy": "Finish setting up payouts, then publish.",
    }
    down = {"what": "The object store did not answer.", "remedy": ""}
    return [
        _operation(4, Verb.REGISTER, state.PARKED, error=refusal, attempts=1),
        _operation(2, Verb.UPLOAD, state.SENDING),
        _operation(2, Verb.REGISTER, state.QUEUED),
        _operation(2, Verb.VERIFY, state.QUEUED),
        _operation(1, Verb.UPLOAD, state.QUEUED, error=down, attempts=3, next_at=iso_after(40)),
        _operation(
            3, Verb.EDIT, state.DONE, fields=("price", "tags"), finished_at=before(minutes=8)
        ),
        _operation(7, Verb.VERIFY, state.DONE, finished_at=before(minutes=30)),
        _operation(7, Verb.REGISTER, state.DONE, finished_at=before(minutes=30)),
        _operation(7, Verb.UPLOAD, state.DONE, finished_at=before(minutes=31)),
    ]


def _node(number: int, kind: str, name: str, **other: Any) -> dict[str, Any]:
    return {
        "id": f"1f0c{number:04d}-aaaa-4bbb-8ccc-0123456789ab",
        "name": name,
        "type": f"n8n-nodes-base.{kind}",
        "typeVersion": 1,
        "position": [200 * number, 300],
        "parameters": {},
        **other,
    }


def _workflow() -> dict[str, Any]:
    credential = {"gmailOAuth2": {"id": "kQ2vXw81", "name": "Mia's Gmail"}}
    sheet = {
        "documentId": {
            "__rl": True,
            "value": "1AbC",
            "mode": "list",
            "cachedResultName": "Invoices of Nord Studio",
            "cachedResultUrl": "https://docs.google.com/spreadsheets/d/1AbC/edit",
        }
    }
    hook = {"webhookId": "8d3e6c1a-4f5b-4c2d-9e8f-7a6b5c4d3e2f"}
    nodes = [
        _node(1, "scheduleTrigger", "Every morning"),
        _node(2, "googleSheets", "Unpaid invoices", parameters=sheet),
        _node(3, "if", "Overdue?"),
        _node(4, "gmail", "Send reminder", credentials=credential, **hook),
        _node(5, "slack", "Tell the team"),
    ]
    names = [node["name"] for node in nodes]
    links = {
        one: {"main": [[{"node": two, "type": "main", "index": 0}]]} for one, two in pairwise(names)
    }
    return {
        "id": "Xk29dkQ",
        "name": "Invoice reminder",
        "active": True,
        "versionId": "0b7c2c5e-1111-4222-8333-944455566677",
        "meta": {"instanceId": "f1e2d3c4b5a697887766554433221100ffeeddccbbaa99887766554433221100"},
        "pinData": {"Unpaid invoices": [{"json": {"customer": "Jane", "amount": 120}}]},
        "nodes": nodes,
        "connections": links,
        "settings": {"executionOrder": "v1"},
    }


LEAKS = ("9fK2mQ7xT4vB8nL1pR6sW3yZ0aC5dE", "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z")
"""Values that look like secrets and are none: nobody ever handed them out."""


def leaky_workflow() -> dict[str, Any]:
    """The workflow with a token that stands in two steps and a key in the code of a third."""
    found = _workflow()
    header = {"parameters": [{"name": "Authorization", "value": f"Bearer {LEAKS[0]}"}]}
    values = {"sendHeaders": True, "headerParameters": header}
    code = {"jsCode": f"const key = 'sk-proj-{LEAKS[1]}';\nreturn items;"}
    found["nodes"] += [
        _node(6, "httpRequest", "Post to the CRM", parameters=values),
        _node(7, "httpRequest", "Look it up", parameters=values),
        _node(8, "code", "Score", parameters=code),
        _note("## Every morning\nOverdue invoices get a reminder.", [160, 140]),
    ]
    return found


def scenario(number: int) -> dict[str, Any]:
    """A scenario of Make with ``number`` modules behind its webhook, each with hints."""
    hook = {
        "id": 1,
        "module": "gateway:CustomWebHook",
        "version": 1,
        "parameters": {"hook": 812345, "maxResults": 1},
        "mapper": {},
        "metadata": {
            "designer": {"x": 0, "y": 0},
            "restore": {"parameters": {"hook": {"label": "Orders of Nord Studio"}}},
        },
    }
    return {
        "name": "Orders to Slack and Sheets",
        "flow": [hook, *(_module(2 + place) for place in range(number))],
        "metadata": {"version": 1, "instant": True, "zone": "eu2.make.com"},
        "scheduling": {"type": "indefinitely", "interval": 900},
    }


def _module(number: int) -> dict[str, Any]:
    fields = [
        {"name": "channel", "type": "select", "label": "Channel", "required": True},
        {"name": "text", "type": "text", "label": "Text"},
        {"name": "vat", "type": "text", "label": "VAT number of Nord Studio"},
    ]
    label = "Nord Studio (mia@nord-studio.example)"
    restore = {
        "parameters": {"__IMTCONN__": {"label": label, "data": {"scoped": "true"}}},
        "expect": {"channel": {"mode": "chose", "label": "#orders-nord"}},
    }
    return {
        "id": number,
        "module": "slack:CreateMessage",
        "version": 4,
        "parameters": {"__IMTCONN__": 4711 + number},
        "mapper": {"channel": "{{1.channel}}", "text": "Order {{1.text}}"},
        "metadata": {
            "designer": {"x": 300 * number, "y": 0},
            "restore": restore,
            "expect": fields,
        },
    }


def _note(text: str, position: list[int]) -> dict[str, Any]:
    size = {"width": 420, "height": 320}
    return {
        **_node(9, "stickyNote", "Note", parameters={"content": text, **size}),
        "position": position,
    }


_SCRIPT = '''# /// script
# requires-python = ">=3.11"
# dependencies = ["httpx>=0.27", "openai"]
# ///
"""Copy new invoices into the accounting system every night."""

import os

import httpx
from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])


def main() -> None:
    answer = client.responses.create(model="gpt-5-mini", input="hello")
    httpx.post(os.environ["BOOKS_URL"], json={"text": answer.output_text})


if __name__ == "__main__":
    main()
'''


def _made(name: str) -> dict[str, Any]:
    if name.startswith("scenario"):
        return scenario(40 if "long" in name else 3)
    return leaky_workflow() if name.startswith("leaky") else _workflow()


def dropped(folder: Path, *names: str) -> list[Path]:
    """Files of these names, freshly written: a workflow, a leaky or a broken one, a scenario of
    Make, a script or notes."""
    found = []
    for name in names:
        path = folder / name
        made = _made(name)
        text = json.dumps(made, indent=2)
        if name == "broken.json":
            text = text[: len(text) // 2]
        elif name.endswith(".py"):
            text = _SCRIPT
        elif name.endswith(".txt"):
            text = "Remember to buy milk.\n"
        path.write_text(text, "utf-8")
        found.append(path)
    return found

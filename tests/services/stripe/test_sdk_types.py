"""The checker itself: each kind of drift is seen, and what the SDK allows is let through."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from koda_desktop.services.sandbox.stripe.shapes import blank_charge
from koda_desktop.services.sandbox.stripe.store import Store
from koda_desktop.services.sandbox.stripe.wire import API_VERSION
from koda_desktop.services.sandbox.stripe.world import World
from koda_desktop.services.stripe import client
from tests.services.stripe.sdk_types import (
    answer_problems,
    params_of,
    request_kinds,
    request_problems,
)


@pytest.fixture
def charge(tmp_path: Any) -> dict[str, Any]:
    store = Store(tmp_path / "state.sqlite")
    made = blank_charge(World(store, "http://x", lambda: 1), "ch", 1000)
    store.close()
    return made


def test_a_whole_answer_has_no_problems(charge: dict[str, Any]) -> None:
    assert answer_problems(charge) == []
    assert answer_problems({"object": "list", "data": [charge], "has_more": False}) == []


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("amont", 5, "charge.amont: unknown"),
        ("amount", "5", "charge.amount: '5' is no int"),
        ("amount", True, "charge.amount: True is no int"),
        ("captured", 1, "charge.captured: 1 is no bool"),
        ("status", "paid", "charge.status: 'paid' is none of its words"),
        ("metadata", [], "charge.metadata: not a map"),
        ("payment_intent", 7, "charge.payment_intent: 7 is no str"),
        ("outcome", {"type": 3}, "charge.outcome.type: 3 is no str"),
    ],
)
def test_drift_in_an_answer_is_seen(
    charge: dict[str, Any], field: str, value: Any, problem: str
) -> None:
    assert answer_problems({**charge, field: value}) == [problem]


def test_a_missing_field_is_seen(charge: dict[str, Any]) -> None:
    del charge["billing_details"]
    assert answer_problems(charge) == ["charge.billing_details: missing"]


def test_an_event_is_looked_into(charge: dict[str, Any]) -> None:
    event = {
        "object": "event",
        "id": "evt_1",
        "api_version": None,
        "created": 1,
        "livemode": False,
        "pending_webhooks": 0,
        "request": None,
        "type": "charge.suceeded",
        "data": {"object": {**charge, "paid": None}},
    }
    found = answer_problems(event)
    assert "event.type: 'charge.suceeded' is none of its words" in found
    assert "charge.paid: None is no bool" in found


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"mode": "payment", "expires_at": "12", "metadata": {"a": "b"}}, []),
        ({"mode": "gift"}, ["[mode]: 'gift' is none of its words"]),
        ({"expire_at": "12"}, ["[expire_at]: unknown"]),
        ({"idempotency_key": "x"}, ["[idempotency_key]: unknown"]),
        ({"expires_at": "noon"}, ["[expires_at]: 'noon' is no int"]),
        (
            {"payment_intent_data": {"transfer_data": {}}},
            ["[payment_intent_data][transfer_data][destination]: missing"],
        ),
        (
            {"line_items": {"0": {"price": "p"}, "1": {"amount": "3"}}},
            ["[line_items][1][amount]: unknown"],
        ),
    ],
)
def test_drift_in_a_request_is_seen(fields: dict[str, Any], problems: list[str]) -> None:
    kind = params_of("POST", "/v1/checkout/sessions")
    assert request_problems(fields, kind) == problems


def test_the_sdks_own_requests_are_known() -> None:
    assert len(request_kinds()) > 200
    with pytest.raises(LookupError):
        params_of("POST", "/v1/chekout/sessions")


def test_everybody_speaks_the_version_the_sdk_was_made_for() -> None:
    assert stripe.api_version == client.API_VERSION == API_VERSION

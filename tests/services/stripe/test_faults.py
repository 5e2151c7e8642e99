"""Each fault of the outside, as it comes over the wire, is the KodaError of the table."""

from __future__ import annotations

import concurrent.futures
import logging
import time
from typing import Any

import pytest

from koda_desktop.errors import (
    KodaError,
    Misconfigured,
    NotFound,
    Refused,
    ServerDown,
    Unavailable,
    WrongCredentials,
)
from koda_desktop.marketplace.payments import PaymentDeclined, TooManyRequests
from koda_desktop.services.stripe.client import StripeSettings
from koda_desktop.services.stripe.payments import StripePayments
from tests.services.stripe.conftest import KEY, READER, Till

REFUNDS = "/v1/refunds"


def refund(till: Till, charge: str, operation: str, **settings: Any) -> Any:
    payments = till.other(**settings) if settings else till.payments
    return payments.shares.refund(charge, 100, {}, operation, is_reversed=False)


AGAIN = "If it was done already, asking again does not do it twice. Try again in a moment."


@pytest.mark.parametrize(
    ("kind", "expected", "words"),
    [
        (
            "declined",
            PaymentDeclined,
            "The card was declined. Nothing was charged. Pay with another card, or ask the bank.",
        ),
        (
            "rate-limit",
            TooManyRequests,
            "Stripe asks for a pause. Nothing was changed at Stripe. Try again in 7 seconds.",
        ),
        ("server-error", ServerDown, f"Stripe has a fault of its own. {AGAIN}"),
        ("unavailable", ServerDown, f"Stripe has a fault of its own. {AGAIN}"),
        ("conflict", Unavailable, f"Stripe is still busy with this very request. {AGAIN}"),
    ],
)
def test_ordered_faults(till: Till, kind: str, expected: type[KodaError], words: str) -> None:
    charge = till.paid_charge(1000)
    headers = {"Retry-After": "7"} if kind == "rate-limit" else {}
    till.stripe.act("faults", kind=kind, method="POST", path=REFUNDS, headers=headers)
    operation = till.operation()
    with pytest.raises(expected) as raised:
        refund(till, charge, operation, retries=0)
    assert type(raised.value) is expected
    assert str(raised.value) == words
    assert raised.value.facts.get("retry_after") == (7.0 if headers else None)
    assert raised.value.can_retry is issubclass(expected, Unavailable)
    assert till.payments.shares.charge(charge).amount_refunded == 0
    assert refund(till, charge, operation).amount == 100


def test_the_sdk_itself_asks_again_for_what_may_pass(till: Till) -> None:
    charge = till.paid_charge(1000)
    till.stripe.act("faults", kind="unavailable", method="POST", path=REFUNDS)
    assert refund(till, charge, till.operation()).amount == 100
    keys = [key for method, path, _, key in till.client.sent if (method, path) == ("POST", REFUNDS)]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_lost_answer_after_the_money_moved_is_asked_for_again_and_done_once(till: Till) -> None:
    charge = till.paid_charge(1000)
    operation = till.operation()
    till.stripe.act("faults", kind="timeout", method="POST", path=REFUNDS)
    with pytest.raises(ServerDown) as raised:
        refund(till, charge, operation, retries=0, timeouts=(5.0, 0.5))
    assert str(raised.value) == f"Stripe does not answer. {AGAIN}"
    assert till.payments.shares.charge(charge).amount_refunded == 100
    assert refund(till, charge, operation).amount == 100
    assert till.payments.shares.charge(charge).amount_refunded == 100


def test_a_server_error_after_the_money_moved_is_done_once(till: Till) -> None:
    charge = till.paid_charge(1000)
    operation = till.operation()
    till.stripe.act("faults", kind="server-error", method="POST", path=REFUNDS, is_done_first=True)
    with pytest.raises(ServerDown):
        refund(till, charge, operation, retries=0)
    assert refund(till, charge, operation).amount == 100
    assert till.payments.shares.charge(charge).amount_refunded == 100


def test_the_same_operation_while_it_is_being_done_is_in_use(till: Till) -> None:
    charge = till.paid_charge(1000)
    operation = till.operation()
    till.stripe.act("faults", kind="slow", seconds=3.0, method="POST", path=REFUNDS)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(refund, till, charge, operation, retries=0) for _ in range(2)]
        faults = [one.exception() for one in asked]
    (fault,) = (one for one in faults if one is not None)
    assert isinstance(fault, Unavailable)
    assert fault.facts["http_status"] == 409
    assert till.payments.shares.charge(charge).amount_refunded == 100


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("insufficient_funds", "There is not enough money on the card."),
        ("expired_card", "The card has expired."),
        ("do_not_honor", "The card was declined."),
    ],
)
def test_why_a_bank_says_no_is_told_where_it_tells(till: Till, said: str, words: str) -> None:
    charge = till.paid_charge(1000)
    order = {"method": "POST", "path": REFUNDS, "fields": {"decline_code": said}}
    till.stripe.act("faults", kind="declined", **order)
    with pytest.raises(PaymentDeclined) as raised:
        refund(till, charge, till.operation())
    assert raised.value.what == words
    assert raised.value.facts["decline_code"] == said


def test_the_same_operation_with_other_content_is_refused(till: Till) -> None:
    charge = till.paid_charge(1000)
    operation = till.operation()
    refund(till, charge, operation)
    with pytest.raises(Refused) as raised:
        till.payments.shares.refund(charge, 200, {}, operation, is_reversed=False)
    assert raised.value.facts["http_status"] == 400
    assert till.payments.shares.charge(charge).amount_refunded == 100


def test_a_wrong_key_and_one_that_may_too_little(till: Till) -> None:
    with pytest.raises(WrongCredentials):
        till.other("sk_test_wrong").books.balances()
    reader = till.other(READER)
    assert [one.currency for one in reader.books.balances()] == ["EUR"]
    with pytest.raises(Misconfigured) as raised:
        reader.checkouts.find("cs_test_1")
    assert "checkout_sessions:read" in raised.value.remedy
    assert READER not in str(raised.value)


def test_what_is_not_there_and_what_cannot_be_done(till: Till) -> None:
    with pytest.raises(NotFound):
        till.payments.shares.charge("ch_none")
    with pytest.raises(Refused) as raised:
        till.open(49)
    assert raised.value.facts["stripe_code"] == "amount_too_small"


def test_nobody_at_the_other_end(till: Till) -> None:
    nobody = StripePayments(
        StripeSettings("sk_test_nobody", api_base="http://127.0.0.1:9", retries=0)
    )
    with pytest.raises(ServerDown):
        nobody.books.balances()


def test_no_log_tells_a_key_or_a_payment_page(till: Till, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    session = till.open(1000)
    page = till.payments.accounts.onboarding_page(till.seller(), "http://x.test", "http://x.test")
    logged = caplog.text
    for secret in (KEY, session.url or "", page.url):
        assert secret
        assert secret not in logged


def test_no_fault_tells_a_key_or_a_name(till: Till) -> None:
    started = time.monotonic()
    with pytest.raises(WrongCredentials) as raised:
        till.other("sk_test_topsecret1234").books.balances()
    told = f"{raised.value} {raised.value.as_json()} {raised.value!r} {raised.value.__cause__}"
    assert "topsecret" not in told
    assert time.monotonic() - started < 30

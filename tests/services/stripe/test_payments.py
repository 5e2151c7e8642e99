"""The port over the real SDK: what each call does at (a make-believe) Stripe, and does once."""

from __future__ import annotations

import pytest

from koda_desktop.errors import NotFound, Refused
from koda_desktop.marketplace.payments import BalanceState
from tests.services.stripe.conftest import Till

DAY = 86_400


def test_a_seller_is_complete_when_the_account_says_so(till: Till) -> None:
    made = till.payments.accounts.create("5" * 24, None, till.operation())
    assert not made.is_complete
    assert "external_account" in made.due
    till.stripe.act("account", account=made.id, due=["individual.verification.document"])
    half = till.payments.accounts.find(made.id)
    assert half
    assert (half.details_submitted, half.is_complete) == (True, False)
    assert half.due == ("individual.verification.document",)
    till.stripe.act("account", account=made.id, due=[])
    whole = till.payments.accounts.find(made.id)
    assert whole
    assert whole.is_complete
    till.stripe.act("account", account=made.id, due=[], disabled="rejected.fraud")
    rejected = till.payments.accounts.find(made.id)
    assert rejected
    assert (rejected.is_complete, rejected.disabled_reason) == (False, "rejected.fraud")


def test_the_same_operation_makes_one_account(till: Till) -> None:
    operation = till.operation()
    first = till.payments.accounts.create("6" * 24, None, operation)
    assert till.payments.accounts.create("6" * 24, None, operation) == first
    till.payments.accounts.delete(first.id)
    assert till.payments.accounts.find(first.id) is None
    assert till.payments.accounts.find("acct_never") is None


def test_every_request_gets_a_fresh_onboarding_page(till: Till) -> None:
    account = till.seller()
    pages = [
        till.payments.accounts.onboarding_page(account, "http://x.test/a", "http://x.test/b")
        for _ in range(2)
    ]
    assert pages[0].url != pages[1].url
    assert pages[0].url not in repr(pages[0])
    assert 0 < pages[0].expires_at - till.now() <= 300


def test_one_sellers_sale_splits_at_once(till: Till) -> None:
    seller = till.seller()
    charge = till.paid_charge(1000, 999, destination=seller, fee=300, order_id="a" * 24)
    state = till.payments.shares.charge(charge)
    assert (state.amount, state.order_id, state.is_paid) == (1999, "a" * 24, True)
    (transfer,) = till.payments.shares.transfers("a" * 24)
    assert (transfer.amount, transfer.destination, transfer.charge_id) == (1999, seller, charge)
    assert till.payments.shares.fee(state.fee_id or "").amount == 300
    (payment,) = till.payments.books.movements(account=seller)
    assert (payment.type, payment.amount, payment.fee, payment.net) == ("payment", 1999, 300, 1699)


def test_refunds_bring_back_transfer_and_fee_to_the_cent(till: Till) -> None:
    seller = till.seller()
    charge = till.paid_charge(1999, destination=seller, fee=300, order_id="b" * 24)
    shares = till.payments.shares
    fee = shares.charge(charge).fee_id or ""
    for amount, fee_part in ((700, 105), (1299, 195)):
        made = shares.refund(
            charge, amount, {"order": "b" * 24}, till.operation(), is_reversed=True
        )
        assert made.status == "succeeded"
        shares.refund_fee(fee, fee_part, till.operation())
    assert shares.charge(charge).amount_refunded == 1999
    assert [one.amount for one in shares.refunds(charge)] == [1299, 700]
    assert sum(one.net for one in till.payments.books.movements(account=seller)) == 0
    assert shares.fee(fee).amount_refunded == 300
    assert shares.transfers("b" * 24)[0].amount_reversed == 1999
    with pytest.raises(Refused) as refused:
        shares.refund(charge, 1, {}, till.operation(), is_reversed=False)
    assert refused.value.facts["stripe_code"] == "charge_already_refunded"


def test_several_sellers_get_a_transfer_each_from_the_charge(till: Till) -> None:
    first, second = till.seller(), till.seller()
    charge = till.paid_charge(1000, 500, order_id="c" * 24)
    shares = till.payments.shares
    operation = till.operation()
    once = shares.transfer(charge, first, 850, "c" * 24, operation)
    assert shares.transfer(charge, first, 850, "c" * 24, operation) == once
    shares.transfer(charge, second, 425, "c" * 24, till.operation())
    assert {(t.destination, t.amount) for t in shares.transfers("c" * 24)} == {
        (first, 850),
        (second, 425),
    }
    with pytest.raises(Refused):
        shares.transfer(charge, second, 300, "c" * 24, till.operation())
    shares.reverse(once.id, 850, till.operation())
    assert shares.transfers("c" * 24)[1].amount_reversed == 850


def test_a_session_expires_and_can_be_expired(till: Till) -> None:
    session = till.open(1000)
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.url
    ended = till.payments.checkouts.expire(session.id)
    assert (ended.status, ended.url) == ("expired", None)
    late = till.open(1000)
    till.stripe.act("clock", seconds=3601)
    assert till.payments.checkouts.find(late.id).status == "expired"
    with pytest.raises(NotFound):
        till.payments.checkouts.find("cs_test_none")


def test_a_bank_debit_is_paid_days_after_the_session(till: Till) -> None:
    good, bad = till.pay(till.open(1000), "debit"), till.pay(till.open(1000), "bad-debit")
    assert (good.status, good.payment_status) == ("complete", "unpaid")
    till.stripe.act("clock", days=3)
    assert till.payments.checkouts.find(good.id).payment_status == "paid"
    assert till.payments.checkouts.find(bad.id).payment_status == "unpaid"
    kinds = [one.type for one in till.payments.reports.page(0, None, 100).reports]
    assert "checkout.session.async_payment_succeeded" in kinds
    assert "checkout.session.async_payment_failed" in kinds


def test_declined_cards_and_the_banks_question(till: Till) -> None:
    session = till.open(1000)
    declined = till.pay(session, "declined")
    assert declined.status == "open"
    intent = declined.intent_id or ""
    assert till.payments.checkouts.payment(intent).status == "requires_payment_method"
    till.pay(session, "action")
    assert till.payments.checkouts.payment(intent).status == "requires_action"
    assert till.pay(session, "confirmed").payment_status == "paid"


def test_the_books_add_up_and_payouts_name_their_movements(till: Till) -> None:
    seller = till.seller()
    till.paid_charge(1999, destination=seller, fee=300)
    till.paid_charge(501, destination=seller, fee=75)
    books = till.payments.books
    assert books.balances(seller) == [BalanceState(0, 2125, "EUR")]
    till.stripe.act("clock", days=4)
    (payout,) = books.payouts(seller)
    assert (payout.amount, payout.status, payout.is_automatic) == (2125, "paid", True)
    lines = books.movements(account=seller, payout_id=payout.id)
    assert sum(one.net for one in lines if one.type != "payout") == payout.amount
    assert [one.available for one in books.balances(seller)] == [0]
    for one in books.movements():
        assert one.amount - one.fee == one.net


def test_the_catalogue_keeps_one_product_and_retires_prices(till: Till) -> None:
    catalogue = till.payments.catalogue
    product = f"{till.now():024x}"
    fields = {"name": "Invoices", "description": "Sends them", "active": True}
    ref = catalogue.save_product(product, fields, till.operation())
    assert catalogue.save_product(product, {**fields, "active": False}, till.operation()) == ref
    once = catalogue.create_price(ref, {"unit_amount": 999, "currency": "EUR"}, till.operation())
    monthly = catalogue.create_price(
        ref,
        {"unit_amount": 500, "currency": "EUR", "interval": "month", "trial_days": 14},
        till.operation(),
    )
    assert once != monthly
    catalogue.retire_price(once, till.operation())
    catalogue.retire_price("price_gone", till.operation())


def test_reports_come_newest_first_page_by_page(till: Till) -> None:
    since = till.now()
    sessions = [till.open(1000) for _ in range(3)]
    for session in sessions:
        till.payments.checkouts.expire(session.id)
    first = till.payments.reports.page(since, None, 2)
    assert first.has_more
    second = till.payments.reports.page(since, first.reports[-1].id, 2)
    told = [one.body["id"] for one in (*first.reports, *second.reports)]
    assert told[:3] == [session.id for session in reversed(sessions)]
    one = first.reports[0]
    assert till.payments.reports.find(one.id) == one


def test_a_sellers_own_reports_are_asked_for_by_account(till: Till) -> None:
    seller = till.seller()
    (report,) = till.payments.reports.page(0, None, 10, seller).reports
    assert (report.type, report.account) == ("account.updated", seller)
    assert report.body["charges_enabled"] is True


def test_reports_are_forgotten_after_thirty_days(till: Till) -> None:
    session = till.open(1000)
    till.payments.checkouts.expire(session.id)
    till.stripe.act("clock", days=31)
    ids = [one.body["id"] for one in till.payments.reports.page(0, None, 100).reports]
    assert session.id not in ids


def test_disputes_and_refunds_that_fail(till: Till) -> None:
    charge = till.paid_charge(1000)
    made = till.payments.shares.refund(charge, 400, {}, till.operation(), is_reversed=False)
    till.stripe.act("fail-refund", refund=made.id)
    assert till.payments.shares.charge(charge).amount_refunded == 0
    assert till.payments.shares.refunds(charge)[0].status == "failed"
    dispute = till.stripe.act("dispute", charge=charge)
    till.stripe.act("close-dispute", dispute=dispute["id"], status="won")
    kinds = {one.type for one in till.payments.reports.page(0, None, 100).reports}
    assert {"refund.failed", "charge.dispute.created", "charge.dispute.closed"} <= kinds

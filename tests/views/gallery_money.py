"""The scenes of payouts, refunds and events."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from koda_desktop.errors import KodaError, Offline, Refused, ServerDown
from koda_desktop.views.dialogs.refund import RefundDialog
from koda_desktop.views.pages.events_page import EventsPage
from koda_desktop.views.refund_flow import RefundFlow
from koda_desktop.workspace.money_rows import Standing
from tests.views.fake_money import (
    ACTIVE,
    WANTED,
    FakeKnownMoney,
    FakePendingRefunds,
    FakeSelling,
    many_payouts,
    payout,
    payouts,
    some_events,
)
from tests.views.fakes import FakeWorkspace, before
from tests.views.gallery_data import catalogue
from tests.views.gallery_studio import SETTLE, Studio, opened, part

_HELD = Standing(
    "action-needed",
    charges_enabled=True,
    wanted=(*WANTED, "external_account", "company.tax_id", "some.thing_new"),
    disabled_reason="requirements.past_due",
    as_of=before(minutes=1),
)


async def _payouts(
    studio: Studio,
    selling: FakeSelling,
    known: FakeKnownMoney | None = None,
    width: int = 1240,
    kind: str = "sandbox",
) -> QWidget:
    workspace = FakeWorkspace(catalogue(), kind)
    workspace.selling, workspace.known_money = selling, known or FakeKnownMoney()
    window = await opened(studio, workspace)
    window.resize(width, 800)
    window.go("payouts")
    await asyncio.sleep(2 * SETTLE)
    return window


async def payouts_active(studio: Studio) -> QWidget:
    return await _payouts(studio, FakeSelling())


async def payouts_narrow(studio: Studio) -> QWidget:
    return await _payouts(studio, FakeSelling(), width=820)


async def payouts_differing(studio: Studio) -> QWidget:
    found = many_payouts()
    found = replace(found, payouts=found.payouts[2:])
    balance = replace(found.balances[0], difference=-127)
    return await _payouts(studio, FakeSelling(payouts_now=replace(found, balances=(balance,))))


async def payouts_failed(studio: Studio) -> QWidget:
    closed = "The bank account has been closed."
    found = payouts(payout(0, status="failed", failure=closed), payout(1))
    return await _payouts(studio, FakeSelling(payouts_now=found))


async def payouts_none(studio: Studio) -> QWidget:
    return await _payouts(studio, FakeSelling(payouts_now=payouts()))


async def payouts_not_started(studio: Studio) -> QWidget:
    return await _payouts(studio, FakeSelling(Standing("not-started", as_of=before(minutes=1))))


async def payouts_in_progress(studio: Studio) -> QWidget:
    standing = Standing("in-progress", wanted=WANTED, as_of=before(minutes=1))
    return await _payouts(studio, FakeSelling(standing, payouts()), kind="direct")


async def payouts_action_needed(studio: Studio) -> QWidget:
    return await _payouts(studio, FakeSelling(_HELD, payouts()))


async def payouts_offline(studio: Studio) -> QWidget:
    fault = Offline("Koda is working offline.", remedy="Go online, then try again.")
    known = FakeKnownMoney(ACTIVE, replace(many_payouts(), as_of=before(hours=5)))
    return await _payouts(studio, FakeSelling(fault=fault), known)


async def payouts_fault(studio: Studio) -> QWidget:
    return await _payouts(studio, FakeSelling(fault=ServerDown("Stripe does not answer.")))


async def _refund(studio: Studio, selling: FakeSelling) -> RefundDialog:
    """The dialog over the window; the fakes answer what it asks."""
    workspace = FakeWorkspace(catalogue())
    workspace.selling, workspace.pending_refunds = selling, FakePendingRefunds()
    window = await opened(studio, workspace)
    flow = RefundFlow(studio.theme, studio.tools, window)
    flow.open(workspace, "0" * 24, "KD-000123")
    await asyncio.sleep(3 * SETTLE)
    dialog = part(window, "refund-dialog")
    assert isinstance(dialog, RefundDialog)
    return dialog


async def refund(studio: Studio) -> QWidget:
    titles = {"1" * 24: "Invoice reminder with Gmail and Sheets", "2" * 24: "A short one"}
    return await _refund(studio, FakeSelling(titles=titles))


async def refund_wrong(studio: Studio) -> QWidget:
    long = "A name that is as long as a name may be, and then some more words of it"
    dialog = await _refund(studio, FakeSelling(titles={"1" * 24: long, "2" * 24: "A short one"}))
    price = part(dialog, f"refund-amount-{'1' * 24}")
    assert isinstance(price, QLineEdit)
    price.setText("25.00")
    await asyncio.sleep(2 * SETTLE)
    return dialog


async def refund_question(studio: Studio) -> QWidget:
    dialog = await refund(studio)
    button = part(dialog, "refund-go-on")
    assert isinstance(button, QPushButton)
    button.click()
    await asyncio.sleep(0.05)
    return dialog


async def _refunded(studio: Studio, fault: KodaError | None) -> QWidget:
    selling = FakeSelling()
    dialog = await _refund(studio, selling)
    for name in ("refund-go-on", "refund-do"):
        button = part(dialog, name)
        assert isinstance(button, QPushButton)
        selling.fault = fault if name == "refund-do" else None
        button.click()
        await asyncio.sleep(SETTLE)
    return dialog


async def refund_done(studio: Studio) -> QWidget:
    return await _refunded(studio, None)


async def refund_unfinished(studio: Studio) -> QWidget:
    return await _refunded(studio, ServerDown("Stripe does not answer."))


async def refund_refused(studio: Studio) -> QWidget:
    words = "The seller's balance is too low to give this back."
    return await _refunded(studio, Refused(words, kept="Nothing was refunded."))


async def refund_nothing_left(studio: Studio) -> QWidget:
    return await _refund(studio, FakeSelling(sold={"1" * 24: 0}))


async def _events(studio: Studio, selling: FakeSelling, width: int = 1240) -> QWidget:
    workspace = FakeWorkspace(catalogue())
    workspace.selling = selling
    window = await opened(studio, workspace)
    window.resize(width, 800)
    window.go("events")
    await asyncio.sleep(2 * SETTLE)
    return window


async def events(studio: Studio) -> QWidget:
    return await _events(studio, FakeSelling(event_rows=some_events()))


async def events_one(studio: Studio) -> QWidget:
    window = await events(studio)
    page = part(window, "events-page")
    assert isinstance(page, EventsPage)
    page.table.selectRow(3)
    await asyncio.sleep(SETTLE)
    return window


async def events_replayed(studio: Studio) -> QWidget:
    window = await events(studio)
    page = part(window, "events-page")
    assert isinstance(page, EventsPage)
    page.table.selectAll()
    button = part(page, "events-replay")
    assert isinstance(button, QPushButton)
    button.click()
    await asyncio.sleep(2 * SETTLE)
    return window


async def events_none(studio: Studio) -> QWidget:
    return await _events(studio, FakeSelling())


async def events_fault(studio: Studio) -> QWidget:
    return await _events(studio, FakeSelling(fault=ServerDown("The database does not answer.")))


MONEY_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    payouts_active,
    payouts_narrow,
    payouts_differing,
    payouts_failed,
    payouts_none,
    payouts_not_started,
    payouts_in_progress,
    payouts_action_needed,
    payouts_offline,
    payouts_fault,
    refund,
    refund_wrong,
    refund_question,
    refund_done,
    refund_unfinished,
    refund_refused,
    refund_nothing_left,
    events,
    events_one,
    events_replayed,
    events_none,
    events_fault,
)

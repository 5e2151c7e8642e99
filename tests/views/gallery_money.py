"""The scenes of the Payouts page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from koda_desktop.errors import Offline, ServerDown
from koda_desktop.workspace.money_rows import Standing
from tests.views.fake_money import (
    ACTIVE,
    WANTED,
    FakeKnownMoney,
    FakeSelling,
    many_payouts,
    payouts,
)
from tests.views.fakes import FakeWorkspace, before
from tests.views.gallery_data import catalogue
from tests.views.gallery_studio import SETTLE, Studio, opened

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
    fault = Offline("This needs the marketplace and Stripe.", remedy="Go online, then try again.")
    known = FakeKnownMoney(ACTIVE, replace(many_payouts(), as_of=before(hours=5)))
    return await _payouts(studio, FakeSelling(fault=fault), known)


async def payouts_fault(studio: Studio) -> QWidget:
    return await _payouts(studio, FakeSelling(fault=ServerDown("Stripe does not answer.")))


MONEY_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    payouts_active,
    payouts_narrow,
    payouts_differing,
    payouts_none,
    payouts_not_started,
    payouts_in_progress,
    payouts_action_needed,
    payouts_offline,
    payouts_fault,
)

"""The Payouts page over a made-up Stripe, by real key presses; its words for what Stripe says."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from koda_desktop.controllers.payouts import PayoutsController
from koda_desktop.errors import Offline
from koda_desktop.sync.rows import Changes
from koda_desktop.views.format import money
from koda_desktop.views.money_words import books_badge, payout_badge, reason_words, wanted_words
from koda_desktop.views.pages.payouts_page import PayoutsPage
from koda_desktop.workspace.info import WorkspaceKind
from koda_desktop.workspace.money_rows import Standing
from tests.browser import Browser, taken_addresses
from tests.conftest import RunAsync
from tests.controllers.support import Bench, Recorder, until
from tests.sync.sales.making import item, order
from tests.views.fake_money import (
    ACTIVE,
    PAGE,
    WANTED,
    FakeKnownMoney,
    FakeSelling,
    many_payouts,
    payout,
    payouts,
)
from tests.views.fake_sales import FakeSales
from tests.views.fakes import NOW, FakeWorkspace, before
from tests.views.stage import Play, Stage, acted_on

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
Scene = Callable[[Stage, PayoutsPage], Awaitable[None]]


@pytest.fixture
def browser() -> Iterator[Browser]:
    with taken_addresses() as taken:
        yield taken


def _scene(
    scene: Scene, selling: FakeSelling, known: FakeKnownMoney | None = None
) -> Callable[[Stage], Awaitable[None]]:
    async def run(stage: Stage) -> None:
        stage.workspace.selling = selling
        stage.workspace.known_money = known or FakeKnownMoney()
        QTest.keyClick(stage.window, Qt.Key.Key_6, CTRL)
        await scene(stage, await stage.seen(PayoutsPage, "payouts-page"))

    return run


def _is_asked(stage: Stage) -> bool:
    return stage.part(QAbstractButton, "payouts-check").isEnabled()


def _texts(part: QWidget) -> list[str]:
    return [one.text() for one in part.findChildren(QLabel) if one.isVisible()]


def test_a_balance_and_payouts_with_their_lines_are_shown(play: Play) -> None:
    found = payouts(payout(1), payout(2, difference=-127))

    async def scene(stage: Stage, page: PayoutsPage) -> None:
        await stage.see(lambda: page.table.lines.rowCount() == 2)
        await stage.see(lambda: money(84_960) in _texts(page))
        assert "As of 3 min ago" in _texts(page)
        page.table.setFocus()
        QTest.keyClick(page.table, Qt.Key.Key_Down)
        words = stage.part(QLabel, "payout-words")
        await stage.see(lambda: "€1.27 missing" in words.text())
        assert page.lines.lines.rowCount() == len(found.payouts[1].lines or ())
        cell = page.table.lines.lines[1].cells[4]
        assert (cell.text, cell.pill) == ("€1.27 missing", "danger")

    play(_scene(scene, FakeSelling(payouts_now=found)))


@pytest.mark.parametrize(
    ("balance", "differences", "words"),
    [
        (0, (0, 0, None), "Adds up"),
        (0, (0, -127, None), "1 payout differs"),
        (0, (5, -127, None), "2 payouts differ"),
        (50, (0, -127, None), "€0.50 extra"),
    ],
)
def test_the_books_of_the_account_know_those_of_its_payouts(
    play: Play, balance: int, differences: tuple[int | None, ...], words: str
) -> None:
    rows = [payout(number, difference=one) for number, one in enumerate(differences)]
    elsewhere = payout(9, currency="USD", difference=-300)

    async def scene(stage: Stage, page: PayoutsPage) -> None:
        await stage.see(lambda: words in _texts(page))

    found = payouts(*rows, elsewhere, difference=balance)
    play(_scene(scene, FakeSelling(payouts_now=found)))


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_where_the_money_is_of_a_payout_that_came_back_is_told(play: Play, status: str) -> None:
    closed = "The bank account has been closed."
    found = payouts(payout(1, status=status, failure=closed if status == "failed" else ""))

    async def scene(stage: Stage, page: PayoutsPage) -> None:
        words = stage.part(QLabel, "payout-words")
        await stage.see(lambda: "next payout" in words.text())
        assert (closed in words.text()) is (status == "failed")
        assert page.table.lines.lines[0].cells[1].text == payout_badge(status).text

    play(_scene(scene, FakeSelling(payouts_now=found)))


@pytest.fixture
def sales() -> Iterator[FakeSales]:
    made = FakeSales([order(500, item(1, 1999), paid=NOW)])
    yield made
    made.close()


def test_a_line_leads_to_its_order_and_alt_left_leads_back(play: Play, sales: FakeSales) -> None:
    async def scene(stage: Stage, page: PayoutsPage) -> None:
        stage.workspace.sales = sales
        await stage.see(lambda: page.lines.lines.rowCount() > 0)
        page.lines.selectRow(0)
        page.lines.setFocus()
        QTest.keyClick(page.lines, Qt.Key.Key_Return)
        await stage.see(lambda: stage.is_seen("sale-number"))
        assert stage.part(QLabel, "sale-number").text() == "KD-000500"
        QTest.keyClick(stage.window, Qt.Key.Key_Left, ALT)
        await stage.see(page.isVisible)

    play(_scene(scene, FakeSelling()))


@pytest.mark.parametrize(
    ("standing", "heading", "verb"),
    [
        (Standing("not-started"), "Payouts are not set up yet", "Set up at Stripe"),
        (Standing("in-progress"), "Stripe does not have everything yet", "Go on at Stripe"),
        (
            Standing("action-needed", wanted=WANTED),
            "Stripe needs something from you",
            "Give it to Stripe",
        ),
        (Standing("frozen"), "Your account is “frozen”", "Look at Stripe"),
    ],
)
def test_the_way_on_is_offered_in_each_state(
    play: Play, browser: Browser, standing: Standing, heading: str, verb: str
) -> None:
    selling = FakeSelling(replace(standing, as_of=before(minutes=1)), payouts())

    async def scene(stage: Stage, page: PayoutsPage) -> None:
        words = await stage.seen(QLabel, "standing-heading")
        await stage.see(lambda: words.text() == heading)
        button = stage.part(QAbstractButton, "standing-begin")
        assert button.text() == verb
        await stage.see(lambda: set(wanted_words(standing.wanted)) <= set(_texts(page)))
        assert not stage.is_seen("standing-web")
        await stage.see(button.isEnabled)
        button.click()
        await stage.see(lambda: browser.addresses == [PAGE])

    play(_scene(scene, selling))


def test_a_long_list_of_wants_leaves_the_window_its_size(play: Play) -> None:
    wanted = tuple(f"thing.number_{number}" for number in range(30))
    standing = Standing("action-needed", wanted=wanted, as_of=before(minutes=1))

    async def scene(stage: Stage, page: PayoutsPage) -> None:
        await stage.see(lambda: "And 22 more, which Stripe will ask" in _texts(page))
        assert "Nothing was paid out yet" not in _texts(page)
        stage.window.resize(760, 560)
        QApplication.processEvents()
        assert stage.window.height() <= 620

    play(_scene(scene, FakeSelling(standing, payouts())))


def test_coming_back_from_stripe_asks_again_and_the_address_goes_nowhere(
    play: Play, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    selling = FakeSelling(Standing("not-started", as_of=before(minutes=1)))

    async def scene(stage: Stage, page: PayoutsPage) -> None:
        button = await stage.seen(QAbstractButton, "standing-begin")
        await stage.see(button.isEnabled)
        _activate(page)
        assert selling.calls == [("standing",)]
        selling.standing_now = ACTIVE
        button.click()
        await stage.see(lambda: browser.addresses)
        _activate(page)
        await stage.see(lambda: stage.is_seen("payouts-ready"))
        await stage.see(lambda: _is_asked(stage))
        assert not stage.is_seen("standing-panel")
        asked = len(selling.calls)
        _activate(page)
        assert len(selling.calls) == asked
        assert PAGE not in caplog.text
        assert not [one for one in stage.bench.told if PAGE in str(one)]

    play(_scene(scene, selling))


def _activate(page: QWidget) -> None:
    """The window comes to the front, as a browser that is put away leaves it."""
    page.window().activateWindow()
    QApplication.sendEvent(page, QEvent(QEvent.Type.ActivationChange))


def test_offline_the_last_figures_stay_with_their_age(play: Play) -> None:
    fault = Offline("Koda is working offline.", remedy="Go online, then try again.")
    selling = FakeSelling(fault=fault)
    known = FakeKnownMoney(ACTIVE, replace(many_payouts(), as_of=before(hours=5)))

    async def scene(stage: Stage, page: PayoutsPage) -> None:
        await stage.see(lambda: stage.is_seen("payouts-banner"))
        await stage.see(lambda: page.table.lines.rowCount() == len(many_payouts().payouts))
        texts = _texts(page)
        assert "As of 5 h ago" in texts
        assert "What is shown was read 5 h ago. Go online, then try again." in texts
        selling.fault = None
        await stage.see(lambda: _is_asked(stage))
        stage.part(QAbstractButton, "payouts-check").click()
        await stage.see(lambda: not stage.is_seen("payouts-banner"))
        assert "As of 3 min ago" in _texts(page)

    play(_scene(scene, selling, known))


def test_a_workspace_without_a_marketplace_says_so(play: Play) -> None:
    selling = FakeSelling()

    async def scene(stage: Stage, page: PayoutsPage) -> None:
        stage.workspace.info = replace(stage.workspace.info, kind=WorkspaceKind.OFFLINE)
        asked = len(selling.calls)
        stage.window.use(stage.workspace)
        await stage.see(lambda: "This workspace has no marketplace." in _texts(page))
        assert "Add a marketplace in Settings to sell." in _texts(page)
        assert len(selling.calls) == asked

    async def settled(stage: Stage, page: PayoutsPage) -> None:
        await stage.see(lambda: _is_asked(stage))
        await scene(stage, page)

    play(_scene(settled, selling))


def test_ones_own_marketplace_is_asked_for_its_address_once(play: Play, browser: Browser) -> None:
    selling = FakeSelling(Standing("not-started", as_of=before(minutes=1)))

    async def scene(stage: Stage, page: PayoutsPage) -> None:
        assert not stage.is_seen("standing-web")
        info = replace(stage.workspace.info, kind=WorkspaceKind.DIRECT)
        stage.workspace.info = info
        stage.window.use(stage.workspace)
        field = await stage.seen(QLineEdit, "standing-web")
        QTest.keyClicks(field, " https://koda.test ")
        button = stage.part(QAbstractButton, "standing-begin")
        await stage.see(button.isEnabled)
        button.click()
        await stage.see(lambda: ("begin", "https://koda.test") in selling.calls)
        await stage.see(lambda: browser.addresses)
        await stage.see(lambda: not stage.is_running("settings.web_address.1"))
        stage.window.use(stage.workspace)
        assert field.text() == "https://koda.test"

    play(_scene(scene, selling))


def test_all_that_takes_input_has_a_name(play: Play) -> None:
    async def scene(stage: Stage, page: PayoutsPage) -> None:
        await stage.see(lambda: page.table.lines.rowCount() > 0)
        for part in acted_on(page):
            assert part.objectName(), part
            assert part.accessibleName(), part.objectName()

    play(_scene(scene, FakeSelling()))


def test_an_answer_for_another_workspace_is_dropped(run_async: RunAsync) -> None:
    async def scene() -> None:
        bench, view, gate = Bench(), Recorder(), Event()
        controller = PayoutsController(bench.tools, view, lambda url: None, lambda: 0.0)
        slow = FakeWorkspace()
        slow.selling = FakeSelling(Standing("in-progress"), wait=lambda: _wait(gate))
        slow.known_money = FakeKnownMoney()
        quick = FakeWorkspace()
        quick.selling, quick.known_money = FakeSelling(), FakeKnownMoney()
        controller.use(slow)
        controller.look()
        controller.use(quick)
        controller.look()
        gate.set()
        await until(lambda: view.times("show_fault") == 3)
        shown = {one.state for (one,) in view.shown["show_standing"] if one is not None}
        assert shown == {"active"}
        await bench.close()

    run_async(scene())


def test_looking_again_soon_asks_nobody_unless_money_moved(run_async: RunAsync) -> None:
    async def scene() -> None:
        bench, view, now = Bench(), Recorder(), [0.0]
        controller = PayoutsController(bench.tools, view, lambda url: None, lambda: now[0])
        workspace = FakeWorkspace()
        selling = workspace.selling = FakeSelling()
        workspace.known_money = FakeKnownMoney()
        controller.use(workspace)
        bench.tools.feed.follow(workspace)
        for moment, asked in ((0.0, 2), (59.0, 2), (61.0, 4)):
            now[0] = moment
            controller.look()
            await until(lambda: view.last("show_busy") == (False,))
            assert len(selling.calls) == asked
        workspace.tell(Changes(sales=True))
        await until(lambda: len(selling.calls) == 6, controller.look)
        await until(lambda: view.last("show_busy") == (False,))
        await bench.close()

    run_async(scene())


def test_what_stripe_wants_is_said_once_and_in_plain_words() -> None:
    assert wanted_words(WANTED) == (
        "A picture of a passport, identity card or driving licence",
        "A date of birth",
    )
    assert wanted_words(["company.tax_id"]) == ("A tax number, of the company",)
    assert wanted_words(["some.thing_new"]) == ("What Stripe calls “some.thing_new”",)
    assert wanted_words(["company.name"]) == ("The company’s name",)


@given(st.lists(st.text(max_size=30)), st.text(max_size=30), st.text(max_size=30))
def test_whatever_stripe_says_is_shown(wanted: list[str], reason: str, status: str) -> None:
    assert len(wanted_words(wanted)) <= len(wanted)
    assert all(wanted_words(wanted))
    assert bool(reason_words(reason)) is bool(reason)
    assert payout_badge(status).tone


@given(st.integers(-(10**8), 10**8))
def test_books_that_differ_are_red_with_the_difference(difference: int) -> None:
    badge = books_badge(difference, "EUR")
    assert (badge.tone == "danger") is (difference != 0)
    assert money(abs(difference), "EUR") in badge.text or difference == 0
    assert ("missing" in badge.text) is (difference < 0)
    assert ("extra" in badge.text) is (difference > 0)


def _wait(gate: Event) -> None:
    gate.wait(5)

"""Refunds from the Sales page over a made-up Stripe: checked as they are typed, and made once."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from koda_desktop.errors import DiskFull, KodaError, Refused, ServerDown, WrongCredentials
from koda_desktop.marketplace.refunds import RefundRequest
from koda_desktop.views.dialogs.refund import RefundDialog
from koda_desktop.views.dialogs.refund_parts import RefundLines
from koda_desktop.views.format import money, plain_amount
from koda_desktop.views.pages.sales_page import SalesPage
from koda_desktop.views.theme.theme import Theme
from tests.sync.sales.making import item, order
from tests.views.fake_money import FakePendingRefunds, FakeSelling
from tests.views.fake_sales import FakeSales
from tests.views.fakes import NOW
from tests.views.stage import Play, Stage, acted_on

FIRST, SECOND = "1" * 24, "2" * 24
Scene = Callable[[Stage, RefundDialog], Awaitable[None]]


@pytest.fixture
def sales() -> Iterator[FakeSales]:
    made = FakeSales([order(1, item(1, 1999), item(2, 700), paid=NOW)])
    yield made
    made.close()


@pytest.fixture
def selling() -> FakeSelling:
    return FakeSelling()


@pytest.fixture
def play_refund(play: Play, sales: FakeSales, selling: FakeSelling) -> Callable[[Scene], None]:
    def run(scene: Scene) -> None:
        async def staged(stage: Stage) -> None:
            stage.workspace.sales, stage.workspace.selling = sales, selling
            stage.workspace.pending_refunds = FakePendingRefunds()
            stage.window.go("sales")
            page = await stage.seen(SalesPage, "sales-page")
            await stage.see(lambda: page.model.row_at(0) is not None)
            page.table.selectRow(0)
            await scene(stage, await _open(stage))
            await stage.see(lambda: not stage.is_running("window.refund"))

        play(staged)

    return run


async def _open(stage: Stage) -> RefundDialog:
    """Open the dialog from the drawer."""
    button = await stage.seen(QAbstractButton, "sale-refund")
    await stage.see(lambda: not stage.is_running("window.refund"))
    button.click()
    return await stage.seen(RefundDialog, "refund-dialog")


async def _ready(stage: Stage, dialog: RefundDialog) -> QAbstractButton:
    """The button that leads on, once the marketplace has said what a refund would do."""
    button = _button(dialog, "refund-go-on")
    await stage.see(lambda: button.isVisible() and button.isEnabled())
    return button


async def _ask(stage: Stage, dialog: RefundDialog) -> QAbstractButton:
    """Go on to the question; the button that does it."""
    (await _ready(stage, dialog)).click()
    return _button(dialog, "refund-do")


def _button(dialog: QWidget, name: str) -> QAbstractButton:
    found = dialog.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def _amount(dialog: QWidget, item_id: str) -> QLineEdit:
    found = dialog.findChild(QLineEdit, f"refund-amount-{item_id}")
    assert isinstance(found, QLineEdit)
    return found


def _texts(part: QWidget) -> list[str]:
    return [one.text() for one in part.findChildren(QLabel) if one.isVisible()]


def _type(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)


async def _close(stage: Stage, dialog: RefundDialog) -> None:
    _button(dialog, "refund-close").click()
    await stage.see(lambda: not stage.is_running("window.refund"))


def test_a_part_is_given_back_after_a_question(
    play_refund: Callable[[Scene], None], selling: FakeSelling
) -> None:
    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        await _ready(stage, dialog)
        _type(_amount(dialog, FIRST), "10")
        _type(_amount(dialog, SECOND), "0")
        reason = dialog.findChild(QLineEdit, "refund-reason")
        assert isinstance(reason, QLineEdit)
        QTest.keyClicks(reason, "It did not work")
        go_on = _button(dialog, "refund-go-on")
        assert not go_on.isEnabled()
        await stage.see(lambda: go_on.isEnabled() and go_on.text() == f"Refund {money(1000)}…")
        shown = {money(1000), money(850), money(150)}
        await stage.see(lambda: shown <= set(_texts(dialog)))
        assert selling.made == {}
        (await _ask(stage, dialog)).click()
        await stage.see(lambda: f"{money(1000)} goes back to the buyer" in _texts(dialog))
        (request,) = selling.made.values()
        assert (request.amounts, request.reason) == ({FIRST: 1000}, "It did not work")
        await stage.see(lambda: ("wake",) in stage.workspace.calls)
        await _close(stage, dialog)

    play_refund(scene)


def _refunds_asked(selling: FakeSelling) -> int:
    return sum(call[0] == "refund" for call in selling.calls)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("20", "Only €19.99 is left to give back."),
        ("1.234,50", "Write the amount without thousands separators, for example 1234.50."),
        ("x", "The amount must be a number, for example 9.99."),
        ("-1", "The amount cannot be negative."),
    ],
)
def test_what_cannot_be_given_back_is_said_at_its_field(
    play_refund: Callable[[Scene], None], selling: FakeSelling, typed: str, words: str
) -> None:
    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        await _ready(stage, dialog)
        asked = len(selling.calls)
        field = _amount(dialog, FIRST)
        _type(field, typed)
        await stage.see(lambda: words in _texts(dialog))
        assert field.property("invalid")
        assert not _button(dialog, "refund-go-on").isEnabled()
        await stage.see(lambda: "The buyer gets back" not in _texts(dialog))
        assert len(selling.calls) == asked
        _type(field, "0")
        _type(_amount(dialog, SECOND), "0")
        await stage.see(lambda: "Name an amount above 0." in _texts(dialog))
        await _close(stage, dialog)

    play_refund(scene)


def test_a_second_click_makes_no_second_refund(
    play_refund: Callable[[Scene], None], selling: FakeSelling
) -> None:
    gate = threading.Event()

    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        do = await _ask(stage, dialog)
        selling.wait = lambda: _wait(gate)
        for _ in range(3):
            do.click()
            dialog.refund_asked.emit()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        gate.set()
        await stage.see(lambda: f"{money(2699)} goes back to the buyer" in _texts(dialog))
        assert len([call for call in selling.calls if call[0] == "refund"]) == 1
        assert selling.refunded == {FIRST: 1999, SECOND: 700}
        await _close(stage, dialog)

    play_refund(scene)


def _wait(gate: threading.Event) -> None:
    gate.wait(5)


@pytest.mark.parametrize("kind", [ServerDown, WrongCredentials])
def test_a_lost_answer_is_asked_for_again_and_the_money_given_once(
    play_refund: Callable[[Scene], None], selling: FakeSelling, kind: type[KodaError]
) -> None:
    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        do = await _ask(stage, dialog)
        selling.fault = kind("Stripe is silent.")
        do.click()
        await stage.see(lambda: do.isVisible() and do.text() == "Finish the refund")
        assert "Stripe is silent." in _texts(dialog)
        assert not _button(dialog, "refund-back").isVisible()
        do.click()
        await stage.see(lambda: _refunds_asked(selling) == 2 and do.isVisible())
        await _close(stage, dialog)
        selling.fault = None
        again = await _open(stage)
        do = _button(again, "refund-do")
        await stage.see(lambda: do.isVisible() and do.text() == "Finish the refund")
        do.click()
        await stage.see(lambda: f"{money(2699)} goes back to the buyer" in _texts(again))
        asked = [call[1].operation_id for call in selling.calls if call[0] == "refund"]
        assert (len(asked), len(set(asked))) == (3, 1)
        assert selling.refunded == {FIRST: 1999, SECOND: 700}
        await _close(stage, again)

    play_refund(scene)


def test_a_refund_begun_on_another_computer_is_finished_before_another(
    play_refund: Callable[[Scene], None], selling: FakeSelling
) -> None:
    selling.begun = RefundRequest("theirs", f"{1:024x}", {FIRST: 1000})

    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        do = _button(dialog, "refund-do")
        await stage.see(lambda: do.isVisible() and do.text() == "Finish the refund")
        assert "This refund is not finished" in _texts(dialog)
        do.click()
        await stage.see(lambda: f"{money(1000)} goes back to the buyer" in _texts(dialog))
        assert set(selling.made) == {"theirs"}
        await _close(stage, dialog)

    play_refund(scene)


def test_what_cannot_be_kept_is_not_sent(
    play_refund: Callable[[Scene], None], selling: FakeSelling
) -> None:
    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        do = await _ask(stage, dialog)
        stage.workspace.pending_refunds.fault = DiskFull("The disk is full.")
        do.click()
        await stage.see(lambda: "The disk is full." in _texts(dialog))
        assert selling.made == {}
        await _close(stage, dialog)

    play_refund(scene)


def test_after_a_no_another_try_is_another_refund(
    play_refund: Callable[[Scene], None], selling: FakeSelling
) -> None:
    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        do = await _ask(stage, dialog)
        selling.fault = Refused("The balance is too low.", kept="Nothing was refunded.")
        do.click()
        await stage.see(lambda: "The balance is too low." in _texts(dialog))
        assert "Nothing was refunded." in _texts(dialog)
        assert dialog.focusWidget() is _amount(dialog, FIRST)
        selling.fault = None
        (await _ask(stage, dialog)).click()
        await stage.see(lambda: f"{money(2699)} goes back to the buyer" in _texts(dialog))
        asked = [call[1].operation_id for call in selling.calls if call[0] == "refund"]
        assert len(set(asked)) == len(asked) == 2
        await _close(stage, dialog)

    play_refund(scene)


def test_the_tab_key_goes_from_amount_to_amount_and_on(
    play_refund: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        await _ready(stage, dialog)
        dialog.activateWindow()
        await stage.see(_amount(dialog, FIRST).hasFocus)
        for name in (f"refund-amount-{SECOND}", "refund-reason", "refund-close", "refund-go-on"):
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
            assert dialog.focusWidget().objectName() == name
        await _close(stage, dialog)

    play_refund(scene)


def test_an_order_without_anything_left_says_so(
    play_refund: Callable[[Scene], None], selling: FakeSelling
) -> None:
    selling.sold = {FIRST: 0}

    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        await stage.see(lambda: "Nothing is left of this order." in _texts(dialog))
        assert not _button(dialog, "refund-go-on").isVisible()
        assert dialog.focusWidget() is _button(dialog, "refund-close")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    play_refund(scene)


def test_all_that_takes_input_has_a_name(play_refund: Callable[[Scene], None]) -> None:
    async def scene(stage: Stage, dialog: RefundDialog) -> None:
        await _ready(stage, dialog)
        for part in acted_on(dialog):
            assert part.objectName(), part
            assert part.accessibleName(), part.objectName()
        await _close(stage, dialog)

    play_refund(scene)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 2 * 10**6)), min_size=1, max_size=4)
)
def test_only_what_is_left_and_more_than_nothing_is_asked_for(
    theme: Theme, lines: list[tuple[int, int]]
) -> None:
    sold = {f"{number:024x}": left for number, (left, _) in enumerate(lines)}
    part = RefundLines(theme)
    left = FakeSelling(sold=sold).preview_refund(_everything())
    part.show_lines(left)
    for item_id, (_, typed) in zip(sold, lines, strict=True):
        _amount(part, item_id).setText(plain_amount(typed))
    is_right = all(typed <= most for most, typed in lines) and any(typed for _, typed in lines)
    wanted = dict(zip(sold, (typed for _, typed in lines), strict=True))
    assert part.amounts() == (wanted if is_right else None)
    assert part.has_problem() is not is_right
    part.deleteLater()


def _everything() -> RefundRequest:
    return RefundRequest("op", "o" * 24)

"""A session by keys alone: whoever has no mouse reads, changes, takes back and adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QWidget,
)

from koda_desktop.sync.rows import Changes
from koda_desktop.views.pages.history_page import HistoryPage
from koda_desktop.views.pages.payouts_page import PayoutsPage
from koda_desktop.views.pages.sales_page import SalesPage
from koda_desktop.views.tables.listings_columns import Column
from tests.views.fake_money import ACTIVE, FakeKnownMoney, FakeSelling, payout, payouts
from tests.views.fake_sales import FakeSales
from tests.views.gallery_bulk import change_sets, detail_of
from tests.views.gallery_data import dropped
from tests.views.stage import Play, Stage

W = TypeVar("W", bound=QWidget)
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_KEYS = Qt.KeyboardModifier.NoModifier
_MOST_TABS = 60


def focused(stage: Stage) -> QWidget:
    """What has the keyboard: in the dialog on top, if there is one."""
    top = QApplication.activeModalWidget() or stage.window
    found: QWidget | None = top.focusWidget()
    return top if found is None else found


def press(stage: Stage, *keys: Qt.Key, held: Qt.KeyboardModifier = NO_KEYS) -> None:
    for key in keys:
        QTest.keyClick(focused(stage), key, held)


def write(stage: Stage, text: str) -> None:
    QTest.keyClicks(focused(stage), text)


def tab_to(stage: Stage, name: str, held: Qt.KeyboardModifier = NO_KEYS) -> QWidget:
    """Press Tab until the part of that name has the keyboard; every stop has a name."""
    for _ in range(_MOST_TABS):
        now = focused(stage)
        if now.objectName() == name:
            return now
        QTest.keyClick(now, Qt.Key.Key_Tab, held)
    raise AssertionError(f"Tab never comes to {name}")


def is_at(stage: Stage, part: QWidget) -> bool:
    now = focused(stage)
    return now is part or part.isAncestorOf(now)


@pytest.fixture
def sales() -> Iterator[FakeSales]:
    made = FakeSales.of_a_year()
    yield made
    made.close()


def test_listings_are_found_changed_and_read_by_keys(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = stage.window.listings_page
        press(stage, Qt.Key.Key_F, held=CTRL)
        write(stage, "status:draft ")
        await stage.see(lambda: page.model.rowCount() == 2)
        press(stage, Qt.Key.Key_Down)
        if not is_at(stage, page.table):
            # The first Down went into what is offered for the filter.
            press(stage, Qt.Key.Key_Escape, Qt.Key.Key_Down)
        await stage.see(lambda: is_at(stage, page.table))
        # From the first cell to the price, which is typed over.
        press(stage, Qt.Key.Key_Home)
        for _ in range(4):
            press(stage, Qt.Key.Key_Right)
        assert page.table.currentIndex().column() == Column.PRICE
        write(stage, "1")
        await stage.see(lambda: isinstance(focused(stage), QLineEdit))
        write(stage, "2,50")
        press(stage, Qt.Key.Key_Return)
        await stage.see(lambda: stage.workspace.grid.applied)
        assert stage.workspace.grid.applied[0].changes[0].fields == {"price": 12.5}
        await stage.see(lambda: is_at(stage, page.table))
        # Enter opens the form beside it; the title is written and saved there.
        press(stage, Qt.Key.Key_Space, held=SHIFT)
        title = await stage.seen(QLineEdit, "listing-title")
        press(stage, Qt.Key.Key_Return)
        await stage.see(lambda: not is_at(stage, page.table))
        tab_to(stage, "listing-title")
        press(stage, Qt.Key.Key_End)
        write(stage, " by keys")
        press(stage, Qt.Key.Key_S, held=CTRL)
        call = {"title": title.text()}
        await stage.see(lambda: any(c[0] == "edit" and c[2] == call for c in stage.workspace.calls))
        assert title.text().endswith(" by keys")

    play(scene)


def test_many_are_selected_and_edited_by_keys(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = stage.window.listings_page
        press(stage, Qt.Key.Key_F, held=CTRL)
        press(stage, Qt.Key.Key_Down)
        await stage.see(lambda: is_at(stage, page.table))
        press(stage, Qt.Key.Key_Down, Qt.Key.Key_Down, held=SHIFT)
        assert page.table.selected_count() == 3
        press(stage, Qt.Key.Key_A, held=CTRL)
        assert page.table.selected_count() == page.model.rowCount()
        press(stage, Qt.Key.Key_B, held=CTRL | SHIFT)
        await stage.see(lambda: stage.is_seen("bulk-dialog"))
        tab_to(stage, "bulk-price-figure")
        write(stage, "10")
        apply = stage.part(QAbstractButton, "bulk-apply")
        await stage.see(apply.isEnabled)
        tab_to(stage, "bulk-apply")
        press(stage, Qt.Key.Key_Escape)
        await stage.see(lambda: not stage.is_seen("bulk-dialog"))
        press(stage, Qt.Key.Key_Escape)
        await stage.see(lambda: page.table.selected_count() == 0 or not is_at(stage, page.table))

    play(scene)


def test_sales_are_read_by_keys(play: Play, sales: FakeSales) -> None:
    async def scene(stage: Stage) -> None:
        stage.workspace.sales = sales
        press(stage, Qt.Key.Key_5, held=CTRL)
        page = await stage.seen(SalesPage, "sales-page")
        await stage.see(lambda: page.model.row_at(0) is not None)
        tab_to(stage, "sales-period")
        press(stage, Qt.Key.Key_Right)
        await stage.see(lambda: page.model.row_at(0) is not None)
        tab_to(stage, page.table.objectName())
        press(stage, Qt.Key.Key_Down)
        number = await stage.seen(QLabel, "sale-number")
        first = number.text()
        press(stage, Qt.Key.Key_Down)
        await stage.see(lambda: number.text() != first)

    play(scene)


def test_payouts_are_read_by_keys(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.workspace.selling = FakeSelling(payouts_now=payouts(payout(1), payout(2)))
        stage.workspace.known_money = FakeKnownMoney(ACTIVE)
        press(stage, Qt.Key.Key_6, held=CTRL)
        page = await stage.seen(PayoutsPage, "payouts-page")
        await stage.see(lambda: page.table.lines.rowCount() == 2)
        tab_to(stage, page.table.objectName())
        press(stage, Qt.Key.Key_Down)
        assert page.table.currentIndex().row() == 1
        await stage.see(lambda: page.lines.lines.rowCount() > 0)
        tab_to(stage, page.lines.objectName())

    play(scene)


def test_the_history_is_read_and_taken_back_by_keys(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(stage: Stage) -> None:
        undone: list[int | None] = []
        monkeypatch.setattr(stage.workspace.history, "undo", _noting(undone))
        sets = change_sets()
        stage.workspace.history.sets = sets
        stage.workspace.history.details = {one.id: detail_of(one) for one in sets}
        stage.workspace.tell(Changes(history=True))
        press(stage, Qt.Key.Key_7, held=CTRL)
        page = await stage.seen(HistoryPage, "history-page")
        await stage.see(lambda: page.table.lines.rowCount() == len(sets))
        tab_to(stage, "history-table")
        press(stage, Qt.Key.Key_Down, Qt.Key.Key_Down)
        await stage.see(page.panel.isVisible)
        shown = page.table.current_key()
        tab_to(stage, "history-rows")
        tab_to(stage, "history-table", SHIFT)
        press(stage, Qt.Key.Key_Home, held=CTRL)
        first = sets[0].id
        await stage.see(lambda: page.table.current_key() == first)
        await stage.see(lambda: stage.is_seen("history-undo-this"))
        tab_to(stage, "history-undo-this")
        press(stage, Qt.Key.Key_Space)
        await stage.see(lambda: undone)
        assert undone == [first]
        assert shown != first

    play(scene)


def _noting(undone: list[int | None]) -> Callable[..., object]:
    from koda_desktop.sync.changesets.rows import ChangeSetResult

    def undo(set_id: int | None = None, **_: object) -> ChangeSetResult:
        undone.append(set_id)
        return ChangeSetResult(99, "Price", 1)

    return undo


def test_files_are_added_described_and_saved_by_keys(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [path] = dropped(tmp_path, "a.json")

    async def chosen(dialog: object) -> bool:
        """The system's own dialog, which has keys of its own."""
        assert isinstance(dialog, QFileDialog)
        dialog.selectFile(str(path))
        return True

    monkeypatch.setattr("koda_desktop.views.intake_flow.ask", chosen)

    async def scene(stage: Stage) -> None:
        press(stage, Qt.Key.Key_N, held=CTRL)
        save = await stage.seen(QAbstractButton, "intake-save")
        await stage.see(save.isEnabled)
        tab_to(stage, "intake-price")
        write(stage, "9.99")
        tab_to_kind(stage, QComboBox)
        press(stage, Qt.Key.Key_Down)
        tab_to(stage, "intake-tabs", SHIFT)
        for tab in ("Secrets", "Workflow", "Removed", "Findings"):
            press(stage, Qt.Key.Key_Right)
            assert focused(stage).accessibleName() == f"Show: {tab}"
        press(stage, Qt.Key.Key_S, held=CTRL)
        await stage.see(lambda: [c for c in stage.workspace.calls if c[0] == "draft"])
        await stage.see(lambda: not stage.is_seen("intake-dialog"))

    play(scene)


def tab_to_kind(stage: Stage, kind: type[W]) -> W:
    """Press Tab until something of that kind has the keyboard."""
    for _ in range(_MOST_TABS):
        now = focused(stage)
        if isinstance(now, kind):
            return now
        QTest.keyClick(now, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never comes to a {kind.__name__}")

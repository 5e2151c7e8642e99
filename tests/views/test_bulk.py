"""Bulk edits and the History page in a shown window: looked at, done, undone, and named."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit

from koda_desktop.errors import Cancelled, Refused
from koda_desktop.models.listing_fields import check_value
from koda_desktop.runtime.work import CancelToken, Progress
from koda_desktop.sync.changesets.rows import ChangeSetResult, Left, Why
from koda_desktop.sync.rows import Changes, Selection
from koda_desktop.views.dialogs.bulk import BulkDialog
from koda_desktop.views.dialogs.left_cells import LeftCellsDialog
from koda_desktop.views.format import money
from koda_desktop.views.pages.history_page import HistoryPage
from koda_desktop.views.tables.plain_table import Cell, Line, PlainModel
from tests.views.gallery_bulk import change_sets, detail_of, left_cells
from tests.views.stage import Play, Stage, acted_on

assert check_value("price", 1) == (1, "")  # what is loaded once is loaded before anyone waits
SINCE = "It was changed since and is kept."


async def dialog(stage: Stage) -> BulkDialog:
    """The dialog over every listing."""
    stage.window.work.bulk.edit(Selection(tuple(stage.workspace.all_rows)))
    await stage.see(lambda: stage.window.findChild(BulkDialog, "bulk-dialog"))
    return stage.part(BulkDialog, "bulk-dialog")


def _counts(stage: Stage) -> str:
    return stage.part(QLabel, "bulk-counts").text()


def _wrong(stage: Stage) -> dict[str, str]:
    """The lines in sight that look wrong, each with why."""
    lines = stage.part(BulkDialog, "bulk-dialog").findChildren(QLineEdit)
    wrong = [one for one in lines if one.isVisible() and one.property("invalid")]
    return {one.objectName(): one.accessibleDescription() for one in wrong}


def test_a_verb_is_looked_at_and_then_done(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(stage: Stage) -> None:
        done: list[Any] = []

        def apply(plan: Any, **_: Any) -> ChangeSetResult:
            done.append(plan)
            return ChangeSetResult(7, plan.name, len(plan.changes))

        monkeypatch.setattr(stage.workspace.bulk, "apply", apply)
        shown = await dialog(stage)
        button = stage.part(QAbstractButton, "bulk-apply")
        assert not button.isEnabled()
        stage.part(QLineEdit, "bulk-price-figure").setText("10")
        await stage.see(button.isEnabled)
        number = len(shown.table.lines.lines)
        assert number == int(button.text().split()[1])
        assert str(number) in _counts(stage)
        button.click()
        await stage.see(lambda: done)
        await stage.see(lambda: not stage.is_seen("bulk-dialog"))
        assert done[0].name == "Price +10%"
        await stage.see(lambda: stage.is_seen("toast"))

    play(scene)


def test_a_price_for_all_says_what_the_seller_gets_of_it(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        shown = await dialog(stage)
        fee = shown.findChild(QLabel, "fee-line")
        assert isinstance(fee, QLabel)
        rule = fee.text()
        stage.part(QLineEdit, "bulk-price-figure").setText("20")
        assert fee.text() == rule
        stage.part(QComboBox, "bulk-price-mode").setCurrentText("Set to euros")
        assert fee.text().endswith(f"Koda’s fee {money(300)}  ·  You get {money(1700)}")
        stage.part(QLineEdit, "bulk-price-figure").setText("much")
        assert fee.text() == rule
        stage.part(QAbstractButton, "bulk-cancel").click()
        await stage.see(lambda: not stage.is_seen("bulk-dialog"))

    play(scene)


def test_a_wrong_figure_is_told_and_nothing_can_be_done(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await dialog(stage)
        stage.part(QLineEdit, "bulk-price-figure").setText("much")
        await stage.see(lambda: "not a number" in _counts(stage))
        assert not stage.part(QAbstractButton, "bulk-apply").isEnabled()
        assert _wrong(stage) == {"bulk-price-figure": _counts(stage)}
        stage.part(QLineEdit, "bulk-price-figure").setText("10")
        await stage.see(stage.part(QAbstractButton, "bulk-apply").isEnabled)
        assert _wrong(stage) == {}
        stage.part(QAbstractButton, "bulk-cancel").click()
        await stage.see(lambda: not stage.is_seen("bulk-dialog"))

    play(scene)


def test_the_line_that_a_search_fails_for_looks_wrong(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        shown = await dialog(stage)
        shown.begin_with("Find and replace")
        stage.part(QAbstractButton, "bulk-regex").click()
        stage.part(QLineEdit, "bulk-find").setText("(")
        await stage.see(lambda: "not a regular expression" in _counts(stage))
        assert list(_wrong(stage)) == ["bulk-find"]
        stage.part(QLineEdit, "bulk-find").setText("a")
        stage.part(QLineEdit, "bulk-replace").setText(r"\2")
        await stage.see(lambda: "replacement is wrong" in _counts(stage))
        assert _wrong(stage) == {"bulk-replace": _counts(stage)}
        stage.part(QComboBox, "bulk-verb").setCurrentText("Tags")
        assert _wrong(stage) == {}
        shown.reject()
        await stage.see(lambda: not stage.is_seen("bulk-dialog"))

    play(scene)


def test_every_verb_has_a_form_and_all_parts_have_names(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        shown = await dialog(stage)
        combo = stage.part(QComboBox, "bulk-verb")
        for number in range(combo.count()):
            combo.setCurrentIndex(number)
        for kind in (QAbstractButton, QLineEdit, QComboBox):
            for part in shown.findChildren(kind):
                if not part.objectName().startswith("qt_"):
                    assert part.objectName()
                    assert part.accessibleName() or part.text()  # type: ignore[attr-defined]
        shown.reject()
        await stage.see(lambda: not stage.is_seen("bulk-dialog"))

    play(scene)


def test_stopping_says_that_nothing_was_changed(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(stage: Stage) -> None:
        def apply(plan: Any, *, cancel: CancelToken, progress: Any) -> ChangeSetResult:
            progress(Progress(1, 2))
            assert cancel.wait(30)
            raise Cancelled("Stopped.")

        monkeypatch.setattr(stage.workspace.bulk, "apply", apply)
        shown = await dialog(stage)
        stage.part(QLineEdit, "bulk-price-figure").setText("10")
        button = stage.part(QAbstractButton, "bulk-apply")
        await stage.see(button.isEnabled)
        button.click()
        await stage.see(lambda: "1 of 2" in _counts(stage))
        shown.reject()
        await stage.see(lambda: "Nothing was changed" in _counts(stage))
        assert stage.is_seen("bulk-dialog")
        shown.reject()
        await stage.see(lambda: not stage.is_seen("bulk-dialog"))

    play(scene)


async def history(stage: Stage) -> HistoryPage:
    sets = change_sets()
    stage.workspace.history.sets = sets
    stage.workspace.history.details = {one.id: detail_of(one) for one in sets}
    stage.workspace.tell(Changes(history=True))
    stage.window.go("history")
    page = stage.part(HistoryPage, "history-page")
    await stage.see(page.table.lines.rowCount)
    return page


def _picture(button: QAbstractButton) -> QImage:
    return button.icon().pixmap(button.iconSize()).toImage()


def test_the_history_shows_each_set_and_what_it_did(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await history(stage)
        assert page.table.lines.rowCount() == len(change_sets())
        page.select(11)
        await stage.see(page.panel.isVisible)
        button = stage.part(QAbstractButton, "history-undo-this")
        assert (button.text(), _picture(button)) == ("Undo this", _picture(page.undo_button))
        texts = [line.cells[3].text for line in page.panel.table.lines.lines]
        assert texts[0] == SINCE
        assert "€17.99" in texts
        opened: list[str] = []
        page.opened.connect(opened.append)
        page.panel.table.selectRow(1)
        page.panel.table.opened.emit(page.panel.table.current_key())
        assert opened == [detail_of(change_sets()[0]).rows[0].listing_id]
        page.select(10)
        await stage.see(lambda: button.text() == "Redo this")
        assert _picture(button) == _picture(page.redo_button)
        assert button.accessibleName() == "Redo this"

    play(scene)


def test_undo_is_named_in_the_menu_and_tells_what_was_left(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(stage: Stage) -> None:
        page = await history(stage)
        action = stage.part(QAction, "action-undo")  # type: ignore[type-var]
        await stage.see(action.isEnabled)
        assert action.text() == "Undo Price \N{MINUS SIGN}10%, price rounded to .99 of 412 listings"
        assert not stage.part(QAction, "action-redo").isEnabled()  # type: ignore[type-var]
        asked: list[int | None] = []

        def undo(set_id: int | None = None, **_: Any) -> ChangeSetResult:
            asked.append(set_id)
            left = (Left("a" * 24, "price", Why.CHANGED, SINCE),)
            return ChangeSetResult(12, "Price", 411, left=left)

        monkeypatch.setattr(stage.workspace.history, "undo", undo)
        action.trigger()
        await stage.see(lambda: asked == [None])
        await stage.see(lambda: stage.is_seen("toast"))
        page.select(8)
        await stage.see(page.panel.isVisible)
        stage.part(QAbstractButton, "history-undo-this").click()
        await stage.see(lambda: asked == [None, 8])

    play(scene)


def test_the_bar_of_the_selection_opens_the_dialog(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = stage.window.listings_page
        page.table.selectAll()
        await stage.see(lambda: stage.is_seen("selection-edit"))
        stage.part(QAbstractButton, "selection-edit").click()
        await stage.see(lambda: stage.is_seen("bulk-dialog"))
        number = page.table.selected_count()
        assert stage.part(BulkDialog, "bulk-dialog").windowTitle() == f"Edit {number} listings"
        stage.part(BulkDialog, "bulk-dialog").reject()
        await stage.see(lambda: not stage.is_seen("bulk-dialog"))

    play(scene)


def test_the_model_is_one_that_qt_believes(qapp: object) -> None:
    model: QAbstractItemModel = PlainModel(("A", "B"))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert isinstance(model, PlainModel)
    for lines in (2, 0, 3):
        model.set_lines([Line(n, (Cell(str(n)), Cell("b", pill="neutral"))) for n in range(lines)])
        assert model.rowCount() == lines


def test_files_are_attached_by_their_names(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(stage: Stage) -> None:
        done: list[Any] = []

        def apply(plan: Any, **_: Any) -> ChangeSetResult:
            done.append(plan)
            return ChangeSetResult(7, plan.name, len(plan.changes))

        monkeypatch.setattr(stage.workspace.bulk, "apply", apply)
        first = next(iter(stage.workspace.all_rows.values()))
        stage.workspace.revisions.names = [f"{first.title}.json", "other.json"]
        await dialog(stage)
        verbs = stage.part(QComboBox, "bulk-verb")
        verbs.setCurrentIndex(verbs.findText("Attach files"))
        stage.part(QLineEdit, "bulk-attach-folder").setText("exports")
        button = stage.part(QAbstractButton, "bulk-apply")
        await stage.see(button.isEnabled)
        assert "1 " in button.text()
        stage.part(QLineEdit, "bulk-attach-pattern").setText("*.json")
        await stage.see(lambda: "does not say whose" in _counts(stage))
        stage.part(QLineEdit, "bulk-attach-pattern").setText("{title}.json")
        await stage.see(button.isEnabled)
        button.click()
        await stage.see(lambda: done)
        assert [one.listing_id for one in done[0].changes] == [first.id]

    play(scene)


def test_copies_are_made_without_more_words(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(stage: Stage) -> None:
        done: list[Any] = []

        def apply(plan: Any, **_: Any) -> ChangeSetResult:
            done.append(plan)
            return ChangeSetResult(7, plan.name, len(plan.changes))

        monkeypatch.setattr(stage.workspace.bulk, "apply", apply)
        await dialog(stage)
        verbs = stage.part(QComboBox, "bulk-verb")
        verbs.setCurrentIndex(verbs.findText("Duplicate"))
        button = stage.part(QAbstractButton, "bulk-apply")
        number = str(len(stage.workspace.all_rows))
        await stage.see(lambda: button.isEnabled() and number in button.text())
        button.click()
        await stage.see(lambda: done)
        copied = {one.listing_id for one in done[0].changes}
        assert copied == {row.id for row in stage.workspace.all_rows.values()}

    play(scene)


async def settling(stage: Stage) -> LeftCellsDialog:
    """What an undo left, to be settled."""
    page = await history(stage)
    stage.workspace.history.cells = left_cells()
    page.select(10)
    button = await stage.seen(QAbstractButton, "history-settle")
    button.click()
    await stage.see(lambda: stage.is_seen("left-cells-dialog"))
    return stage.part(LeftCellsDialog, "left-cells-dialog")


def test_what_an_undo_left_is_set_back_from_the_history(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        dialog = await settling(stage)
        first, second = dialog.table.lines.lines[:2]
        assert [cell.text for cell in first.cells[1:]] == ["Price", "€21.00", "€12.50"]
        assert second.cells[3].text == "Not set"
        for part in acted_on(dialog):
            assert part.objectName()
            assert part.accessibleName() or part.property("text")
        QTest.keyClick(dialog.table, Qt.Key.Key_Down)
        stage.part(QAbstractButton, "left-cells-one").click()
        await stage.see(lambda: stage.workspace.history.calls)
        assert stage.workspace.history.calls == [("set_back", 10, (left_cells()[1],))]
        await stage.see(lambda: stage.is_seen("toast"))

    play(scene)


def test_all_of_it_is_set_back_or_kept(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        dialog = await settling(stage)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await stage.see(lambda: not stage.is_seen("left-cells-dialog"))
        assert stage.workspace.history.calls == []
        await settling(stage)
        shown = next(
            one
            for one in stage.window.findChildren(QAbstractButton, "left-cells-all")
            if one.isVisible()
        )
        assert shown.text() == "Set all 3 back"
        shown.click()
        await stage.see(lambda: stage.workspace.history.calls)
        assert stage.workspace.history.calls[0][2] == tuple(left_cells())

    play(scene)


def test_an_undo_of_which_nothing_is_possible_leads_to_what_is_newer(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(stage: Stage) -> None:
        page = await history(stage)

        def undo(*_: object, **__: object) -> None:
            raise Refused("Nothing of it can be taken back.", facts={"left": [{}]})

        monkeypatch.setattr(stage.workspace.history, "undo", undo)
        stage.workspace.history.cells = left_cells()
        page.undo_button.click()
        await stage.see(lambda: stage.bench.told)
        [look] = stage.bench.told[-1].actions
        look.run()
        await stage.see(lambda: stage.is_seen("left-cells-dialog"))
        stage.part(LeftCellsDialog, "left-cells-dialog").reject()
        await stage.see(lambda: not stage.is_seen("left-cells-dialog"))
        assert stage.workspace.history.calls == []

    play(scene)

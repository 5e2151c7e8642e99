"""Conflicts, Activity and Transfers in a shown window: what is seen, chosen, held and dropped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QTextEdit,
    QWidget,
)

from koda_desktop.sync.conflict_rows import Choice
from koda_desktop.sync.rows import (
    Changes,
    Direction,
    Link,
    OperationPage,
    OperationState,
    Side,
    SyncStatus,
    Verb,
)
from koda_desktop.views.pages.activity_page import ActivityPage
from koda_desktop.views.pages.conflicts_page import ConflictsPage
from koda_desktop.views.pages.transfers_page import TransfersPage
from koda_desktop.views.tables.conflicts_table import ConflictsModel
from koda_desktop.views.tables.operations import Heading, Lines, grouped, line_key, line_words
from koda_desktop.views.widgets.facts import Facts
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import ElidedLabel
from koda_desktop.views.widgets.speed_choice import SpeedChoice
from tests.views.fakes import FakeWorkspace
from tests.views.gallery_work import conflict_rows, file_conflict, unreadable_rows, work_rows
from tests.views.stage import Play, Stage

SELECT = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


async def conflicts(stage: Stage) -> ConflictsPage:
    stage.window.go("conflicts")
    page = stage.part(ConflictsPage, "conflicts-page")
    await stage.see(page.model.rowCount)
    return page


async def activity(stage: Stage) -> ActivityPage:
    stage.workspace.operation_rows = work_rows()
    stage.workspace.tell(Changes(operations=True))
    stage.window.go("activity")
    page = stage.part(ActivityPage, "activity-page")
    await stage.see(lambda: _line(page, "edit-held") >= 0)
    return page


def _line(page: ActivityPage, operation_id: str) -> int:
    for place, item in enumerate(page.model.items):
        if getattr(item, "operation_id", "") == operation_id:
            return place
    return -1


def _asked(stage: Stage, what: str) -> list[tuple[Any, ...]]:
    return [call for call in stage.workspace.calls if call[0] == what]


# -- conflicts --


def test_each_side_of_a_conflict_is_shown_with_what_changed(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await conflicts(stage)
        assert page.panel.isVisible()
        mine = stage.part(QTextEdit, "conflict-mine-value-text")
        assert "with the invoice attached" in mine.toPlainText()
        assert "and tells your team in Slack" in mine.toPlainText()
        page.table.selectionModel().clear()
        page.table.selectRow(3)
        theirs = stage.part(QTextEdit, "conflict-theirs-value-text")
        assert theirs.toPlainText() == "Not set"
        badge = stage.part(QAbstractButton, "nav-conflicts")
        assert badge.accessibleDescription() == "6 fields in conflict"

    play(scene)


@pytest.mark.parametrize(
    ("button", "choice"),
    [("mine", Choice.MINE), ("theirs", Choice.THEIRS), ("both", Choice.BOTH)],
)
def test_a_choice_settles_the_selected_field_and_is_undone(
    play: Play, button: str, choice: Choice
) -> None:
    async def scene(stage: Stage) -> None:
        page = await conflicts(stage)
        first = conflict_rows()[0]
        stage.part(QAbstractButton, f"conflict-keep-{button}").click()
        await stage.see(lambda: page.model.rowCount() == 5)
        assert _asked(stage, "resolve") == [("resolve", first.listing_id, first.field, choice)]
        assert len(page.table.selected()) == 1
        (await stage.seen(QAbstractButton, "conflicts-undo")).click()
        await stage.see(lambda: page.model.rowCount() == 6)

    play(scene)


def test_a_choice_for_many_says_for_how_many(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await conflicts(stage)
        names = [f"conflict-keep-{choice}" for choice in ("mine", "theirs", "both")]
        buttons = [stage.part(QAbstractButton, name) for name in names]
        assert not [one.text() for one in buttons if "(" in one.text()]
        page.table.selectAll()
        both = sum(row.can_keep_both for row in page.model.rows)
        assert 0 < both < len(page.model.rows)
        counts = (len(page.model.rows), len(page.model.rows), both)
        for button, number in zip(buttons, counts, strict=True):
            assert button.text().endswith(f" ({number})")

    play(scene)


def test_files_in_conflict_are_compared_line_by_line(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        one = file_conflict()
        theirs = Side(True, {**one.theirs.value, "version": ""})
        stage.workspace.conflict_rows = [replace(one, theirs=theirs)]
        stage.workspace.tell(Changes(operations=True))
        await conflicts(stage)
        sides = [
            await stage.seen(Facts, f"conflict-{side}-facts") for side in ("base", "mine", "theirs")
        ]
        shown = [
            {w.accessibleName(): w.y() for w in side.findChildren(ElidedLabel)} for side in sides
        ]
        assert len({tuple(lines.values()) for lines in shown}) == 1
        assert {"Version: 1.0.0", "Version: 1.1.0", "Version: –"} < {n for s in shown for n in s}
        assert not stage.is_seen("conflict-mine-value")

    play(scene)


def test_many_are_settled_at_once_by_keyboard(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await conflicts(stage)
        page.table.setFocus()
        QTest.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert len(page.table.selected()) == 6
        QTest.keyClick(page.table, Qt.Key.Key_Return)
        keep = stage.part(QAbstractButton, "conflict-keep-mine")
        await stage.see(keep.hasFocus)
        QTest.keyClick(keep, Qt.Key.Key_Space)
        await stage.see(lambda: page.model.rowCount() == 0)
        assert len(_asked(stage, "resolve")) == 6
        assert stage.is_seen("conflicts-undo-empty")

    play(scene)


def test_all_are_settled_with_one_button(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await conflicts(stage)
        stage.part(QAbstractButton, "conflicts-all-theirs").click()
        await stage.see(lambda: page.model.rowCount() == 0)
        assert {call[3] for call in _asked(stage, "resolve")} == {Choice.THEIRS}

    play(scene)


def test_another_value_is_asked_for_until_it_is_right(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await conflicts(stage)
        page.table.selectRow(3)
        stage.part(QAbstractButton, "conflict-edit").click()
        editor = await stage.seen(QLineEdit, "value-editor")
        assert editor.text() == "Newsletter sign-up to CRM"
        editor.setText("")
        (await stage.seen(QAbstractButton, "value-accept")).click()
        await stage.see(lambda: _problems(stage) == ["This is needed."])
        (await stage.seen(QLineEdit, "value-editor")).setText("Newsletter")
        (await stage.seen(QAbstractButton, "value-accept")).click()
        await stage.see(lambda: page.model.rowCount() == 5)
        assert [call[3] for call in _asked(stage, "resolve")] == [Choice.VALUE]

    play(scene)


def _problems(stage: Stage) -> list[str]:
    """What a dialog on view says in red."""
    dialogs = [one for one in stage.window.findChildren(QDialog) if one.isVisible()]
    labels = [label for dialog in dialogs for label in dialog.findChildren(QLabel)]
    return [one.text() for one in labels if one.property("role") == "error" and one.isVisible()]


def test_the_model_of_conflicts_keeps_qts_promises(qtmodeltester: Any) -> None:
    model = ConflictsModel()
    rows = conflict_rows()
    for shown in (rows, rows[2:], rows[:1], [*rows[3:], *rows[:2]], []):
        model.set_rows(shown)
        qtmodeltester.check(model)
        assert list(model.rows) == shown


# -- activity --


def test_the_very_values_are_shown_before_they_go(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await activity(stage)
        page.select(_line(page, "edit-held"))
        assert page.panel.isVisible()
        price = stage.part(QTextEdit, "change-price-text").toPlainText()
        assert "€4.90" in price
        assert "€5.90" in price
        title = stage.part(QTextEdit, "change-title-text").toPlainText()
        assert title == "Customer birthday mail"
        QTest.keyClick(page, Qt.Key.Key_Escape)
        assert not page.panel.isVisible()

    play(scene)


def test_work_is_held_and_let_go(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await activity(stage)
        page.select(_line(page, "edit-queued"))
        stage.part(QAbstractButton, "activity-hold").click()
        await stage.see(lambda: stage.is_seen("activity-let-go"))
        assert page.selected()[0].state is OperationState.HELD  # type: ignore[union-attr]
        stage.part(QAbstractButton, "activity-let-go").click()
        await stage.see(lambda: stage.is_seen("activity-hold"))
        assert [call[0] for call in stage.workspace.calls if call[0] != "wake"] == [
            "hold",
            "let-go",
        ]

    play(scene)


def test_what_may_have_gone_out_can_be_neither_held_nor_dropped(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await activity(stage)
        frozen = next(one for one in work_rows() if one.state is OperationState.SENDING)
        page.select(_line(page, frozen.operation_id))
        banner = stage.part(QWidget, "activity-banner")
        assert "cannot be changed" in banner.accessibleDescription()
        for name in ("hold", "drop", "edit", "let-go"):
            assert not stage.is_seen(f"activity-{name}")

    play(scene)


def test_a_dropped_change_asks_first_and_a_publication_does_not(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await activity(stage)
        page.select(_line(page, "edit-held"))
        stage.part(QAbstractButton, "activity-drop").click()
        dialog = await stage.seen(QDialog, "confirm-dialog")
        assert any("What you typed is lost" in one.text() for one in dialog.findChildren(QLabel))
        assert _asked(stage, "drop") == []
        stage.part(QAbstractButton, "confirm-accept").click()
        await stage.see(lambda: _asked(stage, "drop") == [("drop", "edit-held")])
        await stage.see(lambda: _line(page, "edit-held") < 0)
        waiting = next(
            one
            for one in work_rows()
            if one.verb is Verb.REGISTER and one.state is OperationState.QUEUED
        )
        page.select(_line(page, waiting.operation_id))
        stage.part(QAbstractButton, "activity-drop").click()
        await stage.see(lambda: ("drop", waiting.operation_id) in _asked(stage, "drop"))

    play(scene)


def test_sending_is_paused_and_resumed(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await activity(stage)
        stage.part(QAbstractButton, "activity-pause").click()
        await stage.see(lambda: stage.is_seen("activity-resume"))
        assert not stage.is_seen("activity-pause")
        stage.part(QAbstractButton, "activity-resume").click()
        await stage.see(lambda: stage.is_seen("activity-pause"))

    play(scene)


def test_an_unreadable_document_is_shown_and_copied(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.workspace.unreadable = unreadable_rows()
        stage.workspace.sync_status = SyncStatus(Link.ONLINE, 0, 0, False, None, quarantined=1)
        page = await activity(stage)
        await stage.see(lambda: unreadable_rows()[0] in page.model.items)
        page.select(list(page.model.items).index(unreadable_rows()[0]))
        stage.part(QAbstractButton, "activity-copy").click()
        assert QApplication.clipboard().text() == unreadable_rows()[0].raw

    play(scene)


def test_what_went_out_is_read_page_by_page(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        done = next(one for one in work_rows() if one.state is OperationState.DONE)
        page = await activity(stage)
        stage.workspace.operation_rows = [
            *work_rows(),
            *(replace(done, operation_id=f"old-{n}") for n in range(2_000)),
        ]
        stage.workspace.tell(Changes(operations=True))
        await stage.see(lambda: page.model.rowCount() > 200)
        first = page.model.rowCount()
        assert first < 250
        page.list.scrollToBottom()
        await stage.see(lambda: page.model.rowCount() > first)
        assert page.model.rowCount() < 700

    play(scene)


def test_the_list_keeps_its_selection_while_the_queue_moves_on(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = await activity(stage)
        page.select(_line(page, "edit-queued"))
        stage.workspace.operation_rows = work_rows()[2:]
        stage.workspace.tell(Changes(operations=True))
        await stage.see(lambda: page.model.rowCount() < len(work_rows()) + 3)
        assert [one.operation_id for one in page.selected()] == ["edit-queued"]  # type: ignore[union-attr]

    play(scene)


def test_the_model_of_activity_keeps_qts_promises(qtmodeltester: Any) -> None:
    model = Lines(line_key, line_words, lambda item: isinstance(item, Heading))
    workspace = FakeWorkspace()
    workspace.operation_rows = work_rows()
    page = workspace.activity()
    moved = replace(page, waiting=page.waiting[2:], done=page.done[::-1])
    for shown in (page, moved, replace(page, parked=()), OperationPage(), page):
        model.set_items(grouped(shown, unreadable_rows()))
        qtmodeltester.check(model)
        assert list(model.items) == grouped(shown, unreadable_rows())


# -- transfers --


def test_a_transfer_is_paused_and_goes_on(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.go("transfers")
        line = await stage.seen(QWidget, "transfer-t0")
        pause, resume = (
            next(b for b in line.findChildren(QAbstractButton) if b.objectName() == name)
            for name in ("transfer-pause", "transfer-resume")
        )
        pause.click()
        await stage.see(resume.isVisible)
        assert "Paused" in line.accessibleName()
        resume.click()
        await stage.see(pause.isVisible)
        assert _asked(stage, "pause") == [("pause", "t0", True), ("pause", "t0", False)]

    play(scene)


def test_the_order_of_transfers_is_changed_from_its_menu(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.go("transfers")
        page = stage.part(TransfersPage, "transfers-page")
        waiting, done = stage.workspace.transfer_rows[3], stage.workspace.transfer_rows[4]
        choices = dict(page.choices(waiting))
        assert list(choices) == ["Go first", "Go last", "Show listing"]
        choices["Go first"]()
        await stage.see(lambda: _asked(stage, "prioritise") == [("prioritise", waiting.id, 1)])
        assert list(dict(page.choices(done))) == ["Save file…", "Show listing"]
        down = replace(done, direction=Direction.DOWN, target="/tmp/a.json")
        assert list(dict(page.choices(down))) == ["Show in folder", "Show listing"]

    play(scene)


def test_the_speed_limit_is_chosen_or_written(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.go("transfers")
        choice = stage.part(SpeedChoice, "transfers-speed")
        assert choice.currentText() == "Unlimited speed"
        choice.activated.emit(2)
        await stage.see(lambda: stage.workspace.speed_limit == 1_000_000)
        await stage.see(lambda: choice.limit == 1_000_000)
        choice.activated.emit(choice.count() - 1)
        figure = await stage.seen(QLineEdit, "speed-figure")
        figure.setText("0")
        stage.part(QAbstractButton, "speed-accept").click()
        assert figure.isVisible()
        figure.setText("2,5")
        stage.part(QAbstractButton, "speed-accept").click()
        await stage.see(lambda: stage.workspace.speed_limit == 2_500_000)
        await stage.see(lambda: choice.currentText() == "At most 2.5 MB/s")

    play(scene)


def test_a_file_is_saved_from_a_published_listing(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        listing = next(row for row in stage.workspace.all_rows.values() if row.state == "published")
        stage.window.show_listing(listing.id)
        (await stage.seen(QAbstractButton, "listing-save_file")).click()
        dialog = await stage.seen(QFileDialog, "save-file-dialog")
        dialog.setDirectory(str(tmp_path))
        dialog.done(1)
        await stage.see(lambda: _asked(stage, "download"))
        assert _asked(stage, "download")[0][:2] == ("download", listing.id)

    play(scene)


# -- keys --


def test_refused_keys_are_told_on_every_page_with_two_ways_on(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        assert not stage.is_seen("keys-banner")
        status = stage.workspace.sync_status
        stage.workspace.sync_status = replace(status, needs_keys=True)
        stage.workspace.tell(Changes(status=True))
        await stage.see(lambda: stage.is_seen("keys-banner"))
        stage.part(QAbstractButton, "keys-again").click()
        await stage.see(lambda: ("wake",) in stage.workspace.calls)
        stage.part(QAbstractButton, "keys-update").click()
        assert stage.is_seen("settings-page")
        stage.workspace.sync_status = status
        stage.workspace.tell(Changes(status=True))
        await stage.see(lambda: not stage.is_seen("keys-banner"))

    play(scene)


def test_a_dialog_on_a_small_screen_cuts_nothing(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.go("settings")
        (await stage.seen(QAbstractButton, "keys-studio-nord")).click()
        line = await stage.seen(QLineEdit, "keys-stripe-api-key")
        dialog = line.window()
        dialog.resize(dialog.width(), 100)  # As Qt makes it where the screen is that small.
        QApplication.processEvents()
        [field] = [part for part in dialog.findChildren(FormField) if part.isAncestorOf(line)]
        assert line.geometry().bottom() <= field.rect().bottom()
        dialog.close()

    play(scene)


def test_new_keys_are_taken_in_settings(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.go("settings")
        (await stage.seen(QAbstractButton, "keys-studio-nord")).click()
        secret = await stage.seen(QLineEdit, "keys-s3-secret-access-key")
        stage.part(QAbstractButton, "keys-save").click()
        await stage.see(lambda: stage.is_seen("keys-dialog-banner"))
        await stage.see(lambda: not stage.is_running("keys.save"))
        secret.setText("a new one")
        stage.part(QAbstractButton, "keys-save").click()
        await stage.see(lambda: not stage.is_seen("keys-dialog"))
        assert stage.desk.secrets == {"studio-nord": {"s3-secret-access-key": "a new one"}}

    play(scene)

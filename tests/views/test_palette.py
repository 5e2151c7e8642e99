"""The command palette, changed keys and going back, by real key presses."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QScrollArea,
    QWidget,
)

from koda_desktop.views.actions import FIXED_KEYS, Act
from koda_desktop.views.widgets.key_button import KeyButton
from tests.views.gallery_data import catalogue
from tests.views.stage import Play, Stage

KEYS = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


async def _opened(stage: Stage) -> QLineEdit:
    QTest.keyClick(stage.window, Qt.Key.Key_K, CTRL)
    return await stage.seen(QLineEdit, "palette-line")


async def _closed(stage: Stage, name: str) -> None:
    await stage.see(lambda: not stage.is_running(name))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    # Without a window manager nobody gives the window its keyboard back.
    stage.window.activateWindow()
    await stage.see(stage.window.isActiveWindow)


def _section(stage: Stage) -> str:
    page = stage.window.stack.currentWidget()
    assert page is not None
    return page.objectName()


def test_a_command_is_found_and_done_without_the_mouse(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        line = await _opened(stage)
        QTest.keyClicks(line, "activ")
        QTest.keyClick(line, Qt.Key.Key_Return)
        await stage.see(lambda: _section(stage) == "activity-page")
        await _closed(stage, "window.palette")

    play(scene)


def test_arrows_choose_and_escape_does_nothing(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        line = await _opened(stage)
        found = stage.part(QListView, "palette-found")
        assert found.currentIndex().row() == 0
        QTest.keyClick(line, Qt.Key.Key_Down)
        assert found.currentIndex().row() == 1
        QTest.keyClick(line, Qt.Key.Key_Up)
        QTest.keyClick(line, Qt.Key.Key_Up)
        assert found.currentIndex().row() == found.model().rowCount() - 1
        QTest.keyClick(line, Qt.Key.Key_Escape)
        await _closed(stage, "window.palette")
        assert _section(stage) == "listings-page"

    play(scene)


def test_a_listing_is_found_and_opened_from_another_page(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.go("settings")
        line = await _opened(stage)
        wanted = next(row for row in catalogue() if "newsletter" in row.title.lower())
        QTest.keyClicks(line, "newsletter")
        found = stage.part(QListView, "palette-found")
        await stage.see(lambda: found.model().rowCount() == 1)
        QTest.keyClick(line, Qt.Key.Key_Return)
        title = await stage.seen(QLineEdit, "listing-title")
        await stage.see(lambda: title.text() == wanted.title)
        await _closed(stage, "window.palette")

    play(scene)


def test_nothing_found_says_so_and_enter_stays(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        line = await _opened(stage)
        QTest.keyClicks(line, "zzzz")
        none = await stage.seen(QLabel, "palette-none")
        assert "zzzz" in none.text()
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert line.isVisible()
        QTest.keyClick(line, Qt.Key.Key_Escape)
        await _closed(stage, "window.palette")

    play(scene)


def test_another_workspace_is_switched_to(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        other = stage.desk.known[1].name
        # Opened twice: the workspaces are read while it is shown for the first time.
        QTest.keyClick(await _opened(stage), Qt.Key.Key_Escape)
        await _closed(stage, "window.palette")
        line = await _opened(stage)
        QTest.keyClicks(line, f"switch {other}")
        found = stage.part(QListView, "palette-found")
        await stage.see(lambda: found.model().rowCount() == 1)
        QTest.keyClick(line, Qt.Key.Key_Return)
        await stage.see(lambda: stage.desk.known[0].name == other)
        await _closed(stage, "window.palette")

    play(scene)


async def _sheet(stage: Stage) -> QDialog:
    QTest.keyClick(stage.window, Qt.Key.Key_F1, KEYS)
    return await stage.seen(QDialog, "shortcuts-dialog")


def test_keys_are_changed_in_the_sheet_and_hold_at_once(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        sheet = await _sheet(stage)
        button = stage.part(QAbstractButton, "keys-activity")
        button.click()
        QTest.keyClick(button, Qt.Key.Key_J, CTRL)
        assert button.text() == "Ctrl+J"
        sheet.accept()
        await _closed(stage, "window.shortcuts")
        QTest.keyClick(stage.window, Qt.Key.Key_3, CTRL)
        assert _section(stage) == "listings-page"
        QTest.keyClick(stage.window, Qt.Key.Key_J, CTRL)
        await stage.see(lambda: _section(stage) == "activity-page")
        file = tmp_path / "settings.json"
        await stage.see(lambda: file.exists() and "Ctrl+J" in file.read_text())

    play(scene)


def test_menus_name_keys_as_the_sheet_does(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        sheet = await _sheet(stage)
        button = stage.part(QAbstractButton, "keys-sync")
        button.click()
        QTest.keyClick(button, Qt.Key.Key_Return, CTRL | ALT)
        for act in Act:
            told = stage.part(QAbstractButton, f"keys-{act.value}").text()
            shown = stage.window.work.actions[act].shortcut()
            assert shown.toString(QKeySequence.SequenceFormat.NativeText) == told.strip("—")
        sheet.accept()
        await _closed(stage, "window.shortcuts")

    play(scene)


@pytest.mark.parametrize("enter", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_either_enter_key_publishes(play: Play, enter: Qt.Key) -> None:
    async def scene(stage: Stage) -> None:
        published = QSignalSpy(stage.window.work.actions[Act.PUBLISH].triggered)
        QTest.keyClick(stage.window, enter, CTRL)
        assert published.count() == 1

    play(scene)


def test_keys_taken_from_another_action_are_told_and_come_back(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        sheet = await _sheet(stage)
        button = stage.part(QAbstractButton, "keys-activity")
        button.click()
        QTest.keyClick(button, Qt.Key.Key_F, CTRL)
        note = stage.part(QLabel, "shortcuts-note")
        assert "Search listings" in note.text()
        assert stage.part(QAbstractButton, "keys-search").text() == "—"
        stage.part(QAbstractButton, "shortcuts-defaults").click()
        assert stage.part(QAbstractButton, "keys-search").text() == "Ctrl+F"
        sheet.accept()
        await _closed(stage, "window.shortcuts")

    play(scene)


def test_keys_in_the_sheet_stand_below_one_another(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        sheet = await _sheet(stage)
        for key in ("Ctrl+Alt+Shift+F", "Ctrl+Alt+Shift+Backspace"):
            stage.window.work.bindings.bind("search", key)
            QApplication.processEvents()
            buttons = sheet.findChildren(KeyButton)
            fixed = [one for one in sheet.findChildren(QLabel) if one.property("role") == "mono"]
            assert len(fixed) == len(FIXED_KEYS)
            middles = {_middle_in(sheet, one) for one in (*buttons, *fixed)}
            assert len(middles) == 1
            assert len({one.width() for one in buttons}) == 1
            assert all(one.width() >= one.sizeHint().width() for one in buttons)
        sheet.accept()
        await _closed(stage, "window.shortcuts")

    play(scene)


def _middle_in(sheet: QWidget, part: QWidget) -> int:
    return part.mapTo(sheet, part.rect().center()).x()


def test_the_list_of_keys_has_the_room_of_a_note_that_is_not_there(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        sheet = await _sheet(stage)
        area = stage.part(QScrollArea, "shortcuts-scroll")
        without = area.height()
        button = stage.part(QAbstractButton, "keys-sync")
        button.click()
        QTest.keyClick(button, Qt.Key.Key_X)
        await stage.see(lambda: area.height() < without)
        QTest.keyClick(button, Qt.Key.Key_F8)
        await stage.see(lambda: area.height() == without)
        sheet.accept()
        await _closed(stage, "window.shortcuts")

    play(scene)


def test_a_letter_alone_is_refused_and_escape_leaves_the_keys(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        sheet = await _sheet(stage)
        button = stage.part(QAbstractButton, "keys-sync")
        button.click()
        QTest.keyClick(button, Qt.Key.Key_X)
        assert "function key" in stage.part(QLabel, "shortcuts-note").text()
        QTest.keyClick(button, Qt.Key.Key_Escape)
        assert button.text() == "F5"
        assert sheet.isVisible()
        button.click()
        QTest.keyClick(button, Qt.Key.Key_Backspace)
        assert button.text() == "—"
        stage.part(QAbstractButton, "keys-reset-sync").click()
        assert button.text() == "F5"
        sheet.accept()
        await _closed(stage, "window.shortcuts")

    play(scene)


def test_alt_and_arrows_go_back_and_forward(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        for act, page in ((Act.TRANSFERS, "transfers-page"), (Act.SETTINGS, "settings-page")):
            stage.window.work.actions[act].trigger()
            assert _section(stage) == page
        QTest.keyClick(stage.window, Qt.Key.Key_Left, ALT)
        assert _section(stage) == "transfers-page"
        QTest.keyClick(stage.window, Qt.Key.Key_Left, ALT)
        assert _section(stage) == "listings-page"
        QTest.keyClick(stage.window, Qt.Key.Key_Right, ALT)
        assert _section(stage) == "transfers-page"
        _press(stage, Qt.MouseButton.BackButton)
        assert _section(stage) == "listings-page"
        _press(stage, Qt.MouseButton.ForwardButton)
        assert _section(stage) == "transfers-page"

    play(scene)


def _press(stage: Stage, button: Qt.MouseButton) -> None:
    place = QPointF(5, 5)
    kind = QEvent.Type.MouseButtonPress
    event = QMouseEvent(kind, place, place, button, button, KEYS)
    QApplication.sendEvent(stage.window, event)

"""The switches of the optional removals, by mouse and by keyboard, over the whole window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QListView, QScrollArea, QWidget

from koda_desktop.controllers.intake_state import IntakeFile
from koda_desktop.runtime.settings import KEPT_REMOVALS
from koda_desktop.views.tables.removals import RemovalList
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.views.widgets.switch import Switch
from tests.views.gallery_data import dropped
from tests.views.stage import Play, Stage, acted_on

HINTS = "make-ui-hints"


async def _drop(stage: Stage, folder: Path, *names: str) -> None:
    stage.window.open_files(dropped(folder, *names))
    files = stage.window.work.intake.controller
    await stage.see(
        lambda: (
            len(files.files) == len(names) and all(file.stage == "checked" for file in files.files)
        )
    )
    tabs = stage.part(Segments, "intake-tabs")
    for _ in range(3):
        QTest.keyClick(tabs, Qt.Key.Key_Right)
    assert tabs.accessibleName() == "Show: Removed"


def _file(stage: Stage, place: int = 0) -> IntakeFile:
    return stage.window.work.intake.controller.files[place]


async def _settled(stage: Stage) -> None:
    files = stage.window.work.intake.controller
    await stage.see(lambda: not any(file.is_rechecking for file in files.files))


def _kept(stage: Stage, place: int = 0) -> list[str]:
    return [line.where for line in _file(stage, place).removals if line.is_kept]


def test_a_kind_is_kept_by_the_keyboard_and_the_report_follows(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "scenario.json")
        switch = stage.part(Switch, f"keep-{HINTS}")
        assert switch.accessibleName() == "Keep: UI hints, 6 places, removed"
        removed = _file(stage).removed
        switch.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(switch, Qt.Key.Key_Space)
        publish = stage.part(QAbstractButton, "intake-publish")
        assert not publish.isEnabled()
        await _settled(stage)
        assert publish.isEnabled()
        assert len(_kept(stage)) == 6
        assert stage.part(Switch, f"keep-{HINTS}") is switch
        assert switch.accessibleName() == "Keep: UI hints, 6 places, kept"
        assert (
            "6 entries kept by your choice."
            in stage.part(Banner, "intake-banner").accessibleDescription()
        )
        # Of each hint the names of the account are still removed, in a line of their own.
        assert _file(stage).removed == removed
        QTest.keyClick(switch, Qt.Key.Key_Space)
        await _settled(stage)
        assert _kept(stage) == []

    play(scene)


async def _narrow(stage: Stage) -> QWidget:
    """The dialog at its smallest."""
    dialog = stage.part(QWidget, "intake-dialog")
    dialog.resize(dialog.minimumSize())
    await stage.see(lambda: dialog.size() == dialog.minimumSize())
    return dialog


def test_what_may_be_kept_is_whole_however_narrow_it_is(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "scenario.json", "a.json")
        words = stage.part(QLabel, f"keep-{HINTS}-benefit")
        tall = words.height()
        dialog = await _narrow(stage)
        await stage.see(lambda: words.height() > tall)
        for each in dialog.findChildren(QLabel):
            if each.isVisible() and each.wordWrap():
                assert each.height() >= each.heightForWidth(each.width()), each.text()
        # What it says is what the intake says of the kind, and no part of it.
        [choice] = [one for one in _file(stage).choices if one.kind == HINTS]
        assert words.text() == choice.benefit

    play(scene)


def test_the_buttons_have_the_room_they_need_however_narrow_it_is(
    play: Play, tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "scenario.json", "a.json")
        await _narrow(stage)
        for name in ("intake-remove", "intake-save", "intake-publish"):
            button = stage.part(QAbstractButton, name)
            assert button.width() >= button.sizeHint().width(), name

    play(scene)


def _is_in_sight(shown: RemovalList, row: int) -> bool:
    place = shown.visualRect(shown.model().index(row, 0))
    return shown.viewport().visibleRegion().boundingRect().contains(place)


def test_the_page_scrolls_as_one_and_follows_the_keyboard(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "scenario-long.json", "a.json")
        await _narrow(stage)
        shown = stage.part(RemovalList, "removals")
        bar = stage.part(QScrollArea, "intake-removed-scroll").verticalScrollBar()
        last = shown.model().rowCount() - 1
        await stage.see(lambda: bar.maximum() > 0)
        assert shown.verticalScrollBar().maximum() == 0
        shown.setFocus()
        QTest.keyClick(shown, Qt.Key.Key_End)
        assert shown.currentIndex().row() == last
        await stage.see(lambda: _is_in_sight(shown, last))
        QTest.keyClick(shown, Qt.Key.Key_PageUp)
        above = shown.currentIndex().row()
        assert 0 < last - above < last
        await stage.see(lambda: _is_in_sight(shown, above))
        QTest.keyClick(shown, Qt.Key.Key_PageDown)
        QTest.keyClick(shown, Qt.Key.Key_PageDown)
        assert shown.currentIndex().row() == last
        before = bar.value()
        _turn_wheel(shown.viewport())
        assert bar.value() < before

    play(scene)


def _turn_wheel(widget: QWidget) -> None:
    """A notch of the wheel upwards, over the middle of what is to be seen of ``widget``."""
    window = widget.window().windowHandle()
    middle = widget.visibleRegion().boundingRect().center()
    QTest.wheelEvent(window, QPointF(widget.mapTo(widget.window(), middle)), QPoint(0, 120))


def test_another_file_is_shown_from_the_top_and_the_same_one_where_it_was(
    play: Play, tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "scenario-long.json", "scenario-longer.json")
        shown = stage.part(RemovalList, "removals")
        bar = stage.part(QScrollArea, "intake-removed-scroll").verticalScrollBar()
        shown.setFocus()
        QTest.keyClick(shown, Qt.Key.Key_End)
        QTest.keyClick(shown, Qt.Key.Key_Home)
        QTest.keyClick(shown, Qt.Key.Key_PageDown)
        QTest.keyClick(shown, Qt.Key.Key_PageDown)
        await stage.see(lambda: bar.value() > 0)
        before = bar.value()
        QTest.keyClick(shown, Qt.Key.Key_Space)
        await _settled(stage)
        assert len(_kept(stage)) == 1
        assert bar.value() == before
        files = stage.part(QListView, "intake-list")
        files.setCurrentIndex(files.model().index(1, 0))
        assert bar.value() == 0

    play(scene)


def test_one_place_is_kept_by_key_and_by_mouse(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "scenario.json")
        shown = stage.part(RemovalList, "removals")
        model = shown.model()
        first, second, last = (model.index(row, 0) for row in (0, 1, model.rowCount() - 1))
        assert first.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
        assert first.data().endswith("Optional: you may keep it.")
        shown.setCurrentIndex(first)
        QTest.keyClick(shown, Qt.Key.Key_Space)
        await _settled(stage)
        assert _kept(stage) == ["flow[1].metadata.expect"]
        assert model.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        assert shown.currentIndex().row() == 0
        area = shown.visualRect(model.index(1, 0))
        at = area.center()
        at.setX(area.right() - 25)
        QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=at)
        await _settled(stage)
        assert len(_kept(stage)) == 2
        # Elsewhere in the row a click only chooses it, and what is mandatory has no switch.
        QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
        assert last.data(Qt.ItemDataRole.CheckStateRole) is None
        shown.setCurrentIndex(model.index(model.rowCount() - 1, 0))
        QTest.keyClick(shown, Qt.Key.Key_Space)
        assert not _file(stage).is_rechecking
        assert len(_kept(stage)) == 2
        assert stage.part(QLabel, f"keep-{HINTS}-count").text() == "2 of 6 places kept"
        assert second.isValid()

    play(scene)


def test_a_choice_is_made_for_every_file_of_the_list(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "scenario-a.json", "a.json", "scenario-b.json")
        assert not stage.is_seen(f"keep-{HINTS}-everywhere")
        stage.part(Switch, f"keep-{HINTS}").click()
        await _settled(stage)
        button = await stage.seen(QAbstractButton, f"keep-{HINTS}-everywhere")
        assert button.text() == "Keep in 1 other file"
        button.click()
        await _settled(stage)
        assert [len(_kept(stage, place)) for place in range(3)] == [6, 0, 6]
        await stage.see(lambda: not button.isVisible())
        stage.part(Switch, f"keep-{HINTS}").click()
        await _settled(stage)
        await stage.see(button.isVisible)
        assert button.text() == "Remove in 1 other file"

    play(scene)


def test_a_choice_is_remembered_only_when_asked_for_and_forgotten_again(
    play: Play, tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        preferences = stage.window.work._services.preferences
        await _drop(stage, tmp_path, "scenario.json")
        remember = stage.part(QAbstractButton, f"keep-{HINTS}-remember")
        assert not remember.isVisible()
        stage.part(Switch, f"keep-{HINTS}").click()
        await _settled(stage)
        assert preferences.text(KEPT_REMOVALS) == ""
        remember.click()
        await stage.see(lambda: preferences.text(KEPT_REMOVALS) == HINTS)
        assert remember.text() == "No longer in new files"
        stage.window.open_files(dropped(tmp_path, "scenario-new.json"))
        await stage.see(
            lambda: (
                len(stage.window.work.intake.controller.files) == 2
                and _file(stage, 1).stage == "checked"
            )
        )
        assert len(_kept(stage, 1)) == 6
        remember.click()
        await stage.see(lambda: preferences.text(KEPT_REMOVALS) == "")

    play(scene)


def test_the_list_of_files_is_searched_and_narrowed_to_a_platform(
    play: Play, tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        names = [f"scenario-{number}.json" for number in range(9)]
        names += [f"workflow-{number}.json" for number in range(5)]
        await _drop(stage, tmp_path, *names)
        listed = stage.part(QListView, "intake-list").model()
        search = await stage.seen(QWidget, "intake-search")
        QTest.keyClicks(search, "low-3")
        await stage.see(lambda: listed.rowCount() == 1)
        QTest.keyClick(search, Qt.Key.Key_Escape)
        await stage.see(lambda: listed.rowCount() == 14)
        platform = await stage.seen(QWidget, "intake-platform")
        QTest.keyClick(platform, Qt.Key.Key_Down)
        await stage.see(lambda: listed.rowCount() == 5)
        QTest.keyClicks(search, "scenario")
        await stage.see(lambda: stage.is_seen("intake-list-empty"))
        assert stage.part(QLabel, "intake-list-empty").text() == "No file matches."

    play(scene)


def test_checking_many_is_stopped_and_gone_on_with(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        names = [f"workflow-{number}.json" for number in range(120)]
        stage.window.open_files(dropped(tmp_path, *names))
        files = stage.window.work.intake.controller
        await stage.see(lambda: any(file.stage == "checked" for file in files.files))
        (await stage.seen(QAbstractButton, "intake-stop")).click()
        go_on = await stage.seen(QAbstractButton, "intake-go-on")
        left = sum(file.stage == "stopped" for file in files.files)
        await stage.see(lambda: go_on.accessibleName() == f"Check the {left} files left")
        assert not stage.is_seen("intake-stop")
        go_on.click()
        await stage.see(lambda: all(file.stage == "checked" for file in files.files))
        await stage.see(lambda: not go_on.isVisible())

    play(scene)


def test_every_switch_and_button_has_a_name(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "scenario.json", "a.json")
        stage.part(Switch, f"keep-{HINTS}").click()
        await _settled(stage)
        for widget in acted_on(stage.part(QWidget, "intake-dialog")):
            assert widget.objectName()
            assert widget.accessibleName(), widget.objectName()

    play(scene)

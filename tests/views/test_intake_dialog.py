"""The intake dialog over the whole window: secrets, and what the report shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QProgressBar,
    QPushButton,
    QWidget,
)

from koda_desktop.controllers.intake_state import IntakeFile, IntakeStage
from koda_desktop.controllers.intake_tally import IntakeTally
from koda_desktop.views.actions import Act
from koda_desktop.views.dialogs.intake_panel import IntakePanel
from koda_desktop.views.dialogs.intake_side import IntakeSide
from koda_desktop.views.graph.graph_view import GraphView
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.labels import ElidedLabel
from koda_desktop.views.widgets.needs_panel import NeedsPanel
from koda_desktop.views.widgets.segments import Segments
from tests.views.gallery_data import LEAKS, catalogue, dropped, with_inspection
from tests.views.stage import Play, Stage, acted_on, begins, ends, words_begin


async def _drop(stage: Stage, folder: Path, *names: str) -> QDialog:
    """Drop files and wait until they are all checked."""
    stage.window.open_files(dropped(folder, *names))
    files = stage.window.work.intake.controller
    await stage.see(
        lambda: (
            len(files.files) == len(names) and all(file.stage != "checking" for file in files.files)
        )
    )
    return stage.part(QDialog, "intake-dialog")


def _words(widget: QWidget) -> str:
    shown = [part.text() for part in widget.findChildren(QLabel) if part.isVisible()]
    return "\n".join(shown)


def test_leaving_out_stands_below_what_is_shown_of_the_file(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        dialog = await _drop(stage, tmp_path, "leaky.json")
        panel = dialog.findChild(IntakePanel)
        assert panel is not None
        name = panel.findChildren(ElidedLabel)[0]
        assert words_begin(stage.part(QPushButton, "intake-remove")) == begins(name)
        dialog.reject()

    play(scene)


def test_everything_in_the_report_ends_at_one_edge(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "a.json", "leaky.json")
        edge = ends(stage.part(QWidget, "intake-banner"))
        assert ends(stage.part(QPushButton, "intake-publish")) == edge
        assert ends(stage.part(QLineEdit, "intake-title")) == edge
        QTest.keyClick(stage.part(QListView, "intake-list"), Qt.Key.Key_Down)
        assert ends(await stage.seen(QWidget, "secret-0")) == edge

    play(scene)


def test_secrets_are_in_front_masked_and_block_publishing(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        dialog = await _drop(stage, tmp_path, "leaky.json")
        assert stage.part(Segments, "intake-tabs").accessibleName() == "Show: Secrets"
        words = _words(stage.part(QWidget, "intake-secrets"))
        assert "Bearer token" in words
        assert "nodes[6].parameters.headerParameters.parameters[0].value" in words
        assert not [value for value in LEAKS if value in _words(dialog)]
        assert stage.part(QAbstractButton, "intake-save").isEnabled()
        publish = stage.part(QAbstractButton, "intake-publish")
        assert not publish.isEnabled()
        assert publish.toolTip() == "Blocked: 2 secrets in the file"
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert stage.workspace.calls == []

    play(scene)


def _let_go(stage: Stage, path: Path, at: QPoint) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(stage.window, QDragEnterEvent(at, copy, data, left, keys))
    QApplication.sendEvent(stage.window, QDropEvent(QPointF(at), copy, data, left, keys))


def test_a_file_let_go_over_a_listing_is_its_next_version_or_a_new_one(
    play: Play, tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        first = catalogue()[0]
        await stage.open_first()
        details = stage.part(QWidget, "inspector-frame")
        [path] = dropped(tmp_path, "a.json")
        _let_go(stage, path, details.mapTo(stage.window, details.rect().center()))
        choice = await stage.seen(QComboBox, "intake-becomes-choice")
        assert choice.currentText().startswith(f"New version of “{first.title}”")
        version = stage.part(QLineEdit, "intake-becomes-version")
        await stage.see(lambda: version.text() == "1.5.0")
        title = stage.part(QLineEdit, "intake-title")
        price = stage.part(QLineEdit, "intake-price")
        await stage.see(lambda: (title.text(), price.text()) == (first.title, "9.99"))
        assert title.isReadOnly()
        assert not price.hasFocus()
        assert not stage.is_seen("intake-preview")
        save = stage.part(QAbstractButton, "intake-save")
        assert save.text() == "Save new version"
        for part in acted_on(stage.part(QWidget, "intake-becomes")):
            assert part.objectName()
            assert part.accessibleName()
        choice.setFocus()
        QTest.keyClick(choice, Qt.Key.Key_Home)
        choice.activated.emit(0)
        await stage.see(lambda: save.text() == "Save as draft")
        assert not title.isReadOnly()
        assert title.text() != first.title
        assert not price.text()
        choice.setCurrentIndex(1)
        choice.activated.emit(1)
        version.setFocus()
        version.selectAll()
        QTest.keyClicks(version, "3.0.0")
        QTest.keyClick(version, Qt.Key.Key_Tab)
        save.click()
        call = ("revise", first.id, "3.0.0", "- Adds Slack.")
        await stage.see(lambda: call in stage.workspace.calls)
        await stage.see(lambda: not stage.is_seen("intake-dialog"))
        assert not [one for one in stage.workspace.calls if one[0] == "draft"]

    play(scene)


def test_a_file_let_go_over_the_table_or_over_the_editor(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.open_first()
        [path] = dropped(tmp_path, "a.json")
        table = stage.window.listings_page.table
        _let_go(stage, path, table.mapTo(stage.window, QPoint(40, 200)))
        save = await stage.seen(QAbstractButton, "intake-save")
        await stage.see(save.isEnabled)
        assert save.text() == "Save as draft"
        assert not stage.is_seen("intake-becomes")
        stage.part(QDialog, "intake-dialog").done(0)
        await stage.see(lambda: not stage.is_seen("intake-dialog"))
        stage.window.work.actions[Act.EDIT].trigger()
        await stage.see(lambda: stage.is_seen("editor-title"))
        await stage.see(lambda: stage.part(QLineEdit, "editor-title").text())
        _let_go(stage, path, QPoint(600, 300))
        choice = await stage.seen(QComboBox, "intake-becomes-choice")
        await stage.see(lambda: choice.currentText().startswith("New version of"))
        next(d for d in stage.window.findChildren(QDialog, "intake-dialog") if d.isVisible()).done(
            0
        )

    play(scene)


def test_a_value_is_allowed_with_a_reason_and_blocked_again(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "leaky.json")
        await _allow_first(stage)
        await stage.see(lambda: len(_file(stage).secrets) == 1)
        await _allow_first(stage)
        await stage.see(lambda: not _file(stage).secrets)
        publish = stage.part(QAbstractButton, "intake-publish")
        assert publish.isEnabled()
        (await stage.seen(QAbstractButton, "secret-forbid-0")).click()
        await stage.see(lambda: not publish.isEnabled())
        assert _file(stage).secrets[0].kind == "Bearer token"

    async def _allow_first(stage: Stage) -> None:
        (await stage.seen(QAbstractButton, "secret-allow-0")).click()
        QTest.keyClicks(await stage.seen(QLineEdit, "allow-reason"), "Of the sandbox")
        (await stage.seen(QAbstractButton, "allow-accept")).click()
        await stage.see(lambda: not stage.is_seen("allow-dialog"))

    play(scene)


def test_a_value_is_not_allowed_without_a_reason(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "leaky.json")
        stage.part(QAbstractButton, "secret-allow-0").click()
        await stage.see(lambda: stage.window.findChild(QDialog, "allow-dialog"))
        question = stage.part(QDialog, "allow-dialog")
        reason = stage.part(QLineEdit, "allow-reason")
        QTest.keyClicks(reason, "   ")
        QTest.keyClick(reason, Qt.Key.Key_Return)
        assert question.isVisible()
        assert reason.accessibleDescription() == "Say why, so that you still know it later."
        QTest.keyClick(question, Qt.Key.Key_Escape)
        await stage.see(lambda: not stage.is_running("intake.ask-allow"))
        assert len(_file(stage).secrets) == 2

    play(scene)


def test_the_report_says_what_the_buyer_needs(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "sync.py")
        panel = await stage.seen(NeedsPanel, "intake-needs")
        wanted = {"OPENAI_API_KEY", "httpx>=0.27", "Python >=3.11"}
        await stage.see(lambda: wanted <= set(_words(panel).splitlines()))
        assert "Credentials OPENAI_API_KEY, BOOKS_URL" in panel.accessibleName()

    play(scene)


def test_the_inspector_says_what_the_buyer_needs(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        with_inspection(stage.workspace)
        await stage.open_first()
        panel = await stage.seen(NeedsPanel, "inspector-needs")
        wanted = {"gmailOAuth2", "gpt-5-mini", "Import the file into n8n"}
        await stage.see(lambda: wanted <= set(_words(panel).splitlines()))
        stage.window.show_listing(catalogue()[1].id)
        await stage.see(lambda: not panel.isVisible())

    play(scene)


def _turn_to(stage: Stage, name: str) -> None:
    """Go along the tabs by the keyboard until ``name`` is in front."""
    tabs = stage.part(Segments, "intake-tabs")
    for _ in range(5):
        if tabs.accessibleName() != f"Show: {name}":
            QTest.keyClick(tabs, Qt.Key.Key_Right)
    assert tabs.accessibleName() == f"Show: {name}"


def test_the_picture_is_drawn_when_it_is_looked_at_and_zoomed(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "leaky.json")
        tabs = stage.part(Segments, "intake-tabs")
        assert stage.window.findChild(GraphView) is None
        _turn_to(stage, "Workflow")
        view = await stage.seen(GraphView, "intake-graph-view")
        assert [box.name for box in view.scene.boxes if box.is_trigger] == ["Every morning"]
        assert len(view.scene.boxes) == 8
        assert len(view.scene.sheets) == 1
        fitted = view.scale
        stage.part(QAbstractButton, "graph-zoom-in").click()
        assert view.scale > fitted
        stage.part(QAbstractButton, "graph-fit").click()
        assert view.scale == fitted
        QTest.keyClick(view, Qt.Key.Key_PageDown)
        assert "Every morning" in stage.part(QLabel, "intake-graph-words").text()
        assert tabs.current == 2

    play(scene)


def test_the_picture_follows_the_file_on_view(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "a.json", "notes.txt")
        _turn_to(stage, "Workflow")
        await stage.seen(GraphView, "intake-graph-view")
        QTest.keyClick(stage.part(QListView, "intake-list"), Qt.Key.Key_Down)
        _turn_to(stage, "Workflow")
        graph = stage.part(QWidget, "intake-graph")
        await stage.see(lambda: "No steps were found in this file." in _words(graph))
        assert not stage.is_seen("intake-graph-view")

    play(scene)


_MIXED = ("a.json", "broken.json", "leaky.json", "b.json")


def _listed(stage: Stage) -> list[str]:
    model = stage.part(QListView, "intake-list").model()
    return [model.index(line, 0).data().split(":")[0] for line in range(model.rowCount())]


def _on_view(stage: Stage) -> str:
    """The name of the file whose report is shown."""
    shown = stage.part(QWidget, "intake-panel").findChildren(ElidedLabel)
    return next(part.text() for part in shown if part.property("role") == "title")


def test_the_list_is_narrowed_by_keyboard(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, *_MIXED)
        kinds = stage.part(Segments, "intake-filter")
        assert _listed(stage) == list(_MIXED)
        found = []
        for _ in range(3):
            QTest.keyClick(kinds, Qt.Key.Key_Right)
            found.append((kinds.accessibleName(), _listed(stage), _on_view(stage)))
        assert found == [
            ("Show files: Problems", ["broken.json"], "broken.json"),
            ("Show files: Secrets", ["leaky.json"], "leaky.json"),
            ("Show files: Ready", ["a.json", "b.json"], "a.json"),
        ]
        QTest.keyClick(stage.part(QListView, "intake-list"), Qt.Key.Key_Down)
        assert _on_view(stage) == "b.json"

    play(scene)


def test_a_warning_is_told_and_is_no_problem(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "notes.txt", "a.json")
        listed = stage.part(QListView, "intake-list").model()
        assert listed.index(0, 0).data() == "notes.txt: Other, 1 warning"
        kinds = stage.part(Segments, "intake-filter")
        QTest.keyClick(kinds, Qt.Key.Key_Right)
        assert (kinds.accessibleName(), _listed(stage)) == ("Show files: Problems", [])
        for _ in range(2):
            QTest.keyClick(kinds, Qt.Key.Key_Right)
        assert _listed(stage) == ["notes.txt", "a.json"]

    play(scene)


def test_files_with_errors_are_left_out_at_once(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, *_MIXED)
        leave = await stage.seen(QAbstractButton, "intake-leave-out-all")
        assert leave.accessibleName() == "Leave out 1 file with errors"
        leave.click()
        assert _listed(stage) == ["a.json", "leaky.json", "b.json"]
        assert not leave.isVisible()
        listed = stage.part(QListView, "intake-list")
        listed.setFocus()
        QTest.keyClick(listed, Qt.Key.Key_Down)
        assert _on_view(stage) == "leaky.json"
        QTest.keyClick(listed, Qt.Key.Key_Delete)
        assert _listed(stage) == ["a.json", "b.json"]

    play(scene)


def test_all_ready_files_are_saved_with_one_price(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, *_MIXED)
        QTest.keyClicks(stage.part(QLineEdit, "intake-price"), "3")
        save = await stage.seen(QAbstractButton, "intake-save-all")
        assert save.accessibleName() == "Save 2 ready files as drafts"
        save.click()
        price = await stage.seen(QLineEdit, "bulk-price")
        assert stage.part(QDialog, "price-dialog").accessibleName() == "1 file has no price yet"
        QTest.keyClick(price, Qt.Key.Key_Return)
        assert price.accessibleDescription()
        assert stage.workspace.calls == []
        QTest.keyClicks(price, "7.50")
        QTest.keyClick(price, Qt.Key.Key_Return)
        await stage.see(lambda: len(_listed(stage)) == 2)
        drafts = [call[2]["price"] for call in stage.workspace.calls if call[0] == "draft"]
        assert drafts == [3, 7.5]
        assert _listed(stage) == ["broken.json", "leaky.json"]

    play(scene)


def test_what_was_typed_is_there_when_the_file_comes_back(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _drop(stage, tmp_path, "a.json", "b.json")
        title = stage.part(QLineEdit, "intake-title")
        title.setFocus()
        title.selectAll()
        QTest.keyClicks(title, "Mine")
        listed = stage.part(QListView, "intake-list")
        QTest.keyClick(listed, Qt.Key.Key_Down)
        assert title.text() != "Mine"
        QTest.keyClick(listed, Qt.Key.Key_Up)
        assert title.text() == "Mine"

    play(scene)


def _tallied(files: list[IntakeFile]) -> IntakeTally:
    tally = IntakeTally()
    tally.read(files)
    return tally


def test_one_progress_counts_the_files_that_are_checked(theme: Theme, tmp_path: Path) -> None:
    side = IntakeSide(theme)
    side.show()
    files = [IntakeFile(number, tmp_path / f"{number}.json") for number in range(4)]
    side.show_files(_tallied(files), files, 0)
    bar = side.findChild(QProgressBar, "intake-progress")
    assert isinstance(bar, QProgressBar)
    assert (bar.value(), bar.maximum(), bar.isVisible()) == (0, 4, True)
    files[1] = replace(files[1], stage=IntakeStage.CHECKED)
    files[2] = replace(files[2], stage=IntakeStage.FAILED)
    side.show_files(_tallied(files), files, 0)
    assert bar.accessibleName() == "Checked 2 of 4"
    side.show_files(_tallied(files[1:3]), files[1:3], 1)
    assert not bar.isVisible()


def test_everything_in_the_report_has_a_name(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        dialog = await _drop(stage, tmp_path, *_MIXED)
        listed = stage.part(QListView, "intake-list")
        QTest.keyClick(listed, Qt.Key.Key_Down)
        QTest.keyClick(listed, Qt.Key.Key_Down)
        assert _on_view(stage) == "leaky.json"
        _turn_to(stage, "Workflow")
        await stage.seen(GraphView, "intake-graph-view")
        acted = acted_on(dialog)
        assert {"secret-allow-0", "graph-fit", "intake-list"} <= {w.objectName() for w in acted}
        assert [w for w in acted if not w.objectName() or not w.accessibleName()] == []

    play(scene)


def _file(stage: Stage) -> IntakeFile:
    return stage.window.work.intake.controller.files[0]

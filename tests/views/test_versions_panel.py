"""The versions of a listing in the editor, by clicks: compared, replaced, set back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit

from koda_desktop.views.graph.graph_view import GraphView
from koda_desktop.views.widgets.segments import Segments
from tests.views.gallery_data import catalogue
from tests.views.gallery_editor import SAMPLES, edited_sample, give_versions
from tests.views.stage import Play, Stage

FIRST = catalogue()[0].id
CTRL = Qt.KeyboardModifier.ControlModifier


async def shown(stage: Stage, folder: Path) -> None:
    """The first listing in the editor, with its versions beside it."""
    give_versions(stage.workspace, edited_sample(folder))
    await stage.open_first()
    QTest.keyClick(stage.window, Qt.Key.Key_E, CTRL)
    await stage.seen(QLineEdit, "editor-title")
    side = stage.part(Segments, "editor-side")
    side.set_current(3)
    side.chosen.emit(3)
    lines = await stage.seen(QPlainTextEdit, "versions-lines")
    await stage.see(lambda: "+ step Tell the team" in lines.toPlainText())


def test_the_last_two_versions_are_compared_on_the_graph(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await shown(stage, tmp_path)
        view = stage.part(GraphView, "versions-graph-view")
        kinds = {box.name: box.mark.kind for box in view.scene.boxes if box.mark}
        assert kinds["Tell the team"] == "added"
        assert kinds["Ask the team"] == "removed"
        assert kinds["Write answer"] == "changed"
        assert stage.part(QComboBox, "versions-old").currentText().startswith("1.3.2")

    play(scene)


def test_a_changelog_is_written_and_kept(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await shown(stage, tmp_path)
        tabs = stage.part(Segments, "versions-text")
        tabs.set_current(1)
        tabs.chosen.emit(1)
        text = stage.part(QPlainTextEdit, "versions-changelog")
        assert "Adds Slack." in text.toPlainText()
        text.setPlainText("Answers in any language.")
        stage.part(QAbstractButton, "versions-keep").click()
        call = ("say", FIRST, "1.4.0", "Answers in any language.")
        await stage.see(lambda: call in stage.workspace.calls)

    play(scene)


def test_an_earlier_version_is_set_back(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await shown(stage, tmp_path)
        stage.part(QAbstractButton, "versions-back").click()
        await stage.see(lambda: ("set_back", FIRST, "1.3.2") in stage.workspace.calls)

    play(scene)


def test_a_chosen_file_is_offered_with_its_version_and_taken(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await shown(stage, tmp_path)
        versions = stage.window.work.pages.versions
        assert versions is not None
        versions.offer(SAMPLES / "invoices.n8n.json")
        version = await stage.seen(QLineEdit, "versions-offer-version")
        assert version.text() == "1.5.0"
        version.setText("2.0.0")
        stage.part(QAbstractButton, "versions-take").click()
        call = ("revise", FIRST, "2.0.0", "- Adds Slack.")
        await stage.see(lambda: call in stage.workspace.calls)
        await stage.see(lambda: not version.isVisible())

    play(scene)

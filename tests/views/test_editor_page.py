"""The editor's page over a made-up workspace, by real key presses."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextBrowser,
    QWidget,
)

from koda_desktop.sync.rows import Changes, ListingState
from koda_desktop.sync.typed import Typed
from koda_desktop.views.graph.graph_view import GraphView
from koda_desktop.views.widgets.labels import ElidedLabel
from tests.views.gallery_data import catalogue
from tests.views.stage import Play, Stage, acted_on, by_keys

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "invoices.n8n.json"
FIRST = catalogue()[0].id


async def _edit(stage: Stage) -> QLineEdit:
    """Open the first listing beside the table, and from there on a whole page."""
    await stage.open_first()
    QTest.keyClick(stage.window, Qt.Key.Key_E, CTRL)
    title = await stage.seen(QLineEdit, "editor-title")
    await stage.see(lambda: title.text() == stage.first_title())
    return title


def test_a_title_is_typed_kept_and_saved_by_hand(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        title = await _edit(stage)
        save = stage.part(QAbstractButton, "editor-save")
        assert not save.isVisible()
        title.clear()
        QTest.keyClicks(title, "A better name")
        assert save.isVisible()
        assert stage.part(QLabel, "editor-kept").text() == "Keeping…"
        await stage.see(lambda: stage.workspace.typed.of(FIRST) is not None)
        await stage.see(lambda: "Kept" in stage.part(QLabel, "editor-kept").text())
        QTest.keyClick(title, Qt.Key.Key_S, CTRL)
        call = ("edit", FIRST, {"title": "A better name"})
        await stage.see(lambda: call in stage.workspace.calls)
        await stage.see(lambda: not save.isVisible())
        assert stage.workspace.typed.of(FIRST) is None

    play(scene)


def test_a_wrong_price_alone_is_told_and_taken_back(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        title = await _edit(stage)
        price = stage.part(QLineEdit, "editor-price")
        before = price.text()
        names = ("editor-save", "editor-discard", "editor-publish")
        save, discard, publish = (stage.part(QAbstractButton, name) for name in names)
        price.setText("1.234,50")
        assert save.isVisible()
        assert discard.isVisible()
        assert not publish.isEnabled()
        assert "not kept" in stage.part(QLabel, "editor-kept").text()
        for go_on in (save.click, *by_keys(stage)):
            title.setFocus()
            go_on()
            assert stage.window.focusWidget() is price
        assert "without thousands separators" in price.accessibleDescription()
        discard.click()
        await stage.see(lambda: price.text() == before)
        assert not discard.isVisible()
        assert publish.isEnabled()
        assert price.accessibleDescription() == ""
        assert not [call for call in stage.workspace.calls if call[0] in ("edit", "publish")]

    play(scene)


def test_what_was_typed_before_is_there_and_what_is_newer_is_told(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.workspace.typed.kept[FIRST] = Typed({"title": "Mine"}, {"title": "Old"}, "")
        stage.window.listings_page.table.select_line(0)
        beside = await stage.seen(QLineEdit, "listing-title")
        await stage.see(lambda: beside.text() == "Mine")
        assert "elsewhere" in beside.accessibleDescription()
        beside.setFocus()
        QTest.keyClick(stage.window, Qt.Key.Key_E, CTRL)
        title = await stage.seen(QLineEdit, "editor-title")
        await stage.see(lambda: title.text() == "Mine")
        banner = await stage.seen(QWidget, "editor-banner")
        stage.part(QAbstractButton, "editor-theirs").click()
        assert title.text() == catalogue()[0].title
        assert not banner.isVisible()
        await stage.see(lambda: stage.workspace.typed.of(FIRST) is None)

    play(scene)


def test_the_workflow_stands_beside_it(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.workspace.staged[FIRST] = SAMPLE
        await _edit(stage)
        view = stage.part(GraphView, "intake-graph-view")
        await stage.see(view.isVisible)
        assert len(view.scene.boxes) > 3

    play(scene)


def test_a_buyer_sees_what_was_typed(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await _edit(stage)
        text = stage.part(QPlainTextEdit, "editor-description")
        text.selectAll()
        QTest.keyClicks(text, "Very **good**")
        mode = stage.part(QWidget, "editor-mode")
        mode.setFocus()
        QTest.keyClick(mode, Qt.Key.Key_Right)
        words = await stage.seen(QTextBrowser, "buyer-description")
        assert words.toPlainText().strip() == "Very good"
        assert stage.part(QLabel, "buyer-title").text() == catalogue()[0].title
        assert not stage.part(QAbstractButton, "buyer-buy").isEnabled()

    play(scene)


def test_html_and_pictures_of_other_computers_stay_words(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        row = catalogue()[0]
        text = "<b>Bold</b> ![x](https://example.com/x.png) [more](https://example.com)"
        stage.workspace.documents[row.id] = {"description": text}
        await _edit(stage)
        mode = stage.part(QWidget, "editor-mode")
        mode.setFocus()
        QTest.keyClick(mode, Qt.Key.Key_Right)
        words = await stage.seen(QTextBrowser, "buyer-description")
        assert "<b>Bold</b>" in words.toPlainText()
        assert not words.openLinks()

    play(scene)


def test_marks_are_set_by_keys_and_taken_back_in_one_step(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await _edit(stage)
        text = stage.part(QPlainTextEdit, "editor-description")
        text.setPlainText("😀 good")
        cursor = text.textCursor()
        cursor.setPosition(3)
        cursor.setPosition(7, cursor.MoveMode.KeepAnchor)
        text.setTextCursor(cursor)
        QTest.keyClick(text, Qt.Key.Key_B, CTRL)
        assert text.toPlainText() == "😀 **good**"
        assert text.textCursor().selectedText() == "good"
        QTest.keyClick(text, Qt.Key.Key_Z, CTRL)
        assert text.toPlainText() == "😀 good"
        stage.part(QAbstractButton, "editor-description-list").click()
        assert text.toPlainText() == "- 😀 good"

    play(scene)


def test_a_published_listing_is_changed_only_when_it_is_saved(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        row = next(r for r in catalogue() if r.state is ListingState.PUBLISHED)
        stage.window.work.moving.edit_listing(row.id)
        title = await stage.seen(QLineEdit, "editor-title")
        await stage.see(lambda: title.text() == row.title)
        QTest.keyClicks(title, "!")
        QTest.keyClick(stage.window, Qt.Key.Key_Left, ALT)
        await stage.see(lambda: stage.workspace.typed.of(row.id) is not None)
        assert not [call for call in stage.workspace.calls if call[0] == "edit"]

    play(scene)


def test_going_back_from_a_draft_saves_it(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        title = await _edit(stage)
        title.setText("Typed and left")
        stage.part(QAbstractButton, "editor-back").click()
        call = ("edit", FIRST, {"title": "Typed and left"})
        await stage.see(lambda: call in stage.workspace.calls)
        assert stage.window.stack.currentWidget() is stage.window.listings_page

    play(scene)


def test_a_listing_that_goes_leaves_a_word(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await _edit(stage)
        row = catalogue()[0]
        del stage.workspace.all_rows[row.pk]
        stage.workspace.tell(Changes(listings=frozenset({row.id}), catalogue=True))
        page = stage.window.work.pages.editor_page
        assert page is not None
        await stage.see(lambda: not stage.part(QWidget, "editor-mode").isVisible())
        assert stage.part(ElidedLabel, "editor-name").isVisible()

    play(scene)


def test_all_that_takes_input_has_a_name_for_people_and_for_tests(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await _edit(stage)
        page = stage.window.work.pages.editor_page
        assert page is not None
        parts = acted_on(page)
        assert len(parts) > 15
        for part in parts:
            assert part.objectName(), part
            assert part.accessibleName(), part.objectName()

    play(scene)

"""Import, export and folders from the keyboard and the mouse, over a real store."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QMimeData, QPoint, Qt, QUrl
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from koda_desktop.controllers.reviewing import Note, ReviewLine, Verdict
from koda_desktop.sync.rows import FieldChange, Side
from koda_desktop.views.actions import Act
from koda_desktop.views.dialogs.review_part import ReviewPart
from koda_desktop.views.tables.review import ReviewList, ReviewModel, summary
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.segments import Segments
from tests.cli.conftest import write_broken, write_workflow
from tests.views.exchange_desk import ExchangeDesk, document, table
from tests.views.stage import Play, Stage, acted_on, ends


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ExchangeDesk]:
    folder = tmp_path / "desk"
    folder.mkdir()
    made = ExchangeDesk(folder, [document(f"Listing {number}") for number in range(1, 301)])
    yield made
    made.store.close()


def prices(folder: Path, *rows: tuple[str, str]) -> Path:
    return table(folder / "prices.csv", ("id", "Betrag"), *rows)


def one(number: int) -> str:
    return f"{number:024x}"


async def press(stage: Stage, name: str) -> None:
    button = await stage.seen(QAbstractButton, name)
    await stage.see(button.isEnabled)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def chosen(stage: Stage, name: str, path: Path) -> None:
    """Answer the system's file dialog."""
    dialog = await stage.seen(QFileDialog, name)
    dialog.selectFile(str(path))
    dialog.done(QDialog.DialogCode.Accepted)


def are_named(dialog: QWidget) -> bool:
    """Whether everything that takes input has a name, but in the system's file dialog."""
    foreign = {
        part for one in dialog.findChildren(QFileDialog) for part in one.findChildren(QWidget)
    }
    own = [part for part in acted_on(dialog) if part not in foreign]
    return all(part.objectName() and part.accessibleName() for part in own)


def words(stage: Stage, *texts: str) -> bool:
    shown = [part.text() for part in stage.window.findChildren(QLabel) if part.isVisible()]
    return all(any(text in one for one in shown) for text in texts)


async def compared(stage: Stage, desk: ExchangeDesk, path: Path, use: str = "Price") -> QWidget:
    """The import dialog with ``path`` compared; the column of prices is mapped by hand."""
    stage.window.use(desk)
    stage.window.work.actions[Act.IMPORT].trigger()
    await press(stage, "import-choose")
    await chosen(stage, "import-file-dialog", path)
    combo = await stage.seen(QComboBox, "import-use-Betrag")
    combo.setCurrentText(use)
    assert ends(combo) == ends(await stage.seen(QWidget, "import-compare"))
    await press(stage, "import-compare")
    await stage.seen(QAbstractButton, "import-dialog-apply")
    return stage.part(QDialog, "import-dialog")


def test_a_file_is_chosen_mapped_compared_taken_in_and_taken_back(
    play: Play, desk: ExchangeDesk, tmp_path: Path
) -> None:
    path = prices(tmp_path, (one(1), "12,50"), (one(2), "1.234,00"), (one(3), "9.99"))

    async def scene(stage: Stage) -> None:
        dialog = await compared(stage, desk, path)
        lines = stage.part(ReviewList, "review-lines")
        shown = [lines.lines.index(row).data() for row in range(lines.lines.rowCount())]
        assert shown[0] == "Changed: Listing 1, Line 2. Price: €9.99 → €12.50"
        assert shown[1].startswith("Refused: Listing 2, Line 3. Price: Write the price without")
        assert len(shown) == 2
        apply = stage.part(QAbstractButton, "import-dialog-apply")
        assert apply.text() == "Take in 1"
        assert ends(stage.part(QWidget, "review-changes")) == ends(apply)
        assert are_named(dialog)

        await press(stage, "import-dialog-apply")
        await stage.see(lambda: words(stage, "1 listing changed", "1 line was not taken in"))
        assert desk.document(1)["price"] == 12.5
        await press(stage, "import-report")
        await chosen(stage, "save-listings-dialog", tmp_path / "wrong.csv")
        await stage.see(lambda: words(stage, "1 row saved to wrong.csv"))
        text = (tmp_path / "wrong.csv").read_text("utf-8-sig")
        rows = list(csv.reader(text.splitlines()))
        assert rows[0] == ["id", "Betrag", "error"]
        assert rows[1][0] == one(2)
        await press(stage, "import-dialog-undo")
        await stage.see(lambda: words(stage, "1 listing taken back"))
        assert desk.document(1)["price"] == 9.99
        await press(stage, "import-dialog-close")
        await stage.see(lambda: not stage.is_running("exchange.dialog"))

    play(scene)


def test_lines_are_filtered_and_read_as_they_are_scrolled_to(
    play: Play, desk: ExchangeDesk, tmp_path: Path
) -> None:
    rows = [(one(number), "5") for number in range(1, 251)]
    path = prices(tmp_path, *rows, (one(251), "x"), (one(252), "9.99"))

    async def scene(stage: Stage) -> None:
        await compared(stage, desk, path)
        model = stage.part(ReviewList, "review-lines").lines
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        assert model.rowCount() == 200
        stage.part(ReviewList, "review-lines").scrollToBottom()
        await stage.see(lambda: model.rowCount() == 251)
        kinds = stage.part(Segments, "review-filter")
        kinds.setFocus()
        for _ in range(4):
            QTest.keyClick(kinds, Qt.Key.Key_Right)
        await stage.see(lambda: model.rowCount() == 1)
        assert "Refused" in str(model.index(0).data())
        QTest.keyClick(kinds, Qt.Key.Key_Right)
        await stage.see(lambda: "Same" in str(model.index(0).data()))

    play(scene)


def test_what_cannot_be_read_or_mapped_is_said_where_the_person_is(
    play: Play, desk: ExchangeDesk, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.xlsx"
    wrong.write_bytes(b"PK\x03\x04")

    async def scene(stage: Stage) -> None:
        stage.window.use(desk)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(wrong))])
        stage.window.work.take_drop(data, QPoint(5, 5))
        await stage.see(lambda: words(stage, "The workbook cannot be read"))
        assert stage.is_seen("import-choose")
        path = table(tmp_path / "odd.csv", ("a", "b"), ("1", "2"))
        await press(stage, "import-choose")
        await chosen(stage, "import-file-dialog", path)
        await press(stage, "import-compare")
        await stage.see(lambda: words(stage, "No column says which listing a row is about"))
        assert stage.is_seen("import-compare")

    play(scene)


def test_listings_are_exported_by_the_keyboard(
    play: Play, desk: ExchangeDesk, tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.use(desk)
        stage.window.work.actions[Act.EXPORT].trigger()
        dialog = await stage.seen(QDialog, "export-dialog")
        assert stage.part(QComboBox, "export-which").currentText() == "All listings (300)"
        assert are_named(dialog)
        kinds = stage.part(Segments, "export-format")
        kinds.setFocus()
        QTest.keyClick(kinds, Qt.Key.Key_Right)
        switch = stage.part(QAbstractButton, "export-column-description")
        switch.setFocus()
        QTest.keyClick(switch, Qt.Key.Key_Space)
        await press(stage, "export-go")
        await chosen(stage, "save-listings-dialog", tmp_path / "all.jsonl")
        await stage.see(lambda: words(stage, "300 listings written to all.jsonl"))
        text = (tmp_path / "all.jsonl").read_text("utf-8")
        assert text.count("\n") == 300
        assert "description" not in text

    play(scene)


def test_a_folder_is_looked_at_taken_in_and_watched(
    play: Play, desk: ExchangeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "flows"
    write_workflow(root / "a.json", name="Alpha")
    write_broken(root / "b.json")
    monkeypatch.setattr("koda_desktop.controllers.folders.LOOK_EVERY", 0.05)

    async def scene(stage: Stage) -> None:
        stage.window.use(desk)
        stage.window.work.actions[Act.FOLDER].trigger()
        await press(stage, "folder-choose")
        await chosen(stage, "folder-file-dialog", root)
        await stage.seen(QAbstractButton, "folder-dialog-apply")
        await press(stage, "folder-watch")
        await press(stage, "folder-dialog-apply")
        await stage.see(lambda: words(stage, "1 listing changed", "1 line was not taken in"))
        await press(stage, "folder-dialog-close")
        write_workflow(root / "c.json", name="Gamma")
        await stage.see(lambda: any("flows changed" in told.text for told in stage.bench.told))
        told = next(told for told in stage.bench.told if "flows changed" in told.text)
        told.actions[0].run()
        lines = await stage.seen(ReviewList, "review-lines")
        await stage.see(lambda: lines.lines.rowCount() == 2)
        assert {str(lines.lines.index(row).data())[:4] for row in range(2)} == {"Refu", "New:"}
        assert stage.part(QAbstractButton, "folder-watch").isChecked()
        stage.window.use(None)

    play(scene)


def _changed(before: str, after: str) -> ReviewLine:
    change = FieldChange("title", Side(True, before), Side(True, after))
    return ReviewLine("1", Verdict.CHANGED, before, "Line 2", changes=(change,))


def test_long_texts_are_shown_from_where_they_differ() -> None:
    long = "A title that goes on for a very long time and says little"
    assert summary(_changed(f"{long} today", f"{long} tomorrow")) == "Title: …today → …tomorrow"
    assert summary(_changed(long, f"{long}, again")) == "Title: …little → …little, again"
    assert summary(_changed("One title", "One other title")) == "Title: One title → One other title"


@given(st.text("ab ", max_size=90), st.text("ab ", max_size=90))
def test_what_is_shown_of_two_texts_differs_where_they_do(before: str, after: str) -> None:
    shown = summary(_changed(f"x{before}", f"x{after}")).removeprefix("Title: ").split(" → ")
    assert (shown[0] == shown[1]) == (f"x{before}".split() == f"x{after}".split())


def test_what_is_wrong_with_a_row_is_told_field_by_field(theme: Theme, qtbot: QtBot) -> None:
    notes = (Note("price", "Not a price."), Note("handle", "Used twice."), Note("", "No file."))
    line = ReviewLine("1", Verdict.REFUSED, "A title", "Line 2", notes)
    assert summary(line) == "Price: Not a price.  ·  Handle: Used twice.  ·  No file."
    part = ReviewPart(theme, [Verdict.REFUSED])
    qtbot.addWidget(part)
    part.show_review({Verdict.REFUSED: 1}, [line], ())
    banner = part.findChild(Banner)
    assert isinstance(banner, Banner)
    told = banner.accessibleDescription().splitlines()
    assert told == ["Price: Not a price.", "Handle: Used twice.", "No file."]


def test_the_lines_are_a_sound_model(qtbot: object) -> None:
    parent = QWidget()
    model: QAbstractItemModel = ReviewModel(parent)
    assert isinstance(model, ReviewModel)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    lines = [ReviewLine(str(n), Verdict.NEW, f"T {n}", f"Line {n}") for n in range(200)]
    model.show_lines(lines, 0)
    model.show_lines(lines[:50], 200)
    assert model.rowCount() == 250
    model.show_lines(lines[:10], 999)
    assert model.rowCount() == 250
    model.show_lines([], 0)
    assert model.rowCount() == 0
    tester.deleteLater()
    parent.deleteLater()

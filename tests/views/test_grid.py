"""The Listings table as a spreadsheet, in a shown window: typed into, copied, pasted, filled."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QItemSelection, QItemSelectionModel, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit

from koda_desktop.models.listing_fields import check_value
from koda_desktop.sync.grid.planning import CellPlan
from koda_desktop.sync.rows import Changes, SortColumn
from koda_desktop.views.dialogs.cell_faults import CellFaultsDialog
from koda_desktop.views.tables.listings_columns import Column
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.fonts import sans
from tests.views.fakes import FakeGrid
from tests.views.gallery_data import long_catalogue
from tests.views.stage import Play, Stage

assert check_value("price", 1) == (1, "")  # what is loaded once is loaded before anyone waits
_Flag = QItemSelectionModel.SelectionFlag
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def table(stage: Stage) -> ListingsTable:
    return stage.window.listings_page.table


def go(stage: Stage, line: int, column: Column) -> None:
    """Make the cell the current one, and the only one selected."""
    shown = table(stage)
    shown.setFocus()
    shown.picked.start_anew()
    index = shown.listings.index(line, column)
    shown.selectionModel().setCurrentIndex(index, _Flag.ClearAndSelect)


def select(stage: Stage, first: tuple[int, Column], last: tuple[int, Column]) -> None:
    go(stage, *first)
    model = table(stage).listings
    block = QItemSelection(model.index(*first), model.index(*last))
    table(stage).selectionModel().select(block, _Flag.ClearAndSelect)


def text(stage: Stage, line: int, column: Column) -> str:
    return str(table(stage).listings.index(line, column).data())


def applied(stage: Stage) -> Sequence[CellPlan]:
    plans: list[CellPlan] = stage.workspace.grid.applied
    return plans


def editor(stage: Stage) -> QLineEdit:
    return next(
        one for one in stage.window.findChildren(QLineEdit, "cell-editor") if one.isVisible()
    )


def is_editing(stage: Stage) -> bool:
    return stage.is_seen("cell-editor")


def press(stage: Stage, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    focused = stage.window.focusWidget()
    QTest.keyClick(focused, key, held or Qt.KeyboardModifier.NoModifier)


def paste(stage: Stage, words: str) -> None:
    QGuiApplication.clipboard().setText(words)
    press(stage, Qt.Key.Key_V, CONTROL)


def test_typing_into_a_cell_saves_it_and_goes_on_below(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 0, Column.PRICE)
        QTest.keyClicks(table(stage), "1")
        QTest.keyClicks(editor(stage), "9,95")
        press(stage, Qt.Key.Key_Return)
        assert text(stage, 0, Column.PRICE) == "€19.95"
        await stage.see(lambda: applied(stage))
        [change] = applied(stage)[0].changes
        assert (change.fields, applied(stage)[0].name) == ({"price": 19.95}, "Edit price")
        assert table(stage).currentIndex().row() == 1
        assert not is_editing(stage)

    play(scene)


def ink_ends(shown: ListingsTable) -> int:
    """How far from the current cell's right edge the last letter in it ends."""
    area = shown.visualRect(shown.currentIndex()).adjusted(4, 4, -4, -4)
    image = shown.viewport().grab(area).toImage()
    ground = image.pixelColor(0, image.height() // 2).lightness()

    def is_written(x: int) -> bool:
        column = (image.pixelColor(x, y).lightness() for y in range(image.height()))
        return any(abs(lightness - ground) > 90 for lightness in column)

    return next(n for n in range(image.width()) if is_written(image.width() - 1 - n))


def test_a_price_is_typed_where_it_stands(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 0, Column.PRICE)
        shown = table(stage)
        painted = ink_ends(shown)
        press(stage, Qt.Key.Key_F2)
        cell = shown.visualRect(shown.currentIndex())
        assert (editor(stage).x(), editor(stage).width()) == (cell.x(), cell.width())
        editor(stage).home(False)  # The cursor goes out of the way.
        assert abs(ink_ends(shown) - painted) <= 1

    play(scene)


@pytest.mark.parametrize("column", [Column.TITLE, Column.VERSION])
def test_words_are_typed_into_a_field_with_room(play: Play, column: Column) -> None:
    async def scene(stage: Stage) -> None:
        shown = table(stage)
        shown.columns.choose(Column.VERSION, True)
        go(stage, 0, column)
        press(stage, Qt.Key.Key_F2)
        cell = shown.visualRect(shown.currentIndex())
        assert editor(stage).width() >= max(cell.width(), 150)
        assert editor(stage).geometry().right() <= shown.viewport().width()

    play(scene)


def test_a_wrong_value_keeps_the_field_open_and_says_what_to_do(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 0, Column.PRICE)
        press(stage, Qt.Key.Key_F2)
        editor(stage).setText("1.234")
        press(stage, Qt.Key.Key_Return)
        assert is_editing(stage)
        assert "thousands" in stage.part(QLabel, "cell-problem").text()
        assert stage.part(QLabel, "cell-problem").isVisible()
        table(stage).setFocus()
        assert is_editing(stage)
        editor(stage).setFocus()
        editor(stage).selectAll()
        QTest.keyClicks(editor(stage), "12")
        assert not stage.part(QLabel, "cell-problem").isVisible()
        press(stage, Qt.Key.Key_Tab)
        assert not is_editing(stage)
        await stage.see(lambda: applied(stage))
        assert applied(stage)[0].changes[0].fields == {"price": 12}

    play(scene)


def test_escape_gives_up_and_the_same_text_changes_nothing(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        before = text(stage, 2, Column.TITLE)
        go(stage, 2, Column.TITLE)
        press(stage, Qt.Key.Key_F2)
        assert editor(stage).text() == before
        QTest.keyClicks(editor(stage), "Another")
        press(stage, Qt.Key.Key_Escape)
        assert not is_editing(stage)
        press(stage, Qt.Key.Key_F2)
        press(stage, Qt.Key.Key_Return)
        assert not is_editing(stage)
        assert text(stage, 2, Column.TITLE) == before
        assert applied(stage) == []

    play(scene)


def test_what_is_typed_outlives_a_pull_another_order_and_scrolling(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 1, Column.TITLE)
        model, listings = table(stage).listings, stage.window.work.listings
        key = model.key_at(1)
        press(stage, Qt.Key.Key_F2)
        editor(stage).setText("Half writ")
        stage.workspace.tell(Changes(listings=frozenset({model.row_at(1).id}), catalogue=True))  # type: ignore[union-attr]
        listings.sort(SortColumn.TITLE, False)
        await stage.see(lambda: model.key_at(1) != key)
        await stage.see(lambda: editor(stage).y() == _y_of(stage, key))
        table(stage).verticalScrollBar().setValue(200)
        table(stage).verticalScrollBar().setValue(0)
        assert editor(stage).text() == "Half writ"
        editor(stage).setFocus()
        press(stage, Qt.Key.Key_Return)
        await stage.see(lambda: applied(stage))
        assert stage.workspace.all_rows[key].title == "Half writ"

    play(scene)


def _y_of(stage: Stage, key: int) -> int:
    line = table(stage).listings.line_of_key(key)
    return table(stage).visualRect(table(stage).listings.index(line, 0)).top()


def test_lists_are_chosen_from_and_other_columns_are_not_typed_into(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 0, Column.CATEGORY)
        QTest.keyClicks(table(stage), "s")
        combo = stage.part(QComboBox, "cell-editor")
        assert combo.currentText() == "Social Media"
        combo.setCurrentText("Sales")
        press(stage, Qt.Key.Key_Return)
        await stage.see(lambda: applied(stage))
        assert applied(stage)[0].changes[0].fields == {"category": "Sales"}
        go(stage, 0, Column.UPDATED)
        QTest.keyClicks(table(stage), "x")
        assert not is_editing(stage)

    play(scene)


def test_a_double_click_edits_a_cell_but_opens_by_the_title(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        shown = table(stage)
        for column, edits in ((Column.TITLE, False), (Column.PRICE, True)):
            at = shown.visualRect(shown.listings.index(1, column)).center()
            QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=at)
            QTest.mouseDClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at))
            assert is_editing(stage) is edits
        press(stage, Qt.Key.Key_Escape)

    play(scene)


def test_cells_are_copied_as_a_block_and_pasted_elsewhere(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        select(stage, (0, Column.CATEGORY), (1, Column.PRICE))
        press(stage, Qt.Key.Key_C, CONTROL)
        clipboard = QGuiApplication.clipboard()
        await stage.see(lambda: "\t" in clipboard.text())
        block = [line.split("\t") for line in clipboard.text().splitlines()]
        rows = [table(stage).listings.row_at(line) for line in (0, 1)]
        assert block == [[row.category, f"{row.price_minor / 100:.2f}"] for row in rows if row]
        go(stage, 3, Column.CATEGORY)
        press(stage, Qt.Key.Key_V, CONTROL)
        await stage.see(lambda: applied(stage))
        await stage.see(lambda: text(stage, 3, Column.PRICE) == text(stage, 0, Column.PRICE))
        assert text(stage, 4, Column.CATEGORY) == text(stage, 1, Column.CATEGORY)
        press(stage, Qt.Key.Key_Escape)

    play(scene)


def test_cells_that_are_wrong_are_marked_and_listed_and_the_rest_is_saved(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 0, Column.PRICE)
        paste(stage, "7\nmuch\n8\n")
        await stage.see(lambda: stage.is_seen("toast"))
        await stage.see(lambda: text(stage, 2, Column.PRICE) == "€8.00")
        tip = table(stage).listings.index(1, Column.PRICE).data(Qt.ItemDataRole.ToolTipRole)
        assert "number" in tip
        stage.window.work.grid.report_faults()
        dialog = stage.part(CellFaultsDialog, "cell-faults-dialog")
        [line] = dialog.table.lines.lines
        assert [cell.text for cell in line.cells][1:3] == ["Price", "much"]
        table(stage).listings.forget_pages()  # As for a line that is far from what is in sight.
        stage.part(QAbstractButton, "cell-faults-go").click()
        current = table(stage).currentIndex()
        assert (current.row(), current.column()) == (1, Column.PRICE)
        QTest.keyClicks(table(stage), "5")
        press(stage, Qt.Key.Key_Return)
        assert "number" not in str(
            table(stage).listings.index(1, Column.PRICE).data(Qt.ItemDataRole.ToolTipRole)
        )

    play(scene)


def test_going_to_a_cell_that_the_filter_hides_shows_its_listing(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 0, Column.PRICE)
        paste(stage, "7\nmuch\n")
        await stage.see(lambda: stage.is_seen("toast"))
        listing = table(stage).listings.row_at(1)
        assert listing is not None
        stage.window.listings_page.search_field.setText("no such words")
        await stage.see(lambda: table(stage).listings.rowCount() == 0)
        stage.window.work.grid.report_faults()
        stage.part(QAbstractButton, "cell-faults-go").click()
        await stage.see(lambda: stage.window.listings_page.shown_id() == listing.id)
        assert stage.window.listings_page.search_field.text() == ""

    play(scene)


def test_a_reason_takes_as_many_lines_as_it_needs(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 0, Column.PRICE)
        paste(stage, "7\n1.234\nmuch\n")
        await stage.see(lambda: stage.is_seen("toast"))
        stage.window.work.grid.report_faults()
        dialog = stage.part(CellFaultsDialog, "cell-faults-dialog")
        dialog.resize(1200, 460)
        await stage.see(lambda: lines_high(dialog) == [1, 1])
        dialog.resize(dialog.minimumSize())
        await stage.see(lambda: lines_high(dialog)[0] > lines_high(dialog)[1])
        for line in range(2):
            assert words_height(dialog, line) <= dialog.table.rowHeight(line)
        dialog.resize(1200, 460)
        await stage.see(lambda: lines_high(dialog) == [1, 1])
        stage.part(QAbstractButton, "cell-faults-close").click()

    play(scene)


def lines_high(dialog: CellFaultsDialog) -> list[int]:
    """Of how many lines of words each row of the table has the height."""
    shown, one = dialog.table, QFontMetrics(sans(13)).lineSpacing()
    usual = shown.verticalHeader().defaultSectionSize()
    return [1 + (shown.rowHeight(n) - usual) // one for n in range(shown.lines.rowCount())]


def words_height(dialog: CellFaultsDialog, row: int) -> int:
    """How tall the reason is, wrapped to the width of its column."""
    last = dialog.table.lines.index(row, dialog.table.lines.columnCount() - 1)
    place = dialog.table.visualRect(last).size()
    wrapped = Qt.TextFlag.TextWordWrap
    area = QRect(0, 0, place.width(), 10_000)
    return QFontMetrics(sans(13)).boundingRect(area, wrapped, str(last.data())).height()


def test_one_value_fills_the_selection_and_fill_down_takes_the_first_line(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.resize(1600, 800)
        select(stage, (0, Column.PRICE), (2, Column.PRICE))
        paste(stage, "3,50\n")
        below = text(stage, 3, Column.PRICE)
        for line in (0, 1, 2):
            await stage.see(lambda: text(stage, line, Column.PRICE) == "€3.50")  # noqa: B023
        assert text(stage, 3, Column.PRICE) == below != "€3.50"
        go(stage, 4, Column.CATEGORY)
        QTest.keyClicks(table(stage), "o")
        press(stage, Qt.Key.Key_Return)
        await stage.see(lambda: text(stage, 4, Column.CATEGORY) == "Other")
        # The second of them holds it already.
        before = [text(stage, line, Column.CATEGORY) == "Other" for line in (5, 6, 7)]
        assert before == [False, True, False]
        select(stage, (4, Column.CATEGORY), (7, Column.CATEGORY))
        press(stage, Qt.Key.Key_D, CONTROL)
        for line in (5, 6, 7):
            await stage.see(lambda: text(stage, line, Column.CATEGORY) == "Other")  # noqa: B023
        filled = applied(stage)[-1]
        assert filled.name == "Fill down category"
        rows = [table(stage).listings.row_at(line) for line in (5, 7)]
        assert [one.listing_id for one in filled.changes] == [row.id for row in rows if row]
        press(stage, Qt.Key.Key_Escape)

    play(scene)


def test_listings_that_the_filter_hides_are_asked_about_before_they_change(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = stage.window.listings_page
        select(stage, (0, Column.PRICE), (1, Column.PRICE))
        hidden = {table(stage).listings.key_at(line) for line in (0, 1)}
        page.search_field.setText("platform:make")
        await stage.see(lambda: table(stage).picked.hidden() > 0)
        still = hidden - set(table(stage).listings.keys)
        shown = table(stage)
        index = shown.listings.index(0, Column.PRICE)
        shown.setFocus()
        shown.selectionModel().setCurrentIndex(index, _Flag.Select)
        paste(stage, "4")
        await stage.see(lambda: stage.is_seen("confirm-dialog"))
        assert applied(stage) == []
        stage.part(QAbstractButton, "confirm-accept").click()
        await stage.see(lambda: applied(stage))
        assert all(stage.workspace.all_rows[key].price_minor == 400 for key in still)
        table(stage).clear_selection()

    play(scene)


@pytest.mark.parametrize(
    ("key", "held", "line", "column"),
    [
        (Qt.Key.Key_Home, None, 2, Column.TITLE),
        (Qt.Key.Key_End, None, 2, Column.UPDATED),
        (Qt.Key.Key_Home, CONTROL, 0, Column.TITLE),
        (Qt.Key.Key_End, CONTROL, -1, Column.UPDATED),
        (Qt.Key.Key_Up, CONTROL, 0, Column.CATEGORY),
        (Qt.Key.Key_Down, CONTROL, -1, Column.CATEGORY),
        (Qt.Key.Key_Left, CONTROL, 2, Column.TITLE),
        (Qt.Key.Key_Right, CONTROL, 2, Column.UPDATED),
    ],
)
def test_keys_go_where_they_go_in_a_spreadsheet(
    play: Play, key: Qt.Key, held: Qt.KeyboardModifier | None, line: int, column: Column
) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 2, Column.CATEGORY)
        stage.window.resize(1400, 800)
        await stage.see(lambda: not table(stage).isColumnHidden(Column.UPDATED))
        press(stage, key, held)
        current = table(stage).currentIndex()
        expected = line % table(stage).listings.rowCount()
        assert (current.row(), current.column()) == (expected, column)
        go(stage, 2, Column.CATEGORY)
        press(stage, key, (held or Qt.KeyboardModifier.NoModifier) | SHIFT)
        marked = table(stage).selectionModel().selection()
        corner = table(stage).listings.index(expected, column)
        assert marked.contains(corner)
        assert marked.contains(table(stage).listings.index(2, Column.CATEGORY))
        press(stage, Qt.Key.Key_Escape)

    play(scene)


def test_the_bar_counts_the_selected_cells_and_adds_up_their_prices_or_sizes(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.resize(1500, 800)
        shown = table(stage)
        for column in (Column.SIZE, Column.VERSION):
            shown.columns.choose(column, True)
        rows = [shown.listings.row_at(line) for line in range(3)]
        prices = sum(row.price_minor for row in rows if row)
        select(stage, (0, Column.CATEGORY), (2, Column.PRICE))
        await stage.see(lambda: stage.is_seen("selection-totals"))
        sums = stage.part(QLabel, "selection-totals")
        await stage.see(lambda: sums.text().startswith("6 cells  ·  Sum €"))
        assert f"{prices / 100:.2f}" in sums.text()
        go(stage, 0, Column.SIZE)
        select(stage, (0, Column.SIZE), (2, Column.SIZE))
        await stage.see(lambda: "KB" in sums.text())
        assert sums.text().startswith("3 cells")
        shown.clear_selection()

    play(scene)


def compose(stage: Stage, preedit: str, commit: str = "") -> None:
    """What an input method says while it has ``preedit`` half composed, or ``commit`` ready."""
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QCoreApplication.sendEvent(table(stage), event)


def test_what_an_input_method_composes_begins_an_edit_in_the_cell(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 1, Column.TITLE)
        assert table(stage).testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        for half in ("に", "にほ", "にほん"):
            compose(stage, half)
            assert is_editing(stage)
            # The keyboard stays: the composition would be broken off otherwise.
            assert stage.window.focusWidget() is table(stage)
        compose(stage, "", "日本")
        assert (editor(stage).text(), stage.window.focusWidget()) == ("日本", editor(stage))
        QTest.keyClicks(editor(stage), " 1")
        press(stage, Qt.Key.Key_Return)
        await stage.see(lambda: applied(stage))
        assert applied(stage)[0].changes[0].fields == {"title": "日本 1"}

    play(scene)


def test_a_composition_that_is_given_up_changes_nothing(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        go(stage, 1, Column.TITLE)
        compose(stage, "に")
        compose(stage, "")
        assert not is_editing(stage)
        go(stage, 1, Column.UPDATED)
        compose(stage, "に")
        assert not is_editing(stage)
        go(stage, 0, Column.PRICE)
        compose(stage, "", "9")
        assert editor(stage).text() == "9"
        press(stage, Qt.Key.Key_Escape)
        assert applied(stage) == []

    play(scene)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Reading the second thousand of a block's listings waits for this."""
    may_go_on = threading.Event()
    reads: list[int] = []
    read = FakeGrid._read

    def slowly(grid: FakeGrid, keys: Sequence[int], cancel: Any) -> Any:
        reads.append(len(keys))
        if len(reads) == 2:
            assert may_go_on.wait(5)
        return read(grid, keys, cancel)

    monkeypatch.setattr(FakeGrid, "_read", slowly)
    yield may_go_on
    may_go_on.set()


async def _many(stage: Stage) -> None:
    stage.workspace.all_rows = {row.pk: row for row in long_catalogue()}
    stage.workspace.tell(Changes(catalogue=True))
    await stage.see(lambda: table(stage).listings.rowCount() == 4812)
    select(stage, (0, Column.PRICE), (4811, Column.PRICE))


def test_a_long_paste_says_how_far_it_is_and_is_stopped_with_nothing_done(
    play: Play, slow: threading.Event
) -> None:
    async def scene(stage: Stage) -> None:
        await _many(stage)
        paste(stage, "12,50")
        await stage.see(lambda: stage.is_seen("grid-work"))
        words = stage.part(QLabel, "grid-work-words")
        await stage.see(lambda: words.text() == "Pasting… 1,000 of 4,812 looked at")
        stop = stage.part(QAbstractButton, "grid-work-stop")
        assert stop.accessibleName() or stop.text()
        stop.setFocus()
        QTest.keyClick(stop, Qt.Key.Key_Space)
        slow.set()
        await stage.see(lambda: not stage.is_seen("grid-work"))
        assert applied(stage) == []
        assert stage.bench.told[-1].text == "Stopped."
        assert stage.bench.told[-1].detail == "Nothing was pasted."

    play(scene)


def test_a_long_fill_that_nobody_stops_is_done(play: Play, slow: threading.Event) -> None:
    async def scene(stage: Stage) -> None:
        await _many(stage)
        press(stage, Qt.Key.Key_D, CONTROL)
        await stage.see(lambda: stage.is_seen("grid-work"))
        slow.set()
        await stage.see(lambda: applied(stage))
        await stage.see(lambda: not stage.is_seen("grid-work"))
        assert len(applied(stage)[0].changes) + applied(stage)[0].same == 4811

    play(scene)


def test_what_is_carried_is_handed_on_without_a_list_of_it(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        table(stage).selectAll()
        stage.window.listings_page.search_field.setText("invoice")
        await stage.see(lambda: table(stage).picked.hidden() > 0)
        handed = table(stage).picked.selection()
        assert isinstance(handed.keys, array)
        assert sum(handed.carried) == len(stage.workspace.all_rows)
        table(stage).setFocus()
        index = table(stage).listings.index(0, Column.TITLE)
        table(stage).selectionModel().select(index, _Flag.Select)
        QGuiApplication.clipboard().clear()
        press(stage, Qt.Key.Key_C, CONTROL)
        await stage.see(lambda: QGuiApplication.clipboard().text())
        assert QGuiApplication.clipboard().text().strip() == text(stage, 0, Column.TITLE)

    play(scene)

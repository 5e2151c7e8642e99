"""The Sales page over real sums of made-up orders, by real key presses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, QEvent, QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDateEdit,
    QFileDialog,
    QLabel,
    QScrollArea,
    QWidget,
)

from koda_desktop.controllers.sales import Span
from koda_desktop.models.periods import Bucket
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.sales.rows import Point, SaleRow
from koda_desktop.views.format import money
from koda_desktop.views.pages.sales_page import SalesPage
from koda_desktop.views.tables.sales_table import SaleColumn, SalesModel
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.views.widgets.figure_card import change_words
from koda_desktop.views.widgets.labels import ElidedLabel
from koda_desktop.views.widgets.segments import Segments
from tests.sync.sales.making import item, order
from tests.views.fake_sales import FakeSales
from tests.views.fakes import NOW
from tests.views.stage import Play, Stage, acted_on, move_mouse

GROSS, NET = SaleColumn.GROSS, SaleColumn.NET
Scene = Callable[[Stage, SalesPage], Awaitable[None]]
PlaySales = Callable[[Scene], None]


@pytest.fixture
def sales() -> Iterator[FakeSales]:
    made = FakeSales.of_a_year()
    yield made
    made.close()


@pytest.fixture
def play_sales(play: Play, sales: FakeSales) -> PlaySales:
    def run(scene: Scene) -> None:
        async def staged(stage: Stage) -> None:
            stage.workspace.sales = sales
            stage.window.go("sales")
            page = await stage.seen(SalesPage, "sales-page")
            total = stage.part(QLabel, "sales-total")
            await stage.see(lambda: total.text() and page.model.row_at(0))
            await scene(stage, page)

        play(staged)

    return run


def _segments(stage: Stage, name: str) -> Segments:
    return stage.part(Segments, name)


def test_a_period_is_chosen_with_the_arrow_keys(play_sales: PlaySales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        total = stage.part(QLabel, "sales-total").text()
        spans = _segments(stage, "sales-period")
        spans.setFocus()
        QTest.keyClick(spans, Qt.Key.Key_Left)
        words = stage.part(QLabel, "sales-period-words")
        await stage.see(lambda: words.text() == "14 – 20 Nov 2026")
        await stage.see(lambda: stage.part(QLabel, "sales-total").text() != total)

    play_sales(scene)


def test_days_of_ones_own_are_chosen(play_sales: PlaySales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        spans = _segments(stage, "sales-period")
        spans.setFocus()
        for _ in range(len(Span)):
            QTest.keyClick(spans, Qt.Key.Key_Right)
        first = await stage.seen(QDateEdit, "sales-first")
        first.setDate(QDate(2026, 11, 20))
        card = stage.part(QLabel, "figure-units-value")
        rows = page.model.rowCount
        await stage.see(lambda: 0 < rows() < 60)
        assert int(card.text()) <= rows()

    play_sales(scene)


def test_orders_are_found_and_a_wrong_filter_is_told(play_sales: PlaySales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        before = page.model.rowCount()
        page.search_field.setText("status:refunded")
        await stage.see(lambda: 0 < page.model.rowCount() < before)
        page.search_field.setText("colour:red")
        problem = await stage.seen(QLabel, "sales-filter-problem")
        assert "colour" in problem.text()
        assert page.search_field.property("invalid") is True
        page.search_field.setText("nobody bought this")
        await stage.see(lambda: page.model.rowCount() == 0)
        assert not problem.isVisible()
        assert page.search_field.property("invalid") is False

    play_sales(scene)


def test_an_order_explains_itself_to_the_cent(play_sales: PlaySales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        page.search_field.setText("status:refunded")
        row = page.model.row_at(0)
        await stage.see(lambda: (r := page.model.row_at(0)) is not None and r.sums.refunded)
        row = page.model.row_at(0)
        assert row is not None
        page.table.setFocus()
        page.table.selectRow(0)
        number = await stage.seen(QLabel, "sale-number")
        await stage.see(lambda: number.text() == row.number)
        drawer = stage.part(QWidget, "sale-drawer")
        texts = [part.text() for part in drawer.findChildren(QLabel)]
        sums = row.sums
        for minor in (sums.gross, -sums.fee, -sums.refunded, sums.fee_refunded, sums.net):
            assert money(minor) in texts
        QTest.keyClick(page.table, Qt.Key.Key_Escape)
        await stage.see(lambda: not stage.is_seen("sale-drawer"))

    play_sales(scene)


def test_bars_are_read_with_the_arrow_keys(play_sales: PlaySales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        chart = await stage.seen(QWidget, "sales-chart")
        told = stage.part(ElidedLabel, "sales-pointed")
        chart.setFocus()
        QTest.keyClick(chart, Qt.Key.Key_End)
        assert "20 Nov 2026" in told.text()
        QTest.keyClick(chart, Qt.Key.Key_Left)
        assert "19 Nov 2026" in told.text()
        assert "yours" in told.text()
        assert not stage.is_seen("sales-enter")
        QTest.keyClick(chart, Qt.Key.Key_Escape)
        assert told.text() == ""

    play_sales(scene)


def test_the_bar_under_the_mouse_is_marked_until_the_mouse_leaves(play_sales: PlaySales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        chart = await stage.seen(QWidget, "sales-chart")
        told = stage.part(ElidedLabel, "sales-pointed")
        view = chart.viewport()  # type: ignore[attr-defined]
        plain = chart.grab().toImage()
        move_mouse(view, view.rect().center())
        assert told.text()
        assert chart.grab().toImage() != plain
        QApplication.sendEvent(chart, QEvent(QEvent.Type.Leave))
        assert told.text() == ""
        assert chart.grab().toImage() == plain

    play_sales(scene)


def test_sales_that_were_never_read_are_not_called_nothing(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        sales = stage.workspace.sales = FakeSales([])
        stage.window.go("sales")
        page = await stage.seen(SalesPage, "sales-page")
        await stage.see(lambda: "Orders have not been read yet" in _seen_texts(page))
        amounts = [stage.part(QLabel, f"figure-{key}-value").text() for key in ("gross", "units")]
        assert set(amounts) == {"–"}
        assert stage.part(QLabel, "figure-gross-change").text() == ""
        assert stage.is_seen("sales-unread")
        sales.finish_reading()
        stage.workspace.tell(Changes(sales=True))
        await stage.see(lambda: "Nothing was sold yet" in _seen_texts(page))
        assert stage.part(QLabel, "figure-gross-value").text() == money(0)
        assert stage.part(QLabel, "figure-units-value").text() == "0"
        sales.close()

    play(scene)


def _seen_texts(part: QWidget) -> set[str]:
    return {one.text() for one in part.findChildren(QLabel) if one.isVisible()}


def test_a_range_of_bars_is_chosen_with_the_keyboard_and_becomes_the_period(
    play_sales: PlaySales,
) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        chart = await stage.seen(QWidget, "sales-chart")
        told = stage.part(ElidedLabel, "sales-pointed")
        chart.setFocus()
        QTest.keyClick(chart, Qt.Key.Key_End)
        for _ in range(2):
            QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        assert told.text().startswith("18 – 20 Nov 2026")
        gross = told.text().split(" · ")[1]
        enter = stage.part(QLabel, "sales-enter")
        assert enter.isVisible()
        assert enter.width() >= enter.sizeHint().width()
        assert not told.toolTip()
        QTest.keyClick(chart, Qt.Key.Key_Return)
        first = await stage.seen(QDateEdit, "sales-first")
        await stage.see(lambda: first.date() == QDate(2026, 11, 18))
        card = stage.part(QLabel, "figure-gross-value")
        await stage.see(lambda: gross == f"{card.text()} gross")
        QTest.keyClick(chart, Qt.Key.Key_Home)
        QTest.keyClick(chart, Qt.Key.Key_Return)
        assert first.date() == QDate(2026, 11, 18)

    play_sales(scene)


SHOWN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from PySide6.QtWidgets import QApplication
from koda_desktop.views.pages.sales_page import SalesPage
from koda_desktop.views.theme.theme import Theme
application = QApplication([])
page = SalesPage(Theme(application, Path("resources")), UTC, lambda: datetime.now(UTC))
page.show()
page.grab()
print(sorted({"numpy", "pyqtgraph"} & set(sys.modules)))
"""


def test_the_page_is_painted_before_what_draws_its_bars_is_loaded() -> None:
    """Which takes longer than all else on it: pyqtgraph, and numpy with it."""
    command = [sys.executable, "-c", SHOWN]
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr


def test_bars_are_dragged_over_with_the_mouse(play_sales: PlaySales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        chart = await stage.seen(QWidget, "sales-chart")
        chosen = QSignalSpy(chart.range_chosen)  # type: ignore[attr-defined]
        view = chart.viewport()  # type: ignore[attr-defined]
        left, right = QPoint(view.width() // 2, 80), QPoint(view.width() * 3 // 4, 80)
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=left)
        move_mouse(view, right, Qt.MouseButton.LeftButton)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=right)
        assert chosen.count() == 1
        first = stage.part(QDateEdit, "sales-first")
        last = stage.part(QDateEdit, "sales-last")
        await stage.see(lambda: first.date() < last.date() and last.date() < QDate(2026, 11, 19))

    play_sales(scene)


def test_large_amounts_are_never_cut_short(play_sales: PlaySales, sales: FakeSales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        sales.record(order(2_000, item(1, 1_234_567_890), paid=NOW))
        stage.workspace.tell(Changes(sales=True))
        await stage.see(lambda: (r := page.model.row_at(0)) and r.number == "KD-002000")
        font = QFontMetrics(tabular(sans(13)))
        words = {column: page.model.index(0, column).data() for column in (GROSS, NET)}
        needed = {column: font.horizontalAdvance(text) + 24 for column, text in words.items()}
        width = page.table.columnWidth
        await stage.see(lambda: all(width(column) >= most for column, most in needed.items()))
        assert page.table.columnWidth(SaleColumn.TITLE) >= 160

    play_sales(scene)


def test_the_same_room_always_shows_the_same_columns(
    play_sales: PlaySales, sales: FakeSales
) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        sales.record(order(2_000, item(1, 1_234_567_890), paid=NOW))
        stage.workspace.tell(Changes(sales=True))
        await stage.see(lambda: (r := page.model.row_at(0)) and r.number == "KD-002000")
        table = page.table
        table.setParent(None)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.show()
        for width in range(480, 1_100, 20):
            seen = []
            for other in (1_200, 400):
                table.resize(other, 300)
                table.resize(width, 300)
                seen.append([table.isColumnHidden(column) for column in SaleColumn])
            assert seen[0] == seen[1], width
        table.hide()

    play_sales(scene)


def test_a_name_without_an_end_pushes_no_amount_out_of_sight(
    play_sales: PlaySales, sales: FakeSales
) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        sales.record(order(2_000, item(1, 1_999) | {"title": "Rechnung" * 30}, paid=NOW))
        stage.workspace.tell(Changes(sales=True))
        await stage.see(lambda: (r := page.model.row_at(0)) and r.number == "KD-002000")
        page.table.selectRow(0)
        number = await stage.seen(QLabel, "sale-number")
        await stage.see(lambda: number.text() == "KD-002000")
        area = stage.part(QScrollArea, "sale-scroll")
        body = area.widget()
        assert body is not None
        await stage.see(lambda: body.width() <= area.viewport().width())

    play_sales(scene)


def test_the_reason_of_a_refund_is_read_whole(play_sales: PlaySales, sales: FakeSales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        told = "The buyer says that it did not do what the text promised. " * 3
        sales.record(order(2_000, item(1, 1_999, refunded=1_999), paid=NOW, refundReason=told))
        stage.workspace.tell(Changes(sales=True))
        await stage.see(lambda: (r := page.model.row_at(0)) and r.number == "KD-002000")
        page.table.selectRow(0)
        reason = await stage.seen(QLabel, "sale-reason")
        await stage.see(lambda: reason.height() >= reason.heightForWidth(reason.width()))
        assert told.strip() in reason.text()

    play_sales(scene)


def test_a_line_that_does_not_add_up_is_red_and_found(
    play_sales: PlaySales, sales: FakeSales
) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        assert not stage.is_seen("sales-differing")
        paid = next(r for r in _rows(page) if r.paid_at)
        sales.compare({paid.number: -50})
        stage.workspace.tell(Changes(sales=True))
        button = await stage.seen(QAbstractButton, "sales-differing")
        assert button.text() == "1 does not add up"
        button.click()
        await stage.see(lambda: page.model.rowCount() == 1 and page.model.row_at(0))
        assert page.model.index(0, SaleColumn.DIFFERENCE).data() == "€0.50 missing"
        page.table.selectRow(0)
        drawer = await stage.seen(QWidget, "sale-drawer")
        await stage.see(lambda: "Stripe shows" in _texts(drawer))
        assert money(paid.sums.net - 50) in _texts(drawer)
        assert stage.part(QWidget, "sale-banner").property("banner") == "danger"

    play_sales(scene)


def _rows(page: SalesPage) -> list[SaleRow]:
    found = (page.model.row_at(line) for line in range(page.model.rowCount()))
    return [row for row in found if row is not None]


def _texts(part: QWidget) -> list[str]:
    return [one.text() for one in part.findChildren(QLabel)]


def test_a_sale_that_arrives_is_seen_at_once(play_sales: PlaySales, sales: FakeSales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        gross = stage.part(QLabel, "figure-gross-value").text()
        sales.record(order(2_000, item(1, 1_000_000), paid=NOW))
        stage.workspace.tell(Changes(sales=True))
        await stage.see(lambda: stage.part(QLabel, "figure-gross-value").text() != gross)
        await stage.see(lambda: (r := page.model.row_at(0)) and r.number == "KD-002000")

    play_sales(scene)


def test_what_is_listed_is_exported(play_sales: PlaySales, tmp_path: Path) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        stage.part(QAbstractButton, "sales-export").click()
        dialog = await stage.seen(QFileDialog, "sales-file-dialog")
        dialog.setDirectory(str(tmp_path))
        dialog.selectFile("mine.csv")
        dialog.done(1)
        await stage.see((tmp_path / "mine.csv").exists)
        lines = (tmp_path / "mine.csv").read_text().splitlines()
        assert len(lines) == page.model.rowCount() + 1
        await stage.see(lambda: not stage.is_running("window.sales-file"))
        await stage.see(lambda: not stage.is_running("sales.export"))

    play_sales(scene)


def test_all_that_takes_input_has_a_name(play_sales: PlaySales) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        for part in acted_on(page):
            assert part.objectName(), part
            assert part.accessibleName(), part.objectName()

    play_sales(scene)


def test_the_model_keeps_the_rules_of_models(sales: FakeSales, qtmodeltester: Any) -> None:
    from datetime import UTC

    from koda_desktop.sync.sales.rows import SaleQuery

    model = SalesModel(UTC)
    qtmodeltester.check(model)
    keys = sales.keys(SaleQuery())
    model.begin(sales.rows(keys[5:133]))
    model.set_keys(keys[5:])
    assert model.rowCount() == len(keys) - 5
    qtmodeltester.check(model)
    assert model.index(0, SaleColumn.NET).data() is not None
    model.set_keys(keys)
    model.set_keys(keys[9:])
    assert model.row_at(0) == sales.rows(keys[9:10])[0]
    model.begin([])
    assert model.rowCount() == 0


def test_an_order_stays_chosen_when_another_one_arrives(
    play_sales: PlaySales, sales: FakeSales
) -> None:
    async def scene(stage: Stage, page: SalesPage) -> None:
        page.table.selectRow(3)
        chosen = page.model.row_at(3)
        assert chosen is not None
        before = page.model.rowCount()
        sales.record(order(2_000, item(1, 1_000_000), paid=NOW))
        stage.workspace.tell(Changes(sales=True))
        await stage.see(lambda: page.model.rowCount() == before + 1)
        await stage.see(lambda: (r := page.model.row_at(0)) and r.number == "KD-002000")
        [index] = page.table.selectionModel().selectedRows()
        assert page.model.row_at(index.row()) == chosen

    play_sales(scene)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (110, 100, "+10%"),
        (90, 100, "\N{MINUS SIGN}10%"),
        (5, 5, "As before"),
        (5, 0, "None before"),
        (0, 7, "\N{MINUS SIGN}100%"),
        (1_000_000, 1, "+9999%"),
        (1004, 1000, "+0%"),
        (1005, 1000, "+1%"),
    ],
)
def test_how_a_figure_compares(now: int, before: int, words: str) -> None:
    assert change_words(now, before) == words


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_nothing_but_days_is_drawn_below_the_bars(theme: Theme, scheme: Scheme) -> None:
    from koda_desktop.views.widgets.sales_chart import SalesChart

    theme.set_scheme(scheme)
    chart = SalesChart(theme, lambda value: "")
    chart.resize(400, 200)
    chart.show_points([Point(Bucket(date(2026, 11, 2), 0, 1))] * 5, [0] * 5, [" "] * 5)
    chart.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Its ring would go through the picture.
    chart.show()
    QApplication.processEvents()
    axis = chart.getPlotItem().getAxis("bottom")
    picture = chart.grab(chart.mapFromScene(axis.sceneBoundingRect()).boundingRect()).toImage()
    places = product(range(picture.width()), range(picture.height()))
    assert {picture.pixelColor(x, y).name() for x, y in places} == {theme.color("canvas").name()}
    chart.deleteLater()

"""The scenes of the Sales page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from koda_desktop.sync.sales.rows import SaleQuery
from koda_desktop.views.pages.sales_page import SalesPage
from tests.sync.sales.making import item, order
from tests.views.fake_sales import FakeSales
from tests.views.fakes import NOW, FakeWorkspace
from tests.views.gallery_data import catalogue
from tests.views.gallery_studio import SETTLE, Studio, opened, part
from tests.views.stage import move_mouse

_MOST_WAITS = 30
"""For the chart, whose library is loaded behind the first rows."""


async def _sales(studio: Studio, sales: Any, width: int = 1240) -> QWidget:
    workspace = FakeWorkspace(catalogue())
    workspace.sales = sales
    window = await opened(studio, workspace)
    window.resize(width, 800)
    window.go("sales")
    for _ in range(_MOST_WAITS):
        await asyncio.sleep(SETTLE)
        if window.findChild(QWidget, "sales-chart") is not None:
            break
    await asyncio.sleep(3 * SETTLE)
    return window


async def sales(studio: Studio) -> QWidget:
    return await _sales(studio, FakeSales.of_a_year())


async def sales_order(studio: Studio) -> QWidget:
    window = await _sales(studio, FakeSales.of_a_year())
    page = part(window, "sales-page")
    assert isinstance(page, SalesPage)
    page.table.selectRow(2)
    await asyncio.sleep(SETTLE)
    return window


async def sales_pointed(studio: Studio) -> QWidget:
    window = await _sales(studio, FakeSales.of_a_year())
    chart = part(window, "sales-chart")
    view = chart.viewport()  # type: ignore[attr-defined]
    move_mouse(view, view.rect().center())
    await asyncio.sleep(0.1)
    return window


async def sales_range(studio: Studio) -> QWidget:
    window = await _sales(studio, FakeSales.of_a_year())
    chart = part(window, "sales-chart")
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_End)
    for _ in range(6):
        QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    await asyncio.sleep(0.1)
    return window


async def sales_differing(studio: Studio) -> QWidget:
    made = FakeSales.of_a_year()
    numbers = [row.number for row in made.rows(made.keys(SaleQuery())[:8])]
    made.compare({numbers[2]: -50, numbers[6]: 127})
    window = await _sales(studio, made)
    page = part(window, "sales-page")
    assert isinstance(page, SalesPage)
    page.table.selectRow(2)
    await asyncio.sleep(SETTLE)
    return window


async def sales_books(studio: Studio) -> QWidget:
    made = FakeSales.of_a_year()
    numbers = [row.number for row in made.rows(made.keys(SaleQuery())[:8])]
    made.compare({numbers[2]: -50, numbers[6]: 127})
    return await _sales(studio, made)


async def sales_long(studio: Studio) -> QWidget:
    """Names without an end, and amounts as large as they come."""
    title = "Every invoice of every shop in every currency, read, compared and put away " * 2
    word = "Rechnungsabgleichsautomatisierung" * 4
    lines = [
        item(1, 99_999_999) | {"title": title},
        item(2, 12_345_678, refunded=1_234_567) | {"title": word},
        item(3, 1) | {"title": "1"},
    ]
    reason = "The buyer says that it did not do what the text promised, which is true. " * 4
    documents = [
        order(7, *lines, paid=NOW, refundReason=reason, stripePaymentIntentId="pi_" + "9" * 60),
        order(1_234_567_890, item(4, 0), paid=NOW),
    ]
    window = await _sales(studio, FakeSales(documents))
    page = part(window, "sales-page")
    assert isinstance(page, SalesPage)
    page.table.selectRow(page.model.line_of(documents[0]["_id"]))
    await asyncio.sleep(SETTLE)
    return window


async def sales_empty(studio: Studio) -> QWidget:
    made = FakeSales([])
    made.finish_reading()
    return await _sales(studio, made)


async def sales_unread(studio: Studio) -> QWidget:
    return await _sales(studio, FakeSales([]))


async def sales_unread_narrow(studio: Studio) -> QWidget:
    return await _sales(studio, FakeSales([]), width=900)


async def sales_wrong_filter(studio: Studio) -> QWidget:
    window = await _sales(studio, FakeSales.of_a_year())
    page = part(window, "sales-page")
    assert isinstance(page, SalesPage)
    page.search_field.setText("colour:red")
    await asyncio.sleep(2 * SETTLE)
    return window


async def sales_narrow(studio: Studio) -> QWidget:
    return await _sales(studio, FakeSales.of_a_year(), width=900)


SALES_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    sales,
    sales_order,
    sales_pointed,
    sales_range,
    sales_books,
    sales_differing,
    sales_long,
    sales_empty,
    sales_unread,
    sales_unread_narrow,
    sales_wrong_filter,
    sales_narrow,
)

"""The Sales page over 100,000 orders: its sums beside a plain loop, its first paint, a new period.

    python benchmarks/bench_sales.py [--orders 100000]

The bar: first paint and a change of period in 100 ms. Sums are compared, to the cent, with those of
a loop over the documents.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)
ROUNDS = 9


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=100_000)
    options = parser.parse_args()
    import qasync
    from PySide6.QtWidgets import QApplication

    from tests.sync.sales.making import many

    app = QApplication(["koda"])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    documents = many(options.orders)
    with loop, tempfile.TemporaryDirectory() as folder:
        loop.run_until_complete(run(app, documents, Path(folder)))
    return 0


async def run(app: Any, documents: list[dict[str, Any]], folder: Path) -> None:
    from koda_desktop.sync.states import derive_touched
    from koda_desktop.sync.store.store import Store
    from koda_desktop.workspace.sales import Sales

    store = Store(folder / "store.sqlite", derive_touched)
    began = time.perf_counter()
    for start in range(0, len(documents), 2_000):
        some = documents[start : start + 2_000]
        store.write(partial(_record, some), durable=False)
    took = time.perf_counter() - began
    print(f"{len(documents):,} orders recorded in {took:.1f} s ({len(documents) / took:,.0f} /s)")
    sales = Sales(store)
    _sums(sales, documents)
    await _page(app, sales)
    store.close()


def _record(some: list[dict[str, Any]], tx: Any) -> None:
    from koda_desktop.sync.sales import recording

    recording.record(tx, some, "now")


def _sums(sales: Any, documents: list[dict[str, Any]]) -> None:
    from koda_desktop.models.periods import Step, last_days

    for days in (30, 365):
        period = last_days(days, NOW.date())
        step = period.natural_step()
        found = sales.overview(period, step, UTC)
        start, end = period.bounds(UTC)
        plain = _timed(partial(_loop, documents, start, end))
        ours = _timed(partial(sales.overview, period, step, UTC))
        assert found.figures.now.gross == _loop(documents, start, end)
        assert step in Step
        print(f"{days} days: overview {ours:.1f} ms; gross alone by a plain loop {plain:.1f} ms")


def _loop(documents: list[dict[str, Any]], start: int, end: int) -> int:
    return sum(
        line["unitAmount"] * line["quantity"]
        for one in documents
        if start <= one["facts"].get("paid_at", -1) < end
        for line in one["items"]
    )


async def _page(app: Any, sales: Any) -> None:
    """A page, its controller and its tools are opened three times; the last one stays.

    As in the program a window is painted first, and the page's modules are loaded a moment after;
    what draws its bars is not, and they come in after its first paint.
    """
    from tests.controllers.support import Bench

    theme, window = _window(app)
    first: list[float] = []
    worked: list[float] = []
    bars: list[float] = []
    shown = []
    for _ in range(3):
        bench = Bench()
        began, busy = time.perf_counter(), time.process_time()
        shown.append(await _opened(theme, bench, sales))
        first.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - busy))
        page, _ = shown[-1]
        await _until(partial(_has_bars, page))
        page.grab()
        bars.append(1000 * (time.perf_counter() - began))
        if len(first) < 3:
            await bench.close()
    print(f"first paint with rows: {min(first):.0f} ms (first time {first[0]:.0f} ms)")
    print(f"  of it processor time: {min(worked):.0f} ms (first time {worked[0]:.0f} ms)")
    print(f"bars painted too: {min(bars):.0f} ms (first time {bars[0]:.0f} ms)")
    changes = [await _changed(*shown[-1], number) for number in range(ROUNDS)]
    print(f"change of period: median {median(changes):.0f} ms, longest {max(changes):.0f} ms")
    window.deleteLater()
    await bench.close()


def _window(app: Any) -> tuple[Any, Any]:
    import koda_desktop.controllers.sales
    import koda_desktop.views.pages.sales_page  # noqa: F401
    from koda_desktop.views.main_window import MainWindow
    from koda_desktop.views.theme.theme import Theme

    theme = Theme(app, ROOT / "resources")
    window = MainWindow(theme)
    window.show()
    window.grab()
    return theme, window


async def _opened(theme: Any, bench: Any, sales: Any) -> tuple[Any, Any]:
    from koda_desktop.controllers.sales import SalesController
    from koda_desktop.views.pages.sales_page import SalesPage

    page = SalesPage(theme, UTC, lambda: NOW)
    controller = SalesController(bench.tools, page, lambda: NOW, UTC)
    page.attach(controller)
    page.resize(1240, 800)
    page.show()
    controller.use(type("Workspace", (), {"sales": sales})())
    await _until(partial(_has_other_rows, page, -1))
    page.grab()
    return page, controller


async def _changed(page: Any, controller: Any, number: int) -> float:
    """Milliseconds until the figures, the bars and the orders of another period are painted.

    The loop has painted what came before it goes on here; what still waits is painted then.
    """
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QLabel

    from koda_desktop.controllers.sales import Span

    words, total = (page.findChild(QLabel, f"sales-{name}") for name in ("period-words", "total"))
    days, number_of_all = words.text(), total.text()
    orders = page.model.rowCount()
    began = time.perf_counter()
    controller.choose_span((Span.THIS_YEAR, Span.MONTH, Span.WEEK)[number % 3])
    await _until(lambda: words.text() != days and _has_other_rows(page, orders))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest.value)
    took = 1000 * (time.perf_counter() - began)
    await _until(lambda: total.text() != number_of_all)
    return took


def _has_other_rows(page: Any, before: int) -> bool:
    """Whether other orders than the ``before`` ones are shown, with what is in them."""
    return page.model.rowCount() != before and page.model.row_at(0) is not None


def _has_bars(page: Any) -> bool:
    from PySide6.QtWidgets import QWidget

    return page.findChild(QWidget, "sales-chart") is not None


async def _until(condition: Callable[[], bool]) -> None:
    """The loop is Qt's: it paints and delivers while this sleeps."""
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the page did not come")
        await asyncio.sleep(0.001)


def _timed(work: Callable[[], object]) -> float:
    """Median milliseconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return median(times)


if __name__ == "__main__":
    sys.exit(main())

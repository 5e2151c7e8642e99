"""One kind of table of ``bench_table``, measured in a process of its own, without a screen."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from benchmarks.table_plain import (
    FRAMES,
    JUMPS,
    SIZE,
    Figures,
    empty,
    lists,
    ms_since,
    query,
    resident,
)
from koda_desktop.app import loop_runner, make_application
from koda_desktop.app.garbage import GarbageSearch
from koda_desktop.controllers.feed import ChangeFeed
from koda_desktop.controllers.listing_lines import ListingLines
from koda_desktop.controllers.listings import ListingsController
from koda_desktop.controllers.messages import Messages
from koda_desktop.controllers.tools import Tools
from koda_desktop.runtime.resources import resources_root
from koda_desktop.runtime.tasks import Background, Pools
from koda_desktop.runtime.turns import take_short_turns
from koda_desktop.sync import saved_views
from koda_desktop.sync.local import LocalReads
from koda_desktop.sync.rows import ListingQuery, SortColumn
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.views.pages.listings_page import ListingsPage
from koda_desktop.views.tables import listings_keeper, listings_painter
from koda_desktop.views.tables.listings_model import ListingsModel
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.workspace.facade import Workspace

TYPED = (
    *("slack to", "bacodri", "price:<5", "tag:n8n -tag:ai", "platform:make price:<20"),
    *("status:refused", "updated:>2026-01 jira", "title:sta", "tag:n8n -to"),
)
PATIENCE = 20.0
_LOADED = (listings_keeper, listings_painter)
"""By a program whose store is open, as the page is, before there are rows."""
_PAINTING = (QEvent.Type.LayoutRequest.value, QEvent.Type.UpdateRequest.value)
_SHOWN = "SELECT count(*) FROM entity WHERE NOT is_archived"


def run(kind: str, store: Path, *, is_first_only: bool = False) -> Figures:
    """What ``bench_table`` prints of ``kind``; times in milliseconds, memory in MiB.

    With ``is_first_only`` our kinds end with their first paint.
    """
    if kind in ("table", "koda"):
        take_short_turns()
        application = make_application()
        search = GarbageSearch()
        search.start()  # All of this as the program does.
        ours = TableAlone if kind == "table" else Koda
        with loop_runner(application) as runner:
            figures = runner.run(ours(application, store, is_first_only).measure())
        search.stop()
        return figures
    application = QApplication([])
    made: dict[str, Callable[[Path], Figures]] = {"empty": empty, "lists": lists, "query": query}
    return made[kind](store)


class Reads(LocalReads):
    """As much of a workspace as the page reads."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, cast("Any", None))
        self.subscribe = store.subscribe
        self.views = lambda: saved_views.BUILT_IN
        self.save_views = lambda views: None


class Page(ListingsPage):
    """Paints what it is given at once, and says when that was done and how long it took."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, lambda: datetime.now(UTC), lambda *_: None)
        self.painted_at = 0.0
        self.came: list[tuple[float, float]] = []
        """Rows that were scrolled to before they had been read: as ``Koda.frame`` has it."""

    def show_first(self, rows: Any, query: Any, whole: bool) -> None:
        super().show_first(rows, query, whole)
        paint_now()
        self.painted_at = time.perf_counter()

    def show_rows(self, keys: Any, rows: Any) -> None:
        self.came.append(frame(lambda: super(Page, self).show_rows(keys, rows)))


def paint_now() -> None:
    """What is to be laid out and painted, and no task of the loop, which would run in this one."""
    for event in _PAINTING:
        QApplication.sendPostedEvents(None, event)


def frame(act: Callable[[], object]) -> tuple[float, float]:
    """How long ``act`` and its paint take, and how long this thread worked for them."""
    began, worked = time.perf_counter(), time.thread_time()
    act()
    paint_now()
    return ms_since(began), (time.thread_time() - worked) * 1000


class Ours:
    """What stands before the page does: the look, the tools, and the store, open on its pool."""

    def __init__(self, application: QApplication, path: Path, is_first_only: bool) -> None:
        self._is_first_only = is_first_only
        self._theme = Theme(application, resources_root(), Scheme.LIGHT)
        self._background = Background(print)
        self._tools = Tools(Pools(), self._background, Messages(), ChangeFeed())
        self._store, self._total = self._tools.pools.submit("store", _opened, path).result()

    async def measure(self) -> Figures:
        """What was asked for, and everything closed again whatever happens."""
        try:
            return await self._measure()
        finally:
            await self._background.close(5)
            self._tools.pools.close(5)
            self._store.close()

    async def _measure(self) -> Figures:
        raise NotImplementedError

    async def _until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("the table did not come")
            await asyncio.sleep(0.001)


def _opened(path: Path) -> tuple[Store, int]:
    """A store with the number of its listings that are not archived."""
    store = Store(path, derive_touched)
    return store, int(store.read(lambda db: db.value(_SHOWN)))


class TableAlone(Ours):
    """Without the page around it: what an empty QTableView is, with rows."""

    painted_at = 0.0

    async def _measure(self) -> Figures:
        began = time.perf_counter()
        self._model = ListingsModel(lambda: datetime.now(UTC), None)
        self._table = ListingsTable(self._theme, self._model)
        self._table.resize(*SIZE)
        self._table.show()
        QApplication.processEvents()
        lines = ListingLines(self._tools, cast("Any", self), lambda: ())
        lines.use(cast("Workspace", Reads(self._store)), ListingQuery())
        self._table.prepare()
        await self._until(lambda: self.painted_at)
        figures = {"first": [(self.painted_at - began) * 1000], "memory": [resident()]}
        if self._is_first_only:
            return figures
        await self._until(lambda: self._model.rowCount() == self._total)
        self._table.close()
        return figures

    # -- as ListingLines has its view --

    def lines_in_sight(self) -> int:
        return self._table.lines_in_sight

    def show_first(self, rows: Any, query: Any, whole: bool) -> None:
        self._model.begin(rows)
        paint_now()
        self.painted_at = time.perf_counter()

    def show_keys(self, keys: Any, query: Any) -> None:
        self._model.set_keys(keys)

    def show_counts(self, counts: Any) -> None:
        """There are no views to count for."""


class Koda(Ours):
    """The page over the real store, driven as a person's keys drive it."""

    def __init__(self, application: QApplication, path: Path, is_first_only: bool) -> None:
        super().__init__(application, path, is_first_only)
        self._began = time.perf_counter()
        self._page = Page(self._theme)
        self._page.resize(*SIZE)
        self._controller = ListingsController(self._tools, self._page, lambda: datetime.now(UTC))
        self._page.connect_intents(self._controller)

    async def _measure(self) -> Figures:
        page = self._page
        page.show()
        QApplication.processEvents()  # No task of the loop has been started yet.
        asked = time.perf_counter()
        self._controller.use(cast("Workspace", Reads(self._store)))
        await self._until(lambda: page.painted_at)
        first = (page.painted_at - self._began) * 1000
        rows = (page.painted_at - asked) * 1000
        if self._is_first_only:
            return {"first": [first], "rows": [rows]}
        await self._until(lambda: page.model.rowCount() == self._total)
        await asyncio.sleep(1)
        figures = {"first": [first], "rows": [rows], **await self._frames()}
        figures["memory"] = [resident()]
        figures["keys"] = [await self._key(text[:end]) for text in TYPED for end in _ends(text)]
        await self._key("")
        await self._until(lambda: page.model.rowCount() == self._total)
        figures["sorts"] = [
            await self._sort(column)
            for column in (SortColumn.TITLE, SortColumn.PRICE, SortColumn.UPDATED)
        ]
        await self._until(lambda: page.model.rowCount() == self._total)
        figures["select"] = self._select()
        page.close()
        return figures

    async def _shown_anew(self, act: Callable[[], None]) -> float:
        """From ``act`` until the first page that it brings has been painted."""
        self._page.painted_at = 0.0
        began = time.perf_counter()
        act()
        await self._until(lambda: self._page.painted_at)
        return (self._page.painted_at - began) * 1000

    async def _key(self, text: str) -> float:
        time_taken = await self._shown_anew(lambda: self._page.search_field.setText(text))
        # A fast typist's next key: what is still being read for this one is interrupted.
        await asyncio.sleep(0.08)
        return time_taken

    async def _sort(self, column: SortColumn) -> float:
        return await self._shown_anew(lambda: self._controller.sort(column, False))

    def _select(self) -> list[float]:
        times = []
        for _ in range(5):
            times.append(frame(self._page.table.selectAll)[0])
            self._page.table.clear_selection()
            paint_now()
        return times

    async def _frames(self) -> Figures:
        """As ``scrolled``, with the loop turning in between, which brings rows: frames as well."""
        table, chance = self._page.table, random.Random(7)
        bar, times = table.verticalScrollBar(), self._page.came
        steps = [3 * table.row_height * n for n in range(FRAMES)]
        times.clear()
        for value in [*steps, *(chance.randrange(bar.maximum() + 1) for _ in range(JUMPS))]:
            times.append(frame(partial(bar.setValue, value)))
            await asyncio.sleep(0.004)
        bar.setValue(0)
        return {"frames": [wall for wall, _ in times], "own": [work for _, work in times]}


def _ends(text: str) -> Sequence[int]:
    """Places where a key leaves a filter that means something else than before."""
    return [end for end in range(1, len(text) + 1) if text[end - 1] not in ": "]

"""The Sales screen: which period is summed up, which orders are listed, and which one is open."""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.messages import Level
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import InputError, KodaError, NotFound
from koda_desktop.models.periods import (
    Period,
    Step,
    last_days,
    last_month,
    this_month,
    this_year,
)
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.sales.rows import SaleDetail, SaleQuery, SaleRow, SaleSort

if TYPE_CHECKING:
    from koda_desktop.workspace.facade import Workspace
    from koda_desktop.workspace.sales import Overview


DIFFERING = "has:difference"
"""The filter of orders that do not add up with the payment provider's books."""

ROWS_AT_ONCE = 128
"""How many rows are read together; the first of them are read before the keys of all."""


class Span(StrEnum):
    """The periods that have a name."""

    WEEK = "7 days"
    MONTH = "30 days"
    THIS_MONTH = "This month"
    LAST_MONTH = "Last month"
    THIS_YEAR = "This year"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is set to."""

    period: Period
    step: Step
    currency: str = ""
    """Empty for the one in which most was sold."""


class SalesView(Protocol):
    def show_period(self, shown: Shown) -> None: ...
    def show_overview(self, shown: Shown, overview: Overview) -> None: ...
    def show_first(self, rows: Sequence[SaleRow], query: SaleQuery) -> None: ...
    def show_keys(self, keys: array[int], query: SaleQuery) -> None: ...
    def show_differing(self, number: int) -> None: ...
    def show_rows(self, keys: Sequence[int], rows: Sequence[SaleRow]) -> None: ...
    def forget_rows(self) -> None: ...
    def show_detail(self, detail: SaleDetail | None) -> None: ...
    def show_filter_problem(self, problem: str) -> None: ...
    def show_fault(self, error: KodaError) -> None: ...


class SalesController:
    """Everything here is called on the loop's thread; reading happens on pools.

    ``now`` is the present moment; ``zone`` whose days are meant.
    """

    def __init__(
        self, tools: Tools, view: SalesView, now: Callable[[], datetime], zone: tzinfo
    ) -> None:
        self._tools = tools
        self._view = view
        self._now = now
        self._zone = zone
        self._workspace: Workspace | None = None
        self._shown = self._spanned(Span.MONTH)
        self._query = SaleQuery()
        self._listed: SaleQuery | None = None
        self._text = ""
        self._open = ""
        self._overviews = Latest()
        self._lists = Latest()
        self._pages = Latest()
        self._details = Latest()
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Show the sales of ``workspace`` from now on."""
        self._workspace = workspace
        self._listed = None
        self.open("")
        self.refresh()

    def load(
        self,
        prepare: Callable[[], Awaitable[None]],
        work: Callable[[], None],
        then: Callable[[], None],
    ) -> None:
        """Run ``work``, which loads what the view is to show next, on a pool.

        ``prepare`` is awaited before and ``then`` is called after it, both on the loop's thread.
        """
        self._tools.spawn(self._load(prepare, work, then), "sales.load")

    async def _load(
        self,
        prepare: Callable[[], Awaitable[None]],
        work: Callable[[], None],
        then: Callable[[], None],
    ) -> None:
        await prepare()
        await self._tools.pools.run("disk", work)
        then()

    # -- the period --

    def choose_span(self, span: Span) -> None:
        """Sum up a period by its name, cut as suits its length."""
        self._show(replace(self._spanned(span), currency=self._shown.currency))

    def choose_period(self, first: date, last: date) -> None:
        """Sum up the days from ``first`` to ``last``, in whichever order they are given."""
        period = Period(min(first, last), max(first, last))
        self._show(Shown(period, period.natural_step(), self._shown.currency))

    def choose_step(self, step: Step) -> None:
        self._show(replace(self._shown, step=step))

    def choose_currency(self, currency: str) -> None:
        self._show(replace(self._shown, currency=currency))

    def _spanned(self, span: Span) -> Shown:
        today = self._now().astimezone(self._zone).date()
        periods: dict[Span, Callable[[], Period]] = {
            Span.WEEK: lambda: last_days(7, today),
            Span.MONTH: lambda: last_days(30, today),
            Span.THIS_MONTH: lambda: this_month(today),
            Span.LAST_MONTH: lambda: last_month(today),
            Span.THIS_YEAR: lambda: this_year(today),
        }
        period = periods[span]()
        return Shown(period, period.natural_step())

    def _show(self, shown: Shown) -> None:
        is_moved = shown.period != self._shown.period
        self._shown = shown
        self._view.show_period(shown)
        self._read_overview()
        if is_moved:
            self._list()

    def refresh(self) -> None:
        """Read everything that is shown again."""
        self._read_overview()
        self._list()
        if self._open:
            self.open(self._open)

    def _read_overview(self) -> None:
        if self._workspace is not None:
            number = self._overviews.next()
            work = self._overview(self._workspace, self._shown, number)
            self._tools.spawn(work, f"sales.overview.{number}")

    async def _overview(self, workspace: Workspace, shown: Shown, number: int) -> None:
        sales = workspace.sales
        try:
            found = await self._tools.store(
                sales.overview, shown.period, shown.step, self._zone, shown.currency
            )
        except KodaError as error:
            self._view.show_fault(error)
            return
        if self._overviews.is_current(number):
            self._view.show_overview(shown, found)

    # -- the orders --

    def search(self, text: str) -> None:
        """List the orders of the period that match; a filter that is not understood is told."""
        self._text = text
        self._list()

    def sort(self, column: SaleSort, descending: bool) -> None:
        self._query = replace(self._query, sort=column, is_descending=descending)
        self._list()

    def want_rows(self, keys: Sequence[int]) -> None:
        """Read the rows of ``keys`` and hand them to the view."""
        if self._workspace is not None:
            work = self._rows(self._workspace, tuple(keys))
            self._tools.spawn(work, f"sales.rows.{self._pages.next()}")

    async def _rows(self, workspace: Workspace, keys: tuple[int, ...]) -> None:
        rows = await self._tools.store(workspace.sales.rows, keys)
        if workspace is self._workspace:
            self._view.show_rows(keys, rows)

    def _list(self) -> None:
        query = self._asked()
        if query is None:
            return
        self._query = query
        if self._workspace is None:
            self._view.show_keys(array("q"), query)
            return
        number = self._lists.next()
        self._tools.spawn(self._keys(self._workspace, query, number), f"sales.keys.{number}")

    def _asked(self) -> SaleQuery | None:
        from koda_desktop.sync.filters.moments import Today
        from koda_desktop.sync.sales.filters import parse

        try:
            wanted = parse(self._text, Today(self._now(), self._zone))
        except InputError as error:
            self._view.show_filter_problem(f"{error.what} {error.remedy}".strip())
            return None
        self._view.show_filter_problem("")
        return replace(self._query, filter=wanted, period=self._shown.period.bounds(self._zone))

    async def _keys(self, workspace: Workspace, query: SaleQuery, number: int) -> None:
        try:
            if query != self._listed:
                await self._begin(workspace, query, number)
            keys = await self._tools.store(workspace.sales.keys, query)
        except KodaError as error:
            self._view.show_fault(error)
            return
        if self._lists.is_current(number):
            self._view.show_keys(keys, query)
            self._view.show_differing(await self._differing(workspace, query))

    async def _begin(self, workspace: Workspace, query: SaleQuery, number: int) -> None:
        """Show the first rows at once: finding all that match may take a moment."""
        rows = await self._tools.store(workspace.sales.first_rows, query, ROWS_AT_ONCE)
        if self._lists.is_current(number):
            self._listed = query
            self._view.show_first(rows, query)

    async def _differing(self, workspace: Workspace, query: SaleQuery) -> int:
        """How many orders of the period do not add up, whatever is searched for."""
        from koda_desktop.sync.filters.moments import Today
        from koda_desktop.sync.sales.filters import parse

        wanted = parse(DIFFERING, Today(self._now(), self._zone))
        return await self._tools.store(workspace.sales.count, replace(query, filter=wanted))

    def export(self, query: SaleQuery, path: Path) -> None:
        """Write the orders of ``query`` to ``path``, in the format that its name ends with."""
        if self._workspace is not None:
            self._tools.spawn(self._export(self._workspace, query, path), "sales.export")

    async def _export(self, workspace: Workspace, query: SaleQuery, path: Path) -> None:
        from koda_desktop.tables.rows import Format

        kinds = {".jsonl": Format.JSONL, ".xlsx": Format.XLSX}
        kind = kinds.get(path.suffix.lower(), Format.CSV)
        export = workspace.sales.export
        written = await self._tools.pools.run("disk", export, query, path, kind, self._zone)
        self._tools.messages.tell(Level.SUCCESS, f"{written} orders are written to {path.name}.")

    # -- one order --

    def open(self, order_id: str) -> None:
        """Show one order beside the table; an empty id closes it."""
        self._open = order_id
        number = self._details.next()
        if not order_id or self._workspace is None:
            self._view.show_detail(None)
            return
        work = self._detail(self._workspace, order_id, number)
        self._tools.spawn(work, f"sales.detail.{number}")

    async def _detail(self, workspace: Workspace, order_id: str, number: int) -> None:
        try:
            detail = await self._tools.store(workspace.sales.order, order_id)
        except NotFound:
            detail = None
        if self._details.is_current(number):
            self._view.show_detail(detail)

    def _changed(self, changes: Changes) -> None:
        if changes.sales:
            self._view.forget_rows()
            self.refresh()

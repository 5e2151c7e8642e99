"""Which view of the listings is chosen, what is typed beside it, and what that comes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import InputError
from koda_desktop.sync.filters.completing import Suggestion, complete
from koda_desktop.sync.filters.known import NOTHING_KNOWN
from koda_desktop.sync.filters.moments import Today
from koda_desktop.sync.filters.parsing import parse_filter
from koda_desktop.sync.filters.terms import (
    EVERYTHING,
    ArchivedIs,
    Filter,
    Term,
    asks_for_archived,
)
from koda_desktop.sync.rows import ListingQuery
from koda_desktop.sync.saved_views import ARCHIVED, BUILT_IN, SavedView, Sort, name_problem
from koda_desktop.workspace.facade import Workspace

_HALF_WRITTEN = re.compile(r"(?:^| )-\w$")
"""One letter to be left out, with nothing after it: on the way to ``-tag:ai`` it would empty the
table, for next to every listing has a word that begins with it. A space says that it is meant.
"""
_KNOWN_FOR = timedelta(seconds=30)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class ViewsView(Protocol):
    """What shows the views."""

    def show_views(self, views: Sequence[SavedView], current: int) -> None: ...
    def show_filter_problem(self, error: InputError | None) -> None: ...
    def show_known_values(self) -> None: ...


class ListingViews:
    """``ask`` is called with each query that a person's choices come to."""

    def __init__(
        self,
        tools: Tools,
        view: ViewsView,
        now: Callable[[], datetime],
        ask: Callable[[ListingQuery], None],
    ) -> None:
        self._tools = tools
        self._view = view
        self._now = now
        self._ask = ask
        self._workspace: Workspace | None = None
        self._views: tuple[SavedView, ...] = BUILT_IN
        self._current = 0
        self._known = NOTHING_KNOWN
        self._known_at = _NEVER
        self._reads = Latest()
        self._is_read = False
        self._is_unsaved = False
        self._typed = EVERYTHING
        self.text = ""
        """What is typed in the search field, understood or not."""

    def use(self, workspace: Workspace | None) -> None:
        self._workspace = workspace
        self._views, self._current = BUILT_IN, 0
        self._is_read = False
        self._known, self._known_at = NOTHING_KNOWN, _NEVER
        self._view.show_views(self._views, 0)
        if workspace is not None:
            number = self._reads.next()
            self._tools.spawn(self._read(workspace, number), f"listings.views.{number}")

    async def _read(self, workspace: Workspace, number: int) -> None:
        views = await self._tools.store(workspace.views)
        if workspace is not self._workspace or not self._reads.is_current(number):
            return
        self._is_read = True
        views, is_changed = _with_changes(views, self._views)
        if views != self._views:
            before, name = self.query(), self.current.name
            self._views = views
            self._current = [view.name for view in views].index(name)
            self._view.show_views(views, self._current)
            if self.query() != before:
                self._ask(self.query())
        if is_changed:
            await self._save(workspace)

    # -- what is asked --

    @property
    def current(self) -> SavedView:
        return self._views[self._current]

    def query(self) -> ListingQuery:
        """What the chosen view and what is typed come to."""
        return self._query_of(self.current, self._typed)

    def counted(self) -> list[ListingQuery]:
        """What each view finds by itself; then, where archived listings are hidden, those."""
        shown = self.query()
        hidden = Filter((*shown.filter.terms, Term((ArchivedIs(True),))))
        return [
            *(self._query_of(view, EVERYTHING) for view in self._views),
            *([ListingQuery(filter=hidden)] if shown.hides_archived else []),
        ]

    def _query_of(self, view: SavedView, typed: Filter) -> ListingQuery:
        try:
            base = parse_filter(view.filter, self._today())
        except InputError:
            # A newer version wrote it: its own words are looked for.
            base = EVERYTHING
        both = Filter((*base.terms, *typed.terms))
        return ListingQuery(filter=both, sort=view.sort, hides_archived=not asks_for_archived(both))

    def _today(self) -> Today:
        return Today(self._now())

    def type(self, text: str) -> None:
        """Filter by ``text`` too. What is not understood is told.

        While its last word is half written, what stands before that filters.
        """
        self.text = text
        problem = self._understand(text)
        self._view.show_filter_problem(problem)
        is_whole = problem is None and not _HALF_WRITTEN.search(text)
        if is_whole or self._understand(text.rpartition(" ")[0]) is None:
            self._ask(self.query())

    def _understand(self, text: str) -> InputError | None:
        try:
            self._typed = parse_filter(text, self._today())
        except InputError as error:
            return error
        return None

    def show_all(self) -> None:
        """Let nothing be kept out: for a listing that another screen asks for."""
        if self._current or self._typed:
            self.text, self._typed = "", EVERYTHING
            self.choose(0)

    def show_archived(self) -> None:
        """Show those that are out of the catalogue: another screen asks for one of them."""
        names = [view.name for view in self._views]
        self.choose(names.index(ARCHIVED.name))

    def choose(self, number: int) -> None:
        """Show the view of that number."""
        self._current = number
        self._view.show_views(self._views, number)
        self._ask(self.query())

    def sort(self, sort: Sort) -> None:
        """Sort the chosen view that way from now on."""
        self._change(replace(self.current, sort=sort))
        self._ask(self.query())

    # -- completing --

    def complete(self, text: str, cursor: int) -> list[Suggestion]:
        """What may be meant at ``cursor``; the values in use are read behind the scenes."""
        self._learn()
        return complete(text, cursor, self._known)

    def _learn(self) -> None:
        workspace, at = self._workspace, self._now()
        if workspace is not None and at - self._known_at > _KNOWN_FOR:
            self._known_at = at
            self._tools.spawn(self._read_known(workspace), "listings.known")

    async def _read_known(self, workspace: Workspace) -> None:
        known = await self._tools.store(workspace.known_values)
        if workspace is self._workspace:
            self._known = known
            self._view.show_known_values()

    # -- keeping --

    def lay_out(self, columns: Sequence[tuple[str, int]], density: str, filter_row: bool) -> None:
        """Keep how the chosen view is laid out."""
        changed = replace(
            self.current, columns=tuple(columns), density=density, filter_row=filter_row
        )
        if changed != self.current:
            self._change(changed)

    def add(self, name: str) -> str:
        """Keep what is shown as a view of its own, with what is typed, and choose it.

        Answers what is wrong with ``name``, in a sentence; "" where nothing is.
        """
        problem = name_problem(name, self._views)
        if not problem:
            words = " ".join(part for part in (self.current.filter, self.text.strip()) if part)
            made = replace(self.current, name=name.strip(), filter=words)
            self._keep((*self._views, made), len(self._views))
            self._ask(self.query())
        return problem

    def rename(self, name: str) -> str:
        """Give the chosen view another name; answers what is wrong with it, as ``add`` does."""
        others = [view for view in self._views if view is not self.current]
        problem = name_problem(name, others)
        if not problem:
            self._change(replace(self.current, name=name.strip()))
        return problem

    def delete(self) -> None:
        """Forget the chosen view; the listings stay."""
        if self._current >= len(BUILT_IN):
            rest = [view for view in self._views if view is not self.current]
            self._keep(tuple(rest), 0)
            self._ask(self.query())

    def _change(self, changed: SavedView) -> None:
        views = [*self._views]
        views[self._current] = changed
        self._keep(tuple(views), self._current)

    def _keep(self, views: tuple[SavedView, ...], current: int) -> None:
        self._views, self._current = views, current
        self._view.show_views(views, current)
        self._is_unsaved = True
        if self._workspace is not None and self._is_read:
            self._tools.spawn(self._save(self._workspace), "listings.views.save")

    async def _save(self, workspace: Workspace) -> None:
        """Write the views as they are now, until no change came meanwhile."""
        while self._is_unsaved and workspace is self._workspace:
            self._is_unsaved = False
            await self._tools.store(workspace.save_views, self._views)


def _with_changes(
    saved: tuple[SavedView, ...], shown: tuple[SavedView, ...]
) -> tuple[tuple[SavedView, ...], bool]:
    """The views that were saved, with what a person did before they had been read."""
    changed = {view.name: view for view in shown if view not in BUILT_IN}
    known = tuple(changed.pop(view.name, view) for view in saved)
    return (*known, *changed.values()), bool(shown != BUILT_IN)

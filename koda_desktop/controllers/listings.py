"""The Listings screen: which listings are shown, which one is open, and what is done to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from koda_desktop.controllers.listing_lines import LinesView, ListingLines
from koda_desktop.controllers.listing_views import ListingViews, ViewsView
from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.controllers.unsaved import Unsaved
from koda_desktop.errors import GatesUnmet, InputError, KodaError, NotFound
from koda_desktop.sync.filters.completing import Suggestion
from koda_desktop.sync.filters.terms import NumberColumn
from koda_desktop.sync.rows import (
    Changes,
    ListingDetail,
    ListingQuery,
    ListingState,
    Selection,
    SortColumn,
    Totals,
)
from koda_desktop.sync.saved_views import Sort
from koda_desktop.sync.typed import Typed
from koda_desktop.workspace.facade import Workspace
from koda_desktop.workspace.info import GateState

_OVERTAKEN = "This was changed elsewhere since you typed; saving puts your text in its place."


class ListingsView(LinesView, ViewsView, Protocol):
    """What the Listings page shows."""

    def show_totals(self, totals: Totals) -> None: ...
    def show_detail(self, detail: ListingDetail, gates: Sequence[GateState]) -> None: ...
    def show_nothing_open(self) -> None: ...
    def show_edit(self, listing_id: str, changes: Mapping[str, Any]) -> None: ...
    def show_field_problems(self, problems: Mapping[str, str]) -> None: ...
    def select_listing(self, listing_id: str) -> None: ...


class ListingsController:
    """Everything here is called on the loop's thread; reading and writing happen on pools."""

    def __init__(self, tools: Tools, view: ListingsView, now: Callable[[], datetime]) -> None:
        self._tools = tools
        self._view = view
        self._workspace: Workspace | None = None
        self.views = ListingViews(tools, view, now, self._ask)
        self._lines = ListingLines(tools, view, self.views.counted)
        self._open_id = ""
        self._brought_id = ""
        self._detail_asked = Latest()
        self._totals_asked = Latest()
        self._unsaved = Unsaved(tools)
        tools.feed.subscribe(self._changed)

    @property
    def unsaved(self) -> int:
        """How many listings hold changes that were typed and not saved."""
        return len(self._unsaved)

    def use(self, workspace: Workspace | None) -> None:
        """Show the listings of ``workspace`` from now on."""
        self._workspace = workspace
        self._unsaved.use(workspace)
        self.open_listing("")
        self.views.use(workspace)
        self._lines.use(workspace, self.views.query())

    # -- which listings --

    @property
    def query(self) -> ListingQuery:
        """Which listings the page shows, in which order."""
        return self._lines.query

    def _ask(self, query: ListingQuery) -> None:
        self._lines.ask(query)

    def search(self, text: str) -> None:
        """Show what ``text``, in the filter language, leaves of the chosen view."""
        self.views.type(text)

    def complete(self, text: str, cursor: int) -> list[Suggestion]:
        """What may be meant at ``cursor`` of a filter's text."""
        return self.views.complete(text, cursor)

    def sort(self, column: SortColumn, adds: bool) -> None:
        """Sort by ``column``, or the other way round; ``adds`` keeps what is sorted by already."""
        self.views.sort(_sorted_by(self._lines.query.sort, column, adds))

    def order(self, column: SortColumn, descending: bool, adds: bool) -> None:
        """Sort by ``column`` that way; ``adds`` keeps what is sorted by already before it."""
        kept = [one for one in self._lines.query.sort if adds and one[0] is not column]
        self.views.sort((*kept, (column, descending)))

    def refresh(self) -> None:
        """Read keys and counts again."""
        self._lines.refresh()

    def want_rows(self, keys: Sequence[int]) -> None:
        """Read the rows of ``keys`` and hand them to the view."""
        self._lines.want_rows(keys)

    def want_totals(self, selection: Selection, of: NumberColumn) -> None:
        """Add up what is selected: prices, or sizes."""
        if self._workspace is not None:
            number = self._totals_asked.next()
            work = self._read_totals(self._workspace, selection, of, number)
            self._tools.spawn(work, f"listings.totals.{number}")

    async def _read_totals(
        self, workspace: Workspace, selection: Selection, of: NumberColumn, number: int
    ) -> None:
        totals = await self._tools.store(workspace.totals, selection, of)
        if self._totals_asked.is_current(number):
            self._view.show_totals(totals)

    # -- the open listing --

    def open_listing(self, listing_id: str) -> None:
        """Show ``listing_id`` in the inspector; an empty id closes it."""
        self._open_id = listing_id
        number = self._detail_asked.next()
        if not listing_id or self._workspace is None:
            self._view.show_nothing_open()
            return
        work = self._read_detail(self._workspace, listing_id, number)
        self._tools.spawn(work, f"listings.detail.{number}")

    def show_listing(self, listing_id: str) -> None:
        """Bring ``listing_id`` into view from another screen: all listings, that one open.

        One that is archived is shown among those that are.
        """
        self.views.show_all()
        self._brought_id = listing_id
        self.open_listing(listing_id)
        self._view.select_listing(listing_id)

    async def _read_detail(self, workspace: Workspace, listing_id: str, number: int) -> None:
        def read() -> tuple[ListingDetail, tuple[GateState, ...], Typed | None]:
            gates = workspace.checklist(listing_id)
            return workspace.listing(listing_id), gates, workspace.typed.of(listing_id)

        try:
            await self._unsaved.keep_now()
        except KodaError as error:
            # It is still to be kept, and keeps nobody from looking at listings.
            self._tools.messages.report(error)
        try:
            detail, gates, typed = await self._tools.store(read)
        except NotFound:
            if self._detail_asked.is_current(number):
                self._open_id = ""
                self._view.show_nothing_open()
            return
        if self._detail_asked.is_current(number):
            if self._brought_id == listing_id and detail.document.get("deletedAt"):
                self.views.show_archived()
            self._brought_id = ""
            self._view.show_detail(detail, gates)
            self._unsaved.found(listing_id, typed)
            self._view.show_edit(listing_id, self._unsaved.of(listing_id))
            if typed is not None and (overtaken := typed.overtaken(detail.document)):
                self._view.show_field_problems(dict.fromkeys(overtaken, _OVERTAKEN))

    # -- editing --

    def edit(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        """Remember what was typed and not saved; nothing remembered when ``changes`` is empty."""
        self._unsaved.type(listing_id, changes)

    def revert(self, listing_id: str) -> None:
        """Drop what was typed and not saved."""
        self._tools.spawn(self._revert(listing_id), f"listings.revert.{listing_id}")

    async def _revert(self, listing_id: str) -> None:
        await self._unsaved.forget(listing_id, self._unsaved.of(listing_id))
        self.open_listing(listing_id)

    def save(self, listing_id: str) -> None:
        self._tools.spawn(self._save(listing_id), f"listings.save.{listing_id}")

    async def _save(self, listing_id: str) -> None:
        await self.save_now(listing_id)

    async def save_now(self, listing_id: str) -> bool:
        """Save what was typed for ``listing_id``; False when a field is wrong."""
        changes = self._unsaved.of(listing_id)
        if not changes or self._workspace is None:
            return True
        try:
            await self._tools.store(self._workspace.edit, listing_id, changes)
        except InputError as error:
            self._view.show_field_problems(_field_problems(error))
            return False
        await self._unsaved.forget(listing_id, changes)
        self._reopen(listing_id)
        return True

    def read_again(self, listing_id: str) -> None:
        """Something was typed for this listing elsewhere: show it if it is open."""
        self._reopen(listing_id)

    async def keep_typed(self) -> None:
        """Write down what is being typed. Raises KodaErrors; then it is still to be written."""
        await self._unsaved.keep_now()

    async def discard_all(self) -> None:
        """Drop all that was typed and not saved."""
        for listing_id in self._unsaved:
            await self._unsaved.forget(listing_id, self._unsaved.of(listing_id))

    async def save_all(self) -> bool:
        """Save every listing that holds unsaved changes; False when one could not be saved."""
        return all([await self.save_now(listing_id) for listing_id in self._unsaved])

    # -- what is done to them --

    def publish(self, listing_ids: Sequence[str]) -> None:
        """Save, then queue each of them to be published."""
        if listing_ids:
            self._tools.spawn(self._publish(tuple(listing_ids)), "listings.publish")

    async def _publish(self, ids: tuple[str, ...]) -> None:
        if self._workspace is None or not all([await self.save_now(each) for each in ids]):
            return
        try:
            await self._tools.store(self._workspace.publish, ids)
        except GatesUnmet as error:
            show = MessageAction("Show", lambda: self.show_listing(ids[0]))
            self._tools.messages.report(error, *([show] if ids[0] != self._open_id else []))
        await self._tools.store(self._workspace.wake)
        self._reopen(*ids)

    def publish_selection(self, selection: Selection) -> None:
        """Publish what is selected, whether it is in view or not."""
        self._tools.spawn(self._publish_selection(selection), "listings.publish-selection")

    async def _publish_selection(self, selection: Selection) -> None:
        workspace = self._workspace
        if workspace is not None:
            rows = await self._tools.store(lambda: workspace.rows(workspace.selected(selection)))
            drafts = (ListingState.DRAFT, ListingState.REFUSED)
            ids = tuple(row.id for row in rows if row.state in drafts)
            if ids:
                await self._publish(ids)
            else:
                self._tools.messages.tell(Level.INFO, "None of these has anything to publish.")

    def withdraw(self, listing_id: str) -> None:
        """Take a queued publication back to a draft."""
        if self._workspace is not None:
            self._act(self._workspace.withdraw, "withdraw", listing_id)

    def retry(self, listing_id: str) -> None:
        """Send the parked work again."""
        if self._workspace is not None:
            self._act(self._workspace.retry, "retry", listing_id)

    def discard_changes(self, listing_id: str) -> None:
        """Drop the parked edit, and what was typed, and show the server's copy again."""
        if self._workspace is not None:
            self._drop(self._workspace.discard_changes, "discard", listing_id)

    def delete_draft(self, listing_id: str) -> None:
        """Delete a listing that never left this computer."""
        if self._workspace is not None:
            self._drop(self._workspace.delete_draft, "delete", listing_id)

    def _drop(self, action: Callable[[str], None], name: str, listing_id: str) -> None:
        self._tools.spawn(self._dropped(action, listing_id), f"listings.{name}.{listing_id}")

    async def _dropped(self, action: Callable[[str], None], listing_id: str) -> None:
        typed = self._unsaved.of(listing_id)
        await self._tools.store(action, listing_id)
        await self._unsaved.forget(listing_id, typed)
        self._reopen(listing_id)

    def _act(self, action: Callable[[str], None], name: str, listing_id: str) -> None:
        self._tools.spawn(self._acted(action, listing_id), f"listings.{name}.{listing_id}")

    async def _acted(self, action: Callable[[str], None], listing_id: str) -> None:
        await self._tools.store(action, listing_id)
        self._reopen(listing_id)

    def _reopen(self, *listing_ids: str) -> None:
        if self._open_id in listing_ids:
            self.open_listing(self._open_id)

    def _changed(self, changes: Changes) -> None:
        if changes.catalogue or changes.listings:
            # Counts by state, the filter and the order all depend on what rows hold.
            self._lines.forget(changes.listings)
        if self._open_id in changes.listings:
            self.open_listing(self._open_id)


def _sorted_by(sort: Sort, column: SortColumn, adds: bool) -> Sort:
    """``sort`` after a press on ``column``: the first press sorts, the next turns it round.

    One more column is taken out again by the third press.
    """
    first_way = column is SortColumn.UPDATED
    known = dict(sort)
    if not adds:
        way = not known[column] if column in known and len(sort) == 1 else first_way
        return ((column, way),)
    if column in known and known[column] != first_way and len(sort) > 1:
        return tuple(one for one in sort if one[0] is not column)
    known[column] = not known[column] if column in known else first_way
    return tuple(known.items())


def _field_problems(error: KodaError) -> dict[str, str]:
    found = error.facts.get("fields")
    if isinstance(found, Mapping):
        return {str(name): str(text) for name, text in found.items()}
    return {"": error.what}

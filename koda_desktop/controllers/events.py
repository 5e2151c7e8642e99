"""The Events screen, for operators: what the payment provider reported, and taking it in again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import KodaError, NotAllowed
from koda_desktop.runtime.clock import from_iso
from koda_desktop.workspace.info import WorkspaceKind

if TYPE_CHECKING:
    from koda_desktop.sync.rows import Changes
    from koda_desktop.workspace.facade import Workspace
    from koda_desktop.workspace.money_rows import EventRow, Replayed
    from koda_desktop.workspace.selling import Selling

T = TypeVar("T")

PAGE = 200


class EventsView(Protocol):
    def show_events(self, events: Sequence[EventRow] | None, *, has_more: bool) -> None: ...
    def show_busy(self, is_busy: bool) -> None: ...
    def show_fault(self, error: KodaError | None) -> None: ...
    def show_replayed(self, replayed: Replayed | None) -> None: ...


class EventsController:
    """Called on the loop's thread; the marketplace is asked on the network's pool."""

    def __init__(self, tools: Tools, view: EventsView) -> None:
        self._tools = tools
        self._view = view
        self._workspace: Workspace | None = None
        self._asked = Latest()
        self._events: list[EventRow] = []
        self._only_open = False
        self._is_replaying = False

    def use(self, workspace: Workspace | None) -> None:
        """Show the events of ``workspace`` from now on; they are read when they are looked at."""
        self._workspace = workspace
        self._asked.next()
        self._events = []
        self._view.show_fault(None)
        self._view.show_replayed(None)
        self._view.show_busy(False)
        self._view.show_events(None, has_more=False)

    def choose(self, only_open: bool) -> None:
        """List all, or those alone that are not done: failed, or waiting for another."""
        self._only_open = only_open
        self.refresh()

    def refresh(self) -> None:
        """Read the newest again."""
        self._read(None)

    def more(self) -> None:
        """Read those before the oldest that is shown."""
        if self._events:
            # The moment of the oldest is asked for again: others may share its second.
            self._read(int(from_iso(self._events[-1].created).timestamp()) + 1)

    def _read(self, before: int | None) -> None:
        if self._workspace is None:
            return
        number = self._asked.next()
        self._view.show_busy(True)
        work = self._page(self._workspace, before, self._only_open, number)
        self._tools.spawn(work, f"events.read.{number}")

    async def _page(
        self, workspace: Workspace, before: int | None, only_open: bool, number: int
    ) -> None:
        fault: KodaError | None = None
        problem: KodaError | None = None
        page: Sequence[EventRow] = ()

        def read(selling: Selling) -> tuple[Sequence[EventRow], KodaError | None]:
            events = selling.events(PAGE, only_open=only_open, before=before)
            return events, selling.settling_problem()

        try:
            page, problem = await self._ask(workspace, read)
        except KodaError as error:
            fault = error
        if not self._asked.is_current(number):
            return
        self._view.show_fault(fault or problem)
        self._view.show_busy(False)
        if fault is None:
            known = [] if before is None else self._events
            self._events = list({one.id: one for one in (*known, *page)}.values())
            self._view.show_events(self._events, has_more=len(page) == PAGE)

    def replay(self, event_ids: Sequence[str]) -> None:
        """Take these in again; a second call while the first is under way does nothing."""
        if self._workspace is not None and event_ids and not self._is_replaying:
            self._is_replaying = True
            work = self._replay(self._workspace, tuple(event_ids))
            self._tools.spawn(work, "events.replay")

    async def _replay(self, workspace: Workspace, event_ids: tuple[str, ...]) -> None:
        self._view.show_busy(True)
        try:
            replayed = await self._ask(workspace, lambda selling: selling.replay(event_ids))
        except KodaError as error:
            self._view.show_busy(False)
            self._view.show_fault(error)
        else:
            self._view.show_replayed(replayed)
            self.refresh()
            await self._tools.store(workspace.wake)
        finally:
            self._is_replaying = False

    async def _ask(self, workspace: Workspace, ask: Callable[[Selling], T]) -> T:
        return await self._tools.pools.run("network", lambda: ask(workspace.selling))


class OperatorGate:
    """Finds out whether the person runs the marketplace, and tells ``shown`` so.

    A sandbox is run by whoever has it; of other marketplaces the account's role decides, which is
    asked once it can be reached. Until it is known nobody is an operator.
    """

    def __init__(self, tools: Tools, shown: Callable[[bool], None]) -> None:
        self._tools = tools
        self._shown = shown
        self._workspace: Workspace | None = None
        self._is_known = False
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        self._workspace = workspace
        kind = workspace.info.kind if workspace is not None else WorkspaceKind.OFFLINE
        self._is_known = kind is not WorkspaceKind.DIRECT
        self._shown(kind is WorkspaceKind.SANDBOX)

    def _changed(self, changes: Changes) -> None:
        """The engine heard from the marketplace: a moment at which it can be asked."""
        if changes.status and not self._is_known and self._workspace is not None:
            self._tools.spawn(self._ask(self._workspace), "events.operator")

    async def _ask(self, workspace: Workspace) -> None:
        try:
            is_operator = await self._tools.pools.run("network", _is_operator, workspace)
        except NotAllowed:
            is_operator = False
        except KodaError:
            return  # Asked again when the engine's standing changes; the pages say what is wrong.
        if workspace is self._workspace:
            self._is_known = True
            self._shown(is_operator)


def _is_operator(workspace: Workspace) -> bool:
    return workspace.selling.is_operator()

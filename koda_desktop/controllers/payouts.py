"""The Payouts screen: how far the seller's account is, what it holds, and what was paid out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import KodaError, Offline
from koda_desktop.marketplace.onboarding import OnboardingState
from koda_desktop.workspace.info import WorkspaceKind

if TYPE_CHECKING:
    from koda_desktop.sync.rows import Changes
    from koda_desktop.workspace.facade import Workspace
    from koda_desktop.workspace.money_rows import Payouts, Standing
    from koda_desktop.workspace.selling import Selling

T = TypeVar("T")

FRESH_SECONDS = 60.0
"""Coming back to the page sooner than that does not ask again."""


class PayoutsView(Protocol):
    def show_standing(self, standing: Standing | None) -> None: ...
    def show_payouts(self, payouts: Payouts | None) -> None: ...
    def show_busy(self, is_busy: bool) -> None: ...
    def show_fault(self, error: KodaError | None) -> None: ...


class PayoutsController:
    """Everything here is called on the loop's thread; Stripe is asked on the network's pool.

    ``open_page`` shows an address in the browser. It is a secret while it lives, and goes nowhere
    else. ``monotonic`` is a clock that only goes forward, in seconds.
    """

    def __init__(
        self,
        tools: Tools,
        view: PayoutsView,
        open_page: Callable[[str], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._tools = tools
        self._view = view
        self._open_page = open_page
        self._monotonic = monotonic
        self._workspace: Workspace | None = None
        self._asked = Latest()
        self._fresh_until: float | None = None
        self._is_away = False
        self._has_heard = False
        """Whether Stripe has answered, so that what is kept here is of no use any more."""
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Show the account of ``workspace`` from now on; it is asked when it is looked at."""
        self._workspace = workspace
        self._asked.next()
        self._fresh_until = None
        self._is_away = False
        self._has_heard = False
        self._view.show_standing(None)
        self._view.show_payouts(None)
        self._view.show_fault(None)
        self._view.show_busy(False)
        if workspace is not None:
            name = f"payouts.known.{self._asked.current}"
            self._tools.spawn(self._known(workspace), name)

    async def _known(self, workspace: Workspace) -> None:
        """Show what was last heard, which is kept on this computer."""
        known = workspace.known_money
        standing = await self._tools.store(known.standing)
        payouts = await self._tools.store(known.payouts)
        if workspace is self._workspace and not self._has_heard:
            self._view.show_standing(standing)
            self._view.show_payouts(payouts)

    def look(self) -> None:
        """The page is shown: ask, unless that was done a moment ago."""
        if self._fresh_until is None or self._monotonic() >= self._fresh_until:
            self.check()

    def came_back(self) -> None:
        """The window is in front again: ask when a page of Stripe's was opened from here."""
        if self._is_away:
            self._is_away = False
            self.check()

    def check(self) -> None:
        """Ask Stripe again now."""
        if self._workspace is None:
            return
        if self._workspace.info.kind is WorkspaceKind.OFFLINE:
            self._view.show_fault(
                Offline(
                    "This workspace has no marketplace.",
                    remedy="Add a marketplace in Settings to sell.",
                )
            )
            return
        self._fresh_until = self._monotonic() + FRESH_SECONDS
        number = self._asked.next()
        self._view.show_busy(True)
        self._tools.spawn(self._check(self._workspace, number), f"payouts.check.{number}")

    async def _check(self, workspace: Workspace, number: int) -> None:
        fault: KodaError | None = None
        try:
            await self._read(workspace, number)
        except KodaError as error:
            fault = error
        if self._asked.is_current(number):
            self._view.show_fault(fault)
            self._view.show_busy(False)
            if fault is not None:
                self._fresh_until = None

    async def _read(self, workspace: Workspace, number: int) -> None:
        standing = await self._at_stripe(workspace, lambda selling: selling.standing())
        if not self._asked.is_current(number):
            return
        self._has_heard = True
        self._view.show_standing(standing)
        if standing.state == OnboardingState.NOT_STARTED:
            self._view.show_payouts(None)
            return
        payouts = await self._at_stripe(workspace, lambda selling: selling.payouts())
        if self._asked.is_current(number):
            self._view.show_payouts(payouts)

    def begin(self, web: str = "") -> None:
        """Open a fresh page of Stripe's to begin or to go on at; ``web`` is where it leads back."""
        if self._workspace is not None:
            self._tools.spawn(self._begin(self._workspace, web), "payouts.begin")

    async def _begin(self, workspace: Workspace, web: str) -> None:
        self._view.show_busy(True)
        try:
            page = await self._at_stripe(workspace, lambda selling: selling.begin_onboarding(web))
        except KodaError as error:
            self._view.show_fault(error)
        else:
            self._view.show_fault(None)
            self._is_away = True
            self._open_page(page.url)
        finally:
            self._view.show_busy(False)

    def _changed(self, changes: Changes) -> None:
        """Money moved: what was asked a moment ago is old."""
        if changes.sales:
            self._fresh_until = None

    async def _at_stripe(self, workspace: Workspace, ask: Callable[[Selling], T]) -> T:
        return await self._tools.pools.run("network", lambda: ask(workspace.selling))

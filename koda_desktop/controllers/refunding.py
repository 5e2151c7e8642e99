"""Refunding one order: what is left of it, what a refund would do, and doing it exactly once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import InputError, KodaError, Refused
from koda_desktop.marketplace.refunds import RefundPreview, RefundRequest
from koda_desktop.workspace.pending_refunds import PendingRefund

if TYPE_CHECKING:
    from koda_desktop.models.order import Order
    from koda_desktop.workspace.facade import Workspace
    from koda_desktop.workspace.selling import Selling

T = TypeVar("T")


class RefundView(Protocol):
    def show_left(self, left: RefundPreview) -> None: ...
    def show_preview(self, preview: RefundPreview) -> None: ...
    def show_sending(self) -> None: ...
    def show_done(self, preview: RefundPreview, order: Order) -> None: ...
    def show_problem(self, error: KodaError) -> None: ...
    def show_unfinished(self, preview: RefundPreview, error: KodaError | None) -> None: ...


class RefundController:
    """One dialog over one order. Called on the loop's thread; the marketplace is asked on a pool.

    A refund has one operation from its first try to its end: however often it is asked for, and
    whether an answer was lost or the program ended, it is made once. ``new_operation`` names the
    next one.
    """

    def __init__(
        self,
        tools: Tools,
        view: RefundView,
        workspace: Workspace,
        order_id: str,
        new_operation: Callable[[], str],
    ) -> None:
        self._tools = tools
        self._view = view
        self._workspace = workspace
        self._new_operation = new_operation
        self._request = RefundRequest(new_operation(), order_id)
        self._preview: RefundPreview | None = None
        self._looks = Latest()
        self._is_unfinished = False
        self._is_sending = False
        self._tries = 0
        self._is_left = False

    def leave(self) -> None:
        """The dialog is closed: show nothing more."""
        self._is_left = True

    def load(self) -> None:
        """Show what is left of the order, or the refund that waits to be finished."""
        self._tools.spawn(self._load(), f"refund.load.{self._request.operation_id}")

    async def _load(self) -> None:
        order_id = self._request.order_id
        pending = await self._tools.store(self._workspace.pending_refunds.of, order_id)
        if pending is not None:
            self._go_on_with(pending)
            return
        try:
            found = await self._ask(self._unfinished_or_left)
        except KodaError as error:
            if not self._is_left:
                self._view.show_problem(error)
            return
        if isinstance(found, PendingRefund):
            self._go_on_with(found)
        elif not self._is_left:
            self._view.show_left(found)

    def _unfinished_or_left(self, selling: Selling) -> PendingRefund | RefundPreview:
        """A refund may have been begun on another computer: it is finished before another one."""
        unfinished = selling.unfinished_refund(self._request.order_id)
        return unfinished or selling.preview_refund(self._request)

    def _go_on_with(self, pending: PendingRefund) -> None:
        self._request, self._preview = pending.request, pending.preview
        self._is_unfinished = True
        if not self._is_left:
            self._view.show_unfinished(pending.preview, None)

    def look(self, amounts: Mapping[str, int], reason: str) -> None:
        """Show what giving back ``amounts``, minor units by item, would do to each party."""
        if self._is_sending or self._is_unfinished:
            return
        number = self._looks.next()
        wanted = {item: amount for item, amount in amounts.items() if amount}
        self._preview = None
        self._request = replace(self._request, amounts=wanted, reason=reason)
        self._tools.spawn(self._look(self._request, number), f"refund.look.{number}")

    async def _look(self, request: RefundRequest, number: int) -> None:
        try:
            preview = await self._ask(lambda selling: selling.preview_refund(request))
        except KodaError as error:
            if self._is_shown(number):
                self._view.show_problem(error)
            return
        if self._is_shown(number):
            self._preview = preview
            self._view.show_preview(preview)

    def _is_shown(self, number: int) -> bool:
        return self._looks.is_current(number) and not self._is_left

    def refund(self) -> None:
        """Do what was previewed last. A second call while the first is under way does nothing."""
        if self._is_sending or self._preview is None:
            return
        self._is_sending = True
        self._view.show_sending()
        sent = PendingRefund(self._request, self._preview)
        # Each try by a name of its own: the one before may have told its end and not be over yet.
        self._tries += 1
        self._tools.spawn(self._refund(sent), f"refund.{sent.request.operation_id}.{self._tries}")

    async def _refund(self, sent: PendingRefund) -> None:
        try:
            await self._tools.store(self._workspace.pending_refunds.keep, sent)
        except KodaError as error:
            self._is_sending = False
            self._view.show_problem(error)
            return
        self._is_unfinished = True
        try:
            order = await self._ask(lambda selling: selling.refund(sent.request))
        except (Refused, InputError) as error:
            # Nothing was made of it: another try is another refund.
            self._request = replace(self._request, operation_id=self._new_operation())
            self._is_unfinished, self._preview = False, None
            self._view.show_problem(error)
        except KodaError as error:
            self._view.show_unfinished(sent.preview, error)
            return
        else:
            self._is_unfinished, self._preview = False, None
            self._view.show_done(sent.preview, order)
        finally:
            self._is_sending = False
        await self._tools.store(self._workspace.pending_refunds.forget, sent.request.order_id)
        await self._tools.store(self._workspace.wake)

    async def _ask(self, ask: Callable[[Selling], T]) -> T:
        workspace = self._workspace
        return await self._tools.pools.run("network", lambda: ask(workspace.selling))

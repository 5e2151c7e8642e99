"""What commands and pages ask of selling: as the account in use, over one connection.

Every method blocks on the network and raises KodaErrors. Nothing here is offline: it is the
marketplace's own view, for those who hold its keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from koda_desktop.errors import NotAllowed, NotFound, UsageError
from koda_desktop.marketplace.accounts import signed_in
from koda_desktop.marketplace.api import Actor
from koda_desktop.models.order import Order
from koda_desktop.models.order_status import OrderStatus
from koda_desktop.models.user import User
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.connect import Connector, actor_of
from koda_desktop.workspace.info import WorkspaceInfo
from koda_desktop.workspace.secrets import Secrets

if TYPE_CHECKING:
    from koda_desktop.marketplace.onboarding import Onboarding
    from koda_desktop.marketplace.payments import BalanceState, HostedPage
    from koda_desktop.marketplace.polling import Polled
    from koda_desktop.marketplace.reconciliation import AccountBooks, SaleLine
    from koda_desktop.marketplace.refunds import RefundPreview, RefundRequest
    from koda_desktop.marketplace.settlement import Settled
    from koda_desktop.marketplace.trade import Trade

Json = dict[str, Any]

_ADMINS = frozenset({"admin", "ADMIN", "SUPER_ADMIN"})
_PAGE = 500
_SOLD = frozenset({OrderStatus.COMPLETED.value, OrderStatus.REFUNDED.value})


class Selling:
    """One connection to a marketplace's orders and payments. Close it at the end."""

    def __init__(self, trade: Trade, actor: Actor, connector: Connector) -> None:
        self.trade = trade
        self.actor = actor
        self._connector = connector

    @staticmethod
    def open(paths: Paths, info: WorkspaceInfo) -> Selling:
        """Raises what ``Connector.trade`` raises; then nothing is left open."""
        connector = Connector(info, Secrets(info), paths, SystemClock())
        try:
            return Selling(connector.trade(), actor_of(info), connector)
        except BaseException:
            connector.close()
            raise

    def close(self) -> None:
        self._connector.close()

    def onboarding(self) -> Onboarding:
        return self.trade.onboarding.status(self.actor)

    def begin_onboarding(self, web: str) -> HostedPage:
        """A fresh page to go on at; its address is a secret while it lives.

        ``web`` is the web application's address, whose pages Stripe leads back to; a sandbox has
        pages of its own. Raises UsageError without one.
        """
        base = self._connector.sandbox_pages() or web.rstrip("/")
        if not base:
            raise UsageError(
                "Stripe has to know where to lead back to.",
                remedy="Name the address of the web application.",
            )
        return self.trade.onboarding.begin(
            self.actor, f"{base}/stripe/return", f"{base}/stripe/refresh"
        )

    def update(self) -> Polled:
        """Ask the provider for news, settle it, and bring every party's part in step."""
        polled = self.trade.poller.poll()
        self.trade.sharing.settle_due()
        return polled

    def orders(self, limit: int) -> list[Order]:
        """The actor's orders, those changed last first."""
        return self._orders()[: -limit - 1 : -1]

    def order(self, name: str) -> Order:
        """By number (``KD-000123``) or id. Raises NotFound, also for somebody else's."""
        orders = self.trade.ports.orders
        document = orders.find_by_number(name.upper()) or orders.find(name)
        if document is not None:
            order = Order.read(document)
            user = self._user()
            if user.role in _ADMINS or user.id in order.seller_ids:
                return order
        raise NotFound(f"You have no order {name}.", remedy="`koda orders` lists them.")

    def sales(self, limit: int) -> list[SaleLine]:
        """The actor's part of their paid orders, newest first, each compared with Stripe."""
        user = self._user()
        account = user.stripe_connect_id or ""
        books = {account: self.trade.reconciliation.account(account)} if account else {}
        sold = [one for one in self.orders(limit) if one.status in _SOLD and one.total_amount]
        lines = (
            line
            for order in sold
            for line in self.trade.reconciliation.sale(order, {user.id: account}, books)
        )
        return [line for line in lines if line.seller_id == user.id]

    def preview_refund(self, request: RefundRequest) -> RefundPreview:
        return self.trade.refunds.preview(self.actor, request)

    def refund(self, request: RefundRequest) -> Order:
        return Order.read(self.trade.refunds.refund(self.actor, request))

    def payouts(self) -> tuple[BalanceState, AccountBooks]:
        """The actor's balance and payouts. Raises NotFound without an account."""
        account = self._user().stripe_connect_id
        if not account:
            raise NotFound(
                "Payouts are not set up.", remedy="`koda onboard --start` leads through it."
            )
        return self.trade.payments.books.balance(account), self.trade.reconciliation.account(
            account
        )

    def events(self, limit: int, *, only_open: bool = False) -> Sequence[Json]:
        """Reports that were taken in. Raises NotAllowed for anyone but an operator."""
        self._operator()
        return self.trade.ports.events.page(None, limit, only_open=only_open)

    def replay(self, event_ids: Sequence[str]) -> Settled:
        """Take reports in again. Raises NotAllowed or NotFound."""
        self._operator()
        if len(self.trade.ports.events.find(event_ids)) < len(set(event_ids)):
            raise NotFound("Not all of these events are here.", remedy="`koda events` lists them.")
        return self.trade.settlement.replay(event_ids)

    def _user(self) -> User:
        return signed_in(self.trade.users, self.actor)

    def _operator(self) -> None:
        """Whoever holds the keys of a sandbox is its operator; elsewhere the role decides."""
        if self._user().role not in _ADMINS and not self._connector.is_sandbox:
            raise NotAllowed("Only an operator sees the provider's reports.", kept="")

    def _orders(self) -> list[Order]:
        """Every order the actor has a part in, by its last change."""
        from koda_desktop.marketplace.api import Cursor

        user = self._user()
        seller = None if user.role in _ADMINS else user.id
        found: list[Order] = []
        cursor: Cursor | None = None
        while page := self.trade.ports.orders.changed_after(cursor, _PAGE, seller):
            found += [Order.read(document) for document in page]
            cursor = Cursor(page[-1]["updatedAt"], page[-1]["_id"])
        return found

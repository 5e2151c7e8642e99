"""What commands and pages ask of selling: as the account in use, over one connection.

Every method blocks on the network unless it says otherwise, may be called from any thread but the
window's, and raises KodaErrors. It is the marketplace's own view, for those who hold its keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from koda_desktop.errors import KodaError, NotAllowed, NotFound, Offline, UsageError
from koda_desktop.marketplace.accounts import signed_in
from koda_desktop.marketplace.api import Actor
from koda_desktop.models.order import Order
from koda_desktop.models.order_status import OrderStatus
from koda_desktop.models.user import User
from koda_desktop.runtime.clock import Clock, SystemClock, iso
from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.connect import Connector, actor_of
from koda_desktop.workspace.demo import demo_page
from koda_desktop.workspace.info import WorkspaceInfo
from koda_desktop.workspace.known_money import KnownMoney
from koda_desktop.workspace.money_reading import event_row, payouts_of, standing_of
from koda_desktop.workspace.money_rows import EventRow, Payouts, Replayed, Standing
from koda_desktop.workspace.pending_refunds import PendingRefund
from koda_desktop.workspace.secrets import Secrets

if TYPE_CHECKING:
    from koda_desktop.marketplace.payments import HostedPage
    from koda_desktop.marketplace.reconciliation import SaleLine
    from koda_desktop.marketplace.refunds import RefundPreview, RefundRequest
    from koda_desktop.marketplace.trade import Trade
    from koda_desktop.marketplace.upkeep import Round

_ADMINS = frozenset({"admin", "ADMIN", "SUPER_ADMIN"})
_PAGE = 500
_SOLD = frozenset({OrderStatus.COMPLETED.value, OrderStatus.REFUNDED.value})


class Selling:
    """A marketplace's orders and payments, as ``actor`` may see and change them.

    ``is_offline`` is asked before each call: while it says so, every method raises Offline.
    ``known`` keeps what was last heard of the account, ``problem`` tells what stands in the way of
    settling in the background.
    """

    def __init__(
        self,
        connector: Connector,
        actor: Actor,
        clock: Clock,
        is_offline: Callable[[], bool] = lambda: False,
        known: KnownMoney | None = None,
        problem: Callable[[], KodaError | None] = lambda: None,
    ) -> None:
        self._connector = connector
        self._actor = actor
        self._clock = clock
        self._is_offline = is_offline
        self._known = known
        self._problem = problem

    @staticmethod
    def open(paths: Paths, info: WorkspaceInfo) -> Selling:
        """A connection of its own, to be closed at the end.

        Raises what ``Connector.trade`` raises; then nothing is left open.
        """
        clock = SystemClock()
        connector = Connector(info, Secrets(info), paths, clock)
        try:
            connector.trade()
        except BaseException:
            connector.close()
            raise
        return Selling(connector, actor_of(info), clock)

    def close(self) -> None:
        """Let go of a connection that ``open`` made."""
        self._connector.close()

    # -- the seller's account --

    def standing(self) -> Standing:
        """How far the account is, asked of the provider now; publishing follows the answer."""
        found = standing_of(self._trade().onboarding.status(self._actor), self._now())
        if self._known is not None:
            self._known.keep_standing(found)
        return found

    def begin_onboarding(self, web: str = "") -> HostedPage:
        """A fresh page to begin or go on at; its address is a secret while it lives: it goes to the
        browser and nowhere else.

        ``web`` is the web application's address, whose pages Stripe leads back to; a sandbox has
        pages of its own. Raises UsageError without one, NotAllowed for a banned account.
        """
        trade = self._trade()
        base = self._connector.sandbox_pages() or web.rstrip("/")
        if not base:
            raise UsageError(
                "Stripe has to know where to lead back to.",
                remedy="Name the address of the web application.",
            )
        return trade.onboarding.begin(
            self._actor, f"{base}/stripe/return", f"{base}/stripe/refresh"
        )

    def payouts(self) -> Payouts:
        """The balance of each currency, and every payout with what it is made of, compared.

        Raises NotFound without an account.
        """
        trade = self._trade()
        account = self._user(trade).stripe_connect_id
        if not account:
            raise NotFound(
                "Payouts are not set up.", remedy="`koda onboard --start` leads through it."
            )
        books = trade.reconciliation.account(account)
        orders = trade.ports.orders.find_many(set(books.order_of.values()))
        numbers = {key: str(order["orderNumber"]) for key, order in orders.items()}
        found = payouts_of(books, numbers, self._now())
        if self._known is not None:
            self._known.keep_payouts(found)
        return found

    def try_sale(self, listing_id: str) -> HostedPage:
        """The page on which a sandbox's demo buyer pays for a listing, to see a sale arrive.

        Raises NotAllowed outside a sandbox, NotFound for a listing that is not published, and
        Refused for one that is not for sale, or is free.
        """
        if not self._connector.is_sandbox:
            raise NotAllowed("Only a sandbox has a demo buyer.", kept="Nothing was ordered.")
        return demo_page(self._trade(), listing_id, self._connector.sandbox_pages())

    # -- orders --

    def update(self) -> Round:
        """Ask the provider for news, settle it, bring every party's part in step, and compare."""
        from koda_desktop.marketplace.upkeep import Upkeep

        return Upkeep(self._clock).round(self._trade())

    def orders(self, limit: int) -> list[Order]:
        """The actor's orders, those changed last first."""
        return self._orders(self._trade())[: -limit - 1 : -1]

    def order(self, name: str) -> Order:
        """By number (``KD-000123``) or id. Raises NotFound, also for somebody else's."""
        trade = self._trade()
        orders = trade.ports.orders
        document = orders.find_by_number(name.upper()) or orders.find(name)
        if document is not None:
            order = Order.read(document)
            user = self._user(trade)
            if user.role in _ADMINS or user.id in order.seller_ids:
                return order
        raise NotFound(f"You have no order {name}.", remedy="`koda orders` lists them.")

    def sales(self, limit: int) -> list[SaleLine]:
        """The actor's part of their paid orders, newest first, each compared with Stripe."""
        trade = self._trade()
        user = self._user(trade)
        account = user.stripe_connect_id or ""
        books = {account: trade.reconciliation.account(account)} if account else {}
        sold = [one for one in self.orders(limit) if one.status in _SOLD and one.total_amount]
        lines = (
            line
            for order in sold
            for line in trade.reconciliation.sale(order, {user.id: account}, books)
        )
        return [line for line in lines if line.seller_id == user.id]

    def preview_refund(self, request: RefundRequest) -> RefundPreview:
        """What each line and party would give and get; nothing is changed.

        ``request.order_id`` is the order's id. Raises RefundTooHigh, NotAllowed or NotFound.
        """
        return self._trade().refunds.preview(self._actor, request)

    def unfinished_refund(self, order_id: str) -> PendingRefund | None:
        """A refund of the order that was begun, on whichever computer, and is to be finished."""
        found = self._trade().refunds.unfinished(self._actor, order_id)
        return PendingRefund(*found) if found else None

    def refund(self, request: RefundRequest) -> Order:
        """Refund once: asking again with the same ``operation_id`` goes on with it, and answers the
        order as it is then.

        Raises what ``preview_refund`` raises; Refused where the provider says no, and nothing is
        reserved any more; Unavailable: ask for the same operation again.
        """
        return Order.read(self._trade().refunds.refund(self._actor, request))

    # -- for operators --

    def is_operator(self) -> bool:
        """Whether the actor sees everybody's reports. Whoever holds the keys of a sandbox is its
        operator; elsewhere the account's role decides.
        """
        return self._connector.is_sandbox or self._user(self._trade()).role in _ADMINS

    def settling_problem(self) -> KodaError | None:
        """What stands in the way of settling in the background. Asks nobody."""
        return self._problem()

    def events(
        self, limit: int, *, only_open: bool = False, before: int | None = None
    ) -> Sequence[EventRow]:
        """Reports that were taken in, newest first; those made before ``before``, in seconds since
        1970. Raises NotAllowed for anyone but an operator.
        """
        self._check_operator()
        page = self._trade().ports.events.page(before, limit, only_open=only_open)
        return [event_row(document) for document in page]

    def replay(self, event_ids: Sequence[str]) -> Replayed:
        """Take reports in again, which changes nothing that was taken in before.

        Raises NotAllowed, or NotFound when one of them is not here: then none was taken in.
        """
        self._check_operator()
        trade = self._trade()
        if len(trade.ports.events.find(event_ids)) < len(set(event_ids)):
            raise NotFound("Not all of these events are here.", remedy="`koda events` lists them.")
        settled = trade.settlement.replay(event_ids)
        after = trade.ports.events.find(event_ids)
        errors = {one.event_id: one.error for one in after if one.error}
        return Replayed(settled.processed, settled.waiting, settled.failed, settled.ignored, errors)

    def _trade(self) -> Trade:
        if self._is_offline():
            raise Offline("Koda is working offline.", remedy="Go online, then try again.")
        return self._connector.trade()

    def _now(self) -> str:
        return iso(self._clock.now())

    def _user(self, trade: Trade) -> User:
        return signed_in(trade.users, self._actor)

    def _check_operator(self) -> None:
        if not self.is_operator():
            raise NotAllowed("Only an operator sees the provider’s reports.", kept="")

    def _orders(self, trade: Trade) -> list[Order]:
        """Every order the actor has a part in, by its last change."""
        from koda_desktop.marketplace.api import Cursor

        user = self._user(trade)
        seller = None if user.role in _ADMINS else user.id
        found: list[Order] = []
        cursor: Cursor | None = None
        while page := trade.ports.orders.changed_after(cursor, _PAGE, seller):
            found += [Order.read(document) for document in page]
            cursor = Cursor(page[-1]["updatedAt"], page[-1]["_id"])
        return found

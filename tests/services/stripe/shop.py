"""A whole marketplace for selling: the rules, a database in memory, and a make-believe Stripe."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.checkout import CheckoutAnswer, CheckoutAsk
from koda_desktop.marketplace.payments import Payments
from koda_desktop.marketplace.polling import Polled
from koda_desktop.marketplace.pricing import WantedItem
from koda_desktop.marketplace.reconciliation import AccountBooks, SaleLine
from koda_desktop.marketplace.trade import Trade
from koda_desktop.models.order import Order
from tests.marketplace.memory_trade import MemoryTrade
from tests.services.stripe.conftest import Till

Json = dict[str, Any]


@dataclass
class MovableClock:
    """The computer's clock, put forward together with Stripe's."""

    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return self.now().timestamp()


class Shop:
    """``payments`` may be another client of the same Stripe, such as one that fails."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.clock = MovableClock(timedelta(seconds=till.now() - datetime.now(UTC).timestamp()))
        self.trade = MemoryTrade(self.clock.now)
        self._numbers = iter(range(1, 1000))
        self.ada, self.bob, self.buyer, self.admin = (secrets.token_hex(12) for _ in range(4))
        for user_id in (self.ada, self.bob, self.buyer):
            self.trade.users.add(_user(user_id))
        self.trade.users.add({**_user(self.admin), "role": "admin"})
        self.use(till.payments)

    def use(self, payments: Payments) -> None:
        trade = self.trade
        self.payments = payments
        self.made = made = Trade(trade.users, trade.products, trade.ports, payments, self.clock)
        self.settlement, self.checkout = made.settlement, made.checkout
        self.onboarding, self.refunds = made.onboarding, made.refunds
        self.sharing, self.poller = made.sharing, made.poller
        self.catalogue, self.reconciliation = made.catalogue, made.reconciliation

    def onboard(self, *sellers: str) -> None:
        for seller in sellers:
            self.onboarding.begin(Actor(seller), "http://x.test/back", "http://x.test/again")
            account = self.account_of(seller)
            self.till.stripe.act("account", account=account, due=[])
            self.onboarding.status(Actor(seller))

    def account_of(self, seller: str) -> str:
        return str(self.trade.users.documents[seller]["stripeConnectId"])

    def list(self, seller: str, price: float, **fields: Any) -> str:
        number = next(self._numbers)
        listing = f"{number:024x}"
        self.trade.products.documents[listing] = {
            "_id": listing,
            "title": f"Listing {number}",
            "description": "Does things.",
            "price": price,
            "category": "Sales",
            "sellerId": seller,
            "productType": "Automation",
            "platform": "n8n",
            "fileUrl": "key",
            "active": True,
            **fields,
        }
        return listing

    def start(
        self, items: Sequence[tuple[str, int]], operation: str = "", buyer: str = ""
    ) -> CheckoutAnswer:
        """Start a checkout of listings, each with the cents that were shown."""
        ask = CheckoutAsk(
            operation or self.till.operation(),
            [WantedItem(listing, shown) for listing, shown in items],
            "http://x.test/done",
            "http://x.test/left",
        )
        return self.checkout.start(Actor(buyer or self.buyer), ask)

    def pay(self, answer: CheckoutAnswer, way: str = "accepted") -> None:
        self.till.stripe.act("pay", session=answer.order["stripeCheckoutSessionId"], way=way)

    def sell(self, *items: tuple[str, float]) -> Order:
        """A paid and settled order of new listings of these sellers."""
        listings = [(self.list(seller, price), round(price * 100)) for seller, price in items]
        answer = self.start(listings)
        self.pay(answer)
        self.poll()
        assert self.sharing.settle_due() == {}
        return self.order(answer.order["_id"])

    def poll(self) -> Polled:
        return self.poller.poll()

    def order(self, order_id: str) -> Order:
        return Order.read(self.trade.orders.documents[order_id])

    def wait(self, **time: int) -> None:
        """Time goes by, here and at Stripe."""
        self.till.stripe.act("clock", **time)
        self.clock.ahead += timedelta(**time)

    def sale_lines(self, order_id: str) -> tuple[SaleLine, ...]:
        accounts = {seller: self.account_of(seller) for seller in self.order(order_id).seller_ids}
        books = {one: self.books(one) for one in accounts.values()}
        return self.reconciliation.sale(self.order(order_id), accounts, books)

    def books(self, account: str | None = None) -> AccountBooks:
        return self.reconciliation.account(account)

    def net(self, account: str | None = None) -> int:
        """What all movements of an account come to."""
        return sum(one.net for one in self.payments.books.movements(account=account))


def _user(user_id: str) -> Json:
    return {"_id": user_id, "clerkId": f"user_{user_id}", "email": f"{user_id}@example.org"}

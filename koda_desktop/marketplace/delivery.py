"""Delivery: a digital order is delivered once its buyer's first download is finished."""

from __future__ import annotations

from koda_desktop.errors import NotFound, Refused
from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.applying import read_order
from koda_desktop.marketplace.ports import Users
from koda_desktop.marketplace.settlement import Settlement
from koda_desktop.marketplace.trade_ports import Json, Orders
from koda_desktop.models.order_facts import Entry, OrderFacts
from koda_desktop.runtime.clock import Clock


class Delivery:
    """Writes down what was delivered."""

    def __init__(self, users: Users, orders: Orders, settlement: Settlement, clock: Clock) -> None:
        self._users = users
        self._orders = orders
        self._settlement = settlement
        self._clock = clock

    def finished(self, actor: Actor, order_id: str) -> Json:
        """The buyer has a file of the order on their disk, whole; answers the order as it is then.
        Only the first time counts.

        Raises NotFound for somebody else's order, and Refused for one that is not paid.
        """
        buyer = accounts.signed_in(self._users, actor)
        document = self._orders.find(order_id)
        if document is None or document.get("buyerId") != buyer.id:
            raise NotFound("There is no such order of yours.")
        facts = read_order(document).known
        if facts.paid_at is None:
            raise Refused("This order is not paid.", kept="Nothing was delivered.")
        if facts.delivered_at is not None:
            return document
        now = int(self._clock.now().timestamp())
        told = OrderFacts(delivered_at=now, timeline={"delivered": Entry(now, "delivered")})
        return self._settlement.learn(order_id, told) or document

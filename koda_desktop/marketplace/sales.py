"""What a seller is told of orders: their own lines, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import Actor, Cursor
from koda_desktop.marketplace.ports import Users
from koda_desktop.marketplace.trade_ports import Json, Orders

ORDERS_MAX = 500
_HIDDEN = ("shippingAddress", "billingAddress", "metadata", "destination", "shared")
"""A buyer's address, and how other sellers of the order are paid, are not this seller's."""


class SellerOrders:
    """Orders that hold something of the actor's, over the ports."""

    def __init__(self, users: Users, orders: Orders) -> None:
        self._users = users
        self._orders = orders

    def changed(self, actor: Actor, after: Cursor | None, limit: int) -> Sequence[Json]:
        """Those changed after ``after``, in the order (``updatedAt``, ``_id``), at most ``limit``.

        Raises NotAllowed for an unknown account, and what the database raises.
        """
        seller = accounts.signed_in(self._users, actor)
        size = min(max(limit, 1), ORDERS_MAX)
        found = self._orders.changed_after(after, size, seller.id)
        return [_own(document, seller.id) for document in found]


def _own(document: Json, seller_id: str) -> Json:
    shown = {name: value for name, value in document.items() if name not in _HIDDEN}
    items = document.get("items")
    if isinstance(items, list):
        own = [one for one in items if isinstance(one, dict) and one.get("sellerId") == seller_id]
        shown["items"] = own
    return shown

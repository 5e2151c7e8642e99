"""What a seller is told of orders: their own lines, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import Actor, Cursor
from koda_desktop.marketplace.ports import Users
from koda_desktop.marketplace.trade_ports import Json, Orders

ORDERS_MAX = 500
_HIDDEN = ("shippingAddress", "billingAddress", "metadata", "destination", "shared", "booksDue")
"""A buyer's address, and how other sellers of the order are paid, are not this seller's."""

_BY_SELLER = ("items", "reconciled")
"""Of these, a seller is told their own part."""


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
    for name in _BY_SELLER:
        parts = document.get(name)
        if isinstance(parts, list):
            shown[name] = [one for one in parts if _is_of(one, seller_id)]
    return shown


def _is_of(part: object, seller_id: str) -> bool:
    return isinstance(part, dict) and part.get("sellerId") == seller_id

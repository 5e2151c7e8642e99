"""Each party's part at the provider, brought in step with what the order says.

Nothing is remembered of what was sent: what is at the provider is asked, compared with what it is
to be, and the difference is moved. The operation's name holds what was found, so that two who find
the same do it once. So a crash anywhere, a refund made in the provider's own dashboard and a seller
whose account was not ready are all mended by looking again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from koda_desktop.errors import InputError, KodaError, Refused
from koda_desktop.marketplace.accounts import read_user
from koda_desktop.marketplace.applying import read_order
from koda_desktop.marketplace.payments import Checkouts, Shares, TransferState
from koda_desktop.marketplace.ports import Users
from koda_desktop.marketplace.trade_ports import Json, Orders, OrderUpdate
from koda_desktop.models.order import Order
from koda_desktop.models.order_standing import Standing, standing

AT_ONCE = 100
"""How many orders are brought in step in one go."""


class Sharing:
    """Makes transfers, reversals and fee refunds until the provider has what the orders say."""

    def __init__(self, orders: Orders, users: Users, shares: Shares, checkouts: Checkouts) -> None:
        self._orders = orders
        self._users = users
        self._shares = shares
        self._checkouts = checkouts

    def settle_due(
        self, limit: int = AT_ONCE, without: Collection[str] = ()
    ) -> dict[str, KodaError]:
        """Bring orders in step that are not, but for those ``without``; answers the faults by
        order id.

        Raises Unavailable and Misconfigured: the provider is then left alone.
        """
        return self._settle_all(self._orders.with_shares_due(limit, without))

    def settle_again(self, order_ids: Collection[str]) -> dict[str, KodaError]:
        """As ``settle_due``, of these orders."""
        return self._settle_all(self._orders.find_many(order_ids).values()) if order_ids else {}

    def _settle_all(self, documents: Iterable[Json]) -> dict[str, KodaError]:
        faults: dict[str, KodaError] = {}
        for document in documents:
            try:
                self.settle(read_order(document))
            except (InputError, Refused) as fault:
                faults[document["_id"]] = fault
        return faults

    def settle(self, order: Order) -> None:
        """Bring one order in step. Raises KodaErrors; it then stays due."""
        if not order.shares_due:
            return
        charge_id = charge_of(order, self._checkouts)
        now = standing(order.known, order.lines)
        if order.destination is not None:
            self._settle_destination(order, now, charge_id, order.destination)
        else:
            self._settle_transfers(order, now, charge_id)
        done: Json = {"sharesDue": False, "shared": {"refunded": now.refunded}}
        self._orders.update(OrderUpdate(order.id, order.revision, done))

    def _settle_destination(
        self, order: Order, now: Standing, charge_id: str, account: str
    ) -> None:
        """The transfer gave all to the seller, so all that is refunded comes back of it; of the
        fee, what its lines give back.
        """
        sent = [one for one in self._shares.transfers(order.id) if one.destination == account]
        self._take_back(order.id, sent, now.refunded - sum(one.amount_reversed for one in sent))
        fee_id = self._shares.charge(charge_id).fee_id
        if fee_id is None:
            return
        fee = self._shares.fee(fee_id)
        due = sum(given.fee for given in now.given) - fee.amount_refunded
        if due > 0:
            self._shares.refund_fee(fee_id, due, f"{order.id}:fee:{fee.amount_refunded}")

    def _settle_transfers(self, order: Order, now: Standing, charge_id: str) -> None:
        """Each seller gets what their lines net, less what those gave back."""
        sent = self._shares.transfers(order.id)
        for seller_id, target in _targets(order, now).items():
            account = self._account(seller_id)
            theirs = [one for one in sent if one.destination == account]
            given, back = _sums(theirs)
            due = target - (given - back)
            if due > 0:
                operation = f"{order.id}:{seller_id}:transfer:{given}:{back}"
                self._shares.transfer(charge_id, account, due, order.id, operation)
            self._take_back(order.id, theirs, -due)

    def _take_back(self, order_id: str, sent: Sequence[TransferState], amount: int) -> None:
        for one in sent:
            part = min(amount, one.amount - one.amount_reversed)
            if part > 0:
                operation = f"{order_id}:{one.id}:reverse:{one.amount_reversed}"
                self._shares.reverse(one.id, part, operation)
                amount -= part

    def _account(self, seller_id: str) -> str:
        document = self._users.find(seller_id)
        account = read_user(document).stripe_connect_id if document else None
        if not account:
            raise Refused(
                "A seller has no account to be paid into.",
                kept="Their part stays with the marketplace.",
                remedy="It is sent as soon as they have set up payouts.",
                facts={"seller": seller_id},
            )
        return account


def charge_of(order: Order, checkouts: Checkouts) -> str:
    """The charge that paid an order; asked for where no report has told it yet.

    Raises Refused for an order that was not paid at the provider.
    """
    facts = order.known
    if facts.charge_id:
        return facts.charge_id
    charge = checkouts.payment(facts.intent_id).charge if facts.intent_id else None
    if charge is None or not charge.is_paid:
        raise Refused("Nothing was charged for this order.", kept="Nothing was changed.")
    return charge.id


def _targets(order: Order, now: Standing) -> dict[str, int]:
    """What each seller is to have of the order, in minor units."""
    targets: dict[str, int] = {}
    for line, given in zip(order.lines, now.given, strict=True):
        targets[line.seller_id] = targets.get(line.seller_id, 0) + line.net - given.net
    return targets


def _sums(transfers: Sequence[TransferState]) -> tuple[int, int]:
    given = sum(one.amount for one in transfers)
    return given, sum(one.amount_reversed for one in transfers)

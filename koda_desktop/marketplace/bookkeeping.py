"""What each sale brought at the provider, written into its order beside what it should bring.

An order is compared once its parts are in step, and again after every change of it. With which
payout its money went to the bank is found later, from the payouts themselves. Sellers pull their
own lines of it with their orders (see ``sales``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from koda_desktop.errors import InputError, KodaError, NotFound, Refused
from koda_desktop.marketplace.accounts import read_user
from koda_desktop.marketplace.applying import read_order
from koda_desktop.marketplace.payments import Books, PayoutState
from koda_desktop.marketplace.ports import Users
from koda_desktop.marketplace.reconciliation import Reconciliation, SaleLine
from koda_desktop.marketplace.trade_ports import Json, Orders, OrderUpdate
from koda_desktop.models.order import Order, Reconciled


class Bookkeeping:
    """Compares, and writes down what was found. Blocking; several may run at once."""

    def __init__(
        self, orders: Orders, users: Users, books: Books, reconciliation: Reconciliation
    ) -> None:
        self._orders = orders
        self._users = users
        self._books = books
        self._reconciliation = reconciliation

    def settle_due(self, limit: int = 50) -> dict[str, KodaError]:
        """Compare the orders that are due; answers what cannot be compared, by order id.

        Such an order is due again when it changes. Raises Unavailable and Misconfigured: those
        left are still due.
        """
        faults: dict[str, KodaError] = {}
        for document in self._orders.with_books_due(limit):
            try:
                self.settle(read_order(document))
            except (InputError, Refused) as fault:
                faults[document["_id"]] = fault
                self._set_aside(document)
        return faults

    def settle(self, order: Order) -> None:
        """Compare one order. Raises KodaErrors; it then stays due."""
        lines = self._reconciliation.sale(order, self._accounts(order), {})
        known = {one.seller_id: one.payout_id for one in order.reconciled}
        found = [_reconciled(line, known.get(line.seller_id)) for line in lines]
        self._write(order, found, booksDue=False)

    def note_payouts(self, account: str, since: int) -> int:
        """Write down which orders went out with the payouts that ``account`` was made since then,
        in seconds since 1970; answers how many were told so. Raises KodaErrors.
        """
        payouts = self._books.payouts(account, since)
        return sum(self._note(account, one) for one in reversed(payouts))

    def note_payout(self, account: str, payout_id: str) -> int:
        """Write down which orders went out with one payout as it is now, or that they came back;
        answers how many were told so. One that is gone says nothing. Raises KodaErrors.
        """
        try:
            payout = self._books.payout(payout_id, account)
        except NotFound:
            return 0
        return self._note(account, payout)

    def _note(self, account: str, payout: PayoutState) -> int:
        if not payout.is_automatic:
            return 0
        sources = self._sources(account, payout.id)
        orders = self._orders.find_by_received(sources) if sources else ()
        noted = 0
        for order in map(read_order, orders):
            found = [_with_payout(one, sources, payout) for one in order.reconciled]
            if found != list(order.reconciled) and self._write(order, found):
                noted += 1
        return noted

    def _sources(self, account: str, payout_id: str) -> set[str]:
        """Whose money went out with a payout; of one it sends again, what went out with that."""
        waiting, payouts, found = [payout_id], {payout_id}, set[str]()
        while waiting:
            movements = self._books.movements(account=account, payout_id=waiting.pop())
            found |= {one.source_id for one in movements if one.source_id}
            again = {one.source_id for one in movements if one.source_id and one.is_of_payout}
            waiting += again - payouts
            payouts |= again
        return found - payouts

    def _write(self, order: Order, found: Iterable[Reconciled], **more: object) -> bool:
        """An order that has moved on is left: it is due again, or told of the next time."""
        changes: Json = {"reconciled": [one.as_document() for one in found], **more}
        return self._orders.update(OrderUpdate(order.id, order.revision, changes))

    def _set_aside(self, document: Json) -> None:
        update = OrderUpdate(document["_id"], document.get("revision", 0), {"booksDue": False})
        self._orders.update(update)

    def _accounts(self, order: Order) -> Mapping[str, str]:
        """Each seller's account; that of a destination charge is the one it was made for."""
        if order.destination is not None:
            return dict.fromkeys(order.seller_ids, order.destination)
        return {seller: self._account(seller) for seller in order.seller_ids}

    def _account(self, seller_id: str) -> str:
        document = self._users.find(seller_id)
        return (read_user(document).stripe_connect_id if document else None) or ""


def _reconciled(line: SaleLine, payout_id: str | None) -> Reconciled:
    return Reconciled(
        seller_id=line.seller_id,
        processing_fee=line.provider_fee,
        transferred=line.transferred,
        difference=line.difference,
        payment_ids=list(line.payment_ids),
        payout_id=line.payout_id or payout_id,
    )


def _with_payout(one: Reconciled, sources: set[str], payout: PayoutState) -> Reconciled:
    """Money that came back with a payout did not go out with it; with another it may have."""
    if sources.isdisjoint(one.payment_ids):
        return one
    if payout.came_back:
        is_known = one.payout_id == payout.id
        return one.model_copy(update={"payout_id": None}) if is_known else one
    return one.model_copy(update={"payout_id": payout.id})

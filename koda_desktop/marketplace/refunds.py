"""Refunds: who may give back how much, what each party gives, and doing it once.

A refund is reserved in the order first, so that two at once never exceed what was paid; then it is
made at the provider under the operation's own name; then what came of it is written down. Whatever
is interrupted is gone on with when the same operation is asked for again, by whoever may, on any
computer; until then nothing else is refunded of its lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from koda_desktop.errors import KodaError, NotAllowed, NotFound, Refused, Unavailable
from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.applying import changes
from koda_desktop.marketplace.payments import Checkouts, RefundState, Shares
from koda_desktop.marketplace.ports import Users
from koda_desktop.marketplace.report_reading import OPERATION, ORDER
from koda_desktop.marketplace.settlement import busy
from koda_desktop.marketplace.sharing import Sharing, charge_of
from koda_desktop.marketplace.trade_ports import Json, Orders, OrderUpdate
from koda_desktop.models.order import Order, OrderItem
from koda_desktop.models.order_facts import OrderFacts, RefundFact
from koda_desktop.models.order_standing import standing
from koda_desktop.models.refund_split import Given, given_back, largest_remainder
from koda_desktop.models.user import User

_TRIES = 8
_ADMINS = frozenset({"admin", "ADMIN", "SUPER_ADMIN"})


class RefundTooHigh(Refused):
    """More than what is left of the payment, or nothing at all."""

    code = "refund-too-high"
    default_kept = "Nothing was refunded."


class RefundUnfinished(Refused):
    """A refund of the same lines may have been made; ``facts["operation"]`` names it."""

    code = "refund-unfinished"
    default_kept = "Nothing more was refunded."


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """``amounts`` by item id in minor units; empty: ``amount`` shared among the actor's lines;
    neither: everything that is left of them.
    """

    operation_id: str
    order_id: str
    amounts: Mapping[str, int] = field(default_factory=dict)
    amount: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What a refund does to one line, in minor units."""

    item_id: str
    title: str
    seller_id: str
    to_buyer: int
    from_seller: int
    from_fee: int
    left: int
    """What could still be refunded after it."""


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What each party gives and gets. The provider's own fee is not given back by it."""

    lines: Sequence[RefundLine]
    currency: str

    @property
    def to_buyer(self) -> int:
        return sum(line.to_buyer for line in self.lines)

    @property
    def from_sellers(self) -> int:
        return sum(line.from_seller for line in self.lines)

    @property
    def from_platform(self) -> int:
        return sum(line.from_fee for line in self.lines)


class Refunds:
    """Previews and makes refunds."""

    def __init__(self, users: Users, orders: Orders, shares: Shares, checkouts: Checkouts) -> None:
        self._users = users
        self._orders = orders
        self._shares = shares
        self._checkouts = checkouts
        self._sharing = Sharing(orders, users, shares, checkouts)

    def preview(self, actor: Actor, request: RefundRequest) -> RefundPreview:
        """What ``refund`` would do. Raises what it would raise, and changes nothing."""
        order = self._order(actor, request)
        amounts = self._amounts(actor, order, request)
        _refuse_unfinished(order, amounts)
        return _preview(order, amounts)

    def unfinished(self, actor: Actor, order_id: str) -> tuple[RefundRequest, RefundPreview] | None:
        """A refund of the order that was begun, here or elsewhere, and whose outcome is not known:
        the request that finishes it, and what it does. None where there is none that the actor may
        finish. Raises NotAllowed or NotFound.
        """
        order = self._order(actor, RefundRequest("", order_id))
        user = accounts.may_write(self._users, actor)
        theirs = {item.id for item in order.items if _may_refund(user, item)}
        for operation, fact in _unfinished(order).items():
            if set(fact.lines) <= theirs:
                request = RefundRequest(operation, order_id, fact.lines, reason=fact.reason)
                return request, _preview(_without(order, operation), fact.lines)
        return None

    def refund(self, actor: Actor, request: RefundRequest) -> Json:
        """Make the refund and answer the order after it; repeating it answers the same.

        Raises RefundTooHigh, RefundUnfinished, NotAllowed, NotFound, Refused (the provider says no:
        nothing is reserved any more) or Unavailable (ask for the same operation again).
        """
        order, is_begun = self._reserved(actor, request)
        made = (self._found(order, request) if is_begun else None) or self._made(order, request)
        after = self._written(order.id, request, made)
        try:
            self._sharing.settle(after)
        except KodaError:
            # The buyer has the money; the sellers' parts stay due and are settled later.
            return after.as_document()
        return self._orders.find(order.id) or after.as_document()

    def _order(self, actor: Actor, request: RefundRequest) -> Order:
        accounts.may_write(self._users, actor)
        document = self._orders.find(request.order_id)
        if document is None:
            raise NotFound("There is no such order.")
        return Order.read(document)

    def _amounts(self, actor: Actor, order: Order, request: RefundRequest) -> dict[str, int]:
        """What each line gives back. Raises NotAllowed for a line that is not the actor's."""
        user = accounts.may_write(self._users, actor)
        left = _left(order)
        theirs = [item.id for item in order.items if _may_refund(user, item)]
        if not theirs or not set(request.amounts) <= set(theirs):
            raise NotAllowed("Only what you sold can be refunded by you.", kept="")
        amounts = dict(request.amounts) or _shared(request.amount, theirs, left)
        _check(order, amounts, left)
        return amounts

    def _reserved(self, actor: Actor, request: RefundRequest) -> tuple[Order, bool]:
        """The order with the refund reserved in it, and whether that was an earlier try."""
        for _ in range(_TRIES):
            order = self._order(actor, request)
            facts = order.known
            if request.operation_id in facts.refunds:
                return order, True
            amounts = self._amounts(actor, order, request)
            _refuse_unfinished(order, amounts)
            fact = RefundFact(
                sum(amounts.values()), "requested", reason=request.reason, lines=amounts
            )
            if self._know(order, facts.with_refund(request.operation_id, fact)):
                return self._order(actor, request), False
        raise busy()

    def _found(self, order: Order, request: RefundRequest) -> RefundState | None:
        """What an earlier try made of it. The provider itself forgets operations after a day."""
        wanted = request.operation_id
        made = self._shares.refunds(charge_of(order, self._checkouts))
        return next((one for one in made if one.metadata.get(OPERATION) == wanted), None)

    def _made(self, order: Order, request: RefundRequest) -> RefundState:
        asked = order.known.refunds[request.operation_id]
        metadata = {ORDER: order.id, OPERATION: request.operation_id}
        try:
            return self._shares.refund(
                charge_of(order, self._checkouts),
                asked.amount,
                metadata,
                f"{request.operation_id}:refund",
                is_reversed=order.destination is not None,
            )
        except Unavailable:
            raise
        except KodaError:
            self._forget(order.id, request.operation_id)
            raise

    def _written(self, order_id: str, request: RefundRequest, made: RefundState) -> Order:
        fact = RefundFact(made.amount, made.status, made.id, request.reason, made.created)
        for _ in range(_TRIES):
            order = self._read(order_id)
            facts = order.known.with_refund(request.operation_id, fact)
            if facts == order.known or self._know(order, facts):
                return self._read(order_id)
        raise busy()

    def _forget(self, order_id: str, operation_id: str) -> None:
        """Give the reservation up, unless a report has said meanwhile that it was made."""
        for _ in range(_TRIES):
            order = self._read(order_id)
            known = order.known.refunds.get(operation_id)
            if known is None or known.is_confirmed:
                return
            if self._know(order, order.known.without_refund(operation_id)):
                return

    def _know(self, order: Order, facts: OrderFacts) -> bool:
        before, after = standing(order.known, order.lines), standing(facts, order.lines)
        changed = changes(order, facts, before, after)
        return self._orders.update(OrderUpdate(order.id, order.revision, changed))

    def _read(self, order_id: str) -> Order:
        document = self._orders.find(order_id)
        if document is None:
            raise NotFound("The order is gone.")
        return Order.read(document)


def _unfinished(order: Order) -> dict[str, RefundFact]:
    """By operation: refunds of ours that are reserved, and that nobody has heard of since."""
    refunds = sorted(order.known.refunds.items())
    return {key: one for key, one in refunds if one.lines and not one.is_confirmed}


def _refuse_unfinished(order: Order, amounts: Mapping[str, int]) -> None:
    """Raises RefundUnfinished: what was begun is finished first, so that nothing is given twice."""
    for operation, fact in _unfinished(order).items():
        if not fact.lines.keys().isdisjoint(amounts):
            number = order.order_number
            raise RefundUnfinished(
                f"A refund of order {number} was begun and is not finished.",
                remedy="Finish it first, in the order’s details or with "
                f"`koda refund {number} --yes --operation {operation}`.",
                facts={"operation": operation, "amount": fact.amount},
            )


def _without(order: Order, operation: str) -> Order:
    """The order as if that refund had not been begun."""
    facts = order.known.without_refund(operation)
    return order.model_copy(update={"facts": facts.as_json()})


def _preview(order: Order, amounts: Mapping[str, int]) -> RefundPreview:
    left = _left(order)
    lines = [
        _line(item, given.refunded, left[item.id], amounts[item.id])
        for item, given in zip(order.items, _given(order), strict=True)
        if item.id in amounts
    ]
    return RefundPreview(lines, order.currency)


def _may_refund(user: User, item: OrderItem) -> bool:
    return item.seller_id == user.id or user.role in _ADMINS


def _given(order: Order) -> Sequence[Given]:
    return standing(order.known, order.lines).given


def _left(order: Order) -> dict[str, int]:
    """What could be refunded of each line: neither refunded nor reserved. Empty when not paid."""
    facts = order.known
    if facts.paid_at is None:
        return {}
    left = {
        item.id: item.gross - given.refunded
        for item, given in zip(order.items, _given(order), strict=True)
    }
    for refund in facts.refunds.values():
        if not refund.is_confirmed:
            for item_id, amount in refund.lines.items():
                left[item_id] = max(0, left[item_id] - amount)
    return left


def _shared(amount: int | None, theirs: Sequence[str], left: Mapping[str, int]) -> dict[str, int]:
    room = [left.get(item_id, 0) for item_id in theirs]
    if amount is None:
        amount = sum(room)
    if not 0 <= amount <= sum(room):
        raise RefundTooHigh(
            "More than what is left of the payment cannot be refunded.",
            facts={"left": sum(room), "asked": amount},
        )
    parts = largest_remainder(amount, room)
    return {item_id: part for item_id, part in zip(theirs, parts, strict=True) if part}


def _check(order: Order, amounts: Mapping[str, int], left: Mapping[str, int]) -> None:
    """Raises RefundTooHigh unless 0 < sum <= paid holds, for each line and for all."""
    if not left:
        raise RefundTooHigh("An order that is not paid cannot be refunded.")
    too_high = {i: n for i, n in amounts.items() if n < 0 or n > left.get(i, 0)}
    if too_high or sum(amounts.values()) <= 0:
        raise RefundTooHigh(
            f"Of order {order.order_number} not that much can be refunded.",
            facts={"left": sum(left.values()), "asked": sum(amounts.values())},
        )


def _line(item: OrderItem, refunded: int, left: int, amount: int) -> RefundLine:
    step = given_back(item.line, refunded + amount) - given_back(item.line, refunded)
    return RefundLine(
        item_id=item.id,
        title=item.title,
        seller_id=item.seller_id,
        to_buyer=step.refunded,
        from_seller=step.net,
        from_fee=step.fee,
        left=left - amount,
    )

"""The ports of selling in memory. The contract suite holds them to what MongoDB does."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from koda_desktop.marketplace.api import Cursor
from koda_desktop.marketplace.trade_ports import (
    Batch,
    EventRecord,
    Json,
    OrderUpdate,
    TradePorts,
)
from koda_desktop.runtime.clock import iso
from tests.marketplace.memory import MemoryProducts, MemoryUsers

MISSING = object()


class Ticks:
    """A clock that moves a millisecond each time it is read, or follows ``now`` where given."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self._moment = datetime(2026, 1, 1, tzinfo=UTC)
        self._now = now

    def __call__(self) -> str:
        self._moment += timedelta(milliseconds=1)
        if self._now:
            self._moment = max(self._moment, self._now())
        return iso(self._moment)


class MemoryOrders:
    def __init__(self, now: Ticks) -> None:
        self.documents: dict[str, Json] = {}
        self._now = now
        self._sequence = 0

    def next_sequence(self) -> int:
        self._sequence += 1
        return self._sequence

    def insert(self, document: Json) -> bool:
        taken = {one["orderNumber"] for one in self.documents.values()}
        if document["_id"] in self.documents or document["orderNumber"] in taken:
            return False
        now = self._now()
        self.documents[document["_id"]] = {
            **copy.deepcopy(document),
            "createdAt": now,
            "updatedAt": now,
        }
        return True

    def find(self, order_id: str) -> Json | None:
        return copy.deepcopy(self.documents.get(order_id))

    def find_by_number(self, order_number: str) -> Json | None:
        return next((one for one in self._all() if one["orderNumber"] == order_number), None)

    def find_by_operation(self, operation_id: str) -> Json | None:
        return next((one for one in self._all() if one.get("operationId") == operation_id), None)

    def find_many(self, order_ids: Collection[str]) -> dict[str, Json]:
        wanted = [one for one in order_ids if one in self.documents]
        return {one: copy.deepcopy(self.documents[one]) for one in wanted}

    def find_by_payments(self, intent_ids: Collection[str]) -> dict[str, Json]:
        named = {one.get("stripePaymentIntentId"): one for one in self.documents.values()}
        return {one: copy.deepcopy(named[one]) for one in intent_ids if one in named}

    def update(self, update: OrderUpdate) -> bool:
        known = self.documents.get(update.order_id)
        if known is None or known["revision"] != update.revision:
            return False
        known.update(copy.deepcopy(update.changes))
        known.update(revision=update.revision + 1, updatedAt=self._now())
        return True

    def with_shares_due(self, limit: int, without: Collection[str] = ()) -> Sequence[Json]:
        due = [one for one in self._all() if one.get("sharesDue")]
        return [one for one in due if one["_id"] not in without][:limit]

    def with_books_due(self, limit: int) -> Sequence[Json]:
        due = [one for one in self._all() if one.get("booksDue") and not one.get("sharesDue")]
        return due[:limit]

    def find_by_received(self, payment_ids: Collection[str]) -> Sequence[Json]:
        wanted = set(payment_ids)
        return [
            one
            for one in self._all()
            if any(not wanted.isdisjoint(part["paymentIds"]) for part in one.get("reconciled", ()))
        ]

    def open_before(self, moment: str, limit: int) -> Sequence[Json]:
        is_open = ("PENDING", "PROCESSING")
        found = [one for one in self._all() if one["status"] in is_open]
        return [one for one in found if one["createdAt"] < moment][:limit]

    def changed_after(
        self, after: Cursor | None, limit: int, seller_id: str | None = None
    ) -> Sequence[Json]:
        past = (after.updated_at, after.listing_id) if after else ("", "")
        return [
            one
            for one in self._all()
            if (one["updatedAt"], one["_id"]) > past
            and (seller_id is None or seller_id in one.get("sellerIds", ()))
        ][:limit]

    def _all(self) -> list[Json]:
        ordered = sorted(self.documents.values(), key=lambda one: (one["updatedAt"], one["_id"]))
        return copy.deepcopy(ordered)


class MemoryEvents:
    def __init__(self) -> None:
        self.records: dict[str, EventRecord] = {}
        self.attempts: dict[str, int] = {}
        self._newest: int | None = None
        self._unfinished: set[str] = set()

    def processed(self, event_ids: Collection[str]) -> set[str]:
        return {i for i in event_ids if i in self.records and self.records[i].is_processed}

    def waiting(self, intent_ids: Collection[str]) -> Sequence[EventRecord]:
        return [r for r in self._open() if r.waiting_for in set(intent_ids)]

    def unfinished(self, most_attempts: int, limit: int) -> Sequence[EventRecord]:
        return [r for r in self._open() if self.attempts[r.event_id] < most_attempts][:limit]

    def find(self, event_ids: Collection[str]) -> Sequence[EventRecord]:
        return [self.records[i] for i in event_ids if i in self.records]

    def page(self, before: int | None, limit: int, *, only_open: bool = False) -> Sequence[Json]:
        found = self._open() if only_open else list(self.records.values())
        kept = [r for r in found if before is None or r.created < before]
        kept.sort(key=lambda record: -record.created)
        return [
            {"stripeEventId": r.event_id, "type": r.type, "attempts": self.attempts[r.event_id]}
            for r in kept[:limit]
        ]

    def last_poll(self) -> int | None:
        return self._newest

    def set_last_poll(self, moment: int) -> None:
        self._newest = max(moment, self._newest or 0)

    def record(self, record: EventRecord) -> None:
        known = self.records.get(record.event_id)
        is_done = record.is_processed or (known is not None and known.is_processed)
        self.records[record.event_id] = EventRecord(
            record.event_id,
            record.type,
            record.created,
            record.payload,
            record.account,
            is_done,
            record.error,
            record.waiting_for,
        )
        self.attempts[record.event_id] = self.attempts.get(record.event_id, 0) + 1
        (self._unfinished.discard if is_done else self._unfinished.add)(record.event_id)

    def _open(self) -> list[EventRecord]:
        found = [self.records[one] for one in self._unfinished]
        return sorted(found, key=lambda record: record.created)


class MemoryLedger:
    """``moved`` counts down: that many commits find an order changed by somebody else."""

    def __init__(self, orders: MemoryOrders, events: MemoryEvents) -> None:
        self.purchases: dict[tuple[str, str], Json] = {}
        self.moved = 0
        self._orders = orders
        self._events = events

    def commit(self, batch: Batch) -> bool:
        known = self._orders.documents
        if self.moved:
            self.moved -= 1
            return False
        if any(known[one.order_id]["revision"] != one.revision for one in batch.orders):
            return False
        for purchase in batch.purchases:
            key = (purchase["stripeSessionId"], purchase["productId"])
            self.purchases.setdefault(key, dict(purchase))
        for update in batch.orders:
            self._orders.update(update)
        for record in batch.events:
            self._events.record(record)
        return True


class MemorySellers:
    def __init__(self, users: MemoryUsers) -> None:
        self._users = users.documents

    def claim_account(self, user_id: str, account_id: str, instead_of: str | None) -> str:
        user = self._users[user_id]
        if user.get("stripeConnectId") == instead_of:
            user.update(stripeConnectId=account_id, onboardingComplete=False)
        return str(user["stripeConnectId"])

    def set_onboarding(self, account_id: str, is_complete: bool) -> bool:
        for user in self._users.values():
            if user.get("stripeConnectId") == account_id:
                is_changed = user.get("onboardingComplete") is not is_complete
                user["onboardingComplete"] = is_complete
                return is_changed
        return False

    def connected_accounts(self) -> Sequence[str]:
        found = (user.get("stripeConnectId") for user in self._users.values())
        return [account for account in found if account]


class MemoryPrices:
    def __init__(self, products: MemoryProducts, now: Ticks) -> None:
        self.documents: dict[str, Json] = {}
        self._products = products
        self._now = now
        self._followed: Cursor | None = None

    def find(self, price_id: str) -> Json | None:
        return copy.deepcopy(self.documents.get(price_id))

    def of_product(self, product_id: str) -> Sequence[Json]:
        return [
            copy.deepcopy(one)
            for one in self.documents.values()
            if one["productId"] == product_id and not one.get("deletedAt")
        ]

    def of_gone(self, limit: int) -> Sequence[Json]:
        there = self._products.documents
        gone = [one for one in self.documents.values() if one["productId"] not in there]
        offered = [one for one in gone if one["active"] and not one.get("deletedAt")]
        return copy.deepcopy(offered[:limit])

    def insert(self, document: Json) -> bool:
        if document["_id"] in self.documents:
            return False
        self.documents[document["_id"]] = {**document, "createdAt": self._now()}
        return True

    def set(self, price_id: str, changes: Mapping[str, Any]) -> None:
        self.documents[price_id].update(changes)

    def link_product(self, product_id: str, product_ref: str | None, synced: str) -> None:
        document = {**self._products.documents[product_id], "stripeSynced": synced}
        link = {"stripeProductId": product_ref} if product_ref else {}
        self._products.documents[product_id] = {**document, **link}

    def products_changed(self, after: Cursor | None, limit: int) -> Sequence[Json]:
        past = (after.updated_at, after.listing_id) if after else ("", "")
        placed = [
            (str(one.get("updatedAt", "")), key) for key, one in self._products.documents.items()
        ]
        found = sorted(place for place in placed if place[0] and place > past)
        return [copy.deepcopy(self._products.documents[key]) for _, key in found[:limit]]

    def followed(self) -> Cursor | None:
        return self._followed

    def set_followed(self, place: Cursor) -> None:
        self._followed = place


class MemoryTrade:
    """All of them together, with what a test looks at."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        now = Ticks(clock)
        self.users = MemoryUsers()
        self.products = MemoryProducts()
        self.orders = MemoryOrders(now)
        self.events = MemoryEvents()
        self.ledger = MemoryLedger(self.orders, self.events)
        self.sellers = MemorySellers(self.users)
        self.prices = MemoryPrices(self.products, now)

    @property
    def ports(self) -> TradePorts:
        return TradePorts(self.orders, self.events, self.ledger, self.sellers, self.prices)

"""The ``orders`` collection, and the counter that order numbers come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pymongo import ASCENDING, ReturnDocument
from pymongo.collection import Collection as MongoCollection
from pymongo.errors import DuplicateKeyError

from koda_desktop.marketplace.api import Cursor
from koda_desktop.marketplace.trade_ports import Json, OrderUpdate
from koda_desktop.runtime.clock import from_iso
from koda_desktop.services.mongodb.codec import encode_field
from koda_desktop.services.mongodb.connection import Bson, Connection
from koda_desktop.services.mongodb.faults import mongodb_faults
from koda_desktop.services.mongodb.trade_codec import decode_order, encode_order

COUNTER = "orders"
"""The counter's ``_id`` in the collection ``counters``: ``{_id, sequence}``."""

_NOW = {"createdAt": True, "updatedAt": True}
_OPEN = ["PENDING", "PROCESSING"]


class MongoOrders:
    """``marketplace.trade_ports.Orders`` over MongoDB, standalone or replica set."""

    def __init__(self, connection: Connection) -> None:
        self._orders: MongoCollection[Bson] = connection.collection("orders")
        self._counters = connection.collection("counters")

    def next_sequence(self) -> int:
        """A number that was drawn is gone, also when its order is never written."""
        with mongodb_faults():
            counter = self._counters.find_one_and_update(
                {"_id": COUNTER},
                {"$inc": {"sequence": 1}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        return int((counter or {})["sequence"])

    def insert(self, document: Json) -> bool:
        """An upsert that can only insert, as in ``products``: only an update has server time."""
        with mongodb_faults():
            fields = encode_order(document)
            key = fields.pop("_id")
            update = {"$set": fields, "$currentDate": _NOW}
            try:
                self._orders.update_one({"_id": key, "$nor": [{"_id": key}]}, update, upsert=True)
            except DuplicateKeyError:
                return False
        return True

    def find(self, order_id: str) -> Json | None:
        return self.find_many([order_id]).get(order_id)

    def find_by_number(self, order_number: str) -> Json | None:
        found = self._read({"orderNumber": {"$eq": order_number}})
        return found[0] if found else None

    def find_by_operation(self, operation_id: str) -> Json | None:
        found = self._read({"operationId": {"$eq": operation_id}})
        return found[0] if found else None

    def find_many(self, order_ids: Collection[str]) -> dict[str, Json]:
        ids = [encode_field("_id", one) for one in order_ids]
        return {document["_id"]: document for document in self._read({"_id": {"$in": ids}})}

    def find_by_payments(self, intent_ids: Collection[str]) -> dict[str, Json]:
        found = self._read({"stripePaymentIntentId": {"$in": list(intent_ids)}})
        return {document["stripePaymentIntentId"]: document for document in found}

    def update(self, update: OrderUpdate) -> bool:
        with mongodb_faults():
            done = self._orders.update_one(guard(update), change(update))
        return done.matched_count == 1

    def with_shares_due(self, limit: int, without: Collection[str] = ()) -> Sequence[Json]:
        left_out = [encode_field("_id", one) for one in without]
        return self._read({"sharesDue": True, "_id": {"$nin": left_out}}, limit)

    def with_books_due(self, limit: int) -> Sequence[Json]:
        return self._read({"booksDue": True, "sharesDue": {"$ne": True}}, limit)

    def find_by_received(self, payment_ids: Collection[str]) -> Sequence[Json]:
        return self._read({"reconciled.paymentIds": {"$in": list(payment_ids)}})

    def open_before(self, moment: str, limit: int) -> Sequence[Json]:
        query: Bson = {"status": {"$in": _OPEN}, "createdAt": {"$lt": from_iso(moment)}}
        return self._read(query, limit)

    def changed_after(
        self, after: Cursor | None, limit: int, seller_id: str | None = None
    ) -> Sequence[Json]:
        query: Bson = {}
        if seller_id is not None:
            query["sellerIds"] = encode_field("_id", seller_id)
        if after is not None:
            moment = from_iso(after.updated_at)
            key = encode_field("_id", after.listing_id)
            query["$or"] = [
                {"updatedAt": {"$gt": moment}},
                {"updatedAt": moment, "_id": {"$gt": key}},
            ]
        return self._read(query, limit)

    def _read(self, query: Bson, limit: int = 0) -> list[Json]:
        with mongodb_faults():
            found: Iterable[Bson] = self._orders.find(query)
            if limit:
                order = [("updatedAt", ASCENDING), ("_id", ASCENDING)]
                found = self._orders.find(query).sort(order).limit(limit)
            return [decode_order(document) for document in found]


def guard(update: OrderUpdate) -> Bson:
    """True only of the order as it was read."""
    return {"_id": encode_field("_id", update.order_id), "revision": update.revision}


def change(update: OrderUpdate) -> Bson:
    return {
        "$set": encode_order(update.changes),
        "$inc": {"revision": 1},
        "$currentDate": {"updatedAt": True},
    }

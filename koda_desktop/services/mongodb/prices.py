"""The ``prices`` collection, and the products' link to the payment provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from koda_desktop.marketplace.api import Cursor
from koda_desktop.marketplace.trade_ports import Json
from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.services.mongodb.codec import decode, encode, encode_field
from koda_desktop.services.mongodb.connection import Bson, Connection
from koda_desktop.services.mongodb.faults import mongodb_faults

FOLLOWED = "stripe-catalogue"
"""The mark's ``_id`` in the collection ``counters``: ``{_id, updatedAt, listing}``."""

_NOW = {"createdAt": True, "updatedAt": True}


class MongoPrices:
    """``marketplace.trade_ports.Prices`` over MongoDB."""

    def __init__(self, connection: Connection) -> None:
        self._prices = connection.collection("prices")
        self._products = connection.collection("products")
        self._counters = connection.collection("counters")

    def find(self, price_id: str) -> Json | None:
        with mongodb_faults():
            document = self._prices.find_one({"_id": encode_field("_id", price_id)})
        return decode(document) if document else None

    def of_product(self, product_id: str) -> Sequence[Json]:
        query = {"productId": encode_field("productId", product_id), "deletedAt": None}
        with mongodb_faults():
            found = self._prices.find(query).sort([("createdAt", ASCENDING), ("_id", ASCENDING)])
            return [decode(document) for document in found]

    def of_gone(self, limit: int) -> Sequence[Json]:
        product = {"from": "products", "localField": "productId", "foreignField": "_id"}
        steps: list[Bson] = [
            {"$match": {"active": True, "deletedAt": None}},
            {"$sort": {"createdAt": ASCENDING, "_id": ASCENDING}},
            {"$lookup": {**product, "as": "product"}},
            {"$match": {"product": {"$size": 0}}},
            {"$limit": limit},
            {"$unset": "product"},
        ]
        with mongodb_faults():
            return [decode(document) for document in self._prices.aggregate(steps)]

    def insert(self, document: Json) -> bool:
        with mongodb_faults():
            fields = encode(document)
            key = fields.pop("_id")
            update = {"$set": fields, "$currentDate": _NOW}
            try:
                self._prices.update_one({"_id": key, "$nor": [{"_id": key}]}, update, upsert=True)
            except DuplicateKeyError:
                return False
        return True

    def set(self, price_id: str, changes: Mapping[str, Any]) -> None:
        update = {"$set": encode(changes), "$currentDate": {"updatedAt": True}}
        with mongodb_faults():
            self._prices.update_one({"_id": encode_field("_id", price_id)}, update)

    def link_product(self, product_id: str, product_ref: str | None, synced: str) -> None:
        link = {"stripeProductId": product_ref} if product_ref else {}
        update = {"$set": {**link, "stripeSynced": synced}}
        with mongodb_faults():
            self._products.update_one({"_id": encode_field("_id", product_id)}, update)

    def products_changed(self, after: Cursor | None, limit: int) -> Sequence[Json]:
        query: Bson = {"updatedAt": {"$type": "date"}}
        if after is not None:
            moment = from_iso(after.updated_at)
            key = encode_field("_id", after.listing_id)
            query["$or"] = [
                {"updatedAt": {"$gt": moment}},
                {"updatedAt": moment, "_id": {"$gt": key}},
            ]
        order = [("updatedAt", ASCENDING), ("_id", ASCENDING)]
        with mongodb_faults():
            found = self._products.find(query).sort(order).limit(limit)
            return [decode(document) for document in found]

    def followed(self) -> Cursor | None:
        with mongodb_faults():
            mark = self._counters.find_one({"_id": FOLLOWED})
        return Cursor(iso(mark["updatedAt"]), str(mark["listing"])) if mark else None

    def set_followed(self, place: Cursor) -> None:
        mark = {"updatedAt": from_iso(place.updated_at), "listing": place.listing_id}
        with mongodb_faults():
            self._counters.update_one({"_id": FOLLOWED}, {"$set": mark}, upsert=True)

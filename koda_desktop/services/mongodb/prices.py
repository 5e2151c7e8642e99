"""The ``prices`` collection, and the products' link to the payment provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from koda_desktop.marketplace.trade_ports import Json
from koda_desktop.services.mongodb.codec import decode, encode, encode_field
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.faults import mongodb_faults

_NOW = {"createdAt": True, "updatedAt": True}


class MongoPrices:
    """``marketplace.trade_ports.Prices`` over MongoDB."""

    def __init__(self, connection: Connection) -> None:
        self._prices = connection.collection("prices")
        self._products = connection.collection("products")

    def find(self, price_id: str) -> Json | None:
        with mongodb_faults():
            document = self._prices.find_one({"_id": encode_field("_id", price_id)})
        return decode(document) if document else None

    def of_product(self, product_id: str) -> Sequence[Json]:
        query = {"productId": encode_field("productId", product_id), "deletedAt": None}
        with mongodb_faults():
            found = self._prices.find(query).sort([("createdAt", ASCENDING), ("_id", ASCENDING)])
            return [decode(document) for document in found]

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

    def link_product(self, product_id: str, product_ref: str) -> None:
        update = {"$set": {"stripeProductId": product_ref}, "$currentDate": {"updatedAt": True}}
        with mongodb_faults():
            self._products.update_one({"_id": encode_field("_id", product_id)}, update)

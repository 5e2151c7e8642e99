"""The ``products`` collection: inserts and edits that are proved by reading back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.api import Cursor, Json, Receipt
from koda_desktop.marketplace.ports import DocumentEdit
from koda_desktop.runtime.clock import from_iso
from koda_desktop.services.mongodb.codec import decode, encode, encode_field
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.faults import mongodb_faults, translate

_NOW = {"createdAt": True, "updatedAt": True}


class MongoProducts:
    """``marketplace.ports.Products`` over MongoDB, standalone or replica set."""

    def __init__(self, connection: Connection) -> None:
        self._products = connection.collection("products")

    def find(self, listing_id: str) -> Json | None:
        with mongodb_faults():
            document = self._products.find_one({"_id": encode_field("_id", listing_id)})
        return decode(document) if document else None

    def find_many(self, listing_ids: Sequence[str]) -> dict[str, Json]:
        ids = [encode_field("_id", listing_id) for listing_id in listing_ids]
        with mongodb_faults():
            found = [decode(document) for document in self._products.find({"_id": {"$in": ids}})]
        return {str(document["_id"]): document for document in found}

    def insert(self, document: Json, receipt: Receipt) -> bool:
        """An upsert that can only insert, because only an update has ``$currentDate``.

        Its filter is true of no document, so an existing one is never touched: the insertion then
        runs into the unique ``_id``.
        """
        with mongodb_faults():
            fields = encode(document)
            key = fields.pop("_id")
            update = {"$set": {**fields, **_mark(receipt)}, "$currentDate": _NOW}
            try:
                self._products.update_one({"_id": key, "$nor": [{"_id": key}]}, update, upsert=True)
            except DuplicateKeyError:
                return False
        return True

    def edit(self, edits: Sequence[DocumentEdit]) -> dict[str, KodaError]:
        if not edits:
            return {}
        with mongodb_faults():
            updates = [UpdateOne(_guard(edit), _change(edit)) for edit in edits]
            try:
                self._products.bulk_write(updates, ordered=False)
            except BulkWriteError as error:
                return _refusals(error, edits)
        return {}

    def changed_after(self, seller_id: str, after: Cursor | None, limit: int) -> Sequence[Json]:
        query: dict[str, Any] = {"sellerId": encode_field("sellerId", seller_id)}
        if after is not None:
            query["$or"] = _after(after)
        with mongodb_faults():
            page = self._products.find(query)
            page = page.sort([("updatedAt", ASCENDING), ("_id", ASCENDING)]).limit(limit)
            return [decode(document) for document in page]


def _mark(receipt: Receipt) -> dict[str, Any]:
    mark = {"s": receipt.sequence, "o": receipt.operation_id}
    return {f"_sync.d.{receipt.device_id}": mark}


def _guard(edit: DocumentEdit) -> dict[str, Any]:
    """True only of our document, with every base value in place and no later receipt of ours."""
    receipt = f"_sync.d.{edit.receipt.device_id}.s"
    return {
        "_id": encode_field("_id", edit.listing_id),
        "sellerId": encode_field("sellerId", edit.seller_id),
        receipt: {"$not": {"$gte": edit.receipt.sequence}},
        **{name: _holds(name, edit.base) for name in edit.changes},
    }


def _holds(name: str, base: Mapping[str, Any]) -> dict[str, Any]:
    if name not in base:
        return {"$exists": False}
    return {"$eq": encode_field(name, base[name])}


def _change(edit: DocumentEdit) -> dict[str, Any]:
    values = {name: encode_field(name, value) for name, value in edit.changes.items()}
    return {"$set": {**values, **_mark(edit.receipt)}, "$currentDate": {"updatedAt": True}}


def _refusals(error: BulkWriteError, edits: Sequence[DocumentEdit]) -> dict[str, KodaError]:
    """The edits the server refused one by one. Raises when the whole batch is in doubt."""
    details = error.details or {}
    if details.get("writeConcernErrors"):
        raise translate(error)
    refused = {}
    for item in details.get("writeErrors", []):
        failure = OperationFailure(str(item.get("errmsg", "")), item.get("code"))
        refused[edits[item["index"]].listing_id] = translate(failure)
    return refused


def _after(cursor: Cursor) -> list[dict[str, Any]]:
    moment = from_iso(cursor.updated_at)
    key = ObjectId(cursor.listing_id)
    return [{"updatedAt": {"$gt": moment}}, {"updatedAt": moment, "_id": {"$gt": key}}]

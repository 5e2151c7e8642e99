"""The ``products`` collection: inserts and edits that are proved by reading back, and reading all.

Everything that is read in order of ids is of ids that are ObjectIds, and in order of time of times
that are dates: a comparison in MongoDB stays within one type, so that documents of a writer who put
something else there have no place in these orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from bson import ObjectId
from pymongo import ASCENDING, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.api import ChangeBatch, Cursor, Json, Receipt, Stamp
from koda_desktop.marketplace.packed import Packed
from koda_desktop.marketplace.ports import DocumentEdit
from koda_desktop.runtime.clock import from_iso
from koda_desktop.services.mongodb.codec import encode, encode_field
from koda_desktop.services.mongodb.connection import Bson, Connection
from koda_desktop.services.mongodb.faults import mongodb_faults, translate
from koda_desktop.services.mongodb.reading import ends_of, read_batch
from koda_desktop.services.mongodb.stamps import read_stamps
from koda_desktop.services.mongodb.stream import ChangeStreams

_NOW = {"createdAt": True, "updatedAt": True}
_ANY_ID = {"$gte": ObjectId("0" * 24)}
_ANY_DATE = {
    "$gte": datetime.min.replace(tzinfo=UTC),
    "$lte": datetime.max.replace(tzinfo=UTC),
}


class MongoProducts:
    """``marketplace.ports.Products`` over MongoDB, standalone or replica set."""

    def __init__(self, connection: Connection) -> None:
        self._products: Collection[Bson] = connection.collection("products")
        self._streams = ChangeStreams(connection)

    def find(self, listing_id: str) -> Json | None:
        return self.find_many([listing_id]).get(listing_id)

    def find_many(self, listing_ids: Sequence[str]) -> dict[str, Json]:
        ids = [encode_field("_id", listing_id) for listing_id in listing_ids]
        found = self._read({"_id": {"$in": ids}}, (), len(ids))
        return {str(document["_id"]): document for document in found}

    def insert(self, document: Json, receipt: Receipt) -> bool:
        """An upsert that can only insert, because only an update has ``$currentDate``.

        Its filter is true of no document, so an existing one is never touched: the insertion then
        runs into the unique ``_id``. It names the owner because a sharded cluster upserts only what
        it can place: by ``_id`` or by ``sellerId``.
        """
        with mongodb_faults():
            fields = encode(document)
            key = fields.pop("_id")
            update = {"$set": {**fields, **_mark(receipt)}, "$currentDate": _NOW}
            never = {"_id": key, "sellerId": fields["sellerId"], "$nor": [{"_id": key}]}
            try:
                self._products.update_one(never, update, upsert=True)
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
        query = {**_owned(seller_id), "updatedAt": _ANY_DATE}
        if after is not None:
            query["$or"] = _after(after)
        return self._read(query, ("updatedAt", "_id"), limit)

    def above(self, seller_id: str, after_id: str | None, limit: int) -> Sequence[Json]:
        raw = self._read_raw(_owned(seller_id, after_id), ("_id",), limit)
        return Packed(raw, ends_of(raw), read_batch)

    def stamps(
        self, seller_id: str, after_id: str | None, limit: int, device_id: str
    ) -> Sequence[Stamp]:
        with mongodb_faults():
            return read_stamps(self._products, _owned(seller_id, after_id), limit, device_id)

    def latest_sequence(self, seller_id: str, device_id: str) -> int | None:
        path = f"$_sync.d.{device_id}.s"
        stages: list[Bson] = [
            {"$match": _owned(seller_id)},
            {
                "$group": {
                    "_id": None,
                    "latest": {"$max": {"$cond": [{"$isNumber": path}, path, None]}},
                }
            },
        ]
        with mongodb_faults():
            found = list(self._products.aggregate(stages))
        latest = found[0]["latest"] if found else None
        return None if latest is None else int(latest)

    def changes(
        self, seller_id: str, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        return self._streams.poll(seller_id, token, wait_seconds, limit)

    def _read(self, query: Bson, order: Sequence[str], limit: int) -> list[Json]:
        return read_batch(self._read_raw(query, order, limit))

    def _read_raw(self, query: Bson, order: Sequence[str], limit: int) -> bytes:
        """Documents as the server sent them, one after the other."""
        if limit < 1:
            return b""
        with mongodb_faults():
            cursor = self._products.find_raw_batches(query, batch_size=limit, limit=limit)
            if order:
                cursor = cursor.sort([(name, ASCENDING) for name in order])
            return b"".join(cast("Iterable[bytes]", cursor))


def _owned(seller_id: str, after_id: str | None = None) -> Bson:
    """The documents of a seller, above ``after_id``."""
    place = _ANY_ID if after_id is None else {"$gt": ObjectId(after_id)}
    return {"sellerId": encode_field("sellerId", seller_id), "_id": place}


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

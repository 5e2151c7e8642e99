"""The ``webhookevents`` collection: which reports were taken in, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pymongo import ASCENDING, DESCENDING, UpdateOne

from koda_desktop.marketplace.trade_ports import EventRecord, Json
from koda_desktop.services.mongodb.connection import Bson, Connection
from koda_desktop.services.mongodb.faults import mongodb_faults
from koda_desktop.services.mongodb.trade_codec import (
    decode_event,
    event_key,
    from_seconds,
    shown_event,
)

POLL = "stripe-reports"
"""The mark's ``_id`` in the collection ``counters``: ``{_id, newest}``."""


class MongoEvents:
    """``marketplace.trade_ports.Events`` over MongoDB."""

    def __init__(self, connection: Connection) -> None:
        self._events = connection.collection("webhookevents")
        self._counters = connection.collection("counters")

    def processed(self, event_ids: Collection[str]) -> set[str]:
        query = {"stripeEventId": {"$in": list(event_ids)}, "processed": True}
        with mongodb_faults():
            found = self._events.find(query, {"stripeEventId": 1, "_id": 0})
            return {str(document["stripeEventId"]) for document in found}

    def waiting(self, intent_ids: Collection[str]) -> Sequence[EventRecord]:
        return self._read({"waitingFor": {"$in": list(intent_ids)}, "processed": False})

    def unfinished(self, most_attempts: int, limit: int) -> Sequence[EventRecord]:
        return self._read({"processed": False, "attempts": {"$lt": most_attempts}}, limit)

    def find(self, event_ids: Collection[str]) -> Sequence[EventRecord]:
        return self._read({"stripeEventId": {"$in": list(event_ids)}})

    def page(self, before: int | None, limit: int, *, only_open: bool = False) -> Sequence[Json]:
        query: Bson = {"processed": False} if only_open else {}
        if before is not None:
            query["created"] = {"$lt": from_seconds(before)}
        with mongodb_faults():
            found = self._events.find(query).sort("created", DESCENDING).limit(limit)
            return [shown_event(document) for document in found]

    def last_poll(self) -> int | None:
        with mongodb_faults():
            mark = self._counters.find_one({"_id": POLL})
        return int(mark["newest"]) if mark else None

    def set_last_poll(self, moment: int) -> None:
        with mongodb_faults():
            self._counters.update_one({"_id": POLL}, {"$max": {"newest": moment}}, upsert=True)

    def _read(self, query: Bson, limit: int = 0) -> list[EventRecord]:
        with mongodb_faults():
            found = self._events.find(query).sort("created", ASCENDING).limit(limit)
            return [decode_event(document) for document in found]


def recording(record: EventRecord) -> UpdateOne:
    """The write of one record. What was processed once stays so; each writing is an attempt."""
    return UpdateOne(
        {"_id": event_key(record.event_id)},
        {
            "$set": {
                "stripeEventId": record.event_id,
                "type": record.type,
                "created": from_seconds(record.created),
                "account": record.account,
                "error": record.error,
                "waitingFor": record.waiting_for,
                "payload": record.payload,
            },
            "$max": {"processed": record.is_processed},
            "$inc": {"attempts": 1},
            "$currentDate": {"updatedAt": True},
        },
        upsert=True,
    )

"""The documents of selling in BSON's types: ids inside items, times in seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from koda_desktop.marketplace.trade_ports import EventRecord, Json
from koda_desktop.runtime.clock import iso
from koda_desktop.services.mongodb.codec import decode, decode_field, encode, encode_field

Bson = dict[str, Any]

_ITEM_IDS = ("_id", "productId", "sellerId", "priceId")
_PARTS = ("items", "reconciled")
_LISTS = (*_PARTS, "sellerIds")


def encode_order(document: Mapping[str, Any]) -> Bson:
    """An order, or some of its fields."""
    fields = encode({name: value for name, value in document.items() if name not in _LISTS})
    for name in _PARTS:
        if name in document:
            fields[name] = [_encode_item(item) for item in document[name]]
    if "sellerIds" in document:
        fields["sellerIds"] = [encode_field("_id", one) for one in document["sellerIds"]]
    return fields


def decode_order(document: Mapping[str, Any]) -> Json:
    fields = decode({name: value for name, value in document.items() if name not in _LISTS})
    for name in _PARTS:
        if isinstance(document.get(name), list):
            fields[name] = [_decode_item(item) for item in document[name]]
    if isinstance(document.get("sellerIds"), list):
        fields["sellerIds"] = [str(one) for one in document["sellerIds"]]
    return fields


def _encode_item(item: Mapping[str, Any]) -> Bson:
    return {
        name: encode_field("_id", value) if name in _ITEM_IDS else encode_field(name, value)
        for name, value in item.items()
    }


def _decode_item(item: Any) -> Any:
    if not isinstance(item, Mapping):
        return item
    return {
        name: decode_field("_id" if name in _ITEM_IDS else name, value)
        for name, value in item.items()
    }


def event_key(event_id: str) -> ObjectId:
    """The one ``_id`` that the record of an event can have."""
    return ObjectId(hashlib.sha256(event_id.encode()).hexdigest()[:24])


def decode_event(document: Mapping[str, Any]) -> EventRecord:
    created: datetime = document["created"]
    return EventRecord(
        event_id=str(document["stripeEventId"]),
        type=str(document["type"]),
        created=int(created.timestamp()),
        payload=decode(document.get("payload") or {}),
        account=document.get("account"),
        is_processed=bool(document.get("processed")),
        error=document.get("error"),
        waiting_for=document.get("waitingFor"),
    )


def shown_event(document: Mapping[str, Any]) -> Json:
    """A ``webhookevents`` document as ``models.webhook_event`` reads it."""
    fields = decode({name: value for name, value in document.items() if name != "created"})
    return {**fields, "created": iso(document["created"])}


def from_seconds(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)

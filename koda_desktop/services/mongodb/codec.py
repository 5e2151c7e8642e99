"""BSON documents to the JSON-safe documents that cross rooms, and back without loss.

The fields this program knows become plain text: ids as 24 hex digits, dates as ISO 8601. Any other
BSON type goes through as MongoDB Extended JSON v2 (mongodb.com/docs, "MongoDB Extended JSON"), so
that a field of the web application's that nobody here knows comes back exactly as it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId, json_util
from bson.int64 import Int64

from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.runtime.ids import is_object_id

ID_FIELDS = frozenset({"_id", "sellerId", "buyerId", "productId"})
ID_LIST_FIELDS = frozenset({"cart"})
DATE_FIELDS = frozenset({"createdAt", "updatedAt", "deletedAt"})
NUMBER_FIELDS = frozenset({"__v", "price", "amount", "averageRating", "reviewCount"})
"""Read as plain numbers whatever their width: MongoDB compares numbers by value."""

_OPTIONS = json_util.JSONOptions(json_mode=json_util.JSONMode.CANONICAL, tz_aware=True, tzinfo=UTC)


def decode(document: Mapping[str, Any]) -> dict[str, Any]:
    """A BSON document as JSON-safe values."""
    return {name: _decode_field(name, value) for name, value in document.items()}


def encode(document: Mapping[str, Any]) -> dict[str, Any]:
    """The BSON document that ``decode`` made ``document`` of."""
    return {name: encode_field(name, value) for name, value in document.items()}


def encode_field(name: str, value: Any) -> Any:
    """One top-level field in BSON's types."""
    if name in ID_FIELDS and isinstance(value, str) and is_object_id(value):
        return ObjectId(value)
    if name in ID_LIST_FIELDS and isinstance(value, list):
        return [encode_field("_id", item) for item in value]
    if name in DATE_FIELDS and isinstance(value, str):
        return from_iso(value)
    return _encode(value)


def _decode_field(name: str, value: Any) -> Any:
    if name in ID_FIELDS and isinstance(value, ObjectId):
        return str(value)
    if name in ID_LIST_FIELDS and isinstance(value, list):
        return [_decode_field("_id", item) for item in value]
    if name in DATE_FIELDS and isinstance(value, datetime):
        return iso(value)
    if name in NUMBER_FIELDS and isinstance(value, Int64):
        return int(value)
    return _decode(value)


def _decode(value: Any) -> Any:
    return _walk(value, _decode_leaf)


def _decode_leaf(value: Any) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) and not isinstance(value, Int64):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return json_util.default(value, _OPTIONS)


def _encode(value: Any) -> Any:
    if isinstance(value, dict):
        extended = {key: _encode(item) for key, item in value.items()}
        is_extended = any(key.startswith("$") for key in extended)
        return json_util.object_hook(extended, _OPTIONS) if is_extended else extended
    if isinstance(value, list):
        return [_encode(item) for item in value]
    return value


def _walk(value: Any, leaf: Callable[[Any], Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _walk(item, leaf) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(item, leaf) for item in value]
    return leaf(value)

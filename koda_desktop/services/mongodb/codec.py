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
    """A BSON document as JSON-safe values. Dates without a time zone are in UTC, as BSON's are."""
    decoded = dict(document)
    for name, value in document.items():
        if type(value) not in _PLAIN:
            decoded[name] = decode_field(name, value)
    return decoded


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


def decode_field(name: str, value: Any) -> Any:
    """One top-level field as JSON-safe values."""
    read = _NAMED.get(name)
    return _decode(value) if read is None else read(value)


_PLAIN = frozenset({str, int, bool, type(None)})
"""Types that are JSON already, whatever the field; not their subclasses, such as Int64."""


def _decode_id(value: Any) -> Any:
    return str(value) if isinstance(value, ObjectId) else _decode(value)


def _decode_ids(value: Any) -> Any:
    return [_decode_id(item) for item in value] if isinstance(value, list) else _decode(value)


def _decode_date(value: Any) -> Any:
    if not isinstance(value, datetime):
        return _decode(value)
    if value.tzinfo is None:
        return f"{value.isoformat(timespec='milliseconds')}Z"
    return iso(value)


def _decode_number(value: Any) -> Any:
    return int(value) if isinstance(value, Int64) else _decode(value)


def _decode_files(value: Any) -> Any:
    return [_decode_file(item) for item in value] if isinstance(value, list) else _decode(value)


def _decode_file(file: Any) -> Any:
    """One entry of ``files``: a size of 2 GiB or more is an Int64 to the driver."""
    decoded = _decode(file)
    size = file.get("size") if isinstance(file, Mapping) else None
    return {**decoded, "size": int(size)} if isinstance(size, Int64) else decoded


_NAMED: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(ID_FIELDS, _decode_id),
    **dict.fromkeys(ID_LIST_FIELDS, _decode_ids),
    **dict.fromkeys(DATE_FIELDS, _decode_date),
    **dict.fromkeys(NUMBER_FIELDS, _decode_number),
    "files": _decode_files,
}


def _decode(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN or (kind is float and math.isfinite(value)):
        return value
    if kind is dict:
        if _PLAIN.issuperset(map(type, value.values())):
            return value
        return {key: item if type(item) in _PLAIN else _decode(item) for key, item in value.items()}
    if kind is list:
        if _PLAIN.issuperset(map(type, value)):
            return value
        return [item if type(item) in _PLAIN else _decode(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _decode(item) for key, item in value.items()}
    return json_util.default(value, _OPTIONS)


def _encode(value: Any) -> Any:
    if isinstance(value, dict):
        extended = {key: _encode(item) for key, item in value.items()}
        is_extended = any(key.startswith("$") for key in extended)
        return json_util.object_hook(extended, _OPTIONS) if is_extended else extended
    if isinstance(value, list):
        return [_encode(item) for item in value]
    return value

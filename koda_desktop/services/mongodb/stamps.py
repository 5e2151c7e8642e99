"""Stamps of a seller's documents, read from the index alone where no receipt is asked for.

The index (``sellerId``, ``_id``, ``updatedAt``) holds all of a stamp but the receipt, whose path
names the device and so cannot be in an index made beforehand: asking for receipts reads each
document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from koda_desktop.marketplace.api import Stamp
from koda_desktop.services.mongodb.codec import decode_field
from koda_desktop.services.mongodb.plain_stamps import read_plain, read_reply

_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    datetime_conversion=DatetimeConversion.DATETIME_AUTO, unicode_decode_error_handler="replace"
)

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_AT_ONCE = range(1, 100_001)
"""So many plain stamps are in one reply, which may have 16 MiB."""


def read_stamps(
    collection: Collection[dict[str, Any]], query: Mapping[str, Any], limit: int, device_id: str
) -> list[Stamp]:
    """Up to ``limit`` stamps in the order of ids; without receipts when ``device_id`` is "".

    Raises what pymongo raises.
    """
    fields = {"_id": 1, "updatedAt": 1}
    if device_id:
        fields[f"_sync.d.{device_id}.s"] = 1
    elif limit in _AT_ONCE:
        plain = _in_one_reply(collection, query, fields, limit)
        if plain is not None:
            return plain
    cursor = collection.find_raw_batches(query, fields, batch_size=limit, limit=limit)
    batches = cast("Iterable[bytes]", cursor.sort([("_id", ASCENDING)]))
    return [stamp for batch in batches for stamp in _read(batch, device_id)]


def _in_one_reply(
    collection: Collection[dict[str, Any]],
    query: Mapping[str, Any],
    fields: Mapping[str, Any],
    limit: int,
) -> list[Stamp] | None:
    """The same from the bytes of one reply, in which the driver would make an object of each stamp.

    None where one is not plain, and where the line broke: the driver asks again by itself when it
    has a cursor.
    """
    command = {
        "find": collection.name,
        "filter": query,
        "projection": fields,
        "sort": {"_id": ASCENDING},
        "limit": limit,
        "batchSize": limit,
        "singleBatch": True,
        "readConcern": collection.read_concern.document,
    }
    try:
        reply = collection.database.command(command, codec_options=_RAW)
    except AutoReconnect:
        return None
    return read_reply(bytes(reply["cursor"].raw))


def _read(batch: bytes, device_id: str) -> list[Stamp]:
    plain = None if device_id else read_plain(batch)
    if plain is not None:
        return plain
    return [
        Stamp(str(one["_id"]), _time(one), _sequence(one, device_id) if device_id else None)
        for one in bson.decode_all(batch, _OPTIONS)
    ]


def _time(document: Mapping[str, Any]) -> str:
    """As the whole document shows it, also what another writer left in place of a date."""
    moment = document.get("updatedAt")
    return "" if moment is None else str(decode_field("updatedAt", moment))


def _sequence(document: Mapping[str, Any], device_id: str) -> int | None:
    found: Any = document
    for name in ("_sync", "d", device_id, "s"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None

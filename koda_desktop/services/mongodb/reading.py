"""Documents as the server sent them, one by one: what cannot be read never hides the others.

A batch is decoded at once; when that fails, or a document in it is too large to be a listing, each
document is looked at by itself. One that cannot be read is replaced by its id, owner and time and
the reason (see ``marketplace.api.UNREADABLE``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError

from koda_desktop.marketplace.api import UNREADABLE, Json
from koda_desktop.services.mongodb.codec import decode

DOCUMENT_MAX = 2**20
"""The largest document, in bytes, that is taken for a listing."""

_SOME = 2**15
"""About as many bytes are decoded at once: the decoder lets no other thread run meanwhile, and the
window must not wait for it.
"""

_AUTO = DatetimeConversion.DATETIME_AUTO
"""Dates beyond Python's years stay numbers instead of failing the whole batch."""

OPTIONS: CodecOptions[Mapping[str, Any]] = CodecOptions(datetime_conversion=_AUTO)
"""Dates without a time zone: with one, decoding takes half as long again."""

_LENIENT: CodecOptions[Mapping[str, Any]] = CodecOptions(
    datetime_conversion=_AUTO, unicode_decode_error_handler="replace"
)
_length_at = struct.Struct("<i").unpack_from
_KEPT = ("_id", "sellerId", "updatedAt")
_DECODING = (BSONError, UnicodeError, ArithmeticError, RecursionError)


def read_batch(raw: bytes) -> list[Json]:
    """The documents of one batch of a raw cursor, in order."""
    return [document for some in _some_at_once(raw) for document in _read_some(some)]


def _read_some(raw: bytes) -> list[Json]:
    if len(raw) <= DOCUMENT_MAX:
        try:
            return [decode(document) for document in bson.decode_all(raw, OPTIONS)]
        except _DECODING:
            pass
    return [read_document(one) for one in _split(raw)]


def read_document(raw: bytes) -> Json:
    """One document, or what stands for one that cannot be read."""
    if len(raw) > DOCUMENT_MAX:
        return _stand_in(raw, f"It has {len(raw)} bytes; {DOCUMENT_MAX} is the most.")
    try:
        return decode(bson.decode(raw, OPTIONS))
    except UnicodeError:
        return _stand_in(raw, "It holds text that is not UTF-8.")
    except _DECODING as error:
        return _stand_in(raw, f"Its bytes cannot be read ({type(error).__name__}).")


def too_large(listing_id: str, seller_id: str, size: int) -> Json:
    """What stands for a document that the server kept back because of its ``size`` in bytes."""
    reason = f"It has {size} bytes; {DOCUMENT_MAX} is the most."
    return {"_id": listing_id, "sellerId": seller_id, UNREADABLE: reason}


def _stand_in(raw: bytes, reason: str) -> Json:
    found = bson.decode(raw, _LENIENT)
    return {**decode({name: found[name] for name in _KEPT if name in found}), UNREADABLE: reason}


def ends_of(raw: bytes) -> list[int]:
    """Where each document in ``raw`` ends.

    Each begins with its own length: four bytes, little-endian (bsonspec.org).
    """
    ends = []
    end = 0
    while end < len(raw):
        end += _length_at(raw, end)[0]
        ends.append(end)
    return ends


def _split(raw: bytes) -> Iterator[bytes]:
    return _some_at_once(raw, 1)


def _some_at_once(raw: bytes, size: int = _SOME) -> Iterator[bytes]:
    """Whole documents, as many as make up ``size`` bytes."""
    begin = 0
    for end in ends_of(raw):
        if end - begin >= size or end >= len(raw):
            yield raw[begin:end]
            begin = end

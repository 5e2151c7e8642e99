"""Stamps out of the raw bytes of a batch, for an audit reads a hundred thousand of them.

A document that holds an ObjectId and a date and nothing else has 41 bytes, always in the same
places (bsonspec.org): its length, ``\\x07_id\\0`` and twelve bytes, ``\\x09updatedAt\\0`` and the
milliseconds since 1970 as a signed 64-bit number, little-endian, and a zero.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from koda_desktop.marketplace.api import Stamp
from koda_desktop.runtime.clock import iso

_DOCUMENT = struct.Struct("<i5s12s11sqx")
_SIZE = _DOCUMENT.size
_ID, _UPDATED_AT = b"\x07_id\x00", b"\x09updatedAt\x00"
_BATCH = b"\x04firstBatch\x00"
_MINUTE = 60_000
_FIRST, _END = -62_135_596_800_000, 253_402_300_800_000
"""The milliseconds of the years 1 to 9999, which Python's dates know; the end is not in it."""


def read_reply(cursor: bytes) -> list[Stamp] | None:
    """As ``read_plain``, of the ``cursor`` in a reply that has all documents in its first batch."""
    found = cursor.find(_BATCH)
    if found < 0:
        return None
    begin = found + len(_BATCH)
    end = begin + int.from_bytes(cursor[begin : begin + 4], "little") - 1
    return read_plain(_documents(cursor[begin + 4 : end]))


def _documents(array: bytes) -> bytes:
    """The documents of an array without their keys, if all of them are of that size.

    Each has a type of one byte before it and its number in decimal digits, ended by a zero. From
    one of another size on, what is answered is no document.
    """
    found: list[bytes] = []
    begin, digits, count = 0, 1, 10
    while begin < len(array):
        key = digits + 2
        width = key + _SIZE
        end = min(begin + count * width, len(array))
        found += [array[at + key : at + width] for at in range(begin, end, width)]
        begin, digits, count = end, digits + 1, 9 * 10**digits
    return b"".join(found)


def read_plain(batch: bytes) -> list[Stamp] | None:
    """The stamps in ``batch``, without receipts; None when any of it is not as told above."""
    if len(batch) % _SIZE:
        return None
    minutes: dict[int, str] = {}
    stamps = []
    for size, id_name, listing_id, time_name, moment in _DOCUMENT.iter_unpack(batch):
        if size != _SIZE or id_name != _ID or time_name != _UPDATED_AT:
            return None
        if not _FIRST <= moment < _END:
            return None
        minute, rest = divmod(moment, _MINUTE)
        begin = minutes.get(minute)
        if begin is None:
            begin = minutes[minute] = _minute(minute)
        stamps.append(Stamp(listing_id.hex(), f"{begin}{rest // 1000:02d}.{rest % 1000:03d}Z"))
    return stamps


def _minute(minute: int) -> str:
    """``2026-11-26T14:05:``, as ``iso`` writes it."""
    days, left = divmod(minute, 24 * 60)
    day = datetime.fromordinal(_EPOCH_DAY + days)
    moment = day.replace(hour=left // 60, minute=left % 60, tzinfo=UTC)
    return iso(moment)[: -len("00.000Z")]


_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()

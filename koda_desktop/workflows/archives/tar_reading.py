"""Tar archives read in memory, plain or in gzip, by the POSIX (pax) and GNU formats.

A small reader of its own: the standard library's recurses from header to header, and what it takes
as a length depends on its patch level. Here every header is checked, no length is believed beyond
the bytes that are there, and no step is repeated.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from koda_desktop.workflows.archives.entries import Entry, Kind, Listing, broken
from koda_desktop.workflows.archives.limits import Budget, too_many_entries
from koda_desktop.workflows.archives.litter import is_litter
from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspection import Problem, Removal
from koda_desktop.workflows.json_writing import brief
from koda_desktop.workflows.removal_kinds import RemovalKind

_BLOCK = 512
_KINDS = {
    b"0": Kind.FILE, b"\0": Kind.FILE, b"7": Kind.FILE, b"5": Kind.FOLDER, b"1": Kind.LINK,
    b"2": Kind.LINK,
}  # fmt: skip
_EXTRA = (b"x", b"g", b"L", b"K")
_LONGEST_EXTRA = 64 * 1024
_PAX_RECORD = re.compile(rb"(\d{1,6}) ([^=\n]{1,80})=")
_OF_NOBODY = {"", "root", "wheel", "0"}
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Header:
    name: str
    size: int
    flag: bytes
    owners: tuple[str, str]


class _DamagedError(ValueError):
    """The bytes are no tar from here on; the text says why."""


def unzipped(data: bytes, caps: Caps) -> bytes | Problem:
    """What the gzip stream ``data`` unpacks to, or the problem with it."""
    budget = Budget(caps)
    pieces: list[bytes] = []
    rest = data
    try:
        while rest.startswith(b"\x1f\x8b"):
            unpacker = zlib.decompressobj(wbits=31)
            while rest and not unpacker.eof:
                piece = unpacker.decompress(rest, _CHUNK)
                rest = unpacker.unconsumed_tail
                budget.spend(len(piece))
                pieces.append(piece)
                unpacked = caps.max_unpacked - budget.left
                problem = budget.exceeded() if budget.left < 0 else None
                problem = problem or _ratio(budget, unpacked, len(data))
                if problem:
                    return problem
            if not unpacker.eof:
                return broken("the compressed data end too early")
            rest = unpacker.unused_data
    except zlib.error:
        return broken("its data are damaged")
    return b"".join(pieces)


def _ratio(budget: Budget, unpacked: int, packed: int) -> Problem | None:
    fresh = Budget(budget.caps)
    return fresh.refuses(min(unpacked, budget.caps.max_unpacked), packed)


def is_tar(data: bytes) -> bool:
    """Whether ``data`` begins with a sound tar header, of whatever age, or is an empty tar."""
    if data and not data.strip(b"\0"):
        return len(data) % _BLOCK == 0
    try:
        return len(data) >= _BLOCK and _header(data[:_BLOCK]) is not None
    except _DamagedError:
        return False


def read_tar(data: bytes, caps: Caps) -> Listing:
    """The entries of ``data``, which is not compressed. Never raises, whatever the bytes."""
    entries: list[Entry] = []
    owners: dict[str, None] = {}
    try:
        for header, body in _members(data):
            if len(entries) >= caps.max_entries:
                return Listing(tuple(entries), too_many_entries(caps))
            kind = _kind(header)
            keeps = kind is Kind.FILE and not is_litter(header.name)
            entries.append(Entry(header.name, kind, body if keeps else b"", header.size))
            owners |= dict.fromkeys(name for name in header.owners if name not in _OF_NOBODY)
    except _DamagedError as error:
        return Listing(tuple(entries), broken(str(error)))
    return Listing(tuple(entries), traces=_traces(tuple(owners)))


def _members(data: bytes) -> Iterator[tuple[_Header, bytes]]:
    """Headers with their bodies; pax and GNU headers are taken into the one they speak of."""
    position = 0
    extra: dict[str, str] = {}
    while position + _BLOCK <= len(data):
        header = _header(data[position : position + _BLOCK])
        if header is None:
            return
        # Links and folders may name a size that has no body.
        size = header.size if _has_body(header.flag) else 0
        if "size" in extra and size:
            size = _decimal(extra["size"])
        position += _BLOCK
        if size > len(data) - position:
            raise _DamagedError("an entry is longer than the archive")
        body = data[position : position + size]
        position += -(-size // _BLOCK) * _BLOCK
        if header.flag in _EXTRA:
            extra |= _extra(header.flag, body)
            continue
        name = extra.pop("path", header.name)
        yield _Header(name, size, header.flag, header.owners), body
        extra.clear()
    if position == 0:
        raise _DamagedError("it holds no whole entry")


def _kind(header: _Header) -> Kind:
    kind = _KINDS.get(header.flag, Kind.DEVICE)
    # Before POSIX a folder was a file with a slash at the end of its name.
    return Kind.FOLDER if kind is Kind.FILE and header.name.endswith("/") else kind


def _has_body(flag: bytes) -> bool:
    return flag not in (b"1", b"2", b"3", b"4", b"5", b"6")


def _header(block: bytes) -> _Header | None:
    """The header in ``block``; None for the zero block that ends an archive."""
    if not block.strip(b"\0"):
        return None
    if _octal(block[148:156]) != sum(block[:148]) + 8 * 32 + sum(block[156:]):
        raise _DamagedError("the checksum of a header does not fit")
    name, prefix = _text(block[:100]), ""
    if block[257:263] == b"ustar\0":
        prefix = _text(block[345:500])
    owners = _text(block[265:297]), _text(block[297:329])
    size = _octal(block[124:136])
    return _Header(f"{prefix}/{name}" if prefix else name, size, block[156:157], owners)


def _octal(field: bytes) -> int:
    """A number as tar writes it: octal digits, or binary behind a set high bit (GNU)."""
    if field[0] & 0x80:
        number = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        if field[0] & 0x40 or number > 1 << 40:
            raise _DamagedError("a length makes no sense")
        return number
    digits = field.split(b"\0", 1)[0].strip()
    if not digits:
        return 0
    if not re.fullmatch(rb"[0-7]{1,12}", digits):
        raise _DamagedError("a number in a header is none")
    return int(digits, 8)


def _decimal(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,13}", text, re.ASCII):
        raise _DamagedError("a length makes no sense")
    return int(text)


def _extra(flag: bytes, body: bytes) -> dict[str, str]:
    """What a header of its own says of the entry after it: its name, and in pax its size."""
    if len(body) > _LONGEST_EXTRA:
        raise _DamagedError("a header is longer than any name")
    if flag == b"L":
        return {"path": _text(body)}
    return dict(_pax(body)) if flag == b"x" else {}


def _pax(body: bytes) -> Iterator[tuple[str, str]]:
    position = 0
    while match := _PAX_RECORD.match(body, position):
        end = position + int(match[1])
        if end > len(body) or end <= match.end():
            raise _DamagedError("a header ends too early")
        if match[2] in (b"path", b"size"):
            yield match[2].decode(), body[match.end() : end - 1].decode("utf-8", "surrogateescape")
        position = end


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def _traces(owners: tuple[str, ...]) -> tuple[Removal, ...]:
    if not owners:
        return ()
    names = [name.encode("utf-8", "replace").decode() for name in owners[:20]]
    return (Removal("(owners)", "account names of the computer that packed it", brief(names),
                    None, RemovalKind.ARCHIVE),)  # fmt: skip

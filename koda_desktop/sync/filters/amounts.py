"""Prices and sizes as they are typed: with a decimal point or comma, never through floats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from koda_desktop.sync.filters.faults import misunderstood
from koda_desktop.sync.filters.spans import Span
from koda_desktop.sync.filters.tokens import Piece

_AMOUNT = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?(?:€|eur)?\Z", re.IGNORECASE | re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?\Z", re.ASCII)
_ENDS_WHOLE = re.compile(r"(?:^|[<>=]|\.\.)\d+\Z", re.ASCII)
_BEGINS_CENTS = re.compile(r"\d{1,2}(?!\d)(?:\.\.|€|eur|\Z)", re.IGNORECASE | re.ASCII)
_BEGINS_THOUSAND = re.compile(r"\d{3}(?!\d)", re.ASCII)
_SIZE = re.compile(r"(\d{1,12})(?:[.,](\d{1,3}))?(b|kb|mb|gb)?\Z", re.IGNORECASE | re.ASCII)
_UNITS = {"b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}
_FREE = "free"


def join_decimal_commas(pieces: Sequence[Piece]) -> list[Piece]:
    """The values of a price again, where a comma between two of them is a decimal comma.

    It is one between a whole number and one or two digits: ``5,10`` is 5.10 and ``9.99,19.99`` are
    two prices. Raises InputError for ``1,000``, which may be either.
    """
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if before is None or not _ENDS_WHOLE.search(before.text):
            joined.append(piece)
        elif _BEGINS_CENTS.match(piece.text):
            text = f"{before.text},{piece.text}"
            joined[-1] = replace(before, text=text, end=piece.end)
        elif _BEGINS_THOUSAND.match(piece.text):
            whole = replace(before, text=f"{before.text},{piece.text}", end=piece.end)
            raise _thousands(whole)
        else:
            joined.append(piece)
    return joined


def read_price(piece: Piece) -> Span[int]:
    """A price in minor units, as the span of that one amount. Raises InputError."""
    if piece.text.lower() == _FREE:
        return 0, 1
    found = _AMOUNT.match(piece.text)
    if found is None:
        if _THOUSANDS.match(piece.text):
            raise _thousands(piece)
        what = f"“{piece.text}” is not a price" if piece.text else "The price is missing"
        raise misunderstood(piece, what, "Write it as 9.99, 9,99, 10..20, <20 or free.")
    whole, cents = found.groups()
    minor = int(whole) * 100 + int((cents or "0").ljust(2, "0"))
    return minor, minor + 1


def _thousands(piece: Piece) -> Exception:
    what = f"“{piece.text}” may mean thousands or decimals"
    return misunderstood(piece, what, "Write prices without thousands separators: 1000 or 1.00.")


def read_size(piece: Piece) -> Span[int]:
    """A size in bytes, as the span of that one number; 1 kB is 1,000 bytes. Raises InputError."""
    found = _SIZE.match(piece.text)
    if found is None:
        what = f"“{piece.text}” is not a size" if piece.text else "The size is missing"
        raise misunderstood(piece, what, "Write it as 500kb, >1mb or 1mb..5mb.")
    whole, decimals, unit = found.groups()
    each = _UNITS[(unit or "b").lower()]
    parts = (decimals or "0").ljust(3, "0")
    size = int(whole) * each + int(parts) * each // 1_000
    return size, size + 1

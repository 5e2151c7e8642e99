"""The filter over orders: the language of the Listings page with the fields of a sale.

Words are looked for in titles and order numbers. ``status:refunded net:<20 placed:2026-11
-payment:paid has:difference`` are all conditions that hold together; a comma inside one is "or".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from koda_desktop.models.order_status import FulfillmentStatus, OrderStatus, PaymentStatus
from koda_desktop.sync.filters.amounts import join_decimal_commas, read_price
from koda_desktop.sync.filters.faults import misunderstood, not_among
from koda_desktop.sync.filters.moments import Today, read_moments
from koda_desktop.sync.filters.spans import read_span
from koda_desktop.sync.filters.tokens import Piece, Token, tokens

NET = "(gross - fee - refunded + fee_refunded)"
"""What is left to the seller of an order, as SQL."""
MOST_CHARACTERS = 4_000
_QUOTE = " Put words that hold a colon in quotes."


class SaleFilter(NamedTuple):
    """Conditions of SQL that all hold, and the values in them."""

    parts: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()


NO_FILTER = SaleFilter()


class _Field(NamedTuple):
    read: Callable[[Piece, Today], SaleFilter]
    hint: str


def parse(text: str, today: Today) -> SaleFilter:
    """What ``text`` means. Raises InputError, with its place, for what is not understood."""
    text = text.encode("utf-8", "replace").decode()
    if len(text) > MOST_CHARACTERS:
        end = Piece("", 0, len(text))
        raise misunderstood(end, "The filter is too long", f"It can have {MOST_CHARACTERS} signs.")
    parts: list[str] = []
    values: list[Any] = []
    for token in tokens(text):
        found = _of_token(token, today)
        parts.append(f"NOT ({found.parts[0]})" if token.is_excluded else found.parts[0])
        values += found.values
    return SaleFilter(tuple(parts), tuple(values))


def _of_token(token: Token, today: Today) -> SaleFilter:
    if token.field is None:
        return _either([_words(token.values[0])])
    field = FIELDS.get(token.field.lower())
    if field is None:
        if not token.has_colon:
            return _either([_words(_whole(token))])
        place = Piece(token.field, token.field_start, token.field_start + len(token.field))
        raise not_among(place, f"There is no field “{token.field}”", list(FIELDS), _QUOTE)
    pieces: Sequence[Piece] = token.values
    if token.field.lower() in _AMOUNTS:
        pieces = join_decimal_commas(pieces)
    for piece in pieces:
        if not piece.text:
            hint = f"For example {field.hint}."
            raise misunderstood(piece, f"“{token.field}:” has no value", hint)
    return _either([field.read(piece, today) for piece in pieces])


def _whole(token: Token) -> Piece:
    return Piece(f"{token.field}{token.values[0].text}", token.start, token.end)


def _either(found: Sequence[SaleFilter]) -> SaleFilter:
    """One condition: any of these."""
    joined = " OR ".join(f"({one.parts[0]})" for one in found)
    return SaleFilter((joined,), tuple(value for one in found for value in one.values))


def _words(piece: Piece) -> SaleFilter:
    like = f"%{_escaped(piece.text)}%"
    return SaleFilter(
        ("titles LIKE ? ESCAPE '\\' OR number LIKE ? ESCAPE '\\' OR id = ?",),
        (like, like, piece.text),
    )


def _title(piece: Piece, _: Today) -> SaleFilter:
    return SaleFilter(("titles LIKE ? ESCAPE '\\'",), (f"%{_escaped(piece.text)}%",))


def _number(piece: Piece, _: Today) -> SaleFilter:
    """``KD-000123``, ``000123`` and ``123`` are one order."""
    digits = piece.text.upper().removeprefix("KD-")
    if digits.isdecimal():
        return SaleFilter(("number = ?",), (f"KD-{int(digits):06d}",))
    return SaleFilter(("number LIKE ? ESCAPE '\\'",), (f"{_escaped(piece.text)}%",))


def _one_of(column: str, known: Sequence[str]) -> Callable[[Piece, Today], SaleFilter]:
    """A word of a list that another version may make longer: in quotes it is taken as it is."""

    def read(piece: Piece, _: Today) -> SaleFilter:
        text = piece.text.upper()
        names = [name for name in known if name == text]
        names = names or [name for name in known if name.startswith(text)]
        if not names and not piece.is_quoted:
            what = f"“{piece.text}” is no {column}"
            raise not_among(piece, what, [name.lower() for name in known])
        marks = ", ".join("?" * len(names or [text]))
        return SaleFilter((f"{column} IN ({marks})",), tuple(names or [piece.text]))

    return read


def _amount(column: str) -> Callable[[Piece, Today], SaleFilter]:
    def read(piece: Piece, _: Today) -> SaleFilter:
        return _between(column, *read_span(piece, read_price))

    return read


def _moment(column: str) -> Callable[[Piece, Today], SaleFilter]:
    def read(piece: Piece, today: Today) -> SaleFilter:
        low, high = read_moments(piece, today)
        return _between(column, _seconds(low), _seconds(high))

    return read


def _between(column: str, low: int | None, high: int | None) -> SaleFilter:
    bounds = [(f"{column} >= ?", low), (f"{column} < ?", high)]
    held = [(part, value) for part, value in bounds if value is not None]
    parts = " AND ".join(part for part, _ in held)
    return SaleFilter((parts or f"{column} IS NOT NULL",), tuple(value for _, value in held))


_HAS = {
    "refund": "refunded > 0",
    "payout": "payout <> ''",
    "difference": "coalesce(difference, 0) <> 0",
}


def _has(piece: Piece, _: Today) -> SaleFilter:
    names = [name for name in _HAS if name.startswith(piece.text.lower())]
    if not names:
        raise not_among(piece, f"“{piece.text}” is nothing an order has", list(_HAS))
    return SaleFilter((" OR ".join(_HAS[name] for name in names),))


def _payout(piece: Piece, _: Today) -> SaleFilter:
    return SaleFilter(("payout LIKE ? ESCAPE '\\'",), (f"{_escaped(piece.text)}%",))


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _escaped(text: str) -> str:
    for sign in "\\%_":
        text = text.replace(sign, "\\" + sign)
    return text


_AMOUNTS = ("gross", "net", "refunded", "fee")
FIELDS = {
    "status": _Field(_one_of("status", [*OrderStatus]), "status:refunded"),
    "payment": _Field(_one_of("payment", [*PaymentStatus]), "payment:paid"),
    "delivery": _Field(_one_of("fulfillment", [*FulfillmentStatus]), "delivery:delivered"),
    "placed": _Field(_moment("placed_at"), "placed:<7d, placed:2026-11"),
    "paid": _Field(_moment("paid_at"), "paid:yesterday"),
    "gross": _Field(_amount("gross"), "gross:>20"),
    "net": _Field(_amount(NET), "net:10..20"),
    "fee": _Field(_amount("fee"), "fee:<5"),
    "refunded": _Field(_amount("refunded"), "refunded:>0"),
    "title": _Field(_title, "title:invoice"),
    "number": _Field(_number, "number:KD-000123"),
    "payout": _Field(_payout, "payout:po_1"),
    "has": _Field(_has, "has:refund, has:difference"),
}
"""Every field by its name."""

"""Verbs over prices: integer minor units of one currency, rounded half up."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from koda_desktop.errors import InputError
from koda_desktop.models.money import (
    EUR,
    MAX_MINOR,
    Money,
    MoneyError,
    from_web_number,
    quick_minor,
    web_number,
)
from koda_desktop.sync.bulk.proposing import BulkRow, EachRow, Proposal, Refusal

ENDINGS = (99, 95, 49, 0)
"""The minor units that a price can be rounded to end in."""

_HUNDRED = 100
_NO_PRICE = "It has no price yet."
_PERCENT_MIN, _PERCENT_MAX = Decimal(-100), Decimal(10_000)
_DECIMALS_MAX = 30


class _PriceVerb(EachRow):
    """A verb that makes one amount of another."""

    reads = ("price",)

    def amount(self, minor: int) -> int:
        """The new price in minor units."""
        raise NotImplementedError

    def change(self, row: BulkRow) -> Proposal:
        price = row.fields.get("price")
        if price is None:
            return Refusal("price", _NO_PRICE)
        quick = quick_minor(price) if row.currency == EUR else None
        if quick is not None:
            return self._changed(quick, EUR)
        try:
            before = from_web_number(price, row.currency)
        except MoneyError as error:
            return Refusal("price", str(error))
        return self._changed(before.minor, before.currency)

    def _changed(self, minor: int, currency: str) -> Proposal:
        after = self.amount(minor)
        if after < 0:
            return Refusal("price", f"It would fall below zero: from {Money(minor, currency)}.")
        if after > MAX_MINOR:
            return Refusal("price", f"It would be too high: {Money(MAX_MINOR)} is the most.")
        return {"price": web_number(after, currency)}


@dataclass(frozen=True, slots=True)
class Percent(_PriceVerb):
    """Prices raised (or, negative, lowered) by ``percent`` of themselves."""

    percent: Decimal
    _factor: tuple[int, int] = field(init=False, repr=False, compare=False)
    """What a price is multiplied by, as a fraction: whole numbers are exact, and fast."""

    def __post_init__(self) -> None:
        if not self.percent.is_finite() or not _PERCENT_MIN <= self.percent <= _PERCENT_MAX:
            raise InputError(f"Give a percentage from {_PERCENT_MIN} to {_PERCENT_MAX:,}.")
        if _decimals(self.percent) > _DECIMALS_MAX:
            raise InputError(f"Give a percentage with {_DECIMALS_MAX} decimals at most.")
        above, below = self.percent.as_integer_ratio()
        object.__setattr__(self, "_factor", (_HUNDRED * below + above, _HUNDRED * below))

    @property
    def name(self) -> str:
        return f"Price {_signed(self.percent)}%"

    def amount(self, minor: int) -> int:
        above, below = self._factor
        # Neither is negative, so that half up is the whole part of the price and a half.
        return (2 * minor * above + below) // (2 * below)


@dataclass(frozen=True, slots=True)
class Amount(_PriceVerb):
    """``minor`` units of ``currency`` added to prices, or taken from them; free ones stay free.

    Listings with prices in another currency are refused.
    """

    minor: int
    currency: str = "EUR"

    @property
    def name(self) -> str:
        amount = Money(abs(self.minor), self.currency)
        return f"Price {_sign(self.minor)}{amount}"

    def amount(self, minor: int) -> int:
        return minor + self.minor

    def _changed(self, minor: int, currency: str) -> Proposal:
        if currency != self.currency:
            return Refusal("price", f"Its price is in {currency}, not {self.currency}.")
        return _PriceVerb._changed(self, minor, currency)


@dataclass(frozen=True, slots=True)
class RoundTo(_PriceVerb):
    """Prices moved to the nearest one that ends in ``ending`` minor units, half up.

    What is free stays free, and nothing becomes free that was not.
    """

    ending: int = 99

    def __post_init__(self) -> None:
        if not 0 <= self.ending < _HUNDRED:
            raise InputError("A price can end in .00 to .99.")

    @property
    def name(self) -> str:
        return f"Price rounded to .{self.ending:02}"

    def amount(self, minor: int) -> int:
        if minor == 0:
            return 0
        # The distance to the ending, counted in hundreds and rounded half up.
        steps = (2 * (minor - self.ending) + _HUNDRED) // (2 * _HUNDRED)
        rounded = steps * _HUNDRED + self.ending
        return rounded if rounded > 0 else rounded + _HUNDRED


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _signed(number: Decimal) -> str:
    text = f"{abs(number).normalize():f}"
    return f"{_sign(number)}{text}"


def _sign(number: int | Decimal) -> str:
    return "\N{MINUS SIGN}" if number < 0 else "+"

"""Money: integer minor units and an ISO 4217 currency. No floats, no mixed sums.

The web application stores a price as a BSON Number of euros; it is converted here, at the edge,
with decimal arithmetic. The platform's fee is 15%, rounded half up per line, so that fee and net
add up to the gross at every cent. The preview and the charge use this same function.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

EUR = "EUR"
FEE_PERCENT = 15
MAX_MINOR = 99_999_999
"""The largest amount Stripe takes in one charge: eight digits of minor units."""

_EXPONENTS = {EUR: 2}
_IN_ONE: dict[str, int] = {currency: 10**exponent for currency, exponent in _EXPONENTS.items()}


class MoneyError(ValueError):
    """An amount that is not money: not a number, too precise, negative where it may not be."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``minor`` units (cents) of ``currency`` (ISO 4217, upper case)."""

    minor: int
    currency: str = EUR

    def __post_init__(self) -> None:
        if self.currency not in _EXPONENTS:
            raise MoneyError(f"unknown currency {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError(f"cannot add {other.currency} to {self.currency}")

    def as_decimal(self) -> Decimal:
        """The amount in major units, exact: 999 cents are Decimal('9.99')."""
        return Decimal(self.minor).scaleb(-_EXPONENTS[self.currency])

    def __str__(self) -> str:
        return f"{self.as_decimal():.{_EXPONENTS[self.currency]}f} {self.currency}"


@dataclass(frozen=True, slots=True)
class FeeSplit:
    """What a line's gross becomes: ``fee`` to the platform, ``net`` to the seller."""

    gross: Money
    fee: Money
    net: Money


def split_fee(gross: Money) -> FeeSplit:
    """15% of ``gross``, rounded half up to a minor unit; the rest is the seller's.

    Raises MoneyError for a negative amount: a refund reverses a split, it is not one.
    """
    if gross.minor < 0:
        raise MoneyError("a fee is taken from an amount of zero or more")
    fee = (gross.minor * FEE_PERCENT + 50) // 100
    return FeeSplit(gross, Money(fee, gross.currency), Money(gross.minor - fee, gross.currency))


def parse_amount(text: str, currency: str = EUR) -> Money:
    """What a person typed as a price: ``9.99``, ``9,99``, ``12`` (major units).

    Raises MoneyError with a sentence for the person: thousands separators are refused, because
    ``1.234`` would mean two different prices in two countries.
    """
    cleaned = text.strip().replace(" ", "").removesuffix("€").removeprefix("€").strip()
    if "," in cleaned and "." in cleaned:
        raise MoneyError("Write the price without thousands separators, for example 1234.50.")
    return _from_decimal(_decimal(cleaned.replace(",", ".")), currency)


def from_web_number(value: object, currency: str = EUR) -> Money:
    """The web application's ``price`` (a BSON Number of major units) in minor units.

    A double is read by its shortest decimal form, as JavaScript prints it, so 19.99 is 1999 cents.
    A ``{"$numberDecimal": …}`` is read as it stands. Raises MoneyError when it is not a price;
    fractions of a cent, which a double sum can leave behind, are rounded half up.
    """
    quick = quick_minor(value) if currency == EUR else None
    if quick is not None:
        return Money(quick, currency)
    if isinstance(value, dict) and set(value) == {"$numberDecimal"}:
        value = value["$numberDecimal"]
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise MoneyError(f"{type(value).__name__} is not a price")
    exact = _decimal(repr(value) if isinstance(value, float) else str(value))
    return _from_decimal(_round_to_minor(exact, currency), currency)


def quick_minor(value: object) -> int | None:
    """Euros as cents, for numbers that stand for whole cents in range; None for any other value.

    A double that equals a number of cents divided by a hundred, correctly rounded, is the double
    nearest to that decimal, which is therefore its shortest form.
    """
    if type(value) is int:
        minor = value * 100
    elif type(value) is float and 0 <= value <= MAX_MINOR / 100:
        minor = round(value * 100)
        if minor / 100 != value:
            return None
    else:
        return None
    return minor if 0 <= minor <= MAX_MINOR else None


def amount_words(value: object) -> str:
    """A price in euros as the web application stores it, with its cents: ``12.50`` for 12.5.

    Empty for what is not whole cents.
    """
    minor = quick_minor(value)
    return "" if minor is None else f"{minor // 100}.{minor % 100:02}"


def to_web_number(money: Money) -> int | float:
    """``money`` as the web application stores it: a Number of major units.

    A whole number divided by a hundred is the double nearest to that decimal, and prints back as
    the same one, so no cent is lost on the way (a property test walks every amount Stripe takes).
    """
    return web_number(money.minor, money.currency)


def web_number(minor: int, currency: str = EUR) -> int | float:
    """As ``to_web_number``, for thousands of amounts of a known currency."""
    in_one = _IN_ONE[currency]
    return minor / in_one if minor % in_one else minor // in_one


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise MoneyError("The price must be a number, for example 9.99.") from None
    if not value.is_finite():
        raise MoneyError("The price must be a number, for example 9.99.")
    return value


def _round_to_minor(value: Decimal, currency: str) -> Decimal:
    if value.adjusted() > 15:
        raise MoneyError("The price is too high.")
    return value.quantize(Decimal(1).scaleb(-_EXPONENTS[currency]), ROUND_HALF_UP)


def _from_decimal(value: Decimal, currency: str) -> Money:
    if value.adjusted() > 15:
        raise MoneyError("The price is too high.")
    minor = value.scaleb(_EXPONENTS[currency])
    if minor != minor.to_integral_value():
        raise MoneyError("The price has more than two decimal places.")
    if minor < 0:
        raise MoneyError("The price cannot be negative.")
    if minor > MAX_MINOR:
        raise MoneyError("The price is too high: 999,999.99 is the most.")
    return Money(int(minor), currency)

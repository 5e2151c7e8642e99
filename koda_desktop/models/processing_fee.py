"""What the payment provider is likely to keep of a card payment: an estimate, never a charge.

Which card a buyer pays with is not known before they pay; what was really taken stands in the
balance transaction of each sale. The platform bears it: a seller's part does not depend on it.
"""

from __future__ import annotations

from typing import NamedTuple

from koda_desktop.models.money import EUR, MoneyError

USD = "USD"


class CardRate(NamedTuple):
    """``per_mille`` of the amount, and ``fixed`` minor units for each payment."""

    per_mille: int
    fixed: int


CARD_RATES = {EUR: CardRate(15, 25), USD: CardRate(29, 30)}
"""Stripe's list prices for a standard card of the platform's own region, paid online: 1.5% + €0.25
in the European Economic Area (support.stripe.com, "Pricing updates for businesses based in the
European Economic Area", since 10 April 2023) and 2.9% + $0.30 in the United States
(stripe.com/pricing). Premium and foreign cards cost more.
"""


def estimated_processing(minor: int, currency: str = EUR) -> int | None:
    """What Stripe is likely to keep of one payment of ``minor`` units, rounded half up.

    Nothing of a free product, which Stripe never sees; None for a currency without a known rate.
    Raises MoneyError for a negative amount: a refund gives none of it back.
    """
    if minor < 0:
        raise MoneyError("a processing fee is taken from an amount of zero or more")
    rate = CARD_RATES.get(currency)
    if rate is None or minor == 0:
        return None if rate is None else 0
    return (minor * rate.per_mille + 500) // 1000 + rate.fixed

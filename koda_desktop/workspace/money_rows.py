"""What the pages hold of money at the payment provider: plain data. Amounts in minor units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a seller's account at the provider is, as the account itself says."""

    state: str
    """``not-started``, ``in-progress``, ``action-needed`` or ``active``."""
    charges_enabled: bool = False
    payouts_enabled: bool = False
    wanted: tuple[str, ...] = ()
    """What is still to be told, by the provider's names (``individual.verification.document``)."""
    disabled_reason: str = ""
    """Why the account may not be used, in the provider's word (``requirements.past_due``)."""
    as_of: str = ""
    """When it was asked, in ISO 8601."""


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What an account holds in one currency. ``difference`` is what its movements do not explain;
    zero when it adds up.
    """

    currency: str
    available: int
    pending: int
    difference: int = 0


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One line of a payout. ``net`` is ``amount`` less ``fee``."""

    type: str
    amount: int
    fee: int
    net: int
    currency: str
    created: int
    """In seconds since 1970."""
    order: str = ""
    """The number of the order it is money of, where that is known."""


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout to the bank. Times in seconds since 1970."""

    id: str
    amount: int
    currency: str
    status: str
    """The provider's word: ``paid``, ``pending``, ``in_transit``, ``canceled`` or ``failed``."""
    created: int
    arrives_on: int
    lines: Sequence[MovementRow] | None = None
    """What it is made of; None for one that was made by hand, which names nothing."""
    failure: str = ""
    """Why the bank did not take it, in the provider's words."""
    difference: int | None = None
    """The payout less its lines: zero when it adds up, None where there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Payouts:
    """A seller's balance and payouts, newest first, as they were at ``as_of`` (ISO 8601)."""

    as_of: str
    balances: Sequence[BalanceRow] = ()
    payouts: Sequence[PayoutRow] = ()

    @property
    def adds_up(self) -> bool:
        """Whether nothing differs, as far as that can be known."""
        balances = any(one.difference for one in self.balances)
        return not balances and not any(one.difference for one in self.payouts)

    def as_json(self) -> Json:
        """As ``read`` takes it."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """What ``as_json`` wrote."""
        return cls(
            stored["as_of"],
            tuple(BalanceRow(**one) for one in stored["balances"]),
            tuple(_payout(one) for one in stored["payouts"]),
        )


@dataclass(frozen=True, slots=True)
class EventRow:
    """One report of the provider, as it was taken in."""

    id: str
    type: str
    created: str
    """The provider's time, in ISO 8601."""
    is_processed: bool
    tries: int
    error: str = ""
    waits_for: str = ""
    """The payment whose order another report has to tell first."""
    account: str = ""
    """The seller's account it happened in; empty for the platform's."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """Without personal data: what says who somebody is was hidden before it was kept."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What taking reports in again came to; ``errors`` by the ids of those that failed."""

    processed: int
    waiting: int
    failed: int
    ignored: int
    errors: Mapping[str, str] = field(default_factory=dict)


def _payout(stored: Mapping[str, Any]) -> PayoutRow:
    lines = stored["lines"]
    read = None if lines is None else tuple(MovementRow(**one) for one in lines)
    return PayoutRow(**{**stored, "lines": read})

"""What the rules need of the payment provider, in the marketplace's own words.

Amounts are minor units, times seconds since 1970. Every call that moves or makes something takes an
``operation``: the same operation asked for again is done once and answered alike, also after a
crash or a lost answer. Adapters raise KodaErrors: Unavailable when it may pass, Refused when the
provider says no, NotFound for what it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from koda_desktop.errors import Refused, Unavailable

Json = dict[str, Any]

REPORTS_KEPT_DAYS = 30
"""How long the provider can be asked for its reports."""


class PaymentDeclined(Refused):
    """The buyer's card or bank said no."""

    code = "payment-declined"
    default_kept = "Nothing was charged."


class TooManyRequests(Unavailable):
    """The provider asks for a pause; ``facts["retry_after"]`` in seconds, where it said so."""

    code = "too-many-requests"


@dataclass(frozen=True, slots=True)
class ConnectedAccount:
    """A seller's account at the provider, as it stands there."""

    id: str
    details_submitted: bool
    charges_enabled: bool
    payouts_enabled: bool
    due: tuple[str, ...] = ()
    """What is still wanted of the seller, in the provider's words."""
    disabled_reason: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether it can be sold and paid out through: the one truth about onboarding."""
        return self.details_submitted and self.charges_enabled and self.payouts_enabled


@dataclass(frozen=True, slots=True)
class HostedPage:
    """A page to open in the browser; ``url`` is a secret while it lives: never stored or logged."""

    url: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    title: str
    unit_amount: int
    quantity: int = 1
    product_ref: str | None = None
    """The product's id at the provider, where the catalogue put it there."""


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """One order to be paid on one page. With a ``destination`` the money goes on to that account at
    once, less ``fee``; without one it stays until transfers are made of it.
    """

    order_id: str
    lines: Sequence[CheckoutLine]
    currency: str
    metadata: Mapping[str, str]
    success_url: str
    cancel_url: str
    expires_at: int
    destination: str | None = None
    fee: int | None = None


@dataclass(frozen=True, slots=True)
class CheckoutState:
    """A checkout session. ``url`` is there while it is open, and is a secret while it lives."""

    id: str
    status: str
    payment_status: str
    amount_total: int
    expires_at: int
    created: int
    intent_id: str | None = None
    order_id: str | None = None
    url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RefundState:
    id: str
    amount: int
    status: str
    created: int
    charge_id: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChargeState:
    """What a payment became: money in, and what was taken of it and given back."""

    id: str
    amount: int
    amount_refunded: int
    is_paid: bool
    created: int
    order_id: str | None = None
    intent_id: str | None = None
    transfer_id: str | None = None
    fee_id: str | None = None
    movement_id: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentState:
    id: str
    status: str
    created: int
    order_id: str | None = None
    charge: ChargeState | None = None


@dataclass(frozen=True, slots=True)
class TransferState:
    id: str
    amount: int
    amount_reversed: int
    destination: str
    charge_id: str | None = None
    payment_id: str | None = None
    """What it is in the seller's account: the source of the movement there."""
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class FeeState:
    id: str
    amount: int
    amount_refunded: int


@dataclass(frozen=True, slots=True)
class Report:
    """One event of the provider. ``account`` names the seller's account it happened in, if any."""

    id: str
    type: str
    created: int
    body: Json
    account: str | None = None


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Reports, newest first; the next page follows the last one."""

    reports: Sequence[Report]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement on a balance: ``net`` is ``amount`` less ``fee``. The source of what a payout
    brings back is that payout.
    """

    id: str
    type: str
    amount: int
    fee: int
    net: int
    currency: str
    created: int
    available_on: int
    source_id: str | None = None

    @property
    def is_of_payout(self) -> bool:
        """Whether it is a payout, or one that came back."""
        return self.type in ("payout", "payout_failure", "payout_cancel")


@dataclass(frozen=True, slots=True)
class PayoutState:
    id: str
    amount: int
    currency: str
    status: str
    created: int
    arrives_on: int
    is_automatic: bool = True
    """A payout by hand names no movements: only automatic ones can be reconciled."""
    failure: str = ""
    """Why the bank did not take it, in the provider's words."""

    @property
    def came_back(self) -> bool:
        """Whether its money is in the account again, and goes out with a later payout."""
        return self.status in ("failed", "canceled")


@dataclass(frozen=True, slots=True)
class BalanceState:
    """What an account holds in one currency."""

    available: int
    pending: int
    currency: str


class Accounts(Protocol):
    """Sellers' accounts."""

    def create(self, user_id: str, email: str | None, operation: str) -> ConnectedAccount: ...

    def find(self, account_id: str) -> ConnectedAccount | None:
        """None for an account that is not, or no longer, one of the platform's."""
        ...

    def delete(self, account_id: str) -> None: ...

    def onboarding_page(self, account_id: str, return_url: str, refresh_url: str) -> HostedPage: ...


class Catalogue(Protocol):
    """Products and prices at the provider."""

    def save_product(self, product_id: str, fields: Json, operation: str) -> str:
        """Make or update the product that stands for ``product_id``; answers its id there.

        ``fields``: ``name``, ``description``, ``active``.
        """
        ...

    def withdraw_product(self, product_id: str, operation: str) -> None:
        """Take the product that stands for ``product_id`` off sale, if there is one."""
        ...

    def create_price(self, product_ref: str, fields: Json, operation: str) -> str:
        """A new price; ``fields``: ``unit_amount``, ``currency`` and, for a recurring one,
        ``interval``, ``interval_count`` and ``trial_days``."""
        ...

    def retire_price(self, price_ref: str, operation: str) -> None: ...


class Checkouts(Protocol):
    """Pages on which orders are paid, and what came of them."""

    def open(self, request: CheckoutRequest, operation: str) -> CheckoutState: ...

    def find(self, session_id: str) -> CheckoutState: ...

    def expire(self, session_id: str) -> CheckoutState: ...

    def payment(self, intent_id: str) -> PaymentState: ...


class Shares(Protocol):
    """Giving each party its part, and taking it back."""

    def refund(
        self,
        charge_id: str,
        amount: int,
        metadata: Mapping[str, str],
        operation: str,
        *,
        is_reversed: bool,
    ) -> RefundState:
        """Give the buyer ``amount`` back, from the charge's own transfer if ``is_reversed``."""
        ...

    def refunds(self, charge_id: str) -> Sequence[RefundState]: ...

    def find_refund(self, refund_id: str) -> RefundState: ...

    def transfer(
        self, charge_id: str, destination: str, amount: int, group: str, operation: str
    ) -> TransferState: ...

    def transfers(self, group: str) -> Sequence[TransferState]:
        """Every transfer of an order; ``group`` is the order's id."""
        ...

    def received(self, account: str) -> Sequence[TransferState]:
        """Every transfer to a seller's account, newest first."""
        ...

    def reverse(self, transfer_id: str, amount: int, operation: str) -> None: ...

    def charge(self, charge_id: str) -> ChargeState: ...

    def fee(self, fee_id: str) -> FeeState: ...

    def refund_fee(self, fee_id: str, amount: int, operation: str) -> None: ...


class Reports(Protocol):
    """The provider's events."""

    def page(
        self, since: int, after_id: str | None, limit: int, account: str | None = None
    ) -> ReportPage:
        """Reports made at ``since`` or later, newest first, after ``after_id``."""
        ...

    def find(self, report_id: str, account: str | None = None) -> Report: ...

    def verify(self, payload: bytes, signature: str) -> Report:
        """The report in a webhook's body. Raises NotAllowed when it is not the provider's."""
        ...


class Books(Protocol):
    """Balances, movements and payouts; of the platform where ``account`` is None."""

    def balances(self, account: str | None = None) -> Sequence[BalanceState]:
        """One for each currency the account holds, in the order of their codes."""
        ...

    def movements(
        self,
        *,
        account: str | None = None,
        payout_id: str | None = None,
        source_id: str | None = None,
        since: int | None = None,
    ) -> Sequence[Movement]:
        """Every movement that matches, newest first."""
        ...

    def payout(self, payout_id: str, account: str | None = None) -> PayoutState: ...

    def payouts(
        self, account: str | None = None, since: int | None = None
    ) -> Sequence[PayoutState]:
        """Every payout made since, newest first."""
        ...


class Payments(Protocol):
    """The provider as a whole."""

    @property
    def accounts(self) -> Accounts: ...

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def checkouts(self) -> Checkouts: ...

    @property
    def shares(self) -> Shares: ...

    @property
    def reports(self) -> Reports: ...

    @property
    def books(self) -> Books: ...

"""Sales as the pages hold them. Amounts in minor units, times in seconds since 1970. No SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from koda_desktop.models.periods import Bucket, Period
from koda_desktop.sync.rows import Json
from koda_desktop.sync.sales.filters import NO_FILTER, SaleFilter


@dataclass(frozen=True, slots=True)
class Sums:
    """What sales come to. A refund counts on the day its sale was paid."""

    orders: int = 0
    units: int = 0
    gross: int = 0
    fee: int = 0
    """The marketplace's fee as it was charged."""
    refunded: int = 0
    fee_refunded: int = 0
    """What the marketplace gave back of its fee for refunds."""
    processing: int = 0
    """The payment provider's fee, where it is known."""

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.orders + other.orders,
            self.units + other.units,
            self.gross + other.gross,
            self.fee + other.fee,
            self.refunded + other.refunded,
            self.fee_refunded + other.fee_refunded,
            self.processing + other.processing,
        )

    @property
    def net(self) -> int:
        """What is the seller's: gross less fee, less what refunds took from it."""
        return self.gross - self.fee - (self.refunded - self.fee_refunded)

    @property
    def fees(self) -> int:
        """What the marketplace keeps."""
        return self.fee - self.fee_refunded

    @property
    def average(self) -> int:
        """Gross per order, rounded half up; 0 without an order."""
        return (2 * self.gross + self.orders) // (2 * self.orders) if self.orders else 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of a period in one currency, and of the one before it."""

    period: Period
    currency: str
    now: Sums = Sums()
    before: Sums = Sums()
    currencies: tuple[str, ...] = ()
    """Every currency in which something was sold, the one with most orders first."""
    as_of: str | None = None
    """When the marketplace's orders were last read, in ISO 8601; None: never."""

    @property
    def is_known(self) -> bool:
        """Whether these say anything: no sales here may also mean that none were read."""
        return self.as_of is not None or bool(self.currencies)


@dataclass(frozen=True, slots=True)
class Point:
    """One part of a period on a chart."""

    bucket: Bucket
    sums: Sums = Sums()


@dataclass(frozen=True, slots=True)
class BestProduct:
    """A product by what it brought in a period."""

    product_id: str
    title: str
    sums: Sums


class SaleSort(StrEnum):
    """What the table of orders can be sorted by."""

    NUMBER = "number"
    PLACED = "placed_at"
    STATUS = "status"
    TITLE = "titles"
    GROSS = "gross"
    NET = "net"
    REFUNDED = "refunded"
    DIFFERENCE = "difference"
    """By its size, whichever side it is on."""


@dataclass(frozen=True, slots=True)
class SaleQuery:
    """Which orders are shown, and in which order."""

    filter: SaleFilter = NO_FILTER
    period: tuple[int, int] | None = None
    """Placed from the first moment on and before the second; None for all."""
    sort: SaleSort = SaleSort.PLACED
    is_descending: bool = True


@dataclass(frozen=True, slots=True)
class SaleRow:
    """One order, as a line of the table."""

    pk: int
    id: str
    number: str
    placed_at: int
    paid_at: int | None
    status: str
    payment: str
    fulfillment: str
    titles: str
    """The title of its first line, and how many more there are."""
    units: int
    currency: str
    sums: Sums
    payout: str
    difference: int | None
    """By how much the provider's books differ from this line; None: not compared yet."""


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One item of an order."""

    item_id: str
    product_id: str
    title: str
    units: int
    unit_amount: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """Something that happened to an order."""

    at: str
    kind: str
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class SaleDetail:
    """One order, whole: what its drawer shows."""

    row: SaleRow
    lines: tuple[SaleLine, ...]
    timeline: tuple[TimelineRow, ...]
    refund_reason: str = ""
    references: Json = field(default_factory=dict)
    """The payment provider's ids by their names."""
    transferred: int | None = None
    """What the provider moved to the seller's account, less what it took back, in minor units; of a
    single seller's order the fee is still in it. None until it was compared.
    """

"""What the rules of selling need of the database, in the marketplace's own words.

As in ``ports``: JSON-safe documents, KodaErrors, no vendor's name. Every change of an order names
the ``revision`` it was read at, so that two writers never overwrite each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from koda_desktop.marketplace.api import Cursor

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """Sets ``changes`` in an order that still is at ``revision``."""

    order_id: str
    revision: int
    changes: Json


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What is kept of one report after it was looked at. ``payload`` without personal data.

    ``created`` in seconds since 1970. Neither processed nor failed: it waits for a report that
    tells which order ``waiting_for`` (a payment) belongs to.
    """

    event_id: str
    type: str
    created: int
    payload: Json
    account: str | None = None
    is_processed: bool = True
    error: str | None = None
    waiting_for: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written together: all of it, or nothing that a second try would not mend."""

    orders: Sequence[OrderUpdate] = ()
    purchases: Sequence[Json] = ()
    events: Sequence[EventRecord] = ()


class Orders(Protocol):
    """The ``orders`` collection."""

    def next_sequence(self) -> int:
        """The next order's sequence. Each is given out once, whoever asks, also after a crash."""
        ...

    def insert(self, document: Json) -> bool:
        """Create an order with the server's times. False when its ``_id``, number or operation is
        taken: nothing was changed.
        """
        ...

    def find(self, order_id: str) -> Json | None: ...

    def find_by_number(self, order_number: str) -> Json | None: ...

    def find_by_operation(self, operation_id: str) -> Json | None: ...

    def find_many(self, order_ids: Collection[str]) -> dict[str, Json]:
        """By id; what is not there is left out."""
        ...

    def find_by_payments(self, intent_ids: Collection[str]) -> dict[str, Json]:
        """By ``stripePaymentIntentId``."""
        ...

    def update(self, update: OrderUpdate) -> bool:
        """False when the order has moved on, or is gone: nothing was changed."""
        ...

    def with_shares_due(self, limit: int, without: Collection[str] = ()) -> Sequence[Json]:
        """Orders whose transfers or fee are to be brought in step, longest unchanged first; those
        ``without`` are left out, by id.
        """
        ...

    def with_books_due(self, limit: int) -> Sequence[Json]:
        """Paid orders that are to be compared with the provider's books, and whose shares are in
        step; longest unchanged first.
        """
        ...

    def find_by_received(self, payment_ids: Collection[str]) -> Sequence[Json]:
        """Orders whose money came into sellers' accounts as one of these payments."""
        ...

    def open_before(self, moment: str, limit: int) -> Sequence[Json]:
        """Orders that wait for their payment since before ``moment``, oldest first."""
        ...

    def changed_after(
        self, after: Cursor | None, limit: int, seller_id: str | None = None
    ) -> Sequence[Json]:
        """Orders in the order (``updatedAt``, ``_id``); a seller's only, where one is named."""
        ...


class Events(Protocol):
    """The ``webhookevents`` collection."""

    def processed(self, event_ids: Collection[str]) -> set[str]:
        """Which of these were processed."""
        ...

    def waiting(self, intent_ids: Collection[str]) -> Sequence[EventRecord]:
        """The reports that wait for one of these payments."""
        ...

    def unfinished(self, most_attempts: int, limit: int) -> Sequence[EventRecord]:
        """Reports that failed or wait, and were looked at fewer times than that, oldest first."""
        ...

    def find(self, event_ids: Collection[str]) -> Sequence[EventRecord]: ...

    def page(self, before: int | None, limit: int, *, only_open: bool = False) -> Sequence[Json]:
        """Documents, newest first, of reports created before ``before`` seconds; those that are
        not processed only, where asked.
        """
        ...

    def last_poll(self) -> int | None:
        """The time of the newest report that was asked for, in seconds since 1970."""
        ...

    def set_last_poll(self, moment: int) -> None:
        """Never goes back."""
        ...


class Ledger(Protocol):
    """Orders, purchases and events written together."""

    def commit(self, batch: Batch) -> bool:
        """Write the batch. False when an order had moved on: read again and try again.

        In one transaction where the server has them. Elsewhere purchases come first, then orders,
        then events: each step is harmless to repeat, and the events are what makes it repeated.
        """
        ...


class Sellers(Protocol):
    """The fields of ``users`` that the payment provider's accounts are kept in."""

    def claim_account(self, user_id: str, account_id: str, instead_of: str | None) -> str:
        """Set ``stripeConnectId`` where it still is ``instead_of``; answers what it is now."""
        ...

    def set_onboarding(self, account_id: str, is_complete: bool) -> bool:
        """Set ``onboardingComplete`` of whoever has that account; whether that changed it."""
        ...

    def connected_accounts(self) -> Sequence[str]:
        """The account of every seller who has one."""
        ...


class Prices(Protocol):
    """The ``prices`` collection, and the products' own link to the provider."""

    def find(self, price_id: str) -> Json | None: ...

    def of_product(self, product_id: str) -> Sequence[Json]:
        """Every price of a product that is not deleted, oldest first."""
        ...

    def of_gone(self, limit: int) -> Sequence[Json]:
        """Prices on sale whose product is not in the database any more, oldest first."""
        ...

    def insert(self, document: Json) -> bool:
        """Create a price with the server's times. False when its ``_id`` is taken."""
        ...

    def set(self, price_id: str, changes: Mapping[str, Any]) -> None: ...

    def link_product(self, product_id: str, product_ref: str | None, synced: str) -> None:
        """Set ``stripeSynced``, and ``stripeProductId`` where there is one. Not a change of the
        listing itself: its ``updatedAt`` stays.
        """
        ...

    def products_changed(self, after: Cursor | None, limit: int) -> Sequence[Json]:
        """Every seller's listings in the order (``updatedAt``, ``_id``)."""
        ...

    def followed(self) -> Cursor | None:
        """How far the listings were brought in step with the provider."""
        ...

    def set_followed(self, place: Cursor) -> None: ...


@dataclass(frozen=True, slots=True)
class TradePorts:
    """Everything of the database that selling needs."""

    orders: Orders
    events: Events
    ledger: Ledger
    sellers: Sellers
    prices: Prices = field(repr=False)

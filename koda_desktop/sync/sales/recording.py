"""Orders of the marketplace become rows here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from koda_desktop.runtime.clock import from_iso
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store.database import Tx

if TYPE_CHECKING:
    from koda_desktop.models.order import Order, OrderItem, Reconciled

SOURCE = "orders"
"""Where unreadable orders in the quarantine came from."""

_SALE = (
    "id",
    "number",
    "placed_at",
    "paid_at",
    "changed_at",
    "status",
    "payment",
    "fulfillment",
    "buyer",
    "titles",
    "units",
    "currency",
    "gross",
    "fee",
    "refunded",
    "fee_refunded",
    "processing",
    "payout",
    "difference",
    "doc",
)
_PUT = (
    f"INSERT INTO sale({', '.join(_SALE)}) VALUES ({', '.join('?' * len(_SALE))})"
    " ON CONFLICT(id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _SALE[1:])
    + " WHERE excluded.doc IS NOT sale.doc AND excluded.changed_at >= sale.changed_at"
)
_LINE_FIELDS = (
    "item",
    "product",
    "title",
    "units",
    "unit_amount",
    "currency",
    "paid_at",
    "gross",
    "fee",
    "refunded",
    "fee_refunded",
)
_LINE = (
    f"INSERT INTO sale_line(sale, place, {', '.join(_LINE_FIELDS)})"
    " SELECT pk, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM sale WHERE id = ? AND changed_at = ?"
    " ON CONFLICT(sale, place) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _LINE_FIELDS)
)


def record(tx: Tx, documents: Iterable[Json], now: str) -> None:
    """Write orders as they are now; an older copy of one that is here changes nothing.

    ``documents`` hold this account's own lines only, as ``marketplace.sales`` hands them out. An
    order that cannot be read is put in the quarantine, and taken out of it once it can. ``now`` in
    ISO 8601.
    """
    readable, unreadable = _sorted(documents)
    tx.run_many(_PUT, (_sale(order, document) for order, document in readable))
    tx.run_many(_LINE, (line for order, _ in readable for line in _lines(order)))
    tx.run_many(
        "INSERT OR REPLACE INTO quarantine(source, id, raw, reason, at) VALUES (?, ?, ?, ?, ?)",
        ((SOURCE, one, encode(document), reason, now) for one, document, reason in unreadable),
    )
    tx.run_many(
        "DELETE FROM quarantine WHERE source = ? AND id = ?",
        ((SOURCE, order.id) for order, _ in readable),
    )
    if readable or unreadable:
        tx.announce("sales")


def _sorted(
    documents: Iterable[Json],
) -> tuple[list[tuple[Order, Json]], list[tuple[str, Json, str]]]:
    """Those that can be read, and the others with the reason."""
    from pydantic import ValidationError

    from koda_desktop.models.order import Order

    readable: list[tuple[Order, Json]] = []
    unreadable: list[tuple[str, Json, str]] = []
    for document in documents:
        try:
            readable.append((Order.read(document), document))
        except (ValidationError, ValueError) as error:
            unreadable.append((str(document.get("_id")), document, _reason(error)))
    return readable, unreadable


def _reason(error: ValueError) -> str:
    """Which fields are wrong; never what stands in them, which may be personal."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return "it cannot be read"
    places = {".".join(map(str, one["loc"])) for one in error.errors()}
    return f"these fields are not what they should be: {', '.join(sorted(places))}"


def _sale(order: Order, document: Json) -> tuple[Any, ...]:
    return (
        order.id,
        order.order_number,
        _seconds(order.created_at) or 0,
        order.known.paid_at,
        order.updated_at or "",
        order.status,
        order.payment_status,
        order.fulfillment_status,
        order.buyer_id,
        _titles(order.items),
        sum(item.quantity for item in order.items),
        order.currency,
        sum(item.gross for item in order.items),
        sum(item.fee_amount for item in order.items),
        sum(item.refunded_amount for item in order.items),
        sum(item.fee_refunded_amount for item in order.items),
        *_books(order.reconciled),
        encode(document),
    )


def _books(found: Sequence[Reconciled]) -> tuple[int | None, str, int | None]:
    """The provider's fee, the payout and the difference; nothing of one not yet compared."""
    if not found:
        return None, "", None
    return (
        sum(one.processing_fee for one in found),
        next((one.payout_id for one in found if one.payout_id), ""),
        sum(one.difference for one in found),
    )


def _lines(order: Order) -> Iterable[tuple[Any, ...]]:
    for place, item in enumerate(order.items):
        yield (
            place,
            item.id,
            item.product_id,
            item.title,
            item.quantity,
            item.unit_amount,
            order.currency,
            order.known.paid_at,
            item.gross,
            item.fee_amount,
            item.refunded_amount,
            item.fee_refunded_amount,
            order.id,
            order.updated_at or "",
        )


def _titles(items: Sequence[OrderItem]) -> str:
    if not items:
        return ""
    more = len(items) - 1
    return f"{items[0].title} and {more} more" if more else items[0].title


def _seconds(moment: str | None) -> int | None:
    return None if moment is None else int(from_iso(moment).timestamp())

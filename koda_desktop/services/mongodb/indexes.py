"""The indexes the rules rely on, made by an operator's ``koda admin init`` and nobody else.

Uniqueness is decided by the database: a purchase per (session, product), an account per sign-in
and per mail address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING

from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.faults import mongodb_faults


@dataclass(frozen=True, slots=True)
class Index:
    """One index: its collection and the fields it orders by, ascending."""

    collection: str
    fields: tuple[str, ...]
    is_unique: bool = False
    is_sparse: bool = False

    def __str__(self) -> str:
        kind = "unique " if self.is_unique else ""
        return f"{kind}{self.collection}({', '.join(self.fields)})"


INDEXES = (
    Index("products", ("sellerId", "updatedAt", "_id")),
    Index("products", ("sellerId", "_id", "updatedAt")),
    Index("products", ("category", "price")),
    Index("products", ("updatedAt", "_id")),
    Index("users", ("clerkId",), is_unique=True),
    Index("users", ("email",), is_unique=True, is_sparse=True),
    Index("purchases", ("stripeSessionId", "productId"), is_unique=True),
    Index("purchases", ("buyerId",)),
    Index("purchases", ("sellerId",)),
    Index("orders", ("orderNumber",), is_unique=True),
    Index("orders", ("operationId",), is_unique=True, is_sparse=True),
    Index("orders", ("stripePaymentIntentId",), is_sparse=True),
    Index("orders", ("sellerIds", "updatedAt", "_id")),
    Index("orders", ("updatedAt", "_id")),
    Index("orders", ("buyerId", "createdAt")),
    Index("orders", ("sharesDue",)),
    Index("orders", ("booksDue", "updatedAt", "_id")),
    Index("orders", ("reconciled.paymentIds",), is_sparse=True),
    Index("orders", ("status", "createdAt")),
    Index("prices", ("productId", "createdAt")),
    Index("webhookevents", ("stripeEventId",), is_unique=True),
    Index("webhookevents", ("waitingFor",), is_sparse=True),
    Index("webhookevents", ("processed", "created")),
)


def missing_indexes(connection: Connection) -> tuple[Index, ...]:
    """The indexes that the database does not have yet."""
    return tuple(index for index in INDEXES if not _is_there(connection, index))


def create_indexes(connection: Connection) -> tuple[Index, ...]:
    """Create what is missing and answer what was created. Harmless to repeat."""
    missing = missing_indexes(connection)
    for index in missing:
        keys = [(name, ASCENDING) for name in index.fields]
        with mongodb_faults():
            connection.collection(index.collection).create_index(
                keys, unique=index.is_unique, sparse=index.is_sparse
            )
    return missing


def _is_there(connection: Connection, index: Index) -> bool:
    with mongodb_faults():
        known = connection.collection(index.collection).index_information()
    return any(_serves(found, index) for found in known.values())


def _serves(found: Mapping[str, Any], index: Index) -> bool:
    keys = tuple(name for name, direction in found["key"] if direction == ASCENDING)
    return keys == index.fields and (bool(found.get("unique")) or not index.is_unique)

"""The indexes the rules rely on, made by an operator's ``koda admin init`` and nobody else.

Uniqueness is decided by the database: a purchase per (session, product), an account per sign-in
and per mail address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING
from pymongo.errors import OperationFailure

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


@dataclass(frozen=True, slots=True)
class Creation:
    """What became of the missing indexes; ``in_the_way`` says of each why it could not be made."""

    created: tuple[Index, ...]
    in_the_way: Mapping[Index, str]


def create_indexes(connection: Connection) -> Creation:
    """Create what is missing, as far as the database lets us. Harmless to repeat."""
    created: list[Index] = []
    in_the_way: dict[Index, str] = {}
    for index in missing_indexes(connection):
        keys = [(name, ASCENDING) for name in index.fields]
        with mongodb_faults():
            try:
                connection.collection(index.collection).create_index(
                    keys, unique=index.is_unique, sparse=index.is_sparse
                )
            except OperationFailure as error:
                if error.code not in _OBSTACLES:
                    raise
                in_the_way[index] = _OBSTACLES[error.code]
            else:
                created.append(index)
    return Creation(tuple(created), in_the_way)


_OTHER_KIND = "another index of these fields or of this name is in the way; drop that one first"
_OBSTACLES = {
    85: _OTHER_KIND,
    86: _OTHER_KIND,
    67: "the cluster cannot keep it unique over all its shards",
    11000: "several documents have the same values there; keep one of each first",
}
"""IndexOptionsConflict, IndexKeySpecsConflict, CannotCreateIndex (unique, and without the shard
key in front), DuplicateKey."""


def _is_there(connection: Connection, index: Index) -> bool:
    with mongodb_faults():
        known = connection.collection(index.collection).index_information()
    return any(_serves(found, index) for found in known.values())


def _serves(found: Mapping[str, Any], index: Index) -> bool:
    """Whether an index that somebody made, under whatever name, does what ours would do.

    One that leaves documents out (partial) serves only where ours would leave out some, too.
    """
    keys = tuple(name for name, direction in found["key"] if direction == ASCENDING)
    is_whole = index.is_sparse or "partialFilterExpression" not in found
    return keys == index.fields and is_whole and (bool(found.get("unique")) or not index.is_unique)

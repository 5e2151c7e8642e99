"""Purchases, and the ledger that writes them together with orders and events."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import UpdateOne
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, PyMongoError

from koda_desktop.marketplace.trade_ports import Batch, Json
from koda_desktop.services.mongodb.codec import encode
from koda_desktop.services.mongodb.connection import Bson, Connection
from koda_desktop.services.mongodb.events import recording
from koda_desktop.services.mongodb.faults import mongodb_faults
from koda_desktop.services.mongodb.orders import change, guard

_DUPLICATE = 11000
_TRIES = 5


class _Moved(Exception):
    """An order was not as it was read: the transaction is given up."""


class MongoLedger:
    """``marketplace.trade_ports.Ledger`` over MongoDB, standalone or replica set."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._orders: Collection[Bson] = connection.collection("orders")
        self._purchases: Collection[Bson] = connection.collection("purchases")
        self._events: Collection[Bson] = connection.collection("webhookevents")
        self._has_transactions: bool | None = None

    def commit(self, batch: Batch) -> bool:
        if self._has_transactions is None:
            self._has_transactions = self._connection.has_transactions()
        with mongodb_faults():
            if not self._has_transactions:
                return self._write_in_steps(batch)
            try:
                with self._connection.start_session() as session:
                    session.with_transaction(lambda inside: self._write(batch, inside))
            except _Moved:
                return False
        return True

    def _write(self, batch: Batch, session: ClientSession) -> None:
        """Inside a transaction. Raises _Moved, which ends it."""
        if batch.purchases:
            self._purchases.bulk_write(_buying(batch.purchases), ordered=False, session=session)
        if batch.orders:
            writes = [UpdateOne(guard(one), change(one)) for one in batch.orders]
            done = self._orders.bulk_write(writes, ordered=False, session=session)
            if done.matched_count != len(writes):
                raise _Moved
        if batch.events:
            writes = [recording(one) for one in batch.events]
            self._events.bulk_write(writes, ordered=False, session=session)

    def _write_in_steps(self, batch: Batch) -> bool:
        """Without transactions. What a crash leaves between the steps, the events mend: they are
        recorded last, and told again until they are.
        """
        if batch.purchases:
            _harmless(self._purchases, _buying(batch.purchases))
        if batch.orders:
            writes = [UpdateOne(guard(one), change(one)) for one in batch.orders]
            if self._orders.bulk_write(writes, ordered=False).matched_count != len(writes):
                return False
        if batch.events:
            _harmless(self._events, [recording(one) for one in batch.events])
        return True


def _buying(purchases: Sequence[Json]) -> list[UpdateOne]:
    """Upserts that only ever insert: a purchase that is there already is left as it is."""
    writes = []
    for purchase in purchases:
        fields = encode(purchase)
        key = {"stripeSessionId": fields["stripeSessionId"], "productId": fields["productId"]}
        writes.append(UpdateOne(key, {"$setOnInsert": fields}, upsert=True))
    return writes


def _harmless(collection: Collection[Bson], writes: Sequence[UpdateOne]) -> None:
    """Upserts, where another writer who was quicker with the same document is welcome."""
    for _ in range(_TRIES):
        try:
            collection.bulk_write(list(writes), ordered=False)
        except BulkWriteError as error:
            if any(one.get("code") != _DUPLICATE for one in _write_errors(error)):
                raise
            continue
        return


def _write_errors(error: PyMongoError) -> Sequence[Bson]:
    details = error.details if isinstance(error, BulkWriteError) else None
    errors: Sequence[Bson] = (details or {}).get("writeErrors", [])
    return errors

"""Settling 10,000 reports of Stripe over a real mongod, beside the writes it cannot do without.

- settle: reports in the order they happened, as a poll brings them, into orders, purchases and
  events, each batch in one transaction;
- again: the same reports once more, which change nothing;
- bare: the same number of documents inserted and updated in the same batches and transactions,
  reading nothing and deciding nothing.

The totals of all orders and purchases are then compared with a plain recomputation from the stories
themselves. ``--reports N`` for another size.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pymongo import UpdateOne

from koda_desktop.errors import NotFound
from koda_desktop.marketplace.payments import ConnectedAccount, HostedPage, Report
from koda_desktop.marketplace.settlement import BATCH, Settlement
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.indexes import create_indexes
from koda_desktop.services.mongodb.trade import trade_ports
from koda_desktop.services.mongodb.trade_codec import encode_order
from koda_desktop.services.sandbox.mongod import Mongod
from tests.marketplace.stories import stories

Json = dict[str, Any]


class NoAccounts:
    """The stories tell nothing of accounts."""

    def find(self, account_id: str) -> ConnectedAccount | None:
        raise NotFound(account_id)

    def create(self, user_id: str, email: str | None, operation: str) -> ConnectedAccount:
        raise NotFound(user_id)

    def delete(self, account_id: str) -> None:
        raise NotFound(account_id)

    def onboarding_page(self, account_id: str, return_url: str, refresh_url: str) -> HostedPage:
        raise NotFound(account_id)


def told(count: int) -> tuple[list[Json], list[Report]]:
    """Orders and ``count`` reports of them, in the order they were made."""
    orders: list[Json] = []
    reports: list[Report] = []
    for order, about in stories(count, seed=1):
        orders.append(order)
        reports += about
        if len(reports) >= count:
            break
    reports.sort(key=lambda report: report.created)
    return orders, reports[:count]


def seconds_to_settle(settlement: Settlement, reports: Sequence[Report]) -> float:
    started = time.perf_counter()
    settlement.settle(reports)
    return time.perf_counter() - started


def bare_seconds(
    connection: Connection, orders: Sequence[Json], reports: Sequence[Report]
) -> float:
    """A transaction for each batch: an event for each report, an update of each order in it."""
    bare_orders = connection.collection("bare_orders")
    bare_events = connection.collection("bare_events")
    bare_orders.insert_many([encode_order(order) for order in orders])
    ids = [encode_order(order)["_id"] for order in orders]
    started = time.perf_counter()
    for start in range(0, len(reports), BATCH):
        batch = reports[start : start + BATCH]
        events = [{"_id": one.id, "type": one.type, "payload": one.body} for one in batch]
        numbers = {int(one.id.split("_")[1]) for one in batch}
        updates = [UpdateOne({"_id": ids[n]}, {"$inc": {"revision": 1}}) for n in numbers]
        with connection.start_session() as session, session.start_transaction():
            bare_events.insert_many(events, ordered=False, session=session)
            bare_orders.bulk_write(updates, ordered=False, session=session)
    return time.perf_counter() - started


def plain_totals(orders: Sequence[Json], reports: Sequence[Report]) -> tuple[int, int, int]:
    """Paid orders, their gross and what was refunded, straight from the reports."""
    paid = {
        one.body["metadata"]["order"]
        for one in reports
        if one.type.startswith("checkout.session.") and one.body["payment_status"] == "paid"
    }
    refunded = 0
    for one in reports:
        if one.type == "refund.created":
            refunded += one.body["amount"]
        elif one.type == "refund.failed":
            refunded -= one.body["amount"]
    gross = sum(order["totalAmount"] for order in orders if order["_id"] in paid)
    return len(paid), gross, refunded


def stored_totals(connection: Connection) -> tuple[int, int, int]:
    """The same from the database; the gross from the purchases."""
    paid = connection.collection("orders").count_documents(
        {"stripeChargeId": {"$exists": True}, "status": {"$in": ["COMPLETED", "REFUNDED"]}}
    )
    gross = sum(round(one["amount"] * 100) for one in connection.collection("purchases").find())
    refunded = sum(one["refundedAmount"] for one in connection.collection("orders").find())
    return paid, gross, refunded


def run(connection: Connection, count: int) -> bool:
    create_indexes(connection)
    orders, reports = told(count)
    connection.collection("orders").insert_many([encode_order(order) for order in orders])
    settlement = Settlement(trade_ports(connection), NoAccounts())
    settle = seconds_to_settle(settlement, reports)
    again = seconds_to_settle(settlement, reports)
    bare = bare_seconds(connection, orders, reports)
    print(f"{len(reports):,} reports of {len(orders):,} orders, {BATCH} in a transaction")
    for name, seconds in (("settle", settle), ("again", again), ("bare", bare)):
        print(f"{name:8} {seconds:6.2f} s {len(reports) / seconds:9,.0f} a second")
    expected, found = plain_totals(orders, reports), stored_totals(connection)
    print(f"paid, gross and refunded by the database {found}, by recomputation {expected}")
    return expected == found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Mongod(Path(folder), secrets.token_urlsafe(12))
        server.start()
        connection = Connection(server.uri, "bench")
        try:
            return 0 if run(connection, arguments.reports) else 1
        finally:
            connection.close()
            server.kill()


if __name__ == "__main__":
    sys.exit(main())

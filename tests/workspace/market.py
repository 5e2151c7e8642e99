"""A sandbox with somebody to buy in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from bson import ObjectId

from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.checkout import CheckoutAsk
from koda_desktop.marketplace.pricing import WantedItem
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.sandbox.info import BUYER_ID, SELLER_ID, StripeAccess
from koda_desktop.services.sandbox.sandbox import Sandbox
from koda_desktop.workspace.connect import Connector
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.secrets import Secrets


@dataclass
class Market:
    """A sandbox that stays up beside whatever else uses it."""

    connector: Connector
    stripe: StripeAccess

    def buy(self, operation: str, cents: int) -> str:
        """A paid order of a new listing of the demo seller; answers its number."""
        listing = ObjectId()
        database = self.connector.open().database
        list_one(database, listing, cents)
        return self.buy_listing(str(listing), operation, cents)

    def buy_listing(self, listing: str, operation: str, cents: int) -> str:
        """A paid order of a listing that is there; answers its number."""
        ask = CheckoutAsk(
            operation, [WantedItem(listing, cents)], "http://x.test/a", "http://x.test/b"
        )
        answer = self.connector.trade().checkout.start(Actor(BUYER_ID), ask)
        assert answer.page
        httpx.post(answer.page.url, data={"way": "accepted"})
        return str(answer.order["orderNumber"])

    def act(self, action: str, **fields: Any) -> Any:
        """What only time or the provider itself does: see ``services.sandbox.stripe.control``."""
        answer = httpx.post(
            f"{self.stripe.api_base}/sandbox/{action}",
            json=fields,
            headers={"Authorization": f"Bearer {self.stripe.key}"},
        )
        return answer.raise_for_status().json()


@contextmanager
def open_market(paths: Paths) -> Iterator[Market]:
    """The sandbox of ``paths``, up until the end."""
    info = WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)
    connector = Connector(info, Secrets(info), paths, SystemClock())
    sandbox = Sandbox(paths.sandbox)
    connector.open()
    sandbox.start()
    try:
        yield Market(connector, sandbox.stripe())
    finally:
        connector.close()
        sandbox.stop()


def list_one(database: Connection, listing: ObjectId, cents: int) -> None:
    database.collection("products").insert_one(
        {
            "_id": listing,
            "title": "Invoices",
            "description": "Sends them.",
            "price": cents / 100,
            "category": "Sales",
            "sellerId": ObjectId(SELLER_ID),
            "productType": "Automation",
            "platform": "n8n",
            "fileUrl": "key",
        }
    )

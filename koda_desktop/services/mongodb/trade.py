"""Everything of the database that selling needs, over one connection."""

from __future__ import annotations

from koda_desktop.marketplace.trade_ports import TradePorts
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.events import MongoEvents
from koda_desktop.services.mongodb.orders import MongoOrders
from koda_desktop.services.mongodb.prices import MongoPrices
from koda_desktop.services.mongodb.purchases import MongoLedger
from koda_desktop.services.mongodb.sellers import MongoSellers


def trade_ports(connection: Connection) -> TradePorts:
    return TradePorts(
        orders=MongoOrders(connection),
        events=MongoEvents(connection),
        ledger=MongoLedger(connection),
        sellers=MongoSellers(connection),
        prices=MongoPrices(connection),
    )

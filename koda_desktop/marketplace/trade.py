"""Selling as a whole: the rules over one database and one payment provider."""

from __future__ import annotations

from koda_desktop.marketplace.bookkeeping import Bookkeeping
from koda_desktop.marketplace.catalogue import CatalogueSync
from koda_desktop.marketplace.catalogue_following import CatalogueFollowing
from koda_desktop.marketplace.checkout import Checkout
from koda_desktop.marketplace.delivery import Delivery
from koda_desktop.marketplace.onboarding import Onboardings
from koda_desktop.marketplace.payments import Payments
from koda_desktop.marketplace.polling import Poller
from koda_desktop.marketplace.ports import Products, Users
from koda_desktop.marketplace.pricing import Pricing
from koda_desktop.marketplace.reconciliation import Reconciliation
from koda_desktop.marketplace.refunds import Refunds
from koda_desktop.marketplace.settlement import Settlement
from koda_desktop.marketplace.sharing import Sharing
from koda_desktop.marketplace.trade_ports import TradePorts
from koda_desktop.runtime.clock import Clock


class Trade:
    """Every rule of selling, put together. Blocking; safe to call from several threads.

    ``ports`` and ``payments`` are there for reading beside the rules; the rules alone write.
    """

    def __init__(
        self,
        users: Users,
        products: Products,
        ports: TradePorts,
        payments: Payments,
        clock: Clock,
    ) -> None:
        orders, checkouts, shares = ports.orders, payments.checkouts, payments.shares
        pricing = Pricing(users, products, ports.prices)
        self.users = users
        self.products = products
        self.ports = ports
        self.payments = payments
        self.reconciliation = Reconciliation(payments.books, shares, checkouts)
        self.bookkeeping = Bookkeeping(orders, users, payments.books, self.reconciliation)
        self.settlement = Settlement(ports, payments.accounts, self.bookkeeping)
        self.onboarding = Onboardings(users, ports.sellers, payments.accounts)
        self.checkout = Checkout(pricing, orders, checkouts, self.settlement, clock)
        self.delivery = Delivery(users, orders, self.settlement, clock)
        self.refunds = Refunds(users, orders, shares, checkouts)
        self.sharing = Sharing(orders, users, shares, checkouts)
        self.poller = Poller(self.settlement, ports, payments, clock)
        self.catalogue = CatalogueSync(products, ports.prices, payments.catalogue)
        self.following = CatalogueFollowing(ports.prices, self.catalogue)

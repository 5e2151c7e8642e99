"""Products and prices at the provider, kept in step with listings.

A price's amount never changes there: a changed listing gets a new price, and the old one is
retired, so that old orders still name what they paid. What was last brought in step is remembered
in the listing, so that a review or a new file costs the provider no question.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from koda_desktop.errors import NotFound
from koda_desktop.marketplace.payments import Catalogue
from koda_desktop.marketplace.ports import Products
from koda_desktop.marketplace.trade_ports import Json, Prices
from koda_desktop.models.price import Price, PriceType, price_id_of
from koda_desktop.models.product import Product, read_product

_DESCRIPTION_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A listing as it is at the provider; ``price_id`` is ours, None for one that is free.

    ``product_ref`` is None for one that the provider never heard of, for it was never to be paid.
    """

    product_ref: str | None
    price_id: str | None
    retired: int = 0


class CatalogueSync:
    """Brings one listing in step."""

    def __init__(self, products: Products, prices: Prices, provider: Catalogue) -> None:
        self._products = products
        self._prices = prices
        self._provider = provider

    def sync(self, listing_id: str, operation: str) -> Listed:
        """Repeating an operation changes nothing more. Raises NotFound for a listing that is gone,
        and what the provider raises.
        """
        document = self._products.find(listing_id)
        if document is None:
            raise NotFound("The listing is not in the marketplace any more.")
        return self.sync_product(read_product(document), operation)

    def sync_product(self, product: Product, operation: str) -> Listed:
        """As ``sync``, of a listing that was read just now."""
        prices = [Price.read(one) for one in self._prices.of_product(product.id)]
        if not (prices or product.money.minor or product.stripe_product_id):
            self._prices.link_product(product.id, None, fingerprint(product))
            return Listed(None, None)
        ref = self._save_product(product, prices, operation)
        current = self._current(product, prices)
        if current is None and product.money.minor:
            current = self._new_price(product, ref, operation)
        retired = [one for one in prices if _is_outdated(one, current)]
        for price in retired:
            self._retire(price, operation)
        for price in prices:
            self._offer_recurring(price, ref, operation)
        self._prices.link_product(product.id, ref, fingerprint(product))
        return Listed(ref, current.id if current else None, len(retired))

    def withdraw(self, product_id: str) -> None:
        """Take a listing off sale that is not in the database any more. Raises KodaErrors: what is
        left is still found by its prices.
        """
        prices = [Price.read(one) for one in self._prices.of_product(product_id)]
        offered = [one for one in prices if one.is_on_sale]
        if not offered:
            return
        # A listing that comes back gets new prices: gone again, it is another operation.
        operation = f"gone:{product_id}:{offered[-1].id}"
        self._provider.withdraw_product(product_id, operation)
        for price in offered:
            self._retire(price, operation)

    def _save_product(self, product: Product, prices: list[Price], operation: str) -> str:
        """One that is free now is not sold there: its listing may be gone before anybody looks."""
        is_paid = bool(product.money.minor) or any(map(_is_recurring, prices))
        fields: Json = {
            "name": product.title,
            "description": product.description[:_DESCRIPTION_MAX],
            "active": _is_on_sale(product) and is_paid,
        }
        return self._provider.save_product(product.id, fields, f"{operation}:product")

    def _current(self, product: Product, prices: list[Price]) -> Price | None:
        money = product.money
        return next(
            (
                one
                for one in prices
                if one.type == PriceType.ONE_TIME
                and one.is_on_sale
                and one.stripe_price_id
                and one.money == money
            ),
            None,
        )

    def _new_price(self, product: Product, ref: str, operation: str) -> Price:
        """Made at the provider first: a one-time price here always has one there. Two who make it
        at once make it under the same id.
        """
        money = product.money
        fields: Json = {"unit_amount": money.minor, "currency": money.currency}
        price_ref = self._provider.create_price(ref, fields, f"{operation}:price:{money.minor}")
        document: Json = {
            "_id": price_id_of(price_ref),
            "productId": product.id,
            "type": PriceType.ONE_TIME.value,
            "unitAmount": money.minor,
            "currency": money.currency,
            "stripePriceId": price_ref,
            "active": True,
        }
        self._prices.insert(document)
        return Price.read(document)

    def _offer_recurring(self, price: Price, ref: str, operation: str) -> None:
        """A recurring price that somebody added to the listing gets its place at the provider."""
        if not _is_recurring(price) or price.stripe_price_id:
            return
        fields: Json = {
            "unit_amount": price.unit_amount,
            "currency": price.currency,
            "interval": price.interval,
            "interval_count": price.interval_count,
            "trial_days": price.trial_days,
        }
        price_ref = self._provider.create_price(ref, fields, f"{operation}:recurring:{price.id}")
        self._prices.set(price.id, {"stripePriceId": price_ref})

    def _retire(self, price: Price, operation: str) -> None:
        if price.stripe_price_id:
            self._provider.retire_price(price.stripe_price_id, f"{operation}:retire:{price.id}")
        self._prices.set(price.id, {"active": False})


def fingerprint(product: Product) -> str:
    """Tells apart what the provider is told of a listing."""
    told = (product.title, product.description, _is_on_sale(product), str(product.money))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _is_on_sale(product: Product) -> bool:
    return product.active and product.deleted_at is None


def _is_recurring(price: Price) -> bool:
    return price.type == PriceType.RECURRING and price.is_on_sale


def _is_outdated(price: Price, current: Price | None) -> bool:
    """Another one-time price that is still on sale. Recurring ones are kept as they are."""
    is_other = current is None or price.id != current.id
    return is_other and price.type == PriceType.ONE_TIME and price.is_on_sale

"""What things cost now, and whether they can be bought: read again from the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koda_desktop.errors import NotFound, Refused
from koda_desktop.marketplace.accounts import read_user
from koda_desktop.marketplace.ports import Products, Users
from koda_desktop.marketplace.trade_ports import Prices
from koda_desktop.models.money import EUR, Money
from koda_desktop.models.price import Price, PriceType
from koda_desktop.models.product import Product, read_product


class PriceChanged(Refused):
    """``facts["items"]`` lists product, title, ``shown`` and ``now`` in minor units."""

    code = "price-changed"
    default_kept = "Nothing was ordered."


@dataclass(frozen=True, slots=True)
class WantedItem:
    """One product, at one of its prices where it has several. ``shown_amount`` is what the buyer
    saw, in minor units: it is compared, never charged.
    """

    product_id: str
    shown_amount: int
    price_id: str | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """A product as it is sold now."""

    product_id: str
    seller_id: str
    title: str
    unit: Money
    account: str
    """The seller's account at the provider; empty for a seller of free things without one."""
    price_id: str | None = None


class Pricing:
    """Prices wanted items for one buyer."""

    def __init__(self, users: Users, products: Products, prices: Prices) -> None:
        self.users = users
        self._products = products
        self._prices = prices

    def price(self, buyer_id: str, wanted: Sequence[WantedItem]) -> tuple[Priced, ...]:
        """Each product once, in the order asked for.

        Raises NotFound, Refused (not for sale now) or PriceChanged, naming every item that is.
        """
        once = {item.product_id: item for item in wanted}
        found = self._products.find_many(list(once))
        priced = []
        for product_id, item in once.items():
            if product_id not in found:
                raise NotFound("A product of the order is not there any more.")
            priced.append(self._priced(buyer_id, read_product(found[product_id]), item))
        _refuse_changed(priced, once)
        if len({item.unit.currency for item in priced}) > 1:
            raise Refused("An order is in one currency.", kept="Nothing was ordered.")
        return tuple(priced)

    def _priced(self, buyer_id: str, product: Product, item: WantedItem) -> Priced:
        if not product.active or product.deleted_at is not None:
            raise _not_for_sale(product, "It is not for sale now.")
        if product.seller_id == buyer_id:
            raise _not_for_sale(product, "It is your own.")
        unit = self._unit(product, item)
        return Priced(
            product_id=product.id,
            seller_id=product.seller_id,
            title=product.title,
            unit=unit,
            account=self._account(product, is_free=unit.minor == 0),
            price_id=item.price_id,
        )

    def _unit(self, product: Product, item: WantedItem) -> Money:
        if item.price_id is None:
            return product.money
        document = self._prices.find(item.price_id)
        price = Price.read(document) if document else None
        if price is None or price.product_id != product.id or not price.is_on_sale:
            raise _not_for_sale(product, "This price is no longer offered.")
        if price.type == PriceType.RECURRING:
            raise _not_for_sale(
                product, "This price is a subscription; only one-time prices can be bought."
            )
        if price.type != PriceType.ONE_TIME or price.currency != EUR:
            raise _not_for_sale(product, "This price cannot be bought here.")
        return price.money

    def _account(self, product: Product, *, is_free: bool) -> str:
        document = self.users.find(product.seller_id)
        seller = read_user(document) if document else None
        if seller is None or seller.is_banned:
            raise _not_for_sale(product, "Its seller does not sell now.")
        if is_free:
            return seller.stripe_connect_id or ""
        if not seller.onboarding_complete or not seller.stripe_connect_id:
            raise _not_for_sale(product, "Its seller cannot be paid now.")
        return seller.stripe_connect_id


def _not_for_sale(product: Product, why: str) -> Refused:
    return Refused(
        f"“{product.title}” cannot be bought.",
        kept="Nothing was ordered.",
        remedy=why,
        facts={"product": product.id},
    )


def _refuse_changed(priced: Sequence[Priced], wanted: dict[str, WantedItem]) -> None:
    changed = [
        {
            "product": item.product_id,
            "title": item.title,
            "shown": wanted[item.product_id].shown_amount,
            "now": item.unit.minor,
        }
        for item in priced
        if item.unit.minor != wanted[item.product_id].shown_amount
    ]
    if changed:
        raise PriceChanged(
            "The price has changed since it was shown.",
            remedy="Look at the new price, then order again.",
            facts={"items": changed},
        )

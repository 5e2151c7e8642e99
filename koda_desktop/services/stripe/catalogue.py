"""Products and prices at Stripe. A product's id there is made of its id here."""

from __future__ import annotations

import stripe
from stripe.params import PriceCreateParams

from koda_desktop.errors import NotFound
from koda_desktop.marketplace.payments import Json
from koda_desktop.services.stripe.client import once
from koda_desktop.services.stripe.faults import stripe_faults


class StripeCatalogue:
    """``marketplace.payments.Catalogue`` over the SDK."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._products = client.v1.products
        self._prices = client.v1.prices

    def save_product(self, product_id: str, fields: Json, operation: str) -> str:
        """Made under an id of our choosing: a lost answer leaves no second product behind."""
        ref = _ref(product_id)
        description = fields.get("description") or ""
        is_active = bool(fields["active"])
        with stripe_faults():
            try:
                made = self._products.create(
                    {
                        "id": ref,
                        "name": fields["name"],
                        "description": description,
                        "active": is_active,
                        "metadata": {"product": product_id},
                    },
                    once(operation),
                )
            except stripe.InvalidRequestError as error:
                if error.code != "resource_already_exists":
                    raise
                made = self._products.update(
                    ref,
                    {"name": fields["name"], "description": description, "active": is_active},
                    once(f"{operation}:update"),
                )
            return made.id

    def withdraw_product(self, product_id: str, operation: str) -> None:
        try:
            with stripe_faults():
                self._products.update(_ref(product_id), {"active": False}, once(operation))
        except NotFound:
            return

    def create_price(self, product_ref: str, fields: Json, operation: str) -> str:
        params: PriceCreateParams = {
            "product": product_ref,
            "unit_amount": fields["unit_amount"],
            "currency": fields["currency"].lower(),
        }
        if fields.get("interval"):
            params["recurring"] = {
                "interval": fields["interval"],
                "interval_count": fields.get("interval_count") or 1,
            }
            if fields.get("trial_days"):
                params["recurring"]["trial_period_days"] = fields["trial_days"]
        with stripe_faults():
            return self._prices.create(params, once(operation)).id

    def retire_price(self, price_ref: str, operation: str) -> None:
        try:
            with stripe_faults():
                self._prices.update(price_ref, {"active": False}, once(operation))
        except NotFound:
            return


def _ref(product_id: str) -> str:
    return f"koda_{product_id}"

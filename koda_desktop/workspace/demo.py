"""Buying in a sandbox, so that a newcomer sees a sale arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from koda_desktop.errors import NotFound, Refused
from koda_desktop.marketplace.api import Actor
from koda_desktop.models.product import read_product
from koda_desktop.runtime.ids import new_uuid

if TYPE_CHECKING:
    from koda_desktop.marketplace.payments import HostedPage
    from koda_desktop.marketplace.trade import Trade


def demo_page(trade: Trade, listing_id: str, pages: str) -> HostedPage:
    """A new order of the demo buyer, and the page to pay it on; ``pages`` is where the sandbox has
    its own. Raises NotFound or Refused.
    """
    from koda_desktop.marketplace.checkout import CheckoutAsk
    from koda_desktop.marketplace.pricing import WantedItem
    from koda_desktop.services.sandbox.info import BUYER_ID

    document = trade.products.find(listing_id)
    if document is None:
        raise NotFound("This listing is not in the marketplace yet.", remedy="Publish it first.")
    wanted = WantedItem(listing_id, read_product(document).money.minor)
    ask = CheckoutAsk(new_uuid(), [wanted], f"{pages}/paid", f"{pages}/left")
    answer = trade.checkout.start(Actor(BUYER_ID), ask)
    if answer.page is None:
        raise Refused("A free listing needs no payment.", kept="The demo buyer has it now.")
    return answer.page

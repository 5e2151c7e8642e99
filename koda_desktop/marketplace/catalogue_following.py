"""The provider's catalogue follows the listings in the database, whoever changed them.

A seller's computer holds no key of the provider, and the web application writes listings too. So
whoever settles walks the listings in the order of their changes, and brings those in step whose
facts the provider was not told yet. How far that went is kept in the database and moves on only
behind what is in step, so that a crash costs nothing; each change has one name at the provider, so
that two computers make it once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from koda_desktop.errors import InputError, KodaError, Refused
from koda_desktop.marketplace.api import Cursor
from koda_desktop.marketplace.catalogue import CatalogueSync, fingerprint
from koda_desktop.marketplace.trade_ports import Json, Prices
from koda_desktop.models.product import Product, read_product
from koda_desktop.runtime.clock import from_iso, iso

PAGE = 200
MOST = 50
"""How many listings are brought in step in one go."""

OVERLAP = timedelta(days=1)
"""How far back is looked from time to time: two writers' times need not come in their order, and of
two that tell the provider of one listing, the later word may be the older one."""

_FIRST_ID = "0" * 24


@dataclass(frozen=True, slots=True)
class Followed:
    """What a go came to."""

    synced: int = 0
    faults: dict[str, KodaError] = field(default_factory=dict)
    """By listing: the provider refused it, or it cannot be read. It is looked at again when it
    changes."""


class CatalogueFollowing:
    """Blocking; several may run at once."""

    def __init__(self, prices: Prices, catalogue: CatalogueSync) -> None:
        self._prices = prices
        self._catalogue = catalogue

    def follow(self, *, with_overlap: bool = False) -> Followed:
        """Bring listings in step that changed since the last time, as many as one go takes; with
        the overlap, those too that were deleted for good, which no change tells of.

        Raises Unavailable and Misconfigured: what was brought in step stays so.
        """
        known = self._prices.followed()
        after = _earlier(known) if with_overlap else known
        done = self._withdraw_gone() if with_overlap else Followed()
        while done.synced < MOST:
            page = self._prices.products_changed(after, PAGE)
            for document in page:
                done = self._look(document, done)
                after = Cursor(str(document["updatedAt"]), str(document["_id"]))
                if done.synced >= MOST:
                    break
            self._remember(known, after)
            if len(page) < PAGE:
                break
        return done

    def _withdraw_gone(self) -> Followed:
        done = Followed()
        gone = {str(one["productId"]) for one in self._prices.of_gone(MOST)}
        for listing in sorted(gone):
            try:
                self._catalogue.withdraw(listing)
            except (InputError, Refused) as fault:
                done = Followed(done.synced, {**done.faults, listing: fault})
            else:
                done = Followed(done.synced + 1, done.faults)
        return done

    def _look(self, document: Json, done: Followed) -> Followed:
        try:
            product = _read(document)
            if product.stripe_synced == fingerprint(product):
                return done
            operation = f"catalogue:{product.id}:{document['updatedAt']}"
            self._catalogue.sync_product(product, operation)
        except (InputError, Refused) as fault:
            return Followed(done.synced, {**done.faults, str(document["_id"]): fault})
        return Followed(done.synced + 1, done.faults)

    def _remember(self, known: Cursor | None, after: Cursor | None) -> None:
        """Going over what was seen before moves nothing back."""
        if after is not None and (known is None or _place(after) > _place(known)):
            self._prices.set_followed(after)


def _read(document: Json) -> Product:
    try:
        product = read_product(document)
        fingerprint(product)
    except ValueError:
        raise Refused("This listing holds something that cannot be read.", kept="") from None
    return product


def _place(cursor: Cursor) -> tuple[str, str]:
    return cursor.updated_at, cursor.listing_id


def _earlier(cursor: Cursor | None) -> Cursor | None:
    return cursor and Cursor(iso(from_iso(cursor.updated_at) - OVERLAP), _FIRST_ID)

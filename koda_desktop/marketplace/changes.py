"""The rules of keeping up: an account is told of its own documents and of no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from koda_desktop.errors import InputError
from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import (
    Actor,
    Change,
    ChangeBatch,
    Json,
    SnapshotPage,
    StampPage,
)
from koda_desktop.marketplace.listings import is_device_id
from koda_desktop.marketplace.ports import Products, Users
from koda_desktop.runtime.ids import is_object_id

EVENTS_MAX = 1_000
DOCUMENTS_MAX = 1_000
STAMPS_MAX = 20_000

WAIT_MAX_SECONDS = 10.0
"""The longest long poll: well below the time after which a silent connection is given up."""


class Feed:
    """What changed, and what there is, over the ports. See ``Marketplace`` for each promise."""

    def __init__(self, users: Users, products: Products) -> None:
        self._users = users
        self._products = products

    def changes(
        self, actor: Actor, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        """See ``Marketplace.changes``."""
        seller_id = self._seller(actor)
        wait = min(max(wait_seconds, 0.0), WAIT_MAX_SECONDS)
        batch = self._products.changes(seller_id, token, wait, _within(limit, EVENTS_MAX))
        return ChangeBatch(tuple(_own(one, seller_id) for one in batch.events), batch.token)

    def stamps(self, actor: Actor, after_id: str | None, limit: int, device_id: str) -> StampPage:
        """See ``Marketplace.stamps``."""
        seller_id = self._seller(actor)
        if device_id:
            _check_device(device_id)
        size = _within(limit, STAMPS_MAX)
        found = self._products.stamps(seller_id, _checked_id(after_id), size + 1, device_id)
        return StampPage(found[:size], len(found) > size)

    def fetch(self, actor: Actor, listing_ids: Sequence[str]) -> tuple[Json, ...]:
        """See ``Marketplace.fetch``."""
        seller_id = self._seller(actor)
        wanted = [one for one in dict.fromkeys(listing_ids) if is_object_id(one)]
        if len(wanted) > DOCUMENTS_MAX:
            raise InputError(f"At most {DOCUMENTS_MAX} listings can be asked for at once.")
        found = self._products.find_many(wanted)
        own = (found[one] for one in wanted if one in found)
        return tuple(document for document in own if document.get("sellerId") == seller_id)

    def snapshot(self, actor: Actor, after_id: str | None, limit: int) -> SnapshotPage:
        """See ``Marketplace.snapshot``."""
        seller_id = self._seller(actor)
        size = _within(limit, DOCUMENTS_MAX)
        found = self._products.above(seller_id, _checked_id(after_id), size + 1)
        return SnapshotPage(found[:size], len(found) > size)

    def latest_sequence(self, actor: Actor, device_id: str) -> int | None:
        """See ``Marketplace.latest_sequence``."""
        _check_device(device_id)
        return self._products.latest_sequence(self._seller(actor), device_id)

    def _seller(self, actor: Actor) -> str:
        return accounts.signed_in(self._users, actor).id


def _own(change: Change, seller_id: str) -> Change:
    """``change`` without a document that is not, or no longer, this seller's."""
    document = change.document
    if document is None or document.get("sellerId") == seller_id:
        return change
    return replace(change, document=None)


def _within(limit: int, most: int) -> int:
    return min(max(limit, 1), most)


def _checked_id(after_id: str | None) -> str | None:
    if after_id is not None and not is_object_id(after_id):
        raise InputError("The listing’s id is not an ObjectId.")
    return after_id


def _check_device(device_id: str) -> None:
    if not is_device_id(device_id):
        raise InputError("The device’s id is not one.")

"""The marketplace in this process: the rules over whatever ports the operator's keys open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import (
    Account,
    Actor,
    ChangeBatch,
    Cursor,
    Edit,
    EditAnswer,
    Gate,
    Json,
    OpenUpload,
    Page,
    PartFacts,
    PartGrant,
    PartsUpload,
    ReadBack,
    RegisterRequest,
    SnapshotPage,
    StampPage,
    StoredPart,
    UploadGrant,
    UploadRequest,
)
from koda_desktop.marketplace.changes import Feed
from koda_desktop.marketplace.listings import Listings
from koda_desktop.marketplace.ports import Objects, Products, Users
from koda_desktop.marketplace.revising import ReviseRequest
from koda_desktop.marketplace.sizes import part_size
from koda_desktop.marketplace.uploads import Uploads

PAGE_MAX = 1_000
EPOCH = "1970-01-01T00:00:00.000Z"
"""The place in the order of a document that another writer left without ``updatedAt``."""


class DirectMarketplace:
    """``Marketplace`` by running the rules here. Blocking; safe to call from several threads."""

    def __init__(
        self,
        users: Users,
        products: Products,
        objects: Objects,
        choose_part_size: Callable[[int], int] = part_size,
    ) -> None:
        self._users = users
        self._products = products
        self._rules = Listings(users, products, objects)
        self._feed = Feed(users, products)
        self._uploads = Uploads(users, products, objects, choose_part_size)

    def account(self, actor: Actor) -> Account:
        return accounts.describe(accounts.signed_in(self._users, actor))

    def gates(self, actor: Actor) -> tuple[Gate, ...]:
        return accounts.account_gates(accounts.find_user(self._users, actor))

    def request_upload(self, actor: Actor, request: UploadRequest) -> UploadGrant:
        return self._uploads.request_upload(actor, request)

    def begin_parts(self, actor: Actor, request: UploadRequest) -> PartsUpload | None:
        return self._uploads.begin_parts(actor, request)

    def sign_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[PartFacts]
    ) -> tuple[PartGrant, ...]:
        return self._uploads.sign_parts(actor, upload, parts)

    def stored_parts(self, actor: Actor, upload: PartsUpload) -> tuple[StoredPart, ...] | None:
        return self._uploads.stored_parts(actor, upload)

    def complete_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[StoredPart]
    ) -> bool:
        return self._uploads.complete_parts(actor, upload, parts)

    def abort_parts(self, actor: Actor, upload: PartsUpload | OpenUpload) -> None:
        self._uploads.abort_parts(actor, upload)

    def part_checksums(self, actor: Actor, listing_id: str) -> tuple[StoredPart, ...]:
        return self._rules.part_checksums(actor, listing_id)

    def open_uploads(self, actor: Actor, listing_id: str) -> tuple[OpenUpload, ...]:
        return self._uploads.open_uploads(actor, listing_id)

    def register(self, actor: Actor, request: RegisterRequest) -> Json:
        return self._rules.register(actor, request)

    def revise(self, actor: Actor, request: ReviseRequest) -> EditAnswer:
        return self._rules.revise(actor, request)

    def push(self, actor: Actor, edits: Sequence[Edit]) -> tuple[EditAnswer, ...]:
        return self._rules.push(actor, edits)

    def read_back(self, actor: Actor, listing_id: str) -> ReadBack:
        return self._rules.read_back(actor, listing_id)

    def listings(self, actor: Actor, after: Cursor | None, limit: int) -> Page:
        user = accounts.signed_in(self._users, actor)
        size = min(max(limit, 1), PAGE_MAX)
        documents = self._products.changed_after(user.id, after, size + 1)
        kept = documents[:size]
        cursor = _cursor(kept[-1]) if kept else after
        return Page(kept, cursor, len(documents) > size)

    def changes(
        self, actor: Actor, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        return self._feed.changes(actor, token, wait_seconds, limit)

    def stamps(self, actor: Actor, after_id: str | None, limit: int, device_id: str) -> StampPage:
        return self._feed.stamps(actor, after_id, limit, device_id)

    def fetch(self, actor: Actor, listing_ids: Sequence[str]) -> tuple[Json, ...]:
        return self._feed.fetch(actor, listing_ids)

    def snapshot(self, actor: Actor, after_id: str | None, limit: int) -> SnapshotPage:
        return self._feed.snapshot(actor, after_id, limit)

    def latest_sequence(self, actor: Actor, device_id: str) -> int | None:
        return self._feed.latest_sequence(actor, device_id)


def _cursor(document: Json) -> Cursor:
    return Cursor(str(document.get("updatedAt") or EPOCH), str(document["_id"]))

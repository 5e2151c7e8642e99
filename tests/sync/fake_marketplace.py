"""The marketplace in memory: the real rules over dictionaries, with faults on demand.

For the engine's logic alone. The adapters and the wire have tests with real servers.
"""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from koda_desktop.errors import Cancelled, KodaError, ServerDown, Unverified
from koda_desktop.marketplace.api import (
    Account,
    Actor,
    ChangeBatch,
    Cursor,
    DownloadGrant,
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
    Receipt,
    RegisterRequest,
    SnapshotPage,
    StampPage,
    StoredPart,
    UploadGrant,
    UploadLost,
    UploadRequest,
)
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.marketplace.ports import DocumentEdit
from koda_desktop.marketplace.revising import ReviseRequest
from koda_desktop.runtime.files import disk_faults
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.transfers.answers import ObjectChanged
from koda_desktop.sync.transfers.carrier import (
    NOWHERE,
    BytesReport,
    Digest,
    PutResult,
    SentPart,
    Sink,
    Span,
    ignore_bytes,
)
from tests.marketplace.memory import (
    Collection,
    MemoryFeed,
    MemoryObjects,
    MemoryProducts,
    MemoryUsers,
)

T = TypeVar("T")
SELLER = "5e11e20000000000000000aa"
ACTOR = Actor(SELLER)
PART = 1024
"""Bytes of a part here, so that a small file has many."""


class _Products(MemoryProducts):
    """The collection, remembering each write that changed it; one caller at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.inserts: list[str] = []
        self.applied: list[tuple[str, str]] = []
        self.replaced: list[tuple[str, Json]] = []
        """(listing, the values an edit replaced), in order."""
        self.sequences: defaultdict[str, list[int]] = defaultdict(list)
        """The receipts' numbers that changed each listing, in order."""

    def insert(self, document: Json, receipt: Receipt) -> bool:
        with self.lock:
            is_new = super().insert(document, receipt)
            if is_new:
                self.inserts.append(document["_id"])
                self.sequences[document["_id"]].append(receipt.sequence)
            return is_new

    def edit(self, edits: Sequence[DocumentEdit]) -> Mapping[str, KodaError]:
        with self.lock:
            for edit in edits:
                before = self.find(edit.listing_id)
                super().edit([edit])
                if before is not None and before != self.find(edit.listing_id):
                    self.applied.append((edit.listing_id, edit.receipt.operation_id))
                    self.sequences[edit.listing_id].append(edit.receipt.sequence)
                    replaced = {name: before.get(name) for name in edit.changes}
                    self.replaced.append((edit.listing_id, replaced))
            return {}


class Server:
    """The collections and the bucket, with a clock of its own. Survives every client's crash."""

    def __init__(self, bucket: MemoryObjects | None = None) -> None:
        self.users = MemoryUsers()
        self.users.add({"_id": SELLER, "clerkId": "user_1", "onboardingComplete": True})
        self.collection = _Products()
        self.bucket = bucket or MemoryObjects()
        self.puts: list[str] = []
        """The key of each PUT that stored an object, in order."""
        self.part_bytes = 0
        """Bytes of parts that were stored, also of those sent again."""

    @property
    def products(self) -> Collection:
        return self.collection.documents

    @property
    def feed(self) -> MemoryFeed:
        """The collection's change stream, to be lost, held back or switched off."""
        return self.collection.feed

    @property
    def objects(self) -> dict[str, bytes]:
        return self.bucket.objects

    @property
    def inserts(self) -> list[str]:
        """The id of each document that was created, in order."""
        return self.collection.inserts

    @property
    def applied(self) -> list[tuple[str, str]]:
        """(listing, operation) of each edit that changed a document, in order."""
        return self.collection.applied

    def onboard(self, is_complete: bool) -> None:
        self.users.documents[SELLER]["onboardingComplete"] = is_complete

    def web_edit(self, listing_id: str, **fields: Any) -> None:
        """The web application writes, knowing nothing of receipts."""
        with self.collection.lock:
            document = self.products[listing_id]
            self.products[listing_id] = {**document, **fields, "updatedAt": self.collection.now()}

    def web_delete(self, listing_id: str) -> None:
        """A hard delete by a foreign writer."""
        with self.collection.lock:
            del self.products[listing_id]

    def web_create(self, listing_id: str, **fields: Any) -> None:
        """A listing made by the web application."""
        now = self.collection.now()
        self.products[listing_id] = {
            "_id": listing_id,
            "__v": 0,
            "title": "From the web",
            "description": "Words.",
            "price": 5,
            "category": "Other",
            "tags": [],
            "platform": "Make",
            "version": "1.0.0",
            "sellerId": SELLER,
            "productType": "Automation",
            "fileUrl": "key",
            "createdAt": now,
            "updatedAt": now,
            **fields,
        }

    def store(self, key: str, data: bytes, media_type: str = "") -> PutResult:
        """A PUT with If-None-Match."""
        with self.collection.lock:
            if key in self.objects:
                return PutResult.EXISTS
            self.puts.append(key)
            self.bucket.put(key, data, media_type)
            return PutResult.STORED

    def store_part(self, upload_id: str, number: int, data: bytes, checksum: str) -> str | None:
        """A PUT of one part; its ETag, or None for an upload that is not known."""
        etag = self.bucket.put_part(upload_id, number, data, checksum)
        if etag is not None:
            self.part_bytes += len(data)
        return etag


class Faults:
    """Which calls fail, and whether the server did its part first (a lost reply)."""

    def __init__(self) -> None:
        self.before: dict[str, Exception] = {}
        self.after: dict[str, Exception] = {}
        self.once: set[str] = set()
        self.calls: list[str] = []

    def lose_reply(self, call: str) -> None:
        """The next ``call`` is done, and its answer is lost."""
        self.after[call] = ServerDown("Reply lost.")
        self.once.add(call)

    def refuse(self, call: str, error: Exception, *, once: bool = False) -> None:
        self.before[call] = error
        if once:
            self.once.add(call)

    def heal(self) -> None:
        self.before.clear()
        self.after.clear()
        self.once.clear()

    def around(self, call: str, work: Callable[[], T]) -> T:
        self.calls.append(call)
        self._raise(self.before, call)
        result = work()
        self._raise(self.after, call)
        return result

    def _raise(self, table: dict[str, Exception], call: str) -> None:
        error = table.get(call)
        if error is not None:
            if call in self.once:
                del table[call]
                self.once.discard(call)
            raise error


class FakeMarketplace:
    """``Marketplace`` over a ``Server``, each call passing through ``Faults``."""

    def __init__(self, server: Server, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._rules = DirectMarketplace(
            server.users, server.collection, server.bucket, lambda _: PART
        )

    def account(self, actor: Actor) -> Account:
        return self._faults.around("account", lambda: self._rules.account(actor))

    def gates(self, actor: Actor) -> tuple[Gate, ...]:
        return self._faults.around("gates", lambda: self._rules.gates(actor))

    def request_upload(self, actor: Actor, request: UploadRequest) -> UploadGrant:
        return self._faults.around(
            "request_upload", lambda: self._rules.request_upload(actor, request)
        )

    def begin_parts(self, actor: Actor, request: UploadRequest) -> PartsUpload | None:
        return self._faults.around("begin_parts", lambda: self._rules.begin_parts(actor, request))

    def sign_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[PartFacts]
    ) -> tuple[PartGrant, ...]:
        return self._faults.around(
            "sign_parts", lambda: self._rules.sign_parts(actor, upload, parts)
        )

    def stored_parts(self, actor: Actor, upload: PartsUpload) -> tuple[StoredPart, ...] | None:
        return self._faults.around("stored_parts", lambda: self._rules.stored_parts(actor, upload))

    def complete_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[StoredPart]
    ) -> bool:
        return self._faults.around(
            "complete_parts", lambda: self._rules.complete_parts(actor, upload, parts)
        )

    def abort_parts(self, actor: Actor, upload: PartsUpload | OpenUpload) -> None:
        self._faults.around("abort_parts", lambda: self._rules.abort_parts(actor, upload))

    def open_uploads(self, actor: Actor, listing_id: str) -> tuple[OpenUpload, ...]:
        return self._faults.around(
            "open_uploads", lambda: self._rules.open_uploads(actor, listing_id)
        )

    def part_checksums(self, actor: Actor, listing_id: str) -> tuple[StoredPart, ...]:
        return self._faults.around(
            "part_checksums", lambda: self._rules.part_checksums(actor, listing_id)
        )

    def register(self, actor: Actor, request: RegisterRequest) -> Json:
        return self._faults.around("register", lambda: self._rules.register(actor, request))

    def revise(self, actor: Actor, request: ReviseRequest) -> EditAnswer:
        return self._faults.around("revise", lambda: self._rules.revise(actor, request))

    def push(self, actor: Actor, edits: Sequence[Edit]) -> tuple[EditAnswer, ...]:
        return self._faults.around("push", lambda: self._rules.push(actor, edits))

    def read_back(self, actor: Actor, listing_id: str) -> ReadBack:
        return self._faults.around("read_back", lambda: self._rules.read_back(actor, listing_id))

    def listings(self, actor: Actor, after: Cursor | None, limit: int) -> Page:
        return self._faults.around("listings", lambda: self._rules.listings(actor, after, limit))

    def changes(
        self, actor: Actor, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        return self._faults.around(
            "changes", lambda: self._rules.changes(actor, token, wait_seconds, limit)
        )

    def stamps(self, actor: Actor, after_id: str | None, limit: int, device_id: str) -> StampPage:
        return self._faults.around(
            "stamps", lambda: self._rules.stamps(actor, after_id, limit, device_id)
        )

    def fetch(self, actor: Actor, listing_ids: Sequence[str]) -> tuple[Json, ...]:
        return self._faults.around("fetch", lambda: self._rules.fetch(actor, listing_ids))

    def snapshot(self, actor: Actor, after_id: str | None, limit: int) -> SnapshotPage:
        return self._faults.around("snapshot", lambda: self._rules.snapshot(actor, after_id, limit))

    def latest_sequence(self, actor: Actor, device_id: str) -> int | None:
        return self._faults.around(
            "latest_sequence", lambda: self._rules.latest_sequence(actor, device_id)
        )


class FakeCarrier:
    """Puts bytes into the server's bucket, never over an object that is there."""

    def __init__(self, server: Server, faults: Faults | None = None) -> None:
        self._server = server
        self._faults = faults or Faults()
        self.limited: list[int | None] = []
        """Each limit that was set, in order."""
        self.on_put: Callable[[CancelToken, BytesReport], None] = lambda _, __: None

    def put(
        self,
        grant: UploadGrant,
        path: Path,
        size: int,
        cancel: CancelToken,
        report: BytesReport = ignore_bytes,
    ) -> PutResult:
        self.on_put(cancel, report)
        if cancel.is_cancelled:
            raise Cancelled("Stopped.")
        data = path.read_bytes()
        media_type = grant.headers["Content-Type"]
        return self._faults.around("put", lambda: self._server.store(grant.key, data, media_type))

    def width(self, url: str) -> int:
        return 4

    def limit(self, bytes_per_second: int | None) -> None:
        self.limited.append(bytes_per_second)

    def put_part(
        self,
        grant: PartGrant,
        path: Path,
        span: Span,
        cancel: CancelToken,
        report: BytesReport = ignore_bytes,
    ) -> SentPart:
        self.on_put(cancel, report)
        cancel.check()
        with disk_faults("The staged file could not be read"), path.open("rb") as stream:
            stream.seek(span.offset)
            data = stream.read(span.size)
        return self._faults.around("put_part", lambda: self._put_part(grant, data))

    def _put_part(self, grant: PartGrant, data: bytes) -> SentPart:
        _, upload_id, number = grant.url.split(":")
        checksum = grant.headers["x-koda-crc32"]
        try:
            etag = self._server.store_part(upload_id, int(number), data, checksum)
        except ValueError:
            raise Unverified("The object store received other bytes than were sent.") from None
        if etag is None:
            raise UploadLost("The object store knows the upload no more.")
        return SentPart(etag, self._server.bucket.habits.keeps_checksums)

    def fetch(
        self,
        grant: DownloadGrant,
        span: Span,
        etag: str,
        sink: Sink,
        cancel: CancelToken,
        memory: memoryview = NOWHERE,
    ) -> str:
        cancel.check()
        return self._faults.around("fetch", lambda: self._fetch(grant.url, span, etag, sink))

    def _fetch(self, url: str, span: Span, etag: str, sink: Sink) -> str:
        key = url.removeprefix("memory:")
        found = self._server.bucket.etag(key)
        if etag and etag != found:
            raise ObjectChanged
        sink(memoryview(self._server.objects[key])[span.offset : span.end])
        return found

    def digest(
        self, grant: DownloadGrant, cancel: CancelToken, report: BytesReport = ignore_bytes
    ) -> Digest:
        return self._faults.around("digest", lambda: self._digest(grant.url))

    def _digest(self, url: str) -> Digest:
        data = self._server.objects[url.removeprefix("memory:")]
        return Digest(len(data), hashlib.sha256(data).hexdigest())

    def close(self) -> None:
        """Holds nothing."""

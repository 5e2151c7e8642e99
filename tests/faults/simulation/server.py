"""The server of a simulation: the in-memory collections and bucket, on virtual time, recorded."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.api import ChangeBatch, FileFacts, Json, PartFacts, Receipt
from koda_desktop.marketplace.ports import DocumentEdit, SignedRequest
from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.sync.transfers.carrier import PutResult
from tests.faults.simulation.carrier import CANARY
from tests.faults.simulation.clocks import TrueTime
from tests.faults.simulation.history import History, Write
from tests.marketplace.memory import MemoryObjects, MemoryProducts
from tests.sync.fake_marketplace import SELLER, Server

WEB_FIELDS: Json = {
    "__v": 0,
    "description": "Words.",
    "price": 5,
    "category": "Other",
    "tags": [],
    "platform": "Make",
    "version": "1.0.0",
    "sellerId": SELLER,
    "productType": "Automation",
    "fileUrl": "key",
}


class SimProducts(MemoryProducts):
    """The collection; its clock gives out equal times to writes of one millisecond."""

    def __init__(self, time: TrueTime, history: History, bucket: MemoryObjects) -> None:
        super().__init__()
        self._time = time
        self._history = history
        self._bucket = bucket
        self._moment_of_edit = ""
        self.wait: Callable[[Callable[[], bool], float], None] = lambda _, __: None
        """Comes back once something is true, or so many seconds later."""

    def now(self) -> str:
        return self._moment_of_edit or iso(self._time.now())

    def _now_for(self, listing_id: str) -> str:
        """Documents may share a millisecond; two states of one document never do."""
        before = (self.documents.get(listing_id) or {}).get("updatedAt")
        now = self._time.now()
        return iso(max(now, from_iso(before) + timedelta(milliseconds=1)) if before else now)

    def insert(self, document: Json, receipt: Receipt) -> bool:
        is_new = super().insert(document, receipt)
        if is_new:
            self._check_object(document)
            self._record(document["_id"], receipt, None)
        return is_new

    def _check_object(self, document: Json) -> None:
        file = document["files"][0]
        stored = self._bucket.head(file["key"])
        if stored is None or stored.size != file["size"]:
            self._history.wrongs.append((7, f"{document['_id']} registered without its object"))
        elif self._bucket.sha256(file["key"]) != file["sha256"]:
            self._history.wrongs.append((7, f"{document['_id']} registered with another object"))

    def edit(self, edits: Sequence[DocumentEdit]) -> Mapping[str, KodaError]:
        refused: dict[str, KodaError] = {}
        for edit in edits:
            before = copy.deepcopy(self.documents.get(edit.listing_id))
            moment = self._now_for(edit.listing_id)
            self._moment_of_edit = moment
            refused |= super().edit([edit])
            self._moment_of_edit = ""
            after = self.documents.get(edit.listing_id)
            if (
                before is not None
                and after is not None
                and _mark(before, edit) != _mark(after, edit)
            ):
                self._record(edit.listing_id, edit.receipt, before)
                if before.get("files") != after.get("files"):
                    self._check_object(after)
        return refused

    def _record(self, listing_id: str, receipt: Receipt | None, before: Json | None) -> None:
        after = copy.deepcopy(self.documents.get(listing_id))
        place = int(self.feed.now())
        self._history.add(Write(listing_id, receipt, before, after, place))

    def changes(
        self, seller_id: str, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        if token is not None and wait_seconds > 0:
            self.wait(lambda: self._has_news(seller_id, token), wait_seconds)
        return super().changes(seller_id, token, wait_seconds, limit)

    def _has_news(self, seller_id: str, token: str) -> bool:
        try:
            told = list(self.feed.after(token, 1_000))
        except KodaError:
            return True
        return any(seller_id in (event.before, event.after) for event, _ in told)

    # -- the web application, which knows nothing of us --

    def web_write(
        self,
        listing_id: str,
        fields: Mapping[str, Any],
        *,
        stamps: bool = True,
        drop: frozenset[str] = frozenset(),
        begun: str = "",
    ) -> None:
        """Create or change a document; without ``stamps`` as a script that forgets updatedAt.

        A write that ``begun`` some time ago has the time of its beginning, unless somebody wrote
        since.
        """
        before = self.documents.get(listing_id)
        base = before or {"_id": listing_id, "title": "From the web", **WEB_FIELDS}
        base = {name: value for name, value in base.items() if name not in drop}
        was = str((before or {}).get("updatedAt") or "")
        moment = begun if begun > was else self._now_for(listing_id)
        times: Json = {"updatedAt": moment} if stamps else {}
        if before is None:
            times = {"createdAt": moment, "updatedAt": moment}
        self.documents[listing_id] = {**base, **fields, **times}
        self._record(listing_id, None, before)

    def web_delete(self, listing_id: str) -> None:
        """Delete a document for good."""
        before = self.documents[listing_id]
        del self.documents[listing_id]
        self._record(listing_id, None, before)


def _mark(document: Json, edit: DocumentEdit) -> object:
    return document.get("_sync", {}).get("d", {}).get(edit.receipt.device_id)


def _secret(request: SignedRequest) -> SignedRequest:
    return replace(request, url=f"{request.url}{CANARY}")


class SimObjects(MemoryObjects):
    """The bucket; whoever overwrites a key is told on."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self._history = history

    def sign_put(
        self, key: str, file: FileFacts, seconds: int, *, is_conditional: bool = True
    ) -> SignedRequest:
        return _secret(super().sign_put(key, file, seconds, is_conditional=is_conditional))

    def sign_get(self, key: str, file_name: str, seconds: int) -> SignedRequest:
        return _secret(super().sign_get(key, file_name, seconds))

    def sign_part(self, key: str, upload_id: str, part: PartFacts, seconds: int) -> SignedRequest:
        return _secret(super().sign_part(key, upload_id, part, seconds))

    def put(self, key: str, data: bytes, media_type: str = "") -> None:
        self._history.files.add(hashlib.sha256(data).hexdigest())
        before = self.objects.get(key)
        if before is not None and before != data:
            self._history.wrongs.append((7, f"the key {key} was overwritten"))
        super().put(key, data, media_type)


class SimServer(Server):
    """Survives every client's crash; its clock is true."""

    def __init__(self, time: TrueTime) -> None:
        super().__init__()
        self.history = History()
        self.bucket = SimObjects(self.history)
        self.products_ = SimProducts(time, self.history, self.bucket)

    @property
    def documents(self) -> dict[str, Json]:
        return self.products_.documents

    def store(self, key: str, data: bytes, media_type: str = "") -> PutResult:
        if key in self.bucket.objects:
            return PutResult.EXISTS
        self.puts.append(key)
        self.bucket.put(key, data, media_type)
        return PutResult.STORED

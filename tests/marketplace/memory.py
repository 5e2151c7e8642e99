"""The marketplace's ports in memory. The contract suite holds them to what the real ones do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.api import Cursor, Json, Receipt
from koda_desktop.marketplace.ports import DocumentEdit
from koda_desktop.runtime.clock import iso
from tests.marketplace.memory_objects import MemoryObjects

__all__ = ["MemoryObjects", "MemoryProducts", "MemoryUsers"]

ABSENT = object()


class MemoryUsers:
    def __init__(self) -> None:
        self.documents: dict[str, Json] = {}

    def add(self, document: Json) -> None:
        self.documents[document["_id"]] = document

    def find(self, user_id: str) -> Json | None:
        by_clerk = (d for d in self.documents.values() if d.get("clerkId") == user_id)
        return self.documents.get(user_id) or next(by_clerk, None)


class MemoryProducts:
    def __init__(self) -> None:
        self.documents: dict[str, Json] = {}
        self._moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> str:
        self._moment += timedelta(milliseconds=1)
        return iso(self._moment)

    def find(self, listing_id: str) -> Json | None:
        found = self.documents.get(listing_id)
        return dict(found) if found is not None else None

    def find_many(self, listing_ids: Sequence[str]) -> dict[str, Json]:
        return {i: dict(self.documents[i]) for i in listing_ids if i in self.documents}

    def insert(self, document: Json, receipt: Receipt) -> bool:
        if document["_id"] in self.documents:
            return False
        now = self.now()
        stamps = {"createdAt": now, "updatedAt": now}
        self.documents[document["_id"]] = {**document, **stamps, "_sync": _marked({}, receipt)}
        return True

    def edit(self, edits: Sequence[DocumentEdit]) -> Mapping[str, KodaError]:
        for edit in edits:
            document = self.documents.get(edit.listing_id)
            if document is not None and _matches(document, edit):
                document.update(edit.changes, updatedAt=self.now())
                document["_sync"] = _marked(document.get("_sync", {}), edit.receipt)
        return {}

    def changed_after(self, seller_id: str, after: Cursor | None, limit: int) -> Sequence[Json]:
        mine = [d for d in self.documents.values() if d["sellerId"] == seller_id]
        mine.sort(key=_place)
        past = (after.updated_at, after.listing_id) if after else ("", "")
        return [dict(d) for d in mine if _place(d) > past][:limit]


def _place(document: Json) -> tuple[str, str]:
    return str(document["updatedAt"]), str(document["_id"])


def _marked(sync: Mapping[str, Any], receipt: Receipt) -> Json:
    mark = {"s": receipt.sequence, "o": receipt.operation_id}
    return {**sync, "d": {**sync.get("d", {}), receipt.device_id: mark}}


def _matches(document: Json, edit: DocumentEdit) -> bool:
    mark = document.get("_sync", {}).get("d", {}).get(edit.receipt.device_id, {"s": -1})
    holds = all(document.get(name, ABSENT) == edit.base.get(name, ABSENT) for name in edit.changes)
    return document["sellerId"] == edit.seller_id and mark["s"] < edit.receipt.sequence and holds

"""The marketplace's ports in memory. The contract suite holds them to what the real ones do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from koda_desktop.errors import FeedLost, FeedUnsupported, KodaError
from koda_desktop.marketplace.api import Change, ChangeBatch, Cursor, Json, Receipt, Stamp
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


@dataclass(frozen=True)
class Event:
    """One write in the log: who owned the document before and after it."""

    listing_id: str
    before: str | None
    after: str | None


class MemoryFeed:
    """The change stream of a collection in memory. A token is a place in its log, as text.

    Tests call ``forget``, ``invalidate``, ``hold`` and ``let_go``, and set ``is_supported``.
    """

    def __init__(self) -> None:
        self.is_supported = True
        self._log: list[Event] = []
        self._first = 0
        """The earliest place in the log that a stream can go on from."""
        self._visible: int | None = None

    def write(self, event: Event) -> None:
        self._log.append(event)

    def forget(self) -> None:
        """The log rolled over: whoever has not read to its end has lost the thread."""
        self._first = len(self._log) + 1
        self._log.append(Event("", None, None))

    def invalidate(self) -> None:
        """The collection was dropped or renamed: no stream goes on."""
        self.forget()

    def hold(self) -> None:
        """From now on the stream lags: what is written is not told."""
        self._visible = len(self._log)

    def let_go(self) -> None:
        """The stream has caught up."""
        self._visible = None

    def after(self, token: str | None, limit: int) -> Iterator[tuple[Event, str]]:
        """The events after ``token``, each with the token behind it."""
        if not self.is_supported:
            raise FeedUnsupported("The database has no change streams.")
        if token is None:
            return
        place = int(token) if token.isdigit() else -1
        if place < self._first:
            raise FeedLost("The database no longer knows what changed since then.")
        end = len(self._log) if self._visible is None else self._visible
        for number in range(place, max(place, min(end, place + limit))):
            yield self._log[number], str(number + 1)

    def now(self) -> str:
        """The token of the end, as far as it can be seen."""
        end = len(self._log) if self._visible is None else self._visible
        return str(max(end, self._first))


class Collection(dict[str, Json]):
    """Documents by id; whatever writes to it is in the feed's log."""

    def __init__(self, feed: MemoryFeed) -> None:
        super().__init__()
        self._feed = feed

    def __setitem__(self, listing_id: str, document: Json) -> None:
        before = self._owner(listing_id)
        super().__setitem__(listing_id, document)
        self._feed.write(Event(listing_id, before, self._owner(listing_id)))

    def __delitem__(self, listing_id: str) -> None:
        before = self._owner(listing_id)
        super().__delitem__(listing_id)
        self._feed.write(Event(listing_id, before, None))

    def clear(self) -> None:
        for listing_id in list(self):
            del self[listing_id]

    def _owner(self, listing_id: str) -> str | None:
        return self.get(listing_id, {}).get("sellerId")


class MemoryProducts:
    """The collection. ``put_late`` writes what becomes visible only with ``show_late``."""

    def __init__(self) -> None:
        self.feed = MemoryFeed()
        self.documents = Collection(self.feed)
        self._moment = datetime(2026, 1, 1, tzinfo=UTC)
        self._late: list[Json] = []

    def now(self) -> str:
        self._moment += timedelta(milliseconds=1)
        return iso(self._moment)

    def set_clock(self, moment: datetime) -> None:
        """Put the server's clock forward or back."""
        self._moment = moment

    def put_late(self, document: Json) -> None:
        """A write that has its time already and is not visible to anybody yet."""
        self._late.append({**document, "updatedAt": self.now()})

    def show_late(self) -> None:
        """Everything that was written late becomes visible, with the time it was given."""
        late, self._late = self._late, []
        for document in late:
            self.documents[document["_id"]] = document

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
                self.documents[edit.listing_id] = {
                    **document,
                    **edit.changes,
                    "updatedAt": self.now(),
                    "_sync": _marked(document.get("_sync", {}), edit.receipt),
                }
        return {}

    def changed_after(self, seller_id: str, after: Cursor | None, limit: int) -> Sequence[Json]:
        mine = [one for one in self._of(seller_id) if isinstance(one.get("updatedAt"), str)]
        mine.sort(key=_place)
        past = (after.updated_at, after.listing_id) if after else ("", "")
        return [dict(d) for d in mine if _place(d) > past][:limit]

    def above(self, seller_id: str, after_id: str | None, limit: int) -> Sequence[Json]:
        mine = sorted(self._of(seller_id), key=lambda document: str(document["_id"]))
        return [dict(d) for d in mine if d["_id"] > (after_id or "")][:limit]

    def stamps(
        self, seller_id: str, after_id: str | None, limit: int, device_id: str
    ) -> Sequence[Stamp]:
        return [
            Stamp(one["_id"], str(one.get("updatedAt") or ""), _sequence(one, device_id))
            for one in self.above(seller_id, after_id, limit)
        ]

    def latest_sequence(self, seller_id: str, device_id: str) -> int | None:
        found = [_sequence(one, device_id) for one in self._of(seller_id)]
        return max((one for one in found if one is not None), default=None)

    def changes(
        self, seller_id: str, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        events = []
        for event, behind in self.feed.after(token, limit):
            token = behind
            if seller_id in (event.before, event.after):
                document = self.find(event.listing_id)
                is_ours = document is not None and document.get("sellerId") == seller_id
                events.append(Change(event.listing_id, document if is_ours else None, behind))
        return ChangeBatch(tuple(events), token or self.feed.now())

    def _of(self, seller_id: str) -> list[Json]:
        return [one for one in self.documents.values() if one.get("sellerId") == seller_id]


def _sequence(document: Json, device_id: str) -> int | None:
    mark = document.get("_sync", {}).get("d", {}).get(device_id, {})
    found = mark.get("s")
    return found if isinstance(found, int) else None


def _place(document: Json) -> tuple[str, str]:
    return str(document["updatedAt"]), str(document["_id"])


def _marked(sync: Mapping[str, Any], receipt: Receipt) -> Json:
    mark = {"s": receipt.sequence, "o": receipt.operation_id}
    return {**sync, "d": {**sync.get("d", {}), receipt.device_id: mark}}


def _matches(document: Json, edit: DocumentEdit) -> bool:
    mark = document.get("_sync", {}).get("d", {}).get(edit.receipt.device_id, {"s": -1})
    holds = all(document.get(name, ABSENT) == edit.base.get(name, ABSENT) for name in edit.changes)
    return document["sellerId"] == edit.seller_id and mark["s"] < edit.receipt.sequence and holds

"""What the store hands out: plain frozen rows for pages and commands. No SQL, no models, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class ListingState(StrEnum):
    """Where a listing stands, as the chip shows it."""

    DRAFT = "draft"
    """Only on this computer; nothing is queued."""
    WAITING = "waiting"
    """Queued; goes out as soon as the marketplace can be reached."""
    PUBLISHING = "publishing"
    """On its way: uploading, registering or being read back."""
    PUBLISHED = "published"
    """In the marketplace, read back and found identical; no local change waits."""
    REFUSED = "refused"
    """The marketplace said no; the message says why and what to do."""
    CONFLICT = "conflict"
    """Changed here and there; a person must choose."""


class SortColumn(StrEnum):
    TITLE = "title"
    PRICE = "price"
    PLATFORM = "platform"
    CATEGORY = "category"
    STATE = "state"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """Which listings, in which order. Empty means all, newest change first."""

    text: str = ""
    """Words that must all begin a word of title, description or tags; case does not matter."""
    states: frozenset[ListingState] = frozenset()
    platforms: frozenset[str] = frozenset()
    sort: tuple[tuple[SortColumn, bool], ...] = ((SortColumn.UPDATED, True),)
    """Columns with True for descending; ties keep the order of creation."""


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One line of the Listings table."""

    pk: int
    id: str
    title: str
    platform: str
    category: str
    tags: tuple[str, ...]
    price_minor: int
    currency: str
    version: str
    state: ListingState
    updated_at: str
    """ISO 8601; the last change, here or at the server."""
    file_name: str
    file_size: int
    message: str = ""
    """Why it waits or was refused, in one sentence."""


@dataclass(frozen=True, slots=True)
class ListingDetail:
    """One listing, whole."""

    row: ListingRow
    document: Json
    """What the pages show: the server's document with the local changes laid over it."""
    is_at_server: bool
    verified_at: str | None
    """When the marketplace's copy was last read back and found identical."""
    file_sha256: str
    inspection: Json | None
    """``Inspection.as_json()`` of the file, where it was checked on this computer."""
    error: Json | None
    """The KodaError (as JSON) that parked this listing's work, if any."""
    pending_fields: tuple[str, ...] = ()
    """Fields changed here that the server does not have yet."""


class Verb(StrEnum):
    """What an operation does, in the words of the Activity page."""

    UPLOAD = "upload"
    REGISTER = "register"
    VERIFY = "verify"
    EDIT = "edit"


class OperationState(StrEnum):
    QUEUED = "queued"
    HELD = "held"
    """Queued, and kept back by a person until they let it go."""
    SENDING = "sending"
    PARKED = "parked"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One line of the Activity page, in the order in which operations go out."""

    sequence: int
    operation_id: str
    verb: Verb
    listing_id: str
    listing_title: str
    state: OperationState
    attempts: int
    created_at: str
    finished_at: str | None
    next_at: str | None
    """When the next attempt is due, where an attempt failed."""
    error: Json | None
    fields: tuple[str, ...] = ()
    """For EDIT: the names of the fields it changes."""


class TransferState(StrEnum):
    QUEUED = "queued"
    PAUSED = "paused"
    ACTIVE = "active"
    DONE = "done"
    PARKED = "parked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One line of the Transfers page."""

    id: str
    listing_id: str
    listing_title: str
    file_name: str
    size: int
    bytes_done: int
    state: TransferState
    bytes_per_second: float
    """0 while it does not move; the time left is the rest divided by this."""
    created_at: str
    finished_at: str | None
    error: Json | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a committed transaction, or the engine, changed. Pages that care read again."""

    listings: frozenset[str] = frozenset()
    """Ids of listings whose rows changed."""
    catalogue: bool = False
    """Rows came or went, so that ids and counts must be read again."""
    operations: bool = False
    transfers: bool = False
    status: bool = False

    def joined(self, other: Changes) -> Changes:
        """Both as one."""
        return Changes(
            self.listings | other.listings,
            self.catalogue or other.catalogue,
            self.operations or other.operations,
            self.transfers or other.transfers,
            self.status or other.status,
        )


class Link(StrEnum):
    """Whether the marketplace can be reached."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    UNREACHABLE = "unreachable"
    OFFLINE = "offline"
    """By choice: ``--offline``, the switch, or a workspace without a marketplace."""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The engine in one glance, for the status button."""

    link: Link
    waiting: int
    """Operations that will go out."""
    parked: int
    """Operations that need a person."""
    is_running: bool
    last_sync: str | None
    """When a round last ended with nothing unreachable."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one ``sync_now`` did."""

    sent: int
    pulled: int
    parked: tuple[OperationRow, ...] = ()
    waiting: int = 0
    problem: Json | None = None
    """The KodaError (as JSON) that ended the round early, if any."""
    published: tuple[str, ...] = field(default=())

    @property
    def is_clean(self) -> bool:
        """Nothing refused, nothing left to send, nothing in the way."""
        return not self.parked and not self.waiting and self.problem is None

"""What the store hands out: plain frozen rows for pages and commands. No SQL, no models, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from koda_desktop.sync.filters.terms import EVERYTHING, Filter, NumberColumn

if TYPE_CHECKING:
    from koda_desktop.sync.pictures import PreviewLine

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
    filter: Filter = EVERYTHING
    sort: tuple[tuple[SortColumn, bool], ...] = ((SortColumn.UPDATED, True),)
    """Columns with True for descending; ties keep the order of creation."""
    hides_archived: bool = False
    """Whether what its seller took out of the catalogue is left out."""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything keeps a listing out that stands in the catalogue."""
        return bool(self.text or self.states or self.filter)


@dataclass(frozen=True, slots=True)
class Selection:
    """Listings that a person picked: these keys, or whatever matches ``query``, some left out.

    A selection by query is read when it is used: what came to match since then is in it.
    """

    keys: Sequence[int] = ()
    """In order. An array of them costs the window's thread nothing, however many they are."""
    query: ListingQuery | None = None
    without: frozenset[int] = frozenset()
    """For a selection by query."""
    carried: bytes = b""
    """Marks further listings, one byte for each key from 0 on: for a selection by keys."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What selected listings come to: a sum of prices in minor units of euros, or of bytes."""

    count: int
    total: int
    of: NumberColumn = NumberColumn.PRICE


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
    active: bool = True
    """Whether it is on the market."""
    description: str = ""
    """Its beginning, in one line."""


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
    preview: PreviewLine | None = None
    """The picture that a draft is published with; None for a listing without one."""
    has_drawing: bool = False
    """Whether there is a picture of the workflow that can be the preview."""


class Verb(StrEnum):
    """What an operation does, in the words of the Activity page."""

    UPLOAD = "upload"
    PREVIEW = "preview"
    """Sends the preview picture, which waits for the file."""
    REGISTER = "register"
    REVISE = "revise"
    """Gives a published listing another file."""
    VERIFY = "verify"
    EDIT = "edit"


class OperationState(StrEnum):
    QUEUED = "queued"
    HELD = "held"
    """Queued, and kept back by a person until they let it go."""
    SENDING = "sending"
    PARKED = "parked"
    DONE = "done"


class Wait(StrEnum):
    """Why an operation has not gone out yet."""

    NOTHING = ""
    """It goes out with the next attempt, or is done."""
    TURN = "turn"
    """An earlier operation of its listing goes first."""
    BACKOFF = "backoff"
    """An attempt failed; the next one is due at ``next_at``."""
    HELD = "held"
    """A person holds it back."""
    PAUSED = "paused"
    """Sending is paused."""
    PERSON = "person"
    """It, or an earlier operation of its listing, needs a person."""
    ANSWER = "answer"
    """It may have gone out already: its answer is not here."""


@dataclass(frozen=True, slots=True)
class Side:
    """A field's value in one document; ``is_set`` False where the document lacks the field."""

    is_set: bool
    value: Any = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What an operation does to one field, with the very values."""

    field: str
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class FileLine:
    """The file an operation sends or looks at."""

    name: str
    size: int
    sha256: str


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
    wait: Wait = Wait.NOTHING
    changes: tuple[FieldChange, ...] = ()
    """For EDIT and REGISTER, while it has not gone out: the values it will send."""
    file: FileLine | None = None
    """For UPLOAD, REGISTER and VERIFY, while it has not gone out."""
    is_conflict: bool = False
    """It keeps fields in conflict, which are settled one by one."""

    @property
    def can_hold(self) -> bool:
        """Whether a person can keep it back: it has not gone out and stops for nobody else."""
        return self.state is OperationState.QUEUED

    @property
    def can_drop(self) -> bool:
        """Whether it can be taken out: never once it may have gone out, nor while in conflict."""
        waits = (OperationState.QUEUED, OperationState.HELD, OperationState.PARKED)
        return self.state in waits and not self.is_conflict


@dataclass(frozen=True, slots=True)
class OperationPage:
    """The Activity page as far as it was scrolled: what needs a person, waits, and went out."""

    parked: tuple[OperationRow, ...] = ()
    waiting: tuple[OperationRow, ...] = ()
    """In the order in which they go out; held ones at their place."""
    done: tuple[OperationRow, ...] = ()
    """Newest first."""
    parked_total: int = 0
    waiting_total: int = 0
    held_total: int = 0
    done_total: int = 0


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """A document of the marketplace that this version cannot read."""

    source: str
    id: str
    reason: str
    at: str
    """Since when, ISO 8601."""
    raw: str
    """The document as JSON text."""


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


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
    direction: Direction = Direction.UP
    target: str = ""
    """For a download: the path its file gets."""
    priority: int = 0
    """Higher goes first; 0 is normal."""
    is_paused: bool = False
    """A person stopped it until they let it go on."""
    parts_done: int = 0
    parts_total: int = 0
    """0 where the file goes in one piece or its parts are not known yet."""


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
    history: bool = False
    """A change set was made or forgotten."""
    sales: bool = False

    def joined(self, *others: Changes) -> Changes:
        """All of them as one."""
        every = (self, *others)
        return Changes(
            self.listings.union(*(one.listings for one in others)),
            any(one.catalogue for one in every),
            any(one.operations for one in every),
            any(one.transfers for one in every),
            any(one.status for one in every),
            any(one.history for one in every),
            any(one.sales for one in every),
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
    """Operations that will go out; held ones are not counted."""
    parked: int
    """Operations that need a person."""
    is_running: bool
    last_sync: str | None
    """When a round last ended with nothing unreachable."""
    message: str = ""
    held: int = 0
    """Operations that a person holds back."""
    conflicts: int = 0
    """Fields that were changed here and there."""
    needs_keys: bool = False
    """The marketplace refuses the keys: nothing goes on before they are others."""
    mode: str = ""
    """How news arrives: "stream", "paging", or "" while nobody knows."""
    quarantined: int = 0
    """Documents of the marketplace that cannot be read."""
    is_paused: bool = False
    """A person paused sending."""


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

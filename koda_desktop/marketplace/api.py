"""The marketplace as the engine and the pages see it: blocking calls, typed requests and answers.

Every call carries an Actor and may raise KodaErrors: NotAllowed, GatesUnmet or Refused when the
rules say no, Unavailable when nothing answered (try again later), Misconfigured when the outside
refuses us as we are set up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from koda_desktop.errors import ServerDown
from koda_desktop.marketplace.revising import Revising
from koda_desktop.marketplace.storing import Storing

Json = dict[str, Any]
"""A document or part of one, JSON-safe: see ``models.document``."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls. The rules look the account up again; what is claimed here grants nothing."""

    user_id: str
    """``users._id`` as 24 hex digits, or the sign-in provider's id."""


class GateCode(StrEnum):
    """The conditions of publishing, in the order a seller meets them."""

    SIGNED_IN = "signed-in"
    NOT_BANNED = "not-banned"
    ONBOARDED = "onboarded"
    DOCUMENT_VALID = "document-valid"
    OBJECT_STORED = "object-stored"
    OBJECT_OWNED = "object-owned"
    OBJECT_SIZE = "object-size"
    OBJECT_CHECKSUM = "object-checksum"
    PREVIEW_SOUND = "preview-sound"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of publishing: whether it is met and, if not, what would meet it."""

    code: GateCode
    is_met: bool
    what: str
    remedy: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    """For DOCUMENT_VALID: each wrong field with a sentence for the seller."""

    def as_json(self) -> Json:
        return {
            "code": self.code.value,
            "met": self.is_met,
            "what": self.what,
            "remedy": self.remedy,
            "fields": self.fields,
        }


@dataclass(frozen=True, slots=True)
class Account:
    """What the pages show of the signed-in account."""

    user_id: str
    name: str
    email: str | None
    role: str
    is_banned: bool
    onboarding_complete: bool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file's bytes are promised to be; ``sha256`` in lower-case hex."""

    name: str
    media_type: str
    size: int
    sha256: str
    crc32: str = ""
    """CRC-32 of the whole file (ISO-HDLC, as zip and S3 use it) in 8 hex digits; known for files
    that are sent in parts."""


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """Leave to put one object: exactly these bytes under exactly this key, until ``expires_at``.

    ``url`` is a secret while it lives: never stored, logged or shown. ``headers`` must be sent as
    they are; they are part of the signature.
    """

    key: str
    method: str
    url: str = field(repr=False)
    headers: dict[str, str]
    expires_at: str
    is_stored: bool = False
    """The very object is there already: nothing needs to be sent."""


@dataclass(frozen=True, slots=True)
class PartsUpload:
    """An upload in parts that the object store knows: begun, and neither completed nor aborted."""

    listing_id: str
    file: FileFacts
    key: str
    upload_id: str
    part_size: int
    """Bytes of every part but the last; fixed when the upload is begun."""


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What one part's bytes are promised to be; ``number`` counts from 1, ``crc32`` in 8 hex."""

    number: int
    size: int
    crc32: str


@dataclass(frozen=True, slots=True)
class PartGrant:
    """Leave to put one part: these bytes alone, until ``expires_at``. See ``UploadGrant``."""

    number: int
    url: str = field(repr=False)
    headers: dict[str, str]
    expires_at: str


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part as the object store lists it, or as it is named when the upload is completed.

    ``crc32`` in 8 hex digits; None from a store that keeps no checksums of parts.
    """

    number: int
    size: int
    etag: str
    crc32: str | None


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """An upload in parts that was begun and came to no end, as the object store lists it."""

    key: str
    upload_id: str


class UploadLost(ServerDown):
    """The object store knows the upload no more, or will not complete it: begin a new one."""

    code = "upload-lost"


@dataclass(frozen=True, slots=True)
class DownloadGrant:
    """Leave to read one object until ``expires_at``; ``url`` is a secret while it lives."""

    url: str = field(repr=False)
    expires_at: str
    size: int
    sha256: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Marks one operation of one device inside the document it changed.

    ``sequence`` grows with every operation of the device; ``operation_id`` names this one.
    """

    device_id: str
    sequence: int
    operation_id: str


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """Asks to store the file of the listing ``listing_id`` (24 hex digits, made by the client)."""

    listing_id: str
    file: FileFacts
    is_conditional: bool = True
    """False for an object store that refuses conditional writes (501): what is stored is then
    looked at before leave is given, instead of by the write itself."""


@dataclass(frozen=True, slots=True)
class StoredPreview:
    """A preview picture that was stored before: what its bytes are, and its object's key."""

    file: FileFacts
    key: str


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """Asks to make a listing of an object that was stored before."""

    listing_id: str
    fields: Json
    """Seller fields only: see ``models.vocabulary.SELLER_FIELDS``."""
    file: FileFacts
    key: str
    receipt: Receipt
    preview: StoredPreview | None = None
    """Becomes ``previewImageUrl``, unless the seller wrote an address there."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes some fields of a listing, if each still holds the value it was edited from."""

    listing_id: str
    changes: Json
    base: Json
    """The value each changed field had at the server; a field absent here must be absent there."""
    receipt: Receipt


class EditResult(StrEnum):
    APPLIED = "applied"
    ALREADY = "already"
    MOVED = "moved"
    """A touched field holds another value now: nothing was changed."""
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """What became of one Edit. ``document`` is the server's copy after it, where there is one."""

    result: EditResult
    document: Json | None = None
    moved: tuple[str, ...] = ()
    error: Json | None = None
    """For REFUSED: a KodaError as JSON."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A listing as it stands for buyers: its document and leave to read its file.

    ``preview`` is leave to read its preview picture, where that is an object of the bucket that is
    there.
    """

    document: Json
    download: DownloadGrant
    preview: DownloadGrant | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the order (``updatedAt``, ``_id``) of a seller's documents."""

    updated_at: str
    listing_id: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of changed documents, oldest change first."""

    documents: Sequence[Json]
    cursor: Cursor | None
    has_more: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the actor's documents, in the order in which the server made them.

    ``document`` is the whole document, perhaps in a newer state than right after this change. None
    says that it was deleted, or is no longer the actor's; a deletion names no owner, so that the id
    may also be one that never was the actor's.
    """

    listing_id: str
    document: Json | None
    token: str = ""
    """Where to go on right after this change."""


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """What a long poll brought. ``token`` is where the next one goes on, also after no events."""

    events: tuple[Change, ...]
    token: str


class Stamp(NamedTuple):
    """What an audit needs to know of one document.

    ``updated_at`` is "" where another writer left no such time. ``sequence`` is the asking device's
    receipt in the document, if there is one.
    """

    listing_id: str
    updated_at: str
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class StampPage:
    """Stamps in the order of their ids."""

    stamps: Sequence[Stamp]
    has_more: bool


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """Documents in the order of their ids; the next page follows the last one's."""

    documents: Sequence[Json]
    has_more: bool


UNREADABLE = "$unreadable"
"""The one field beside ``_id`` of a document whose bytes could not be read: the reason."""


class Marketplace(Storing, Revising, Protocol):
    """The one interface between this computer's engine and a marketplace."""

    def account(self, actor: Actor) -> Account:
        """The actor's account. Raises NotAllowed when there is none."""
        ...

    def gates(self, actor: Actor) -> tuple[Gate, ...]:
        """The account's gates (signed in, not banned, onboarded), met or not. Never refuses."""
        ...

    def register(self, actor: Actor, request: RegisterRequest) -> Json:
        """Make the listing and answer its document; repeating a registration answers the same.

        Raises GatesUnmet naming every gate that is not met, Conflict when the id belongs to
        another document.
        """
        ...

    def push(self, actor: Actor, edits: Sequence[Edit]) -> tuple[EditAnswer, ...]:
        """Apply edits, each by itself; one answer per edit, in order."""
        ...

    def read_back(self, actor: Actor, listing_id: str) -> ReadBack:
        """The listing as published, and its file. Raises NotFound or NotAllowed."""
        ...

    def listings(self, actor: Actor, after: Cursor | None, limit: int) -> Page:
        """The actor's own listings changed after ``after``, ``limit`` at the most."""
        ...

    def changes(
        self, actor: Actor, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        """Changes of the actor's listings after ``token``, as soon as there are any.

        Answers without events when none came within ``wait_seconds``. Without a token it answers
        at once where the stream stands now. Raises FeedLost when the server cannot go on from
        ``token`` any more, FeedUnsupported when it has no change streams for us.
        """
        ...

    def stamps(self, actor: Actor, after_id: str | None, limit: int, device_id: str) -> StampPage:
        """The stamp of each of the actor's documents with an id above ``after_id``.

        With "" for ``device_id`` they come without receipts, which is twice as fast.
        """
        ...

    def fetch(self, actor: Actor, listing_ids: Sequence[str]) -> tuple[Json, ...]:
        """The actor's own documents of these ids as they are now; the others are left out."""
        ...

    def snapshot(self, actor: Actor, after_id: str | None, limit: int) -> SnapshotPage:
        """The actor's own documents with an id above ``after_id``, in the order of their ids."""
        ...

    def latest_sequence(self, actor: Actor, device_id: str) -> int | None:
        """The highest receipt of that device in the actor's documents, if there is any."""
        ...

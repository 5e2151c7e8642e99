"""What the rules need of the outside, in the marketplace's own words.

Adapters in ``services`` answer with JSON-safe documents (see ``models.document``) and raise
KodaErrors; no vendor's name or type crosses these lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.api import ChangeBatch, Cursor, FileFacts, Json, Receipt, Stamp


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What the object store says of an object.

    ``sha256`` is lower-case hex where the store keeps such a checksum, else None.
    """

    key: str
    size: int
    etag: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A presigned request: everything the sender must use as it is."""

    method: str
    url: str
    headers: dict[str, str]
    expires_at: str


@dataclass(frozen=True, slots=True)
class DocumentEdit:
    """One guarded single-document update; see ``Products.edit``."""

    listing_id: str
    seller_id: str
    changes: Mapping[str, Any]
    base: Mapping[str, Any]
    receipt: Receipt


class Users(Protocol):
    """The ``users`` collection, read-only here: the sign-in provider's webhook writes it."""

    def find(self, user_id: str) -> Json | None:
        """The account with this ``_id`` or ``clerkId``, if any."""
        ...


class Products(Protocol):
    """The ``products`` collection."""

    def find(self, listing_id: str) -> Json | None:
        """The document of this id, if any."""
        ...

    def insert(self, document: Json, receipt: Receipt) -> bool:
        """Create ``document`` with the server's ``createdAt`` and ``updatedAt``.

        False when a document of that ``_id`` exists: nothing was changed.
        """
        ...

    def edit(self, edits: Sequence[DocumentEdit]) -> Mapping[str, KodaError]:
        """Apply each edit whose base values, owner and receipt guard all match; skip the others.

        One trip; the answer holds what the database refused outright, by listing id. Whether the
        others were applied is learnt by reading the documents again: a matching receipt is the
        proof, never the reply, which can be lost.
        """
        ...

    def find_many(self, listing_ids: Sequence[str]) -> dict[str, Json]:
        """The documents of these ids, by id; read so that acknowledged writes are seen."""
        ...

    def changed_after(self, seller_id: str, after: Cursor | None, limit: int) -> Sequence[Json]:
        """A seller's documents in the order (``updatedAt``, ``_id``), after ``after``.

        Documents whose ``updatedAt`` is no date have no place in that order and are left out.
        """
        ...

    def above(self, seller_id: str, after_id: str | None, limit: int) -> Sequence[Json]:
        """A seller's documents in the order of their ids, above ``after_id``."""
        ...

    def stamps(
        self, seller_id: str, after_id: str | None, limit: int, device_id: str
    ) -> Sequence[Stamp]:
        """The stamps of a seller's documents in the order of their ids, above ``after_id``."""
        ...

    def latest_sequence(self, seller_id: str, device_id: str) -> int | None:
        """The highest receipt of the device in the seller's documents."""
        ...

    def changes(
        self, seller_id: str, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        """See ``Marketplace.changes``; documents of other sellers are never in the answer."""
        ...


class Objects(Protocol):
    """The object store: one bucket."""

    def sign_put(self, key: str, file: FileFacts, seconds: int) -> SignedRequest:
        """A PUT bound to key, type, length and SHA-256, that never overwrites."""
        ...

    def sign_get(self, key: str, file_name: str, seconds: int) -> SignedRequest:
        """A GET that answers with ``file_name`` as its content disposition."""
        ...

    def head(self, key: str) -> StoredObject | None:
        """What is stored under ``key``, or None."""
        ...

    def sha256(self, key: str) -> str:
        """The SHA-256 of the stored bytes, read through; for stores that keep no such checksum."""
        ...

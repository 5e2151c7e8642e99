"""The part of the marketplace's interface that stores files: in one request, or in parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from koda_desktop.marketplace.api import (
        Actor,
        OpenUpload,
        PartFacts,
        PartGrant,
        PartsUpload,
        StoredPart,
        UploadGrant,
        UploadRequest,
    )


class Storing(Protocol):
    """See ``api.Marketplace``, whose uploads these are."""

    def request_upload(self, actor: Actor, request: UploadRequest) -> UploadGrant:
        """Leave to store one file. Raises GatesUnmet when the account may not publish."""
        ...

    def begin_parts(self, actor: Actor, request: UploadRequest) -> PartsUpload | None:
        """Begin to store one file in parts, or take up an upload of it that came to no end; None
        when the very object is stored already.

        Raises GatesUnmet when the account may not publish, as the calls below do, and Unverified
        when another object is stored under the file's key.
        """
        ...

    def sign_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[PartFacts]
    ) -> tuple[PartGrant, ...]:
        """Leave to put each of ``parts``, in order, bound to its length and CRC-32.

        Raises NotAllowed when the upload is not the actor's own, as the calls below do.
        """
        ...

    def stored_parts(self, actor: Actor, upload: PartsUpload) -> tuple[StoredPart, ...] | None:
        """The parts that are stored, by number; None when the store knows the upload no more."""
        ...

    def part_checksums(self, actor: Actor, listing_id: str) -> tuple[StoredPart, ...]:
        """What the store has of each part that the file of a listing was sent in, by number; empty
        where it keeps no such thing, or will not say. Raises as ``read_back`` does.
        """
        ...

    def complete_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[StoredPart]
    ) -> bool:
        """Make one object of ``parts`` (all of them, each with its CRC-32), never over another.

        True: the object is stored and is the promised one, also when an earlier completion's answer
        was lost. False: another object is there. Raises UploadLost when there is no object and the
        upload cannot become one.
        """
        ...

    def abort_parts(self, actor: Actor, upload: PartsUpload | OpenUpload) -> None:
        """Throw the parts away. Nothing happens when the store knows the upload no more."""
        ...

    def open_uploads(self, actor: Actor, listing_id: str) -> tuple[OpenUpload, ...]:
        """The listing's uploads that came to no end, oldest first; empty where the store will not
        list them.
        """
        ...

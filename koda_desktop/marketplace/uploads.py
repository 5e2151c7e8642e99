"""The rules of uploads: one PUT for a small file, parts for a large one.

The client says what a file is; the key it goes to is made here, of the account, the listing and the
content, and compared again on every call. Nothing is ever stored over another object.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

from koda_desktop.errors import InputError, NotAllowed, Unverified
from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import (
    Actor,
    FileFacts,
    Gate,
    GateCode,
    OpenUpload,
    PartFacts,
    PartGrant,
    PartsUpload,
    StoredPart,
    UploadGrant,
    UploadLost,
    UploadRequest,
)
from koda_desktop.marketplace.checksums import whole_crc32
from koda_desktop.marketplace.keys import listing_prefix, object_key, seller_prefix
from koda_desktop.marketplace.ports import Completion, Objects, Products, StoredObject, Users
from koda_desktop.marketplace.sizes import FILE_MAX, PUT_MAX, part_size
from koda_desktop.models.user import User
from koda_desktop.runtime.ids import is_object_id

UPLOAD_SECONDS = 900
"""How long leave to upload lives."""

_HEX8 = re.compile(r"[0-9a-f]{8}\Z")
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_MD5 = re.compile(r"[0-9a-f]{32}\Z")


class Uploads:
    """The rules over their three ports. ``choose_size`` is ``part_size`` but in tests."""

    def __init__(
        self,
        users: Users,
        products: Products,
        objects: Objects,
        choose_size: Callable[[int], int] = part_size,
    ) -> None:
        self._users = users
        self._products = products
        self._objects = objects
        self._choose_size = choose_size

    def request_upload(self, actor: Actor, request: UploadRequest) -> UploadGrant:
        """See ``Marketplace.request_upload``."""
        key = self._key(actor, request)
        file = request.file
        stored = self._objects.head(key)
        is_stored = stored is not None and not object_problems(self._objects, stored, file)
        if file.size > PUT_MAX and not is_stored:
            raise InputError(f"A single upload stores {PUT_MAX} bytes at the most.")
        if stored is not None and not is_stored and not request.is_conditional:
            raise _other_object()
        signed = self._objects.sign_put(
            key, file, UPLOAD_SECONDS, is_conditional=request.is_conditional
        )
        return UploadGrant(
            key=key,
            method=signed.method,
            url=signed.url,
            headers=signed.headers,
            expires_at=signed.expires_at,
            is_stored=is_stored,
        )

    def begin_parts(self, actor: Actor, request: UploadRequest) -> PartsUpload | None:
        """See ``Marketplace.begin_parts``.

        An upload of the same key that came to no end is taken up: its id was lost in a crash, and
        its parts are compared before they count.
        """
        key = self._key(actor, request)
        stored = self._objects.head(key)
        if stored is not None:
            if object_problems(self._objects, stored, request.file):
                raise _other_object()
            return None
        orphans = [one.upload_id for one in self._objects.open_uploads(key) if one.key == key]
        upload_id = orphans[-1] if orphans else self._objects.create_upload(key, request.file)
        size = self._choose_size(request.file.size)
        return PartsUpload(request.listing_id, request.file, key, upload_id, size)

    def sign_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[PartFacts]
    ) -> tuple[PartGrant, ...]:
        """See ``Marketplace.sign_parts``."""
        self._check_own(actor, upload)
        for part in parts:
            _check_part(upload, part)
        return tuple(self._grant(upload, part) for part in parts)

    def _grant(self, upload: PartsUpload, part: PartFacts) -> PartGrant:
        signed = self._objects.sign_part(upload.key, upload.upload_id, part, UPLOAD_SECONDS)
        return PartGrant(part.number, signed.url, signed.headers, signed.expires_at)

    def stored_parts(self, actor: Actor, upload: PartsUpload) -> tuple[StoredPart, ...] | None:
        """See ``Marketplace.stored_parts``."""
        self._check_own(actor, upload)
        return self._objects.parts(upload.key, upload.upload_id)

    def complete_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[StoredPart]
    ) -> bool:
        """See ``Marketplace.complete_parts``.

        What is there is looked at first: some stores ignore a condition at completion. It is looked
        at again afterwards: the answer alone has been known to lie.
        """
        self._check_own(actor, upload)
        crc32 = _whole(upload, parts)
        before = self._objects.head(upload.key)
        if before is not None:
            return self._is_promised(before, upload, parts, crc32)
        result = self._objects.complete_upload(upload.key, upload.upload_id, parts, crc32)
        after = self._objects.head(upload.key)
        if after is not None:
            if result is Completion.STORED and after.size == upload.file.size:
                return after.crc32 in (None, crc32)
            return self._is_promised(after, upload, parts, crc32)
        raise UploadLost(
            "The object store gave up the upload before it was complete.",
            remedy="Koda begins it again by itself.",
            facts={"completion": result.value},
        )

    def _is_promised(
        self, stored: StoredObject, upload: PartsUpload, parts: Sequence[StoredPart], crc32: str
    ) -> bool:
        """Whether an object is the file, by the best its store can say of it."""
        if stored.size != upload.file.size:
            return False
        if stored.crc32 is not None:
            return stored.crc32 == crc32
        if stored.sha256 is None and stored.etag == _joined_etag(parts):
            return True
        return (stored.sha256 or self._objects.sha256(stored.key)) == upload.file.sha256

    def abort_parts(self, actor: Actor, upload: PartsUpload | OpenUpload) -> None:
        """See ``Marketplace.abort_parts``. One who may no longer publish may still clear away."""
        user = accounts.signed_in(self._users, actor)
        if not upload.key.startswith(seller_prefix(user.id)):
            raise _not_yours()
        self._objects.abort_upload(upload.key, upload.upload_id)

    def open_uploads(self, actor: Actor, listing_id: str) -> tuple[OpenUpload, ...]:
        """See ``Marketplace.open_uploads``."""
        user = accounts.signed_in(self._users, actor)
        if not is_object_id(listing_id):
            raise InputError("The listing’s id is not an ObjectId.")
        return self._objects.open_uploads(listing_prefix(user.id, listing_id))

    def _key(self, actor: Actor, request: UploadRequest) -> str:
        """The key of a file that this account may store. Raises GatesUnmet and InputError."""
        user = self._publisher(actor)
        check_file(request.listing_id, request.file)
        self._refuse_foreign(request.listing_id, user)
        return object_key(user.id, request.listing_id, request.file.sha256, request.file.name)

    def _publisher(self, actor: Actor) -> User:
        user = accounts.find_user(self._users, actor)
        accounts.refuse_unmet(accounts.account_gates(user))
        assert user is not None
        return user

    def _refuse_foreign(self, listing_id: str, user: User) -> None:
        document = self._products.find(listing_id)
        if document is not None and document.get("sellerId") != user.id:
            raise NotAllowed("This listing belongs to another account.")

    def _check_own(self, actor: Actor, upload: PartsUpload) -> None:
        user = self._publisher(actor)
        check_file(upload.listing_id, upload.file)
        file = upload.file
        if upload.key != object_key(user.id, upload.listing_id, file.sha256, file.name):
            raise _not_yours()


def check_file(listing_id: str, file: FileFacts) -> None:
    """Raise InputError for facts that no listing's file can have."""
    if not is_object_id(listing_id):
        raise InputError("The listing’s id is not an ObjectId.")
    if not _HEX64.match(file.sha256):
        raise InputError("The file’s checksum is not a SHA-256 in hex.")
    if file.crc32 and not _HEX8.match(file.crc32):
        raise InputError("The file’s checksum is not a CRC-32 in hex.")
    if not 0 < file.size <= FILE_MAX:
        raise InputError(f"A listing’s file has between 1 byte and {FILE_MAX} bytes.")


def object_problems(objects: Objects, stored: StoredObject, file: FileFacts) -> tuple[Gate, ...]:
    """The gates that the stored bytes do not meet; empty when they are the promised ones.

    A store's own checksum is believed, the SHA-256 first; where there is none to compare, the
    object is read through.
    """
    if stored.size != file.size:
        what = f"The stored file has {stored.size} bytes instead of {file.size}"
        return (Gate(GateCode.OBJECT_SIZE, False, what, "Upload the file again."),)
    if not _has_checksum(objects, stored, file):
        what = "The stored file’s checksum is not that of your file"
        return (Gate(GateCode.OBJECT_CHECKSUM, False, what, "Upload the file again."),)
    return ()


def _has_checksum(objects: Objects, stored: StoredObject, file: FileFacts) -> bool:
    if stored.sha256 is None and stored.crc32 is not None and file.crc32:
        return stored.crc32 == file.crc32
    return (stored.sha256 or objects.sha256(stored.key)) == file.sha256


def _check_part(upload: PartsUpload, part: PartFacts) -> None:
    count = -(-upload.file.size // upload.part_size) if upload.part_size > 0 else 0
    last = upload.file.size - (count - 1) * upload.part_size
    if not 1 <= part.number <= count or not _HEX8.match(part.crc32):
        raise InputError("The upload has no such part.")
    if part.size != (last if part.number == count else upload.part_size):
        raise InputError("The part has not the size that was agreed.")


def _whole(upload: PartsUpload, parts: Sequence[StoredPart]) -> str:
    """The CRC-32 of the file, from its parts. Raises InputError unless they are all there."""
    sizes = sum(part.size for part in parts)
    is_whole = [part.number for part in parts] == list(range(1, len(parts) + 1))
    if not is_whole or sizes != upload.file.size:
        raise InputError("The parts are not the whole file.")
    if not all(_HEX8.match(part.crc32 or "") for part in parts):
        raise InputError("A part’s CRC-32 is missing.")
    crc32 = whole_crc32((part.crc32 or "", part.size) for part in parts)
    if upload.file.crc32 not in ("", crc32):
        raise InputError("The parts have not the checksum of the file.")
    return crc32


def _joined_etag(parts: Sequence[StoredPart]) -> str | None:
    """The ETag S3 gives an object made of parts whose ETags are MD5s, else None."""
    if not all(_MD5.match(part.etag) for part in parts):
        return None
    digests = b"".join(bytes.fromhex(part.etag) for part in parts)
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"


def _not_yours() -> NotAllowed:
    return NotAllowed("This upload belongs to another account.")


def _other_object() -> Unverified:
    return Unverified(
        "Another file is stored where this one belongs.",
        kept="The file is kept on this computer.",
        remedy="Make a new draft of the file and publish that.",
    )

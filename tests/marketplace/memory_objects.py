"""A bucket in memory: objects, uploads in parts, conditions and checksums, as S3 has them."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from koda_desktop.marketplace.api import FileFacts, OpenUpload, PartFacts, StoredPart
from koda_desktop.marketplace.ports import (
    Capabilities,
    Completion,
    SignedRequest,
    StoredObject,
)

NEVER = "2099-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Habits:
    """What a server does of the protocol; each False is a server somebody runs."""

    keeps_checksums: bool = True
    refuses_overwriting: bool = True
    has_md5_etags: bool = True
    lists_uploads: bool = True
    keeps_part_checksums: bool = True


@dataclass
class MemoryUpload:
    key: str
    parts: dict[int, bytes] = field(default_factory=dict)


def crc32(data: bytes) -> str:
    return f"{zlib.crc32(data):08x}"


class MemoryObjects:
    """``Objects`` over dictionaries. Safe to use from several threads.

    ``put``, ``put_part`` and ``get`` stand for what goes over presigned URLs; the URLs are
    ``memory:KEY`` and ``memory:UPLOAD:NUMBER``. Parts other than the last have ``min_part`` bytes.
    """

    def __init__(self, habits: Habits | None = None, min_part: int = 1) -> None:
        self.habits = habits or Habits()
        self.min_part = min_part
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, MemoryUpload] = {}
        self.completions: list[str] = []
        """The key of each completion that made an object, in order."""
        self.media_types: dict[str, str] = {}
        self._joined: dict[str, str] = {}
        self._parts: dict[str, tuple[StoredPart, ...]] = {}
        self._begun = 0
        self._lock = threading.RLock()

    # -- what a presigned URL does --

    def put(self, key: str, data: bytes, media_type: str = "") -> None:
        self.objects[key] = data
        self.media_types[key] = media_type
        self._joined.pop(key, None)
        self._parts.pop(key, None)

    def put_part(self, upload_id: str, number: int, data: bytes, checksum: str) -> str | None:
        """The part's ETag; None for an upload that is not known. Raises ValueError for other bytes
        than were promised.
        """
        if self.habits.keeps_checksums and crc32(data) != checksum:
            raise ValueError("BadDigest")
        with self._lock:
            upload = self.uploads.get(upload_id)
            if upload is None:
                return None
            upload.parts[number] = data
            return self._etag(data)

    def sign_put(
        self, key: str, file: FileFacts, seconds: int, *, is_conditional: bool = True
    ) -> SignedRequest:
        headers = {"Content-Type": file.media_type}
        return SignedRequest("PUT", f"memory:{key}", headers, NEVER)

    def sign_get(self, key: str, file_name: str, seconds: int) -> SignedRequest:
        return SignedRequest("GET", f"memory:{key}", {}, NEVER)

    def sign_part(self, key: str, upload_id: str, part: PartFacts, seconds: int) -> SignedRequest:
        headers = {"Content-Length": str(part.size), "x-koda-crc32": part.crc32}
        return SignedRequest("PUT", f"memory:{upload_id}:{part.number}", headers, NEVER)

    # -- objects --

    def head(self, key: str) -> StoredObject | None:
        data = self.objects.get(key)
        if data is None:
            return None
        is_joined = key in self._joined
        keeps = self.habits.keeps_checksums
        return StoredObject(
            key,
            len(data),
            self.etag(key),
            self.sha256(key) if keeps and not is_joined else None,
            crc32(data) if keeps and is_joined else None,
            self.media_types.get(key, ""),
        )

    def etag(self, key: str) -> str:
        return self._joined.get(key) or self._etag(self.objects[key])

    def sha256(self, key: str) -> str:
        return hashlib.sha256(self.objects[key]).hexdigest()

    # -- uploads in parts --

    def create_upload(self, key: str, file: FileFacts) -> str:
        with self._lock:
            self._begun += 1
            upload_id = f"upload-{self._begun:06d}"
            self.uploads[upload_id] = MemoryUpload(key)
            return upload_id

    def parts(self, key: str, upload_id: str) -> tuple[StoredPart, ...] | None:
        with self._lock:
            upload = self._find(key, upload_id)
            if upload is None:
                return None
            return tuple(
                self._stored(number, upload.parts[number]) for number in sorted(upload.parts)
            )

    def part_checksums(self, key: str) -> tuple[StoredPart, ...]:
        with self._lock:
            keeps = self.habits.keeps_checksums and self.habits.keeps_part_checksums
            return self._parts.get(key, ()) if keeps else ()

    def complete_upload(
        self, key: str, upload_id: str, parts: Sequence[StoredPart], crc32: str
    ) -> Completion:
        with self._lock:
            upload = self._find(key, upload_id)
            if upload is None:
                return Completion.UNKNOWN
            if not self._are_there(upload, parts):
                return Completion.INVALID
            data = b"".join(upload.parts[part.number] for part in parts)
            if self.habits.keeps_checksums and crc32 != f"{zlib.crc32(data):08x}":
                return Completion.INVALID
            if self.habits.refuses_overwriting and key in self.objects:
                return Completion.EXISTS
            self.put(key, data)
            self._joined[key] = self._joined_etag([upload.parts[one.number] for one in parts])
            self._parts[key] = tuple(
                self._stored(number, upload.parts[part.number])
                for number, part in enumerate(parts, 1)
            )
            self.completions.append(key)
            del self.uploads[upload_id]
            return Completion.STORED

    def _are_there(self, upload: MemoryUpload, parts: Sequence[StoredPart]) -> bool:
        for place, part in enumerate(parts):
            data = upload.parts.get(part.number)
            is_last = place == len(parts) - 1
            if data is None or self._etag(data) != part.etag:
                return False
            if self.habits.keeps_checksums and part.crc32 not in (None, crc32(data)):
                return False
            if len(data) < self.min_part and not is_last:
                return False
        return bool(parts)

    def abort_upload(self, key: str, upload_id: str) -> None:
        with self._lock:
            if self._find(key, upload_id) is not None:
                del self.uploads[upload_id]

    def open_uploads(self, prefix: str) -> tuple[OpenUpload, ...]:
        if not self.habits.lists_uploads:
            return ()
        with self._lock:
            found = [
                OpenUpload(one.key, upload_id)
                for upload_id, one in self.uploads.items()
                if one.key.startswith(prefix)
            ]
        return tuple(sorted(found, key=lambda one: (one.key, one.upload_id)))

    def capabilities(self) -> Capabilities:
        habits = self.habits
        return Capabilities(
            keeps_checksums=habits.keeps_checksums,
            keeps_whole_checksums=habits.keeps_checksums,
            refuses_overwriting=habits.refuses_overwriting,
            refuses_overwriting_in_parts=habits.refuses_overwriting,
            has_md5_etags=habits.has_md5_etags,
            lists_uploads=habits.lists_uploads,
        )

    def _find(self, key: str, upload_id: str) -> MemoryUpload | None:
        upload = self.uploads.get(upload_id)
        return upload if upload is not None and upload.key == key else None

    def _stored(self, number: int, data: bytes) -> StoredPart:
        checksum = crc32(data) if self.habits.keeps_checksums else None
        return StoredPart(number, len(data), self._etag(data), checksum)

    def _etag(self, data: bytes) -> str:
        if self.habits.has_md5_etags:
            return hashlib.md5(data).hexdigest()
        return f"opaque-{hashlib.sha1(data).hexdigest()}"

    def _joined_etag(self, parts: Sequence[bytes]) -> str:
        digests = b"".join(hashlib.md5(part).digest() for part in parts)
        etag = f"{hashlib.md5(digests).hexdigest()}-{len(parts)}"
        return etag if self.habits.has_md5_etags else f"opaque-{etag}"

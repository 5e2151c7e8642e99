"""Multipart uploads on disk: ``<data>/uploads/<upload id>/`` with ``upload.json`` and the parts.

A part is a sealed file like an object. Completing copies the parts into one sealed file, publishes
it, then removes the upload's folder; the object remembers its upload id, so that a crash between
the two is put in order at the next start.
"""

from __future__ import annotations

import json
import shutil
import threading
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from koda_desktop.runtime.files import fsync_directory, write_atomically
from koda_desktop.services.sandbox.objectstore.buckets import BucketStore
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.renames import replace_file
from koda_desktop.services.sandbox.objectstore.sealed import Draft, ObjectInfo, info_at

MAX_PARTS = 10_000
_RECORD = "upload.json"


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload that was begun. ``algorithm`` is empty when none was asked for."""

    upload_id: str
    bucket: str
    key: str
    started_ms: int
    algorithm: str = ""
    checksum_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


class UploadStore:
    """All uploads in progress. Methods block and may be called from any thread."""

    def __init__(self, data: Path, buckets: BucketStore) -> None:
        self._folder = data / "uploads"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._uploads = {upload.upload_id: upload for upload in self._load(buckets)}

    def create(self, upload: Upload) -> None:
        folder = self._folder / upload.upload_id
        folder.mkdir()
        write_atomically(folder / _RECORD, json.dumps(asdict(upload)).encode())
        fsync_directory(self._folder)
        self._uploads[upload.upload_id] = upload

    def get(self, upload_id: str, bucket: str, key: str) -> Upload:
        """Raises NoSuchUpload, also for the id of another key's upload."""
        upload = self._uploads.get(upload_id)
        if upload is None or (upload.bucket, upload.key) != (bucket, key):
            raise S3Error("NoSuchUpload", UploadId=upload_id)
        return upload

    def of_bucket(self, bucket: str) -> list[Upload]:
        """Uploads in progress by key, then by start."""
        found = [upload for upload in list(self._uploads.values()) if upload.bucket == bucket]
        return sorted(found, key=lambda upload: (upload.key, upload.upload_id))

    def publish_part(self, upload: Upload, number: int, draft: Draft, info: ObjectInfo) -> None:
        """Keep ``draft`` as part ``number``, over an earlier one. Raises NoSuchUpload."""
        draft.seal(info)
        folder = self._folder / upload.upload_id
        with self._lock:
            self.get(upload.upload_id, upload.bucket, upload.key)
            replace_file(draft.path, folder / _part_name(number))
        fsync_directory(folder)

    def parts(self, upload: Upload) -> dict[int, ObjectInfo]:
        """The parts received so far, by number in order. Raises NoSuchUpload."""
        try:
            paths = sorted((self._folder / upload.upload_id).glob("part-*"))
            return {int(path.name.removeprefix("part-")): info_at(path) for path in paths}
        except FileNotFoundError as error:
            raise S3Error("NoSuchUpload", UploadId=upload.upload_id) from error

    def part_path(self, upload: Upload, number: int) -> Path:
        return self._folder / upload.upload_id / _part_name(number)

    def claim(self, upload: Upload) -> None:
        """Take the upload out of use, once. Raises NoSuchUpload if somebody else did so first."""
        with self._lock:
            if self._uploads.pop(upload.upload_id, None) is None:
                raise S3Error("NoSuchUpload", UploadId=upload.upload_id)

    def discard(self, upload: Upload) -> None:
        """Delete the files of a claimed upload."""
        folder = self._folder / upload.upload_id
        (folder / _RECORD).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        fsync_directory(self._folder)

    def _load(self, buckets: BucketStore) -> Iterator[Upload]:
        """The uploads on disk, without those that were completed or never fully begun."""
        known = {bucket.name: bucket for bucket in buckets.all()}
        for folder in self._folder.iterdir():
            upload = _read(folder / _RECORD)
            bucket = known.get(upload.bucket) if upload else None
            if upload is None or bucket is None:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            stored = bucket.find(upload.key)
            if stored is not None and stored.upload_id == upload.upload_id:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            yield upload


def new_upload_id(started_ms: int) -> str:
    """A fresh id; ids of one key sort by start, the order S3 lists them in."""
    return f"{started_ms:013x}{uuid.uuid4().hex}"


def _part_name(number: int) -> str:
    return f"part-{number:05d}"


def _read(path: Path) -> Upload | None:
    """The upload's record; None if the crash came before it was written."""
    try:
        return Upload(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None

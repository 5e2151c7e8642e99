"""Buckets and their objects on disk.

``<data>/buckets/b.<name>/objects/<sha256 of the key>`` is one sealed file; hashing lets
keys hold anything. ``<data>/temporary`` has files being received; it is emptied at start. A write
is: temporary file, fsync, rename, fsync of the folder. Preconditions are checked and the rename
done under the bucket's lock, so that of two writers with ``If-None-Match: *`` exactly one wins.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from koda_desktop.runtime.files import fsync_directory
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.renames import insist, replace_file
from koda_desktop.services.sandbox.objectstore.sealed import Draft, ObjectInfo, info_at, open_sealed

# Bucket naming rules of the S3 user guide; the prefix keeps names such as "con" harmless.
_NAME = re.compile(r"(?!\d+\.\d+\.\d+\.\d+\Z)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]\Z")
_PREFIX = "b."

Condition = Callable[[ObjectInfo | None], None]


class Bucket:
    """The objects of one bucket. All methods block and may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name.removeprefix(_PREFIX)
        self._outer = folder
        self._folder = folder / "objects"
        self._folder.mkdir(exist_ok=True)
        self._lock = threading.Lock()
        self._index: dict[str, ObjectInfo] | None = None  # read from disk when first listed
        self._keys: list[str] = []

    @property
    def created_ms(self) -> int:
        """When the bucket was made: nothing else ever changes its outer folder."""
        return self._outer.stat().st_mtime_ns // 1_000_000

    def open(self, key: str) -> tuple[ObjectInfo, BinaryIO]:
        """An object and its content. Raises NoSuchKey."""
        try:
            return open_sealed(self._path(key))
        except FileNotFoundError as error:
            raise S3Error("NoSuchKey", Key=key) from error

    def find(self, key: str) -> ObjectInfo | None:
        try:
            return info_at(self._path(key))
        except FileNotFoundError:
            return None

    def publish(self, draft: Draft, info: ObjectInfo, condition: Condition) -> ObjectInfo:
        """Make ``draft`` the object ``info.key``. ``condition`` sees what is there, may raise."""
        sealed = draft.seal(info)
        with self._lock:
            condition(self.find(sealed.key))
            replace_file(draft.path, self._path(sealed.key))
            self._remember(sealed)
        fsync_directory(self._folder)
        return sealed

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there is no error, as in S3."""
        with self._lock:
            try:
                insist(self._path(key).unlink)
            except FileNotFoundError:
                return
            self._forget(key)
        fsync_directory(self._folder)

    def after(self, key: str, *, inclusive: bool = False) -> Iterator[ObjectInfo]:
        """Objects in key order from ``key`` on, as they were when this was called.

        Keys sort by code point, which is the order of their UTF-8 bytes that S3 promises.
        """
        with self._lock:
            index = self._loaded()
            start = bisect_left(self._keys, key)
            found = [index[name] for name in self._keys[start:]]
        return (info for info in found if inclusive or info.key != key)

    def delete(self) -> None:
        """Remove the folders. Raises BucketNotEmpty."""
        try:
            self._folder.rmdir()
        except OSError as error:
            raise S3Error("BucketNotEmpty", BucketName=self.name) from error
        self._outer.rmdir()

    def _path(self, key: str) -> Path:
        return self._folder / hashlib.sha256(key.encode()).hexdigest()

    def _loaded(self) -> dict[str, ObjectInfo]:
        if self._index is None:
            infos = (info_at(path) for path in self._folder.iterdir())
            self._index = {info.key: info for info in infos}
            self._keys = sorted(self._index)
        return self._index

    def _remember(self, info: ObjectInfo) -> None:
        if self._index is None:
            return
        if info.key not in self._index:
            insort(self._keys, info.key)
        self._index[info.key] = info

    def _forget(self, key: str) -> None:
        if self._index is not None and self._index.pop(key, None) is not None:
            del self._keys[bisect_left(self._keys, key)]


class BucketStore:
    """All buckets of one data folder, and the place where drafts are received."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "buckets"
        self._temporary = data / "temporary"
        shutil.rmtree(self._temporary, ignore_errors=True)
        self._temporary.mkdir(parents=True, exist_ok=True)
        self._folder.mkdir(exist_ok=True)
        self._lock = threading.Lock()
        self._buckets = {
            bucket.name: bucket for bucket in map(Bucket, sorted(self._folder.iterdir()))
        }

    def draft(self, algorithms: set[str]) -> Draft:
        return Draft(self._temporary, algorithms)

    def get(self, name: str) -> Bucket:
        """Raises NoSuchBucket."""
        bucket = self._buckets.get(name)
        if bucket is None:
            raise S3Error("NoSuchBucket", BucketName=name)
        return bucket

    def all(self) -> list[Bucket]:
        with self._lock:
            return [self._buckets[name] for name in sorted(self._buckets)]

    def create(self, name: str) -> None:
        """Raises InvalidBucketName or BucketAlreadyOwnedByYou."""
        if not _NAME.match(name):
            raise S3Error("InvalidBucketName", BucketName=name)
        with self._lock:
            if name in self._buckets:
                raise S3Error("BucketAlreadyOwnedByYou", BucketName=name)
            folder = self._folder / f"{_PREFIX}{name}"
            folder.mkdir()
            fsync_directory(self._folder)
            self._buckets[name] = Bucket(folder)

    def delete(self, name: str) -> None:
        """Raises NoSuchBucket or BucketNotEmpty."""
        with self._lock:
            self.get(name).delete()
            del self._buckets[name]

"""What every operation works on: the buckets, the uploads and the limits."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.services.sandbox.objectstore.buckets import BucketStore
from koda_desktop.services.sandbox.objectstore.uploads import UploadStore

MIN_PART = 5 * 1024 * 1024  # the smallest part but the last, by the S3 user guide


@dataclass(frozen=True, slots=True)
class Store:
    buckets: BucketStore
    uploads: UploadStore
    region: str
    min_part: int = MIN_PART

    @classmethod
    def open(cls, data: Path, region: str, min_part: int = MIN_PART) -> Store:
        """Open or create the store in ``data``, cleaning up what a crash left half received."""
        buckets = BucketStore(data)
        return cls(buckets, UploadStore(data, buckets), region, min_part)

    def ensure_bucket(self, name: str) -> None:
        if name not in {bucket.name for bucket in self.buckets.all()}:
            self.buckets.create(name)


def now_ms() -> int:
    return time.time_ns() // 1_000_000

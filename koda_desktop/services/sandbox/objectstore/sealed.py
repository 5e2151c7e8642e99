"""One stored object as one file: its bytes, then what is known of them.

Layout: content, metadata as JSON, length of the JSON (8 bytes, big endian), magic (8 bytes).
Because bytes and metadata are one file, one rename publishes both: no crash can leave one without
the other, and nothing has to be put in order afterwards.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from koda_desktop.services.sandbox.objectstore.checksums import Hash, encoded, new

_MAGIC = b"KODAOBJ1"
_TAIL = 8 + len(_MAGIC)


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What is known of one object or part.

    ``etag`` is without quotes; ``modified_ms`` counts from 1970 in UTC; ``headers`` are those given
    back on GET (content-type, content-disposition, …) and ``metadata`` the ``x-amz-meta-`` ones,
    without that prefix. ``checksums`` maps an algorithm to its base64 value.
    """

    key: str
    size: int = 0
    etag: str = ""
    modified_ms: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)
    checksum_type: str = "FULL_OBJECT"
    part_count: int = 0
    upload_id: str = ""


class Draft:
    """A file being received: bytes go in once, digests are taken in passing.

    ``algorithms`` are computed beside MD5, which is always needed for the ETag. Used from one
    thread at a time. Leaving it as a context manager removes whatever was not published.
    """

    def __init__(self, folder: Path, algorithms: set[str]) -> None:
        self.path = folder / uuid.uuid4().hex
        self.size = 0
        self._stream: BinaryIO = self.path.open("xb", buffering=0)
        self._hashes: dict[str, Hash] = {name: new(name) for name in algorithms | {"md5"}}

    def __enter__(self) -> Draft:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self.path.unlink(missing_ok=True)

    def write(self, block: bytes) -> None:
        view = memoryview(block)
        while view:
            view = view[self._stream.write(view) :]
        for running in self._hashes.values():
            running.update(block)
        self.size += len(block)

    def digest(self, algorithm: str) -> bytes:
        return self._hashes[algorithm].digest()

    def checksum(self, algorithm: str) -> str:
        return encoded(self.digest(algorithm))

    def seal(self, info: ObjectInfo) -> ObjectInfo:
        """Append the metadata and make the file durable. What comes back has its size filled in."""
        info = replace(info, size=self.size)
        document = json.dumps(asdict(info), separators=(",", ":")).encode()
        tail = document + len(document).to_bytes(8, "big") + _MAGIC
        view = memoryview(tail)
        while view:
            view = view[self._stream.write(view) :]
        os.fsync(self._stream.fileno())
        self._stream.close()
        return info


def read_info(stream: BinaryIO) -> ObjectInfo:
    """The metadata of an open sealed file. Raises ValueError if it is not one."""
    end = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, end - _TAIL))
    tail = stream.read(_TAIL)
    length = int.from_bytes(tail[:8], "big")
    if tail[8:] != _MAGIC or length > end - _TAIL:
        raise ValueError("not a sealed file")
    stream.seek(end - _TAIL - length)
    info = ObjectInfo(**json.loads(stream.read(length)))
    stream.seek(0)
    return info


def open_sealed(path: Path) -> tuple[ObjectInfo, BinaryIO]:
    """The metadata and the content, open at its first byte. Raises FileNotFoundError.

    The open file keeps its bytes even if the object is replaced or removed meanwhile.
    """
    stream = path.open("rb")
    try:
        return read_info(stream), stream
    except BaseException:
        stream.close()
        raise


def info_at(path: Path) -> ObjectInfo:
    info, stream = open_sealed(path)
    stream.close()
    return info

"""The checksums of uploads, computed while the bytes pass by.

crc32, sha1 and sha256 come with Python. The others S3 knows (crc32c, crc64nvme, sha512, the xxhash
family) are refused by name: a checksum that is accepted but not verified protects nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from typing import Protocol

from koda_desktop.services.sandbox.objectstore.errors import S3Error

SUPPORTED = ("crc32", "sha1", "sha256")
PREFIX = "x-amz-checksum-"
_SIZES = {"crc32": 4, "sha1": 20, "sha256": 32}
_NOT_VALUES = {"algorithm", "mode", "type"}
# S3 joins parts into one whole-object value only for checksums that can be combined.
_FULL_OBJECT = {"crc32"}


class Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


def new(algorithm: str) -> Hash:
    """A running checksum. ``algorithm`` is one of SUPPORTED."""
    return _Crc32() if algorithm == "crc32" else hashlib.new(algorithm)


def encoded(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")


def decoded(value: str, size: int) -> bytes | None:
    """The ``size`` bytes written in base64, or None if ``value`` is something else."""
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == size else None


def algorithm_named(name: str) -> str:
    """The algorithm of ``CRC32`` or ``x-amz-checksum-crc32``. Raises NotImplemented for others."""
    algorithm = name.lower().removeprefix(PREFIX)
    if algorithm not in SUPPORTED:
        raise S3Error(
            "NotImplemented", f"This store verifies {', '.join(SUPPORTED)}, not {algorithm}."
        )
    return algorithm


def value_in(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """The one checksum given in ``headers`` as (algorithm, base64), or None.

    Raises InvalidRequest for more than one or a malformed one.
    """
    given = [
        (algorithm_named(name), value.strip())
        for name, value in headers.items()
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in _NOT_VALUES
    ]
    if len(given) > 1:
        raise S3Error("InvalidRequest", "Expecting a single x-amz-checksum- header.")
    return given[0] if given else None


def check_form(algorithm: str, value: str) -> None:
    """Raise InvalidRequest unless ``value`` could be a checksum of that kind."""
    if decoded(value, _SIZES[algorithm]) is None:
        raise S3Error("InvalidRequest", f"Value for {PREFIX}{algorithm} header is invalid.")


def upload_type(algorithm: str, requested: str | None) -> str:
    """COMPOSITE or FULL_OBJECT for a multipart upload. Raises InvalidRequest if impossible."""
    kind = (requested or "COMPOSITE").upper()
    if kind not in {"COMPOSITE", "FULL_OBJECT"}:
        raise S3Error("InvalidRequest", "Value for x-amz-checksum-type header is invalid.")
    if kind == "FULL_OBJECT" and algorithm not in _FULL_OBJECT:
        raise S3Error(
            "InvalidRequest",
            f"The FULL_OBJECT checksum type cannot be used with the {algorithm} algorithm.",
        )
    return kind


def composite(algorithm: str, parts: Iterable[str]) -> str:
    """The checksum of the parts' checksums, written as ``base64-count``."""
    total, count = new(algorithm), 0
    for value in parts:
        total.update(base64.b64decode(value))
        count += 1
    return f"{encoded(total.digest())}-{count}"


def element_name(algorithm: str) -> str:
    """The name of this checksum's XML element, such as ``ChecksumSHA256``."""
    return f"Checksum{algorithm.upper()}"

"""Bytes as the one file that is uploaded, with its name, media type and hash."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from koda_desktop.workflows.inspection import PackagedFile
from koda_desktop.workflows.texts import file_name

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"
PYTHON_TYPE = "text/x-python; charset=utf-8"
ZIP_TYPE = "application/zip"
GZIP_TYPE = "application/gzip"
BINARY_TYPE = "application/octet-stream"


def package(data: bytes, name: str, media_type: str) -> PackagedFile:
    """``data`` under a name that is safe on every file system, with its SHA-256 in hex."""
    return PackagedFile(file_name(name), media_type, data, hashlib.sha256(data).hexdigest())


def with_suffix(name: str, suffix: str) -> str:
    """``name`` ending in ``suffix`` exactly once."""
    stem = PurePosixPath(name).stem if name.lower().endswith(suffix) else name
    return stem + suffix

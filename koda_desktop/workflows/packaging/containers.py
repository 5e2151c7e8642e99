"""Zip and tar.gz written so that the same files always give the same bytes.

Nothing of the computer that packs gets in: no times, owners, rights or order of a folder. Entries
are stored: deflate's output depends on the zlib a Python was built with.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)
_RIGHTS = 0o644
_UNIX = 3
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_STORED_BLOCK = 65_535


def zip_bytes(files: Mapping[str, bytes], first: tuple[str, ...] = ()) -> bytes:
    """A zip of ``files`` (paths with ``/``) in order of their names, those in ``first`` ahead."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name in _ordered(files, first):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = (0o100000 | _RIGHTS) << 16
            archive.writestr(entry, files[name])
    return target.getvalue()


def tar_gz_bytes(files: Mapping[str, bytes]) -> bytes:
    """A gzip-wrapped POSIX tar of ``files`` in order of their names."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in _ordered(files, ()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(files[name]), _RIGHTS
            archive.addfile(entry, io.BytesIO(files[name]))
    return _stored_gzip(target.getvalue())


def _ordered(files: Mapping[str, bytes], first: tuple[str, ...]) -> list[str]:
    ahead = [name for name in first if name in files]
    return ahead + sorted(name for name in files if name not in ahead)


def _stored_gzip(data: bytes) -> bytes:
    """``data`` in the gzip format (RFC 1952) as stored deflate blocks (RFC 1951, 3.2.4)."""
    trailer = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return b"".join((_GZIP_HEADER, *_stored_blocks(data), trailer))


def _stored_blocks(data: bytes) -> Iterator[bytes]:
    starts = range(0, max(1, len(data)), _STORED_BLOCK)
    for start in starts:
        block = data[start : start + _STORED_BLOCK]
        last = start == starts[-1]
        yield struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block

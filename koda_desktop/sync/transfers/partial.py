"""The file that a download's ranges are written into, in any order, until it is whole."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

from isal.isal_zlib import crc32

from koda_desktop.errors import DiskFull
from koda_desktop.runtime.files import disk_faults
from koda_desktop.sync.transfers.carrier import Span

_BLOCK = 4 * 1024 * 1024
"""Read back at a time: each block costs a turn of the interpreter's lock, which is contended."""

_PAGE = 4096
"""What goes past the cache begins and ends with a page, in memory and in the file."""

_FAULT = "The downloaded file could not be written"
_CANNOT_RESERVE = {errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS}


class PartialFile:
    """An open file of a known size. Writes from several threads may overlap in time, not in place;
    one thread at a time reads back.

    Raises DiskFull, NoRights or LocalFault from every method; what was written before is kept.
    """

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size
        self._lock = threading.Lock()
        self._buffer = memoryview(b"")
        with disk_faults(_FAULT):
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(path, flags, 0o666)
            self.was_there = os.fstat(self._descriptor).st_size == size
        self._direct = _opened_direct(path)

    def reserve(self) -> None:
        """Look whether there is room, and take it where the file system can."""
        with _full_keeps_bytes(), disk_faults(_FAULT):
            status = os.fstat(self._descriptor)
            missing = self.size - getattr(status, "st_blocks", 0) * 512
            if shutil.disk_usage(self.path.parent).free < missing:
                raise DiskFull(
                    f"There is no room for {self.path.name}: it has {self.size:,} bytes.",
                    kept="What was downloaded so far is kept.",
                )
            if status.st_size != self.size:
                os.ftruncate(self._descriptor, self.size)
            if hasattr(os, "posix_fallocate"):
                self._allocate()

    def _allocate(self) -> None:
        try:
            os.posix_fallocate(self._descriptor, 0, self.size)
        except OSError as error:
            if error.errno not in _CANNOT_RESERVE:
                raise

    def write(self, view: memoryview, offset: int) -> None:
        with _full_keeps_bytes(), disk_faults(_FAULT):
            while view:
                count = self._write(view, offset)
                view, offset = view[count:], offset + count

    def _write(self, view: memoryview, offset: int) -> int:
        whole_pages = len(view) - len(view) % _PAGE
        if self._direct is not None and whole_pages and not offset % _PAGE:
            with contextlib.suppress(_CannotBeDirect):
                return _written(self._direct, view[:whole_pages], offset)
        if hasattr(os, "pwrite"):
            return os.pwrite(self._descriptor, view, offset)
        with self._lock:
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            return os.write(self._descriptor, view)

    def sync(self) -> None:
        """Have the disk hold what was written when this returns."""
        with _full_keeps_bytes(), disk_faults(_FAULT):
            os.fsync(self._descriptor)

    def add_to(self, digest: hashlib._Hash, span: Span) -> str:
        """Hash a range, read back; answers its CRC-32 in 8 hex digits."""
        crc = 0
        for block in self._blocks(span):
            crc = crc32(block, crc)
            digest.update(block)
        return f"{crc:08x}"

    def crc32_of(self, span: Span) -> str:
        """The CRC-32 of a range, read back, in 8 hex digits."""
        crc = 0
        for block in self._blocks(span):
            crc = crc32(block, crc)
        return f"{crc:08x}"

    def _blocks(self, span: Span) -> Iterator[memoryview]:
        if not self._buffer:
            self._buffer = memoryview(bytearray(min(_BLOCK, self.size)))
        buffer, offset = self._buffer, span.offset
        with disk_faults("The downloaded file could not be read"):
            while offset < span.end:
                count = self._read(buffer[: min(len(buffer), span.end - offset)], offset)
                if not count:
                    return
                yield buffer[:count]
                offset += count

    def _read(self, view: memoryview, offset: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [view], offset)
        with self._lock:
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            data = os.read(self._descriptor, len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        for descriptor in (self._descriptor, self._direct):
            if descriptor is not None:
                with contextlib.suppress(OSError):
                    os.close(descriptor)


class _CannotBeDirect(Exception):
    """The file system, or this memory, does not go past the cache."""


def _opened_direct(path: Path) -> int | None:
    """The file once more, for writes that go from memory to the disk and not through the cache.

    Copying into the cache costs more processor time than receiving, and the bytes are not read
    again soon: they are hashed while they are in memory.
    """
    if not hasattr(os, "O_DIRECT"):
        return None
    with contextlib.suppress(OSError):
        return os.open(path, os.O_WRONLY | os.O_DIRECT)
    return None


def _written(descriptor: int, view: memoryview, offset: int) -> int:
    try:
        return os.pwrite(descriptor, view, offset)
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise _CannotBeDirect from None
        raise


@contextlib.contextmanager
def _full_keeps_bytes() -> Iterator[None]:
    """Say of a full disk what is kept of the download."""
    try:
        yield
    except DiskFull as fault:
        fault.kept = "What was downloaded so far is kept."
        raise

"""The staging folder: files that wait to be sent, named by the SHA-256 of their bytes.

A staged file is never rewritten, so that what was inspected is what is sent. It is made by a
temporary file, fsync, rename and fsync of the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from isal.isal_zlib import crc32, crc32_combine

from koda_desktop.errors import LocalFault, UnreadableFile
from koda_desktop.marketplace.sizes import SINGLE_MAX
from koda_desktop.runtime.files import disk_faults, fsync_directory, write_atomically
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store

BLOCK = 1024 * 1024
_NAME = re.compile(r"[0-9a-f]{64}\Z")
_CRC32 = re.compile(r"[0-9a-f]{8}\Z")
_SUM = ".crc32"
_TEMPORARY = ".staging-"
_LEFT_BEHIND_SECONDS = 86_400
_REFERRED = """
  SELECT file_sha256 FROM entity UNION SELECT preview_sha256 FROM entity
  UNION SELECT drawing_sha256 FROM entity
  UNION SELECT sha256 FROM revision
  UNION SELECT payload ->> '$.file.sha256' FROM outbox WHERE verb IN ('upload', 'revise')
  UNION SELECT value FROM change_row, json_each(before, '$.sha256s') WHERE what IN ('drop', 'file')
  UNION SELECT value FROM change_row, json_each(after, '$.sha256s') WHERE what = 'file'"""
"""The files of listings, with their versions and those that wait, and those that undoing would
bring back."""


@dataclass(frozen=True, slots=True)
class StagedSums:
    """The CRC-32 of each block (1 MiB) of a staged file, in order."""

    size: int
    crcs: tuple[int, ...]

    def of(self, offset: int, size: int) -> str:
        """The CRC-32 of a range in 8 hex digits; empty unless it begins and ends with a block."""
        end = offset + size
        if offset % BLOCK or (end % BLOCK and end != self.size):
            return ""
        whole = 0
        for number in range(offset // BLOCK, -(-end // BLOCK)):
            length = min(BLOCK, self.size - number * BLOCK)
            whole = crc32_combine(whole, self.crcs[number], length)
        return f"{whole:08x}"

    @property
    def whole(self) -> str:
        """The CRC-32 of the file in 8 hex digits."""
        return self.of(0, self.size)


class Staging:
    """One workspace's staging folder. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Where the file of that checksum is, or would be."""
        if not _NAME.match(sha256):
            raise ValueError(f"not a SHA-256 in hex: {sha256!r}")
        return self._folder / sha256

    def has(self, sha256: str, size: int) -> bool:
        """Whether a file of that name and size is staged; its bytes are looked at when opened."""
        if not sha256:
            return False
        with contextlib.suppress(OSError):
            return self.path(sha256).stat().st_size == size
        return False

    def stage(self, source: bytes | Path, sha256: str) -> Path:
        """Stage bytes, or a copy of a file, that must have this checksum.

        Raises UnreadableFile when they have another one (a file that changed under us), and
        DiskFull, NoRights or LocalFault; then nothing is staged.
        """
        target = self.path(sha256)
        with disk_faults("The file could not be staged"):
            if target.exists() and self._digest(target) == sha256:
                return target
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(source, sha256, target)
            fsync_directory(self._folder)
        return target

    def _write(self, source: bytes | Path, sha256: str, target: Path) -> None:
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=_TEMPORARY)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                found = _copy(source, stream)
                if found.sha256 != sha256:
                    raise UnreadableFile(
                        "The file changed while it was being read.",
                        remedy="Close the program that writes it, then try again.",
                    )
                stream.flush()
                os.fsync(stream.fileno())
            if found.size > SINGLE_MAX:
                sums = "\n".join(f"{crc:08x}" for crc in found.crcs)
                write_atomically(target.with_suffix(_SUM), sums.encode())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def checksums(self, sha256: str) -> StagedSums | None:
        """The CRC-32s that a large file had when it was staged; None if they are not known.

        Kept beside the file, so that it need not be read through before it is sent in parts.
        """
        with contextlib.suppress(OSError, ValueError):
            lines = self.path(sha256).with_suffix(_SUM).read_text("ascii").split("\n")
            size = self.path(sha256).stat().st_size
            if len(lines) == -(-size // BLOCK) and all(map(_CRC32.match, lines)):
                return StagedSums(size, tuple(int(line, 16) for line in lines))
        return None

    def find(self, sha256: str, size: int) -> Path:
        """The staged file, looked at from outside: its bytes are checked as they are sent.

        Raises LocalFault when it is missing or has another size, or NoRights.
        """
        path = self.path(sha256)
        with _absence(), disk_faults("The staged file could not be read"):
            is_whole = path.stat().st_size == size
        if not is_whole:
            raise _lost("has changed")
        return path

    def verify(self, sha256: str, size: int, cancel: CancelToken | None = None) -> Path:
        """The staged file, read through and found to be what it was when it was staged.

        Raises LocalFault when it is missing or changed, NoRights, or Cancelled.
        """
        path = self.path(sha256)
        with _absence(), disk_faults("The staged file could not be read"):
            is_whole = path.stat().st_size == size and self._digest(path, cancel) == sha256
        if not is_whole:
            raise _lost("has changed")
        return path

    def _digest(self, path: Path, cancel: CancelToken | None = None) -> str:
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                if cancel is not None:
                    cancel.check()
                digest.update(block)
        return digest.hexdigest()

    def sweep(self, store: Store) -> int:
        """Delete what no listing refers to; answers how many files went.

        Runs inside a writing transaction, as the making of a draft does, so that neither sees the
        other half done, in whatever process.
        """
        return store.write(self._sweep, durable=False)

    def _sweep(self, tx: Tx) -> int:
        kept = {row[0] for row in tx.rows(_REFERRED)}
        gone = [path for path in self._listed() if path.stem not in kept and _is_idle(path)]
        with disk_faults("A staged file could not be deleted"):
            for path in gone:
                path.unlink(missing_ok=True)
        return len(gone)

    def _listed(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        with disk_faults("The staging folder could not be read"):
            return list(self._folder.iterdir())


def _is_idle(path: Path) -> bool:
    """Whether nobody is at work on it: a staged file, or what a crash left of one."""
    if _NAME.match(path.name) or path.suffix == _SUM:
        return True
    with contextlib.suppress(OSError):
        old = time.time() - path.stat().st_mtime > _LEFT_BEHIND_SECONDS
        return path.name.startswith(_TEMPORARY) and old
    return False


@contextlib.contextmanager
def _absence() -> Iterator[None]:
    """Say of a staged file that is not there what that means for its listing."""
    try:
        yield
    except LocalFault as fault:
        if isinstance(fault.__cause__, FileNotFoundError):
            raise _lost("is missing") from fault
        raise


def _lost(how: str) -> LocalFault:
    return LocalFault(
        f"The file of this listing {how} on this computer.",
        kept="The listing is kept as it is.",
        remedy="Drop the original file on the window again to make a new draft of it.",
    )


@dataclass(frozen=True, slots=True)
class _Copied:
    size: int
    sha256: str
    crcs: list[int]


def _copy(source: bytes | Path, stream: BinaryIO) -> _Copied:
    digest, size = hashlib.sha256(), 0
    crcs: list[int] = []
    for block in _blocks(source):
        digest.update(block)
        crcs.append(crc32(block))
        size += len(block)
        stream.write(block)
    return _Copied(size, digest.hexdigest(), crcs)


def _blocks(source: bytes | Path) -> Iterator[bytes | memoryview]:
    if isinstance(source, bytes):
        view = memoryview(source)
        yield from (view[at : at + BLOCK] for at in range(0, len(view), BLOCK))
        return
    with source.open("rb") as file:
        while block := file.read(BLOCK):
            yield block

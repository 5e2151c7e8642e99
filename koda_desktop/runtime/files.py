"""Writing files so that a crash or a power cut leaves the old bytes or the new, never half."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from koda_desktop.errors import DiskFull, LocalFault, NoRights

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_RIGHTS = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextlib.contextmanager
def disk_faults(what: str) -> Iterator[None]:
    """Turn the file system's refusals into KodaErrors. ``what`` begins the sentence shown."""
    try:
        yield
    except OSError as error:
        raise disk_fault(what, error) from error


def disk_fault(what: str, error: OSError) -> LocalFault:
    """The KodaError for an OSError met while doing ``what`` (a sentence without its full stop)."""
    facts = {"errno": errno.errorcode.get(error.errno or 0, str(error.errno))}
    if error.errno in _FULL:
        return DiskFull(f"{what}: the disk is full.", facts=facts)
    if error.errno in _RIGHTS:
        return NoRights(
            f"{what}: this account may not write or read there.",
            kept="Nothing was changed.",
            remedy="Choose another folder or change its permissions.",
            facts=facts,
        )
    return LocalFault(
        f"{what}: {error.strerror or error}.", kept="Nothing was changed.", facts=facts
    )


def fsync_directory(folder: Path) -> None:
    """Make a rename in ``folder`` durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put ``data`` at ``path`` by a temporary file, fsync and rename.

    Raises DiskFull, NoRights or LocalFault; then whatever stood at ``path`` is untouched.
    """
    with disk_faults(f"{path.name} could not be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        fsync_directory(path.parent)

"""Where a downloaded file goes: never under a name that is taken."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK}


def candidates(target: Path) -> Iterator[Path]:
    """``target``, then the same name with " (2)", " (3)" and so on."""
    yield target
    number = 2
    while True:
        yield target.with_name(f"{target.stem} ({number}){target.suffix}")
        number += 1


def part_path(folder: Path, file_name: str, transfer_id: str) -> Path:
    """Where the bytes of a download are until they are whole and verified."""
    return folder / f"{file_name}.{transfer_id}.part"


def put_in_place(part: Path, target: Path) -> bool:
    """Give a whole file its name, in one step; False when the name is taken. Raises OSError.

    A second name is made and the first one removed, for a rename would replace what is there; a
    file system without hard links is looked at first.
    """
    if os.name == "nt":
        with contextlib.suppress(FileExistsError):
            part.rename(target)
            return True
        return False
    try:
        os.link(part, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            return False
        part.rename(target)
        return True
    part.unlink()
    return True

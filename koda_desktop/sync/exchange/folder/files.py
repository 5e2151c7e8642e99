"""The files of a folder tree, and what their bytes are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from koda_desktop.runtime.files import disk_faults
from koda_desktop.runtime.work import CancelToken

LIST_NAME = "koda-shop.csv"
"""A folder's own list: what is to be said of its files."""

_SUFFIXES = {".json", ".py", ".zip", ".tar", ".gz", ".tgz", ".n8np"}
_LEFT_OUT = {"__pycache__", "node_modules"}
_BLOCK = 1024 * 1024


class FolderFile(NamedTuple):
    path: Path
    name: str
    """From the folder on, with slashes."""
    sha256: str


def workflow_files(root: Path) -> Iterator[Path]:
    """Files that may be workflows, in the order of their paths; hidden ones and links left out.

    Raises LocalFaults for the folder itself; one below it that cannot be listed is left out.
    """
    with disk_faults(f"The folder {root.name} could not be read"):
        os.scandir(root).close()
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(one for one in folders if one[:1] != "." and one not in _LEFT_OUT)
        for name in sorted(names):
            path = Path(folder, name)
            is_meant = path.suffix.lower() in _SUFFIXES and not name.startswith((".", "__init__."))
            if is_meant and path.is_file() and not path.is_symlink():
                yield path


def named(root: Path, path: Path) -> str:
    """``path`` from ``root`` on, as it is written everywhere; what is no text is replaced."""
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "replace")


def digest(path: Path, cancel: CancelToken | None = None) -> str:
    """The SHA-256 of the file's bytes in hex. Raises LocalFaults, Cancelled."""
    found = hashlib.sha256()
    with disk_faults(f"{path.name} could not be read"), path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if cancel is not None:
                cancel.check()
            found.update(block)
    return found.hexdigest()

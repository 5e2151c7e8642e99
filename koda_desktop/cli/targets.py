"""Where a command writes: into one file, or into a folder; never over one of its inputs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from koda_desktop.cli.shown import shown
from koda_desktop.errors import InputError, UsageError


class Targets:
    """``out`` as it was typed: a folder where it is one, ends like one, or several files go in."""

    def __init__(self, inputs: Sequence[Path], out: str) -> None:
        self._inputs = {identity for path in inputs if (identity := _identity(path))}
        self._out = Path(out)
        self._taken: set[str] = set()
        self.is_folder = len(inputs) > 1 or self._out.is_dir() or out.endswith(_SEPARATORS)
        if self.is_folder and self._out.exists() and not self._out.is_dir():
            raise UsageError(
                f"{shown(out)} is a file; several files need a folder to go into.",
                remedy="Name a folder with --out.",
            )

    @property
    def suffix(self) -> str:
        """The ending of the one file, in lower case; empty for a folder."""
        return "" if self.is_folder else self._out.suffix.lower()

    def target(self, name: str) -> Path:
        """The file to write; ``name`` counts in a folder only. Raises InputError rather than
        answer one of the inputs."""
        target = self._free(name) if self.is_folder else self._out
        if self.is_input(target):
            raise InputError(
                f"{shown(target)} is one of the files to read; it is not written over.",
                remedy="Choose another name or folder with --out.",
            )
        return target

    def is_input(self, target: Path) -> bool:
        """Whether ``target`` is one of the inputs, under whatever name."""
        return _identity(target) in self._inputs

    def _free(self, name: str) -> Path:
        """``name`` in the folder, numbered where this run has used it already."""
        plain, candidate, number = Path(name), name, 2
        # Names that differ in case only are one file on Windows and macOS.
        while candidate.casefold() in self._taken:
            candidate = f"{plain.stem}-{number}{plain.suffix}"
            number += 1
        self._taken.add(candidate.casefold())
        return self._out / candidate


_SEPARATORS = tuple(filter(None, ("/", os.sep, os.altsep)))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino

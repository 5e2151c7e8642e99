"""Damage that is found while the store is in use: written down, and looked into at the next start.

The mark is an empty file beside the store, so that it outlives a store that takes no writes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from json import JSONDecodeError
from pathlib import Path

import apsw

from koda_desktop.errors import KodaError
from koda_desktop.sync.store.faults import StoreDamaged
from koda_desktop.sync.store.sanity import contents_of


class DamageMark:
    """Whether the store at ``path`` is to be looked through before it is used again."""

    def __init__(self, path: Path) -> None:
        self._store = path
        self._file = path.with_name(f"{path.name}.damaged")

    @property
    def is_set(self) -> bool:
        return self._file.exists()

    def set(self) -> None:
        """Have the next opening look. A disk that takes no mark changes nothing of the fault."""
        with contextlib.suppress(OSError):
            self._file.touch()

    def clear(self) -> None:
        """The store is sound, or another one stands in its place."""
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Set the mark for damage met in the block, also where it shows as nonsense in a row.

        Raises StoreDamaged for either; anything else passes through.
        """
        try:
            yield
        except StoreDamaged:
            self.set()
            raise
        except (UnicodeDecodeError, JSONDecodeError) as error:
            # What was written was UTF-8 and JSON.
            self.set()
            raise StoreDamaged({"met": type(error).__name__}) from error
        except (ArithmeticError, LookupError, TypeError, ValueError, apsw.SQLError) as error:
            if not self._has_nonsense():
                raise
            self.set()
            raise StoreDamaged({"met": type(error).__name__}) from error

    def _has_nonsense(self) -> bool:
        """Whether rows hold what this program never writes; asked only when something is wrong."""
        try:
            return bool(contents_of(self._store))
        except KodaError:
            return True

"""How the files of one intake stand, counted: cheap enough to be asked a dozen times in a second.

What is known of a file is worked out once; it is worked out anew only when the file has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from koda_desktop.controllers.intake_state import FILTERS, IntakeFile, IntakeStage


@dataclass(frozen=True, slots=True)
class _Standing:
    """``filters`` are those the file passes. ``keeps``: kinds kept whole, ``may_keep``: all."""

    file: IntakeFile
    filters: frozenset[str]
    is_broken: bool
    keeps: tuple[str, ...]
    may_keep: tuple[str, ...]


class IntakeTally:
    """Counts over the files read last."""

    def __init__(self) -> None:
        self._known: dict[int, _Standing] = {}
        self._files: tuple[IntakeFile, ...] = ()
        self.filters: Counter[str] = Counter()
        """How many files pass each of FILTERS."""
        self.platforms: Counter[str] = Counter()
        self.stages: Counter[IntakeStage] = Counter()
        self._keeping: Counter[str] = Counter()
        self._having: Counter[str] = Counter()

    def read(self, files: Sequence[IntakeFile]) -> None:
        """Count ``files``."""
        self._files = tuple(files)
        self._known = {file.number: self._standing(file) for file in files}
        standings = self._known.values()
        self.filters = Counter(name for one in standings for name in one.filters)
        self.platforms = Counter(file.platform for file in files if file.platform)
        self.stages = Counter(file.stage for file in files)
        self._keeping = Counter(kind for one in standings for kind in one.keeps)
        self._having = Counter(kind for one in standings for kind in one.may_keep)

    def _standing(self, file: IntakeFile) -> _Standing:
        known = self._known.get(file.number)
        if known is not None and known.file is file:
            return known
        return _Standing(
            file,
            frozenset(name for name, passes in FILTERS.items() if passes(file)),
            file.is_broken,
            tuple(choice.kind for choice in file.choices if choice.is_kept),
            tuple(choice.kind for choice in file.choices),
        )

    def matching(self, name: str) -> list[IntakeFile]:
        """The files that pass the filter ``name``, in their order."""
        return [file for file in self._files if name in self._known[file.number].filters]

    def broken(self) -> list[IntakeFile]:
        """The files that have to be put right themselves."""
        return [file for file in self._files if self._known[file.number].is_broken]

    def others(self, number: int) -> dict[str, tuple[int, int]]:
        """Of each kind of removal, how many files but ``number`` keep it, and how many could."""
        own = self._known.get(number)
        keeps, may_keep = (own.keeps, own.may_keep) if own else ((), ())
        return {
            kind: (self._keeping[kind] - (kind in keeps), having - (kind in may_keep))
            for kind, having in self._having.items()
        }

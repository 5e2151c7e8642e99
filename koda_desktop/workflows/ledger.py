"""The list of everything a scrub changed, and of what its seller chose to keep, in file order."""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.inspection import Removal
from koda_desktop.workflows.json_writing import brief
from koda_desktop.workflows.kept import NOTHING_KEPT, Kept
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.where import Where

HIDDEN = '"•••"'


class Ledger:
    """Collects removals; nothing is taken out of a workflow without a line here."""

    def __init__(self, kept: Kept = NOTHING_KEPT) -> None:
        self._kept = kept
        self.removals: list[Removal] = []
        self.kept: list[Removal] = []

    def dropped(self, where: Where, why: Why, before: Any) -> None:
        self._add(where, why, brief(before), None)

    def changed(self, where: Where, why: Why, before: Any, after: Any) -> None:
        self._add(where, why, brief(before), brief(after))

    def hid(self, where: Where, why: Why) -> None:
        """A dropped value that must not be shown, here either."""
        self._add(where, why, HIDDEN, None)

    def keeps(self, where: Where, why: Why, value: Any) -> bool:
        """Whether ``value`` stays by the seller's choice; it then has a line among the kept."""
        if not self._kept.holds(why.kind, where):
            return False
        self.kept.append(Removal(str(where), why.reason, brief(value), None, why.kind))
        return True

    def _add(self, where: Where, why: Why, before: str, after: str | None) -> None:
        self.removals.append(Removal(str(where), why.reason, before, after, why.kind))


DUPLICATE = Why(RemovalKind.DUPLICATE, "given twice; only the last is read")
"""The reason for a key that the file gives more than once."""

"""What a seller keeps of what a scrub would take out: whole kinds, or single places."""

from __future__ import annotations

from dataclasses import dataclass

from koda_desktop.workflows.removal_kinds import OPTIONAL, RemovalKind
from koda_desktop.workflows.where import Where


@dataclass(frozen=True, slots=True)
class Kept:
    """``kinds`` are kept wherever they stand, ``places`` (kind and path in the file as it came)
    one by one. What is no optional removal is taken out whatever stands here."""

    kinds: frozenset[str] = frozenset()
    places: frozenset[tuple[str, str]] = frozenset()

    def holds(self, kind: RemovalKind, where: Where) -> bool:
        """Whether what a removal of ``kind`` would take from ``where`` stays in the file."""
        if kind not in OPTIONAL:
            return False
        # Writing a path costs more than a look into an empty set.
        return kind in self.kinds or (bool(self.places) and (kind, str(where)) in self.places)

    def within(self, lead: str) -> Kept:
        """What is kept in the file of an archive whose places begin with ``lead``."""
        inner = {
            (kind, where[len(lead) :]) for kind, where in self.places if where.startswith(lead)
        }
        return Kept(self.kinds, frozenset(inner))


NOTHING_KEPT = Kept()

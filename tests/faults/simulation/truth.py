"""What a person saw accepted on one device and did not take back: it must be somewhere."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.simulation.history import Atom, Key, atoms


@dataclass(slots=True)
class Truth:
    """The open edits of one device.

    ``open`` holds, for each field, every set of atoms of which one must be found whole: more than
    one where a crash leaves it open whether the newer edit was saved.
    """

    open: dict[Key, list[frozenset[Atom]]] = field(default_factory=dict)
    drafts: set[str] = field(default_factory=set)
    """Listings made here and not deleted by the person."""

    def accept(self, listing_id: str, fields: Mapping[str, Any]) -> None:
        """An edit was accepted: it takes the place of earlier ones of its fields."""
        for name, value in fields.items():
            self.open[listing_id, name] = [frozenset(atoms(value))]

    def perhaps(self, listing_id: str, fields: Mapping[str, Any]) -> None:
        """The program died while an edit was being saved: either is right."""
        for name, value in fields.items():
            before = self.open.get((listing_id, name))
            # Nothing was promised of this field before, so that nothing is now.
            if before is not None:
                before.append(frozenset(atoms(value)))

    def drop(self, listing_id: str, names: frozenset[str] | None = None) -> None:
        """The person took edits back: of these fields, or all of the listing."""
        for key in list(self.open):
            if key[0] == listing_id and (names is None or key[1] in names):
                del self.open[key]

    def forget(self, listing_id: str) -> None:
        """The person deleted the listing."""
        self.drop(listing_id)
        self.drafts.discard(listing_id)

    def copied(self) -> Truth:
        """As it is now, for a backup."""
        return copy.deepcopy(self)

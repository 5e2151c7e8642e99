"""The foreign writer: the web application and the scripts beside it, which know nothing of us."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from tests.sync.fake_marketplace import SELLER

if TYPE_CHECKING:
    from tests.faults.simulation.world import World

POISON: tuple[dict[str, Any], ...] = (
    {"title": 7},
    {"price": "a lot"},
    {"tags": {"not": "a list"}},
    {"files": "none"},
)
"""Fields that no listing can have; each makes a document that cannot be read."""


class Web:
    """Edits, creates, deletes and poisons documents."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self._world = world
        self._rng = rng
        self.poisoned: dict[str, dict[str, Any]] = {}
        """Documents that were made unreadable, with what they held before."""
        self.unstamped: set[str] = set()
        """Listings that were ever changed without a new ``updatedAt``."""

    def is_poison(self, document: dict[str, Any] | None) -> bool:
        """Whether nobody can read this document."""
        return any(item in (document or {}).items() for bad in POISON for item in bad.items())

    def act(self) -> None:
        """Do something that the mix allows."""
        self._world.trace.count("web")
        actions = [self._edit, self._edit, self._edit, self.create]
        if self._world.mix.has("web-delete"):
            actions.append(self._delete)
        if self._world.mix.has("poison"):
            actions.append(self._poison)
        self._world.trace.note(f"web: {self._rng.choice(actions)()}")

    def _choose(self) -> str | None:
        ids = sorted(self._world.server.documents)
        return self._rng.choice(ids) if ids else None

    def _edit(self) -> str:
        listing_id = self._choose()
        if listing_id is None:
            return "nothing"
        if listing_id in self.poisoned:
            return self._mend(listing_id)
        fresh = self._world.new_value()
        fields: dict[str, Any] = self._rng.choice(
            [
                {"title": f"Web {fresh}"},
                {"title": "Alpha"},
                {"price": self._rng.choice([1, 2, 3])},
                {"tags": [f"w{fresh}", "x"]},
                {"averageRating": 4, "reviewCount": fresh},
            ]
        )
        forgets = self._rng.random() < 0.1
        if forgets:
            self.unstamped.add(listing_id)
        self._world.server.products_.web_write(listing_id, fields, stamps=not forgets)
        return f"edit {listing_id[-2:]} {sorted(fields)}{' unstamped' if forgets else ''}"

    def create(self) -> str:
        """A listing made on the web."""
        if len(self._world.server.documents) >= 8:
            return "enough"
        listing_id = self._world.new_listing_id()
        title = f"Web made {self._world.new_value()}"
        self._world.server.products_.web_write(listing_id, {"title": title, "sellerId": SELLER})
        return f"create {listing_id[-2:]}"

    def _delete(self) -> str:
        listing_id = self._choose()
        if listing_id is None:
            return "nothing"
        self.poisoned.pop(listing_id, None)
        self._world.server.products_.web_delete(listing_id)
        self._world.trace.count("web-delete")
        return f"delete {listing_id[-2:]}"

    def _poison(self) -> str:
        listing_id = self._choose()
        if listing_id is None or listing_id in self.poisoned:
            return "nothing"
        bad = self._rng.choice(POISON)
        document = self._world.server.documents[listing_id]
        self.poisoned[listing_id] = {name: document.get(name) for name in bad}
        self._world.server.products_.web_write(listing_id, bad)
        self._world.trace.count("poison")
        return f"poison {listing_id[-2:]} {sorted(bad)}"

    def _mend(self, listing_id: str) -> str:
        fields = self.poisoned.pop(listing_id)
        kept = {name: value for name, value in fields.items() if value is not None}
        gone = fields.keys() - kept.keys()
        self._world.server.products_.web_write(listing_id, kept, drop=frozenset(gone))
        return f"mend {listing_id[-2:]}"

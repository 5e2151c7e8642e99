"""The foreign writer: the web application and the scripts beside it, which know nothing of us."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, Any

from koda_desktop.marketplace.keys import object_key
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
        actions = [self._edit, self._edit, self._edit, self.create, self._revise]
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
        self._write(listing_id, fields, stamps=not forgets)
        return f"edit {listing_id[-2:]} {sorted(fields)}{' unstamped' if forgets else ''}"

    def create(self, size: int = 0) -> str:
        """A listing made on the web, with a file of so many bytes if any."""
        if len(self._world.server.documents) >= 8:
            return "enough"
        listing_id = self._world.new_listing_id()
        title = f"Web made {self._world.new_value()}"
        fields = {"title": title, "sellerId": SELLER, **self._file(listing_id, size)}
        self._write(listing_id, fields, is_new=True)
        return f"create {listing_id[-2:]}"

    def _revise(self) -> str:
        """Another file, or another version alone."""
        listing_id = self._choose()
        if listing_id is None or listing_id in self.poisoned:
            return "nothing"
        fields: dict[str, Any] = {"version": f"{self._rng.choice([1, 2, 3])}.0.0"}
        size = self._rng.choice([0, 300])
        self._write(listing_id, {**fields, **self._file(listing_id, size)})
        return f"revise {listing_id[-2:]} with {size} bytes"

    def _file(self, listing_id: str, size: int) -> dict[str, Any]:
        if not size:
            return {}
        data = self._rng.randbytes(size)
        sha256 = hashlib.sha256(data).hexdigest()
        key = object_key(SELLER, listing_id, sha256, "flow.json")
        self._world.server.bucket.put(key, data)
        file = {"key": key, "size": size, "sha256": sha256, "name": "flow.json"}
        return {"fileUrl": key, "files": [file]}

    def _write(
        self, listing_id: str, fields: dict[str, Any], *, stamps: bool = True, is_new: bool = False
    ) -> None:
        """Write now, or with a time that nobody sees for some seconds."""
        products = self._world.server.products_
        if not self._world.mix.has("stale-reads") or self._rng.random() >= 0.3:
            products.web_write(listing_id, fields, stamps=stamps)
            return
        begun = products.now()
        self._world.trace.count("stale-reads")

        def become_visible() -> None:
            if is_new or listing_id in products.documents:
                products.web_write(listing_id, fields, stamps=stamps, begun=begun)

        self._world.later(self._rng.uniform(0, 20), become_visible)

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

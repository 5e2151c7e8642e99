"""What a person typed into a listing's fields and has not saved: durable, and nobody's but theirs.

Words that are half written go to no marketplace, and no crash takes them. They stand apart from the
listing's document until they are saved, together with what each field held when it was changed, so
that a newer value from elsewhere is not replaced unseen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koda_desktop.errors import InputError
from koda_desktop.sync import entities
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.rows import Json
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.store import Store


@dataclass(frozen=True, slots=True)
class Typed:
    """Unsaved values by their fields. ``at`` is when the last of them was typed, in ISO 8601."""

    changes: Json
    base: Json
    """What the fields held before; a field that was absent is absent here too."""
    at: str

    def overtaken(self, document: Mapping[str, Any]) -> tuple[str, ...]:
        """Fields that hold something new in ``document``: neither the old value nor the typed."""
        return tuple(
            name
            for name, value in self.changes.items()
            if not same(document.get(name, ABSENT), self.base.get(name, ABSENT))
            and not same(document.get(name, ABSENT), value)
        )


class TypedWords:
    """Keeps them in the store. Every method blocks for a disk's time at most."""

    def __init__(self, store: Store, stamps: Stamps) -> None:
        self._store = store
        self._stamps = stamps

    def of(self, listing_id: str) -> Typed | None:
        """What was typed for this listing and not saved; None where nothing was."""
        return self._store.read(lambda db: _find(db, listing_id))

    def keep(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        """Keep ``changes`` in place of what was kept before; nothing is kept when they are empty.

        Values need not be valid yet. Raises NotFound for a listing that is not here, InputError for
        what cannot be written down (half of a surrogate pair), DiskFull.
        """
        self._store.write(lambda tx: self._keep(tx, listing_id, dict(changes)))

    def _keep(self, tx: Tx, listing_id: str, changes: Json) -> None:
        entity = entities.find(tx, listing_id)
        before = _find(tx, entity.id)
        if not changes:
            drop(tx, entity.id)
            return
        base = _base(before, entity.document, changes)
        row = (entity.id, _text(changes), encode(base), self._stamps.now())
        tx.run("INSERT OR REPLACE INTO typed(id, changes, base, at) VALUES (?, ?, ?, ?)", row)

    def forget(self, listing_id: str) -> None:
        """Drop what was typed: it was saved, or is not wanted."""
        self._store.write(lambda tx: drop(tx, listing_id))


def _base(before: Typed | None, document: Json, changes: Json) -> Json:
    """What each field of ``changes`` held when it was changed first."""
    known = {} if before is None else dict.fromkeys(before.changes, before.base)
    held = {name: known.get(name, document) for name in changes}
    return {name: values[name] for name, values in held.items() if name in values}


def _text(changes: Json) -> str:
    try:
        return encode(changes)
    except ValueError as error:
        raise InputError(
            "What was typed holds a character that cannot be kept.",
            remedy="Delete the last characters and type them again.",
        ) from error


def drop(tx: Tx, listing_id: str) -> None:
    """Drop what was typed for a listing, in the transaction that makes it of no use."""
    tx.run("DELETE FROM typed WHERE id = ?", (listing_id,))


def _find(db: Db, listing_id: str) -> Typed | None:
    row = db.row("SELECT changes, base, at FROM typed WHERE id = ?", (listing_id,))
    return None if row is None else Typed(json.loads(row[0]), json.loads(row[1]), row[2])

"""Listings to be asked for one by one: an answer was out of order, or an audit found a difference.

A doubt is kept until an answer that was asked for after it settles it, whatever crashes between.
"""

from __future__ import annotations

from collections.abc import Iterable

from koda_desktop.sync.store.database import Db, Tx

_WAITING = """
  SELECT d.id FROM doubt AS d
  WHERE NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.lane = d.id AND o.state = 'sending')"""
"""While work of a listing is under way its own answer comes first."""


def raise_for(tx: Tx, listing_ids: Iterable[str]) -> None:
    """Have these listings asked for."""
    tx.run_many("INSERT OR IGNORE INTO doubt(id) VALUES (?)", ((one,) for one in listing_ids))


def settle(tx: Tx, listing_ids: Iterable[str]) -> None:
    """These are as the server has them."""
    tx.run_many("DELETE FROM doubt WHERE id = ?", ((one,) for one in listing_ids))


def waiting(db: Db, limit: int) -> list[str]:
    """Listings to be asked for now."""
    return [row[0] for row in db.rows(f"{_WAITING} ORDER BY d.id LIMIT ?", (limit,))]


def any_waiting(db: Db) -> bool:
    """Whether a listing is to be asked for now."""
    return bool(waiting(db, 1))

"""The index that the first long pull of a store leaves out until everything is there.

Titles come in no order: kept up to date with each row, this one index took a third of the pull, and
made at once it takes a tenth of that. It is missing only while such a pull is under way, whether
that goes on or was cut off; no query names it, so that each is answered without it, a little later.
"""

from __future__ import annotations

from koda_desktop.sync.store.database import Db, Tx

NAME = "entity_title"

FEW_ROWS = 5_000
"""A store of so few rows is still to be filled; to make the index anew takes no time yet."""

_MAKE = f"CREATE INDEX IF NOT EXISTS {NAME} ON entity(sort_title) WHERE kind = 'listing'"


def is_there(db: Db) -> bool:
    sql = "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?"
    return db.row(sql, (NAME,)) is not None


def leave_out(tx: Tx) -> None:
    """Go on without the index, in a store that is still to be filled.

    ``make`` must follow in the transaction that ends what is under way.
    """
    if is_there(tx) and (tx.value("SELECT max(pk) FROM entity") or 0) <= FEW_ROWS:
        tx.run(f"DROP INDEX {NAME}")


def make(tx: Tx) -> None:
    """Make the index of all rows, unless it is there: a quarter of a second for 100,000."""
    tx.run(_MAKE)

"""The indexes that the first long pull of a store leaves out until everything is there.

Kept up to date with each row they took two fifths of the pull, titles and files most of it, for
they come in no order; made at once they take a tenth. They are missing only while such a pull is
under way, whether that goes on or was cut off. A query that names one asks first whether it is
there; every other one is answered without them, a little later.
"""

from __future__ import annotations

from koda_desktop.sync.store.database import Db, Tx

_COLUMNS = {
    "entity_title": "sort_title",
    "entity_file": "file_size, file_name",
    "entity_version": "version",
    "entity_possessions": "possessions",
}
NAMES = tuple(_COLUMNS)

FEW_ROWS = 5_000
"""A store of so few rows is still to be filled; to make the indexes anew takes no time yet."""

_THERE = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'entity'"


def is_there(db: Db, name: str) -> bool:
    """Whether that index can be named in a query of this view."""
    return db.row(f"{_THERE} AND name = ?", (name,)) is not None


def missing(db: Db) -> tuple[str, ...]:
    """Those that are left out."""
    there = {name for (name,) in db.rows(_THERE)}
    return tuple(name for name in NAMES if name not in there)


def leave_out(tx: Tx) -> None:
    """Go on without the indexes, in a store that is still to be filled.

    ``make`` must follow in the transaction that ends what is under way.
    """
    if (tx.value("SELECT max(pk) FROM entity") or 0) <= FEW_ROWS:
        for name in NAMES:
            tx.run(f"DROP INDEX IF EXISTS {name}")


def make(tx: Tx) -> None:
    """Make those that are missing, of all rows: half a second for 100,000."""
    for name in missing(tx):
        tx.run(f"CREATE INDEX {name} ON entity({_COLUMNS[name]}) WHERE kind = 'listing'")

"""A process that applies one large change set to the store in its folder, to be killed at it."""

from __future__ import annotations

import sys
from pathlib import Path

from koda_desktop.runtime.work import Progress
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import RowChange, SetKind
from koda_desktop.sync.queries import keys, rows
from koda_desktop.sync.rows import ListingQuery
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store


def main(folder: Path, price: str) -> None:
    store = Store(folder / "store.sqlite", derive_touched)
    wanted = store.read(lambda db: keys(db, ListingQuery()))
    ids = [row.id for row in store.read(lambda db: rows(db, wanted))]
    sets = ChangeSets(store, Staging(folder / "staging"), Stamps(), "ada")
    changes = [RowChange(one, {"price": float(price)}) for one in ids]

    def tell(progress: Progress) -> None:
        sys.stdout.write(f"{progress.done}\n")
        sys.stdout.flush()

    sets.apply("Price", SetKind.BULK, changes, progress=tell)
    sys.stdout.write("committed\n")
    sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

"""A made-up workspace with a real store behind its files, for pictures and tests of dialogs."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.entities import NO_FILE, NewEntity, find, insert
from koda_desktop.sync.queries import count
from koda_desktop.sync.rows import ListingQuery
from koda_desktop.sync.search import Indexer
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.workspace.exchange import Exchange
from koda_desktop.workspace.history import History
from tests.views.fakes import FakeWorkspace

AT = "2026-05-01T10:00:00.000Z"


class ExchangeDesk(FakeWorkspace):
    """Import, export and folders work; the rest is made up."""

    def __init__(self, folder: Path, documents: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self.store = Store(folder / "store.sqlite", derive_touched, Indexer())
        staging, stamps = Staging(folder / "staging"), Stamps(SystemClock())
        changes = ChangeSets(self.store, staging, stamps, "ada")
        self.exchange = Exchange(self.store, staging, changes, stamps)
        self.history = History(changes)
        rows = [
            NewEntity(f"{n:024x}", {"_id": f"{n:024x}", **one}, NO_FILE, AT, server_at=AT)
            for n, one in enumerate(documents, 1)
        ]
        self.store.write(lambda tx: insert(tx, rows))

    def count(self, query: ListingQuery, cancel: CancelToken | None = None) -> int:
        return self.store.read(lambda db: count(db, query))

    def document(self, number: int) -> dict[str, Any]:
        """What is shown of the ``number``-th listing."""
        return self.store.read(lambda db: find(db, f"{number:024x}")).document


def document(title: str, **fields: Any) -> dict[str, Any]:
    """A complete listing."""
    return {
        "title": title,
        "description": "Sends every invoice to the right folder.\nAnd tells the team.",
        "price": 9.99,
        "category": "Sales",
        "tags": ["n8n", "email"],
        "productType": "Automation",
        "platform": "n8n",
        "version": "1.0.0",
        "active": True,
        **fields,
    }


def table(path: Path, header: Sequence[str], *rows: Sequence[str]) -> Path:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path

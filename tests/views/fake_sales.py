"""Sales over a real store in memory of its own: made-up orders, real sums."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from koda_desktop.runtime.clock import iso
from koda_desktop.sync.sales import recording
from koda_desktop.sync.sales.figures import AS_OF
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.workspace.sales import Sales
from tests.sync.sales.making import item, order
from tests.views.fakes import NOW
from tests.views.gallery_data import catalogue


class FakeSales(Sales):
    """Holds its store open until the process ends, as the made-up workspaces do."""

    def __init__(self, documents: Sequence[dict[str, Any]]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        store = Store(Path(self._folder.name) / "store.sqlite", derive_touched)
        super().__init__(store)
        if documents:
            self.record(*documents)
            self.finish_reading()

    def close(self) -> None:
        self._store.close()
        self._folder.cleanup()

    def record(self, *documents: dict[str, Any]) -> None:
        """As if these orders had just been read from the marketplace."""
        self._store.write(lambda tx: recording.record(tx, documents, iso(NOW)))

    def finish_reading(self) -> None:
        """As if the marketplace's last page had been read five minutes ago."""
        as_of = (AS_OF, iso(NOW - timedelta(minutes=5)))
        self._store.write(lambda tx: tx.run("INSERT INTO meta VALUES (?, ?)", as_of))

    def compare(self, differences: dict[str, int]) -> None:
        """As if the provider's books had been read: these orders differ, the others add up."""

        def write(tx: Any) -> None:
            tx.run("UPDATE sale SET difference = 0 WHERE paid_at IS NOT NULL", ())
            for number, difference in differences.items():
                tx.run("UPDATE sale SET difference = ? WHERE number = ?", (difference, number))

        self._store.write(write)

    @classmethod
    def of_a_year(cls) -> Self:
        """Some 900 orders, more of them on working days and in the last months."""
        chance = random.Random(7)
        titles = [row.title for row in catalogue()]
        documents = []
        for number in range(1, 900):
            ago = timedelta(minutes=int(chance.random() ** 1.7 * 365 * 24 * 60))
            moment = NOW - ago
            if moment.weekday() > 4 and chance.random() < 0.6:
                continue
            documents.append(_order(number, moment, chance, titles))
        return cls(documents)


def _order(
    number: int, moment: datetime, chance: random.Random, titles: Sequence[str]
) -> dict[str, Any]:
    which = int(chance.random() ** 2 * len(titles))
    minor = (999, 1900, 2900, 499, 4900)[which % 5]
    refunded = minor if chance.random() < 0.03 else 0
    one = item(number, minor, refunded=refunded) | {"title": titles[which]}
    one["productId"] = f"{which:024x}"
    if chance.random() < 0.06:
        return order(number, one, paid=None, createdAt=iso(moment))
    status = "REFUNDED" if refunded else "COMPLETED"
    timeline = [
        {"at": iso(moment - timedelta(minutes=3)), "kind": "placed"},
        {"at": iso(moment), "kind": "paid", "amount": minor},
    ]
    if refunded:
        timeline.append({"at": iso(moment), "kind": "refunded", "amount": refunded})
    extra = {"stripePaymentIntentId": f"pi_{number:08d}", "timeline": timeline}
    return order(number, one, paid=moment, status=status, **extra)

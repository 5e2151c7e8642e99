"""Refunds that went out and whose outcome is not known, kept here until it is.

Such a refund may have been made. Kept with its operation, it is asked for again unchanged, also
after a crash, and is made once; anything else could give the money back twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from koda_desktop.marketplace.refunds import RefundLine, RefundPreview, RefundRequest
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store

_KEY = "refund:"


@dataclass(frozen=True, slots=True)
class PendingRefund:
    """What was asked for, and what it was announced to do."""

    request: RefundRequest
    preview: RefundPreview

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """What ``as_json`` wrote. Raises KeyError or TypeError for anything else."""
        preview = stored["preview"]
        lines = tuple(RefundLine(**line) for line in preview["lines"])
        return cls(RefundRequest(**stored["request"]), RefundPreview(lines, preview["currency"]))


class PendingRefunds:
    """One for each order at most. Methods block for at most a disk's time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, order_id: str) -> PendingRefund | None:
        """The refund of that order which is to be finished; None when there is none."""
        sql = "SELECT value FROM meta WHERE key = ?"
        text = self._store.read(lambda db: db.value(sql, (_KEY + order_id,)))
        return None if text is None else PendingRefund.read(json.loads(text))

    def keep(self, pending: PendingRefund) -> None:
        """On the disk when the call returns: call it before the refund goes out."""
        row = (_KEY + pending.request.order_id, json.dumps(pending.as_json()))

        def write(tx: Tx) -> None:
            tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", row)

        self._store.write(write)

    def forget(self, order_id: str) -> None:
        """Its outcome is known."""
        self._store.write(lambda tx: tx.run("DELETE FROM meta WHERE key = ?", (_KEY + order_id,)))

"""What was last heard of a seller's money, kept here to be shown without a network."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store
from koda_desktop.workspace.money_rows import Payouts, Standing

_STANDING = "money_standing"
_PAYOUTS = "money_payouts"


class KnownMoney:
    """Methods block for at most a disk's time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self) -> Standing | None:
        """None when the account was never asked for."""
        found = self._read(_STANDING)
        if found is None:
            return None
        return Standing(**{**found, "wanted": tuple(found["wanted"])})

    def payouts(self) -> Payouts | None:
        """None when they were never read."""
        found = self._read(_PAYOUTS)
        return None if found is None else Payouts.read(found)

    def keep_standing(self, standing: Standing) -> None:
        self._write(_STANDING, asdict(standing))

    def keep_payouts(self, payouts: Payouts) -> None:
        self._write(_PAYOUTS, payouts.as_json())

    def _read(self, key: str) -> Any:
        sql = "SELECT value FROM meta WHERE key = ?"
        text = self._store.read(lambda db: db.value(sql, (key,)))
        return None if text is None else json.loads(text)

    def _write(self, key: str, value: Any) -> None:
        def write(tx: Tx) -> None:
            sql = "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)"
            tx.run(sql, (key, json.dumps(value)))

        self._store.write(write, durable=False)

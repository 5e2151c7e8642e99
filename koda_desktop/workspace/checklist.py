"""The publish checklist: the account's gates as last known, and those this computer can see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from koda_desktop.sync.local import LocalReads, meta
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store
from koda_desktop.workspace.info import GateState

if TYPE_CHECKING:
    from koda_desktop.marketplace.api import Gate

ACCOUNT_GATES = "account_gates"
"""The key in ``meta`` of the account's gates, as the marketplace answered last."""


def keep_account_gates(store: Store, gates: tuple[Gate, ...]) -> None:
    """Remember the marketplace's answer, also for when it cannot be asked."""
    saved = json.dumps([gate.as_json() for gate in gates])
    if store.read(lambda db: meta(db, ACCOUNT_GATES)) != saved:
        store.write(lambda tx: _save(tx, saved), durable=False)


def _save(tx: Tx, saved: str) -> None:
    tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (ACCOUNT_GATES, saved))
    tx.announce("status")


def checklist(store: Store, reads: LocalReads, listing_id: str) -> tuple[GateState, ...]:
    """Every gate of publishing ``listing_id``. Raises NotFound."""
    saved = store.read(lambda db: meta(db, ACCOUNT_GATES))
    local = [gate.as_json() for gate in reads.gates(listing_id)]
    return (*(_account(saved)), *(_state(gate) for gate in local))


def _account(saved: str | None) -> tuple[GateState, ...]:
    if saved is None:
        return (GateState("account", None, "The account is checked when the marketplace answers"),)
    return tuple(_state(gate) for gate in json.loads(saved))


def _state(gate: Mapping[str, object]) -> GateState:
    fields = gate["fields"]
    assert isinstance(fields, dict)
    what = str(gate["what"])
    return GateState(
        code=str(gate["code"]),
        is_met=bool(gate["met"]),
        what=what[:1].upper() + what[1:],
        remedy=str(gate["remedy"]),
        fields=fields,
    )

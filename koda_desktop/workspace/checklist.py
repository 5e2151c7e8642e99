"""The publish checklist: the account's gates as last known, and those this computer can see."""

from __future__ import annotations

from collections.abc import Mapping

from koda_desktop.sync.local import LocalReads
from koda_desktop.workspace.info import GateState


def checklist(reads: LocalReads, listing_id: str) -> tuple[GateState, ...]:
    """Every gate of publishing ``listing_id``. Raises NotFound."""
    local = (_state(gate.as_json()) for gate in reads.gates(listing_id))
    return (*_account(reads), *local)


def _account(reads: LocalReads) -> tuple[GateState, ...]:
    gates = reads.account_gates()
    if gates is None:
        return (GateState("account", None, "The account is checked when the marketplace answers"),)
    return tuple(_state(gate) for gate in gates)


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

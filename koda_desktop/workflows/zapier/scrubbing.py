"""Takes out of a Zapier export what belongs to the account it was made in.

The result imports as before: same zaps, same steps, same fields, keys in their order, unknown keys
kept. Step ids stay, for fields refer to them; ids of zaps are counted from 1, as in the files a
team exports.
"""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.stripping import without
from koda_desktop.workflows.where import ROOT, Where

_OWNER = {
    "account_id": "identifies your Zapier account",
    "accountId": "identifies your Zapier account",
    "customuser_id": "identifies you at Zapier",
    "customuserId": "identifies you at Zapier",
    "user_id": "identifies you at Zapier",
    "owner_id": "identifies a person of your team",
    "owner": "names a person of your team",
    "created_by": "identifies a person of your team",
    "folder_id": "identifies a folder of your account",
    "folder": "names a folder of your account",
    "created_at": "when it was made in your account",
    "updated_at": "when it was changed in your account",
    "last_changed": "when it was changed in your account",
    "last_live_at": "when it ran in your account",
    "last_successful_run_date": "when it ran in your account",
    "url": "the address of the zap in your account",
    "link": "the address of the zap in your account",
}
_SAMPLES = dict.fromkeys(
    ("sample", "samples", "sample_data", "sample_id", "test_data", "test_result", "test_results",
     "test_output"),
    "sample data from your own account, which may hold personal data",
)  # fmt: skip
_STEP = _SAMPLES | {
    **{key: why for key, why in _OWNER.items() if key not in ("url", "link", "owner", "folder")},
    "triple_stores": "where the step was copied from, and settings of your plan",
}
_META = _SAMPLES | {"parammap": "the names of documents and people chosen in your account"}
_EDITOR = {
    "zap_guesser_execution_id": "identifies a run in your account",
    "added_step_correlation_id": "identifies an edit in your account",
}
_ACCOUNT = {key: why for key, why in _OWNER.items() if key.endswith(("_id", "Id", "_by"))} | {
    key: why for key, why in _OWNER.items() if key.endswith(("_at", "_changed"))
} | {"email": "your e-mail address", "exported_by": "names a person of your team",
     "exported_at": "when it was exported"}  # fmt: skip
_CONNECTION = "identifies a connection of your account"
_CONNECTION_KEYS = ("authentication_id", "authenticationId", "selected_authentication")
_INACTIVE = "a bought zap starts switched off"
_ZAP_ID = "identifies the zap in your account; counted from 1 instead"


def scrub(document: JsonObject, ledger: Ledger) -> JsonObject:
    """A copy of an export without account data; ``ledger`` gets every change."""
    clean = without(document, _ACCOUNT, ROOT, ledger)
    if isinstance(clean.get("metadata"), dict):
        clean["metadata"] = without(clean["metadata"], _ACCOUNT, ROOT / "metadata", ledger)
    clean["zaps"] = [
        _zap(zap, number, ROOT / "zaps" / number, ledger) if isinstance(zap, dict) else zap
        for number, zap in enumerate(clean["zaps"])
    ]
    return clean


def _zap(zap: JsonObject, number: int, where: Where, ledger: Ledger) -> JsonObject:
    clean = without(zap, _OWNER | _SAMPLES, where, ledger)
    _set(clean, "id", number + 1, where, _ZAP_ID, ledger)
    if clean.get("status") == "on":
        _set(clean, "status", "off", where, _INACTIVE, ledger)
    nodes = clean.get("nodes")
    if isinstance(nodes, dict):
        clean["nodes"] = {
            key: _step(node, where / "nodes" / key, ledger) if isinstance(node, dict) else node
            for key, node in nodes.items()
        }
    return clean


def _set(
    value: JsonObject, key: str, after: Any, where: Where, reason: str, ledger: Ledger
) -> None:
    """Put ``after`` in the place of what a key holds; a missing key stays missing."""
    before = value.get(key, after)
    if type(before) is not type(after) or before != after:
        ledger.changed(where / key, reason, before, after)
        value[key] = after


def _step(step: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    clean = without(step, _STEP, where, ledger)
    for key in _CONNECTION_KEYS:
        # Steps without a connection hold null here, so that is what imports.
        _set(clean, key, None, where, _CONNECTION, ledger)
    meta = clean.get("meta")
    if isinstance(meta, dict):
        clean["meta"] = _meta(meta, where / "meta", ledger)
    return clean


def _meta(meta: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    clean = without(meta, _META, where, ledger)
    editor = clean.get("$editor")
    if isinstance(editor, dict):
        place = where / "$editor"
        kept = without(editor, _EDITOR, place, ledger)
        guesser = kept.get("$zap_guesser")
        if isinstance(guesser, dict):
            kept["$zap_guesser"] = without(guesser, _EDITOR, place / "$zap_guesser", ledger)
        clean["$editor"] = kept
    return clean

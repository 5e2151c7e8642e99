"""Takes out of a Zapier export what belongs to the account it was made in.

The result imports as before: same zaps, same steps, same fields, keys in their order, unknown keys
kept. Step ids stay, for fields refer to them; ids of zaps are counted from 1, as in the files a
team exports.
"""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.stripping import reduced, repeats, without
from koda_desktop.workflows.where import ROOT, Where

_ID, _PERSON, _TIME = RemovalKind.IDENTITY, RemovalKind.PERSON, RemovalKind.TIME
_ACCOUNT_ID = Why(_ID, "identifies your Zapier account")
_USER_ID = Why(_ID, "identifies you at Zapier")
_MADE, _CHANGED = (
    Why(_TIME, "when it was made in your account"),
    Why(_TIME, "when it was changed in your account"),
)
_RAN = Why(_TIME, "when it ran in your account")
_PLACE = Why(_ID, "the address of the zap in your account")
_OWNER = {
    "account_id": _ACCOUNT_ID,
    "accountId": _ACCOUNT_ID,
    "customuser_id": _USER_ID,
    "customuserId": _USER_ID,
    "user_id": _USER_ID,
    "owner_id": Why(_PERSON, "identifies a person of your team"),
    "owner": Why(_PERSON, "names a person of your team"),
    "created_by": Why(_PERSON, "identifies a person of your team"),
    "folder_id": Why(_ID, "identifies a folder of your account"),
    "folder": Why(_ID, "names a folder of your account"),
    "created_at": _MADE,
    "updated_at": _CHANGED,
    "last_changed": _CHANGED,
    "last_live_at": _RAN,
    "last_successful_run_date": _RAN,
    "url": _PLACE,
    "link": _PLACE,
}
_SAMPLES = dict.fromkeys(
    ("sample", "samples", "sample_data", "sample_id", "test_data", "test_result", "test_results",
     "test_output"),
    Why(RemovalKind.SAMPLE_DATA,
        "sample data from your own account, which may hold personal data"),
)  # fmt: skip
_STEP = _SAMPLES | {
    **{key: why for key, why in _OWNER.items() if key not in ("url", "link", "owner", "folder")},
    "triple_stores": Why(_ID, "where the step was copied from, and settings of your plan"),
}
_NAMES = "the names of documents and people chosen in your account"
_EDITOR = {
    "zap_guesser_execution_id": Why(_ID, "identifies a run in your account"),
    "added_step_correlation_id": Why(_ID, "identifies an edit in your account"),
}
_ACCOUNT = {key: why for key, why in _OWNER.items() if key.endswith(("_id", "Id", "_by"))} | {
    key: why for key, why in _OWNER.items() if key.endswith(("_at", "_changed"))
} | {"email": Why(_PERSON, "your e-mail address"),
     "exported_by": Why(_PERSON, "names a person of your team"),
     "exported_at": Why(_TIME, "when it was exported")}  # fmt: skip
_CONNECTION = Why(RemovalKind.CONNECTION, "identifies a connection of your account")
_CONNECTION_KEYS = ("authentication_id", "authenticationId", "selected_authentication")
_INACTIVE = Why(RemovalKind.ZAPIER_STATUS, "a bought zap starts switched off")
_ZAP_ID = Why(_ID, "identifies the zap in your account; counted from 1 instead")


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
    if clean.get("status") == "on" and not ledger.keeps(where / "status", _INACTIVE, "on"):
        _set(clean, "status", "off", where, _INACTIVE, ledger)
    nodes = clean.get("nodes")
    if isinstance(nodes, dict):
        clean["nodes"] = {
            key: _step(node, where / "nodes" / key, ledger) if isinstance(node, dict) else node
            for key, node in nodes.items()
        }
    return clean


def _set(value: JsonObject, key: str, after: Any, where: Where, why: Why, ledger: Ledger) -> None:
    """Put ``after`` in the place of what a key holds; a missing key stays missing."""
    before = value.get(key, after)
    if type(before) is not type(after) or before != after:
        ledger.changed(where / key, why, before, after)
        value[key] = after


def _step(step: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    clean = without(step, _STEP, where, ledger)
    for key in _CONNECTION_KEYS:
        # Steps without a connection hold null here, so that is what imports.
        _set(clean, key, None, where, _CONNECTION, ledger)
    meta = clean.get("meta")
    if isinstance(meta, dict):
        clean["meta"] = _meta(meta, clean.get("params"), where / "meta", ledger)
    return clean


def _without_names(meta: JsonObject, params: Any, where: Where, ledger: Ledger) -> JsonObject:
    """Kept at most are names that only repeat the value they stand for."""
    given, values = meta["parammap"], params if isinstance(params, dict) else {}
    names = given if isinstance(given, dict) else {}
    left = {key: name for key, name in names.items() if repeats(name, values.get(key))}
    return reduced(
        meta, "parammap", left, where, ledger,
        whole=Why(RemovalKind.ZAPIER_CHOICE_LABELS, _NAMES), rest=Why(RemovalKind.DOCUMENT, _NAMES),
    )  # fmt: skip


def _meta(meta: JsonObject, params: Any, where: Where, ledger: Ledger) -> JsonObject:
    clean = without(meta, _SAMPLES, where, ledger)
    if "parammap" in clean:
        clean = _without_names(clean, params, where, ledger)
    editor = clean.get("$editor")
    if isinstance(editor, dict):
        place = where / "$editor"
        kept = without(editor, _EDITOR, place, ledger)
        guesser = kept.get("$zap_guesser")
        if isinstance(guesser, dict):
            kept["$zap_guesser"] = without(guesser, _EDITOR, place / "$zap_guesser", ledger)
        clean["$editor"] = kept
    return clean

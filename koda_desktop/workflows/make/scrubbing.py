"""Takes out of a Make blueprint what belongs to the account and team it was made in.

The list follows what Make itself removes from the templates it publishes. The result imports as
before: same modules, same mappings, keys in their order, unknown keys kept. Connections, webhooks
and data stores are asked for again when the blueprint is imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.make.reading import part
from koda_desktop.workflows.make.shapes import NESTING
from koda_desktop.workflows.stripping import without
from koda_desktop.workflows.where import Where

_CONNECTION = "identifies a connection of your account"
_BLUEPRINT = {
    "scheduling": "when the scenario runs in your account; buyers choose their own",
    "id": "identifies the scenario in your account",
    "scenarioId": "identifies the scenario in your account",
    "teamId": "identifies your team",
    "organizationId": "identifies your organization",
    "folderId": "identifies a folder of your team",
    "hookId": "identifies a webhook of your account",
    "createdByUser": "names a person of your team",
    "updatedByUser": "names a person of your team",
}
_METADATA = {"zone": "the data centre of your account"}
_DESIGNER = {"samples": "sample data from your own runs, which may hold personal data"}
_MODULE_METADATA = {
    "restore": "names of connections and documents of your account",
    "expect": "field lists as your account offers them; Make loads them again",
    "interface": "field lists as your account offers them; Make loads them again",
    "parameters": "field lists as your account offers them; Make loads them again",
    "advanced": "field lists as your account offers them; Make loads them again",
}
_PARAMETERS = {
    "__IMTKEY__": "identifies a key kept in your account",
    "makeConnectionId": _CONNECTION,
    "oAuthAccount": _CONNECTION,
    "hook": "identifies a webhook of your account",
    "datastore": "identifies a data store of your team",
    "agent": "identifies an agent of your team",
    "apiKeyKeychain": "identifies a key kept in your account",
    "basicAuthKeychain": "identifies a key kept in your account",
    "proxyKeychain": "identifies a key kept in your account",
    "bodyDataStructure": "identifies a data structure of your team",
}
_KEYCHAINS = ("auth", "key", "keychain")
_KEPT_KEY = "identifies a key kept in your account"
_OF_TYPE = {
    "account": _CONNECTION,
    "hook": "identifies a webhook of your account",
    "keychain": _KEPT_KEY,
    "datastore": "identifies a data store of your team",
    "udt": "identifies a data structure of your team",
    "device": "identifies a device of your team",
    "aiagent": "identifies an agent of your team",
}
_ANYWHERE = re.compile(r"__IMT(?:CONN|KEY|HOOK|WEBHOOK|ACCOUNT)\w{0,10}__\Z")


def scrub(blueprint: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    """A copy of ``blueprint`` without account data; ``ledger`` gets every change."""
    clean = without(blueprint, _BLUEPRINT, where, ledger)
    clean = _with_clean_lists(clean, where, ledger)
    if isinstance(clean.get("metadata"), dict):
        clean["metadata"] = _of_scenario(clean["metadata"], where / "metadata", ledger)
    return clean


def _of_scenario(metadata: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    clean = without(metadata, _METADATA, where, ledger)
    if isinstance(clean.get("designer"), dict):
        place = where / "designer"
        designer = without(clean["designer"], _DESIGNER, place, ledger)
        if "orphans" in designer:
            designer["orphans"] = _level(designer["orphans"], place / "orphans", ledger)
        clean["designer"] = designer
    return clean


def _level(value: Any, where: Where, ledger: Ledger) -> Any:
    """A module, a route, branch or tool with a flow, or a list of these.

    Recursion is bounded by Caps.max_depth.
    """
    if isinstance(value, list):
        return [_level(entry, where / index, ledger) for index, entry in enumerate(value)]
    if not isinstance(value, dict):
        return value
    clean = _module(value, where, ledger) if isinstance(value.get("module"), str) else value
    return _with_clean_lists(clean, where, ledger)


def _with_clean_lists(value: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    return {
        key: _level(item, where / key, ledger) if key in NESTING else item
        for key, item in value.items()
    }


def _module(module: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    metadata = part(module, "metadata")
    typed = _typed(metadata.get("parameters")) | _typed(metadata.get("expect"))
    is_http = module["module"].partition(":")[0] == "http"
    clean = dict(module)
    if isinstance(clean.get("parameters"), dict):
        reasons = _PARAMETERS | typed
        if is_http:
            reasons = reasons | dict.fromkeys(_KEYCHAINS, _KEPT_KEY)
        clean["parameters"] = _values(clean["parameters"], reasons, where / "parameters", ledger)
    if isinstance(clean.get("mapper"), dict):
        clean["mapper"] = _values(clean["mapper"], typed, where / "mapper", ledger)
    if metadata:
        # What is empty says nothing of the account, and need not be listed.
        said = {key: why for key, why in _MODULE_METADATA.items() if metadata.get(key)}
        clean["metadata"] = without(metadata, said, where / "metadata", ledger)
    return clean


def _typed(fields: Any) -> dict[str, str]:
    """The fields whose declared type, such as ``account:slack``, names something of the account."""
    found: dict[str, str] = {}
    for entry in fields if isinstance(fields, list) else ():
        if not isinstance(entry, dict):
            continue
        name, kind = entry.get("name"), entry.get("type")
        if isinstance(name, str) and isinstance(kind, str):
            reason = _OF_TYPE.get(kind.partition(":")[0])
            found |= {name: reason} if reason else {}
    return found


def _values(
    values: JsonObject, reasons: Mapping[str, str], where: Where, ledger: Ledger
) -> JsonObject:
    clean: JsonObject = {}
    for key, value in values.items():
        if _ANYWHERE.match(key) or (key in reasons and _names_something(value)):
            ledger.dropped(where / key, reasons.get(key, _CONNECTION), value)
        else:
            clean[key] = _deep(value, where / key, ledger)
    return clean


def _names_something(value: Any) -> bool:
    """Empty fields and references such as ``{{2.store}}`` point at nothing of the account."""
    if isinstance(value, str):
        return bool(value.strip()) and "{{" not in value
    return value is not None and not isinstance(value, bool)


def _deep(value: Any, where: Where, ledger: Ledger) -> Any:
    """``value`` without references to connections at any depth."""
    if isinstance(value, dict):
        return _values(value, {}, where, ledger)
    if isinstance(value, list):
        return [_deep(entry, where / index, ledger) for index, entry in enumerate(value)]
    return value

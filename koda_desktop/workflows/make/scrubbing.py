"""Takes out of a Make blueprint what belongs to the account and team it was made in.

The list follows what Make itself removes from the templates it publishes. The result imports as
before: same modules, same mappings, keys in their order, unknown keys kept. Connections, webhooks
and data stores are asked for again when the blueprint is imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.make import hints
from koda_desktop.workflows.make.reading import part
from koda_desktop.workflows.make.shapes import NESTING, modules
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.stripping import reduced, without
from koda_desktop.workflows.where import Where

_ID, _CONN, _HOOK = RemovalKind.IDENTITY, RemovalKind.CONNECTION, RemovalKind.WEBHOOK
_PERSON, _STATE, _DOCUMENT = RemovalKind.PERSON, RemovalKind.RUN_STATE, RemovalKind.DOCUMENT
_CONNECTION = Why(_CONN, "identifies a connection of your account")
_BLUEPRINT = {
    "id": Why(_ID, "identifies the scenario in your account"),
    "scenarioId": Why(_ID, "identifies the scenario in your account"),
    "teamId": Why(_ID, "identifies your team"),
    "organizationId": Why(_ID, "identifies your organization"),
    "folderId": Why(_ID, "identifies a folder of your team"),
    "hookId": Why(_HOOK, "identifies a webhook of your account"),
    "createdByUser": Why(_PERSON, "names a person of your team"),
    "updatedByUser": Why(_PERSON, "names a person of your team"),
}
_SCHEDULE = "when the scenario runs in your account; buyers choose their own"
_PLAIN_SCHEDULE = ("type", "interval")
_REPEATING = ("indefinitely", "immediately")
_ZONE = "the data centre of your account"
_PUBLIC_ZONE = re.compile(r"(?:eu|us)\d{1,2}\.make\.com\Z", re.ASCII)
_SAMPLES = Why(
    RemovalKind.SAMPLE_DATA, "sample data from your own runs, which may hold personal data"
)
_DESIGNER = {"samples": _SAMPLES}
_FIELDS = "field lists as your account offers them; Make loads them again"
_HINTS = {
    "restore": "names of connections and documents of your account",
    "expect": _FIELDS,
    "interface": _FIELDS,
    "parameters": _FIELDS,
    "advanced": _FIELDS,
}
_KEPT_HINTS = {"restore": "choices the editor remembers"}
_KEPT_FIELDS = "field lists of the editor"
_PARAMETERS = {
    "__IMTKEY__": Why(_CONN, "identifies a key kept in your account"),
    "makeConnectionId": _CONNECTION,
    "oAuthAccount": _CONNECTION,
    "hook": Why(_HOOK, "identifies a webhook of your account"),
    "datastore": Why(_ID, "identifies a data store of your team"),
    "agent": Why(_ID, "identifies an agent of your team"),
    "apiKeyKeychain": Why(_CONN, "identifies a key kept in your account"),
    "basicAuthKeychain": Why(_CONN, "identifies a key kept in your account"),
    "proxyKeychain": Why(_CONN, "identifies a key kept in your account"),
    "bodyDataStructure": Why(_ID, "identifies a data structure of your team"),
}
_KEYCHAINS = ("auth", "key", "keychain")
_KEPT_KEY = Why(_CONN, "identifies a key kept in your account")
_OF_TYPE = {
    "account": _CONNECTION,
    "hook": Why(_HOOK, "identifies a webhook of your account"),
    "keychain": _KEPT_KEY,
    "datastore": Why(_ID, "identifies a data store of your team"),
    "udt": Why(_ID, "identifies a data structure of your team"),
    "device": Why(_ID, "identifies a device of your team"),
    "aiagent": Why(_ID, "identifies an agent of your team"),
}
_ANYWHERE = re.compile(r"__IMT(?:CONN|KEY|HOOK|WEBHOOK|ACCOUNT)\w{0,10}__\Z")


@dataclass(frozen=True, slots=True)
class _Run:
    """One walk through a blueprint. ``known`` are the names its package uses anyway."""

    ledger: Ledger
    known: Set[str]


def scrub(blueprint: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    """A copy of ``blueprint`` without account data; ``ledger`` gets every change."""
    run = _Run(ledger, hints.words(map(_said, modules(blueprint))))
    clean = without(blueprint, _BLUEPRINT, where, run.ledger)
    if "scheduling" in clean:
        clean = _without_schedule(clean, where, run.ledger)
    clean = _with_clean_lists(clean, where, run)
    if isinstance(clean.get("metadata"), dict):
        clean["metadata"] = _of_scenario(clean["metadata"], where / "metadata", run)
    return clean


def _without_schedule(blueprint: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    """Kept at most as an interval: dates and hours tell when somebody works."""
    given = blueprint["scheduling"]
    left = {key: given[key] for key in given if key in _PLAIN_SCHEDULE} if _repeats(given) else {}
    return reduced(
        blueprint, "scheduling", left, where, ledger,
        whole=Why(RemovalKind.MAKE_SCHEDULING, _SCHEDULE), rest=Why(_STATE, _SCHEDULE),
    )  # fmt: skip


def _repeats(schedule: Any) -> bool:
    """Whether a schedule is an interval in seconds, perhaps with hours and days."""
    if not isinstance(schedule, dict) or schedule.get("type") not in _REPEATING:
        return False
    interval = schedule.get("interval", 0)
    return isinstance(interval, int) and not isinstance(interval, bool)


def _of_scenario(metadata: JsonObject, where: Where, run: _Run) -> JsonObject:
    clean = metadata
    if "zone" in metadata:
        zone = metadata["zone"]
        is_public = isinstance(zone, str) and bool(_PUBLIC_ZONE.match(zone))
        kind = RemovalKind.MAKE_ZONE if is_public else _ID
        clean = without(metadata, {"zone": Why(kind, _ZONE)}, where, run.ledger)
    if isinstance(clean.get("designer"), dict):
        place = where / "designer"
        designer = without(clean["designer"], _DESIGNER, place, run.ledger)
        if "orphans" in designer:
            designer["orphans"] = _level(designer["orphans"], place / "orphans", run)
        clean = clean | {"designer": designer}
    return clean


def _level(value: Any, where: Where, run: _Run) -> Any:
    """A module, a route, branch or tool with a flow, or a list of these.

    Recursion is bounded by Caps.max_depth.
    """
    if isinstance(value, list):
        return [_level(entry, where / index, run) for index, entry in enumerate(value)]
    if not isinstance(value, dict):
        return value
    clean = _module(value, where, run) if isinstance(value.get("module"), str) else value
    return _with_clean_lists(clean, where, run)


def _with_clean_lists(value: JsonObject, where: Where, run: _Run) -> JsonObject:
    return {
        key: _level(item, where / key, run) if key in NESTING else item
        for key, item in value.items()
    }


def _module(module: JsonObject, where: Where, run: _Run) -> JsonObject:
    metadata = part(module, "metadata")
    clean = dict(module)
    for key, whys in _whys(module, metadata).items():
        if isinstance(clean.get(key), dict):
            clean[key] = _values(clean[key], whys, where / key, run.ledger)
    if metadata:
        clean["metadata"] = _without_hints(metadata, where / "metadata", run)
    return clean


def _whys(module: JsonObject, metadata: JsonObject) -> dict[str, Mapping[str, Why]]:
    """Which fields of a module's ``parameters`` and ``mapper`` name something of the account."""
    typed = _typed(metadata.get("parameters")) | _typed(metadata.get("expect"))
    fixed = _PARAMETERS | typed if typed else _PARAMETERS
    if module["module"].partition(":")[0] == "http":
        fixed = fixed | dict.fromkeys(_KEYCHAINS, _KEPT_KEY)
    return {"parameters": fixed, "mapper": typed}


def _said(module: JsonObject) -> JsonObject:
    """The parts of a module that speak of fields, as they will be in the package."""
    said = {"filter": module.get("filter")}
    for key, whys in _whys(module, part(module, "metadata")).items():
        value = module.get(key)
        said[key] = _left(value, whys) if isinstance(value, dict) else value
    return said


def _left(value: Any, whys: Mapping[str, Why]) -> Any:
    if isinstance(value, dict):
        return {key: _left(v, {}) for key, v in value.items() if not _goes(key, v, whys)}
    return [_left(entry, {}) for entry in value] if isinstance(value, list) else value


def _without_hints(metadata: JsonObject, where: Where, run: _Run) -> JsonObject:
    clean = metadata
    for key, hint in metadata.items():
        # What is empty says nothing of the account, and need not be listed.
        if key in _HINTS and hint:
            left = hints.harmless(key, hint, run.known)
            whole = Why(RemovalKind.MAKE_UI_HINTS, _KEPT_HINTS.get(key, _KEPT_FIELDS))
            rest = Why(_DOCUMENT, _HINTS[key])
            clean = reduced(clean, key, left, where, run.ledger, whole=whole, rest=rest)
    return clean


def _typed(fields: Any) -> dict[str, Why]:
    """The fields whose declared type, such as ``account:slack``, names something of the account."""
    found: dict[str, Why] = {}
    for entry in fields if isinstance(fields, list) else ():
        if not isinstance(entry, dict):
            continue
        name, kind = entry.get("name"), entry.get("type")
        if isinstance(name, str) and isinstance(kind, str):
            why = _OF_TYPE.get(kind.partition(":")[0])
            found |= {name: why} if why else {}
    return found


def _values(
    values: JsonObject, whys: Mapping[str, Why], where: Where, ledger: Ledger
) -> JsonObject:
    clean: JsonObject = {}
    for key, value in values.items():
        if _goes(key, value, whys):
            ledger.dropped(where / key, whys.get(key, _CONNECTION), value)
        else:
            clean[key] = _deep(value, where / key, ledger)
    return clean


def _goes(key: str, value: Any, whys: Mapping[str, Why]) -> bool:
    """Whether a field is taken out."""
    if key in whys and _names_something(value):
        return True
    return key.startswith("__IMT") and bool(_ANYWHERE.match(key))


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

"""Takes out of an n8n workflow what belongs to the instance it was made on.

The result loads as before: same steps, same connections, same parameters otherwise, keys in their
order, unknown keys kept. Scrubbing a scrubbed workflow changes nothing. Node ids stay: they name
nothing outside the workflow, and node groups and some connections refer to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.n8n.credentials import scrub_credentials
from koda_desktop.workflows.n8n.inline import with_clean_workflow
from koda_desktop.workflows.n8n.webhooks import WebhookPaths
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.stripping import repeats, without
from koda_desktop.workflows.where import Where

_ID, _PERSON, _TIME = RemovalKind.IDENTITY, RemovalKind.PERSON, RemovalKind.TIME
_STATE, _SAMPLES = RemovalKind.RUN_STATE, RemovalKind.SAMPLE_DATA
_CONNECTION, _DOCUMENT = RemovalKind.CONNECTION, RemovalKind.DOCUMENT
_WORKFLOW = {
    "id": Why(_ID, "identifies the workflow on your instance"),
    "versionId": Why(_ID, "identifies the saved version on your instance"),
    "activeVersionId": Why(_ID, "identifies the active version on your instance"),
    "activeVersion": Why(_ID, "a copy of the active version from your instance"),
    "sourceWorkflowId": Why(_ID, "identifies the workflow it was copied from"),
    "pinData": Why(_SAMPLES, "sample data from your own runs, which may hold personal data"),
    "staticData": Why(_STATE, "state your instance keeps between runs"),
    "shared": Why(_PERSON, "names the people and projects of your instance"),
    "sharedWithProjects": Why(_PERSON, "names projects of your instance"),
    "homeProject": Why(_PERSON, "names a project of your instance"),
    "owner": Why(_PERSON, "names a person on your instance"),
    "ownedBy": Why(_PERSON, "names a person on your instance"),
    "usedCredentials": Why(_CONNECTION, "lists credentials of your instance"),
    "scopes": Why(_STATE, "lists your rights on your instance"),
    "parentFolder": Why(_ID, "names a folder of your instance"),
    "parentFolderId": Why(_ID, "identifies a folder on your instance"),
    "createdAt": Why(_TIME, "when it was made on your instance"),
    "updatedAt": Why(_TIME, "when it was changed on your instance"),
    "triggerCount": Why(_STATE, "counted by your instance"),
    "versionCounter": Why(_STATE, "counted by your instance"),
    "checksum": Why(_ID, "computed by your instance"),
}
_META = {
    "instanceId": Why(_ID, "identifies your n8n instance"),
    "fingerprint": Why(_ID, "signed by your n8n instance"),
    "instanceBaseUrl": Why(_ID, "the address of your n8n instance"),
    "templateCredsSetupCompleted": Why(_STATE, "state of the set-up on your instance"),
}
_SETTINGS = {
    "errorWorkflow": Why(_ID, "identifies another workflow on your instance"),
    "callerPolicy": Why(_ID, "says who on your instance may call it"),
    "callerIds": Why(_ID, "identifies other workflows on your instance"),
}
_TAG = {
    "id": Why(_ID, "identifies the tag on your instance"),
    "createdAt": Why(_TIME, "when the tag was made on your instance"),
    "updatedAt": Why(_TIME, "when the tag was changed on your instance"),
}
_CACHED = {
    "cachedResultUrl": Why(_DOCUMENT, "the address of a document or list in your account"),
    "cachedResultName": Why(_DOCUMENT, "the name of a document or list in your account"),
}
_CALLER_POLICIES = ("any", "none", "workflowsFromSameOwner")
_CALLERS = {
    "callerPolicy": Why(RemovalKind.N8N_CALLER_POLICY, "says who on your instance may call it")
}
_SETUP = {
    "templateCredsSetupCompleted": Why(
        RemovalKind.N8N_TEMPLATE_STATE, "state of the set-up on your instance"
    )
}
_LABEL = {"cachedResultName": Why(RemovalKind.N8N_CHOICE_LABELS, "the label of a choice in a list")}
_INACTIVE = "a bought workflow starts switched off"
_WEBHOOK_ID = Why(RemovalKind.WEBHOOK, "identifies a webhook of your instance; n8n makes a new one")
_MENTIONED = Why(_ID, "mentions the id of your n8n instance")
INSTANCE_WORD = "your-instance-id"
_SHORTEST_INSTANCE_ID = 8


def scrub(workflow: JsonObject, where: Where, paths: WebhookPaths, ledger: Ledger) -> JsonObject:
    """A copy of ``workflow`` without instance data; ``ledger`` gets every change. The original,
    and whatever parts of it did not change, are shared and left alone."""
    clean = without(workflow, _WORKFLOW, where, ledger)
    for key, keys_of in (("meta", _of_meta), ("settings", _of_settings)):
        if isinstance(clean.get(key), dict):
            clean[key] = without(clean[key], keys_of(clean[key]), where / key, ledger)
    if isinstance(clean.get("tags"), list):
        clean["tags"] = _scrub_tags(clean["tags"], where / "tags", ledger)
    if "active" in clean:
        clean["active"] = _active(clean["active"], where / "active", ledger)
    nodes = clean["nodes"]
    clean["nodes"] = [
        _scrub_node(node, where / "nodes" / i, paths, ledger) if isinstance(node, dict) else node
        for i, node in enumerate(nodes)
    ]
    return _without_instance_id(clean, instance_id(workflow), where, ledger)


def _of_meta(meta: JsonObject) -> Mapping[str, Why]:
    """What goes of ``meta``: a mark that is set or not tells nothing of the instance."""
    is_mark = isinstance(meta.get("templateCredsSetupCompleted"), bool)
    return _META | _SETUP if is_mark else _META


def _of_settings(settings: JsonObject) -> Mapping[str, Why]:
    is_plain = settings.get("callerPolicy") in _CALLER_POLICIES
    return _SETTINGS | _CALLERS if is_plain else _SETTINGS


def _active(value: Any, where: Where, ledger: Ledger) -> Any:
    why = Why(RemovalKind.N8N_ACTIVE if value is True else _STATE, _INACTIVE)
    if value is False or ledger.keeps(where, why, value):
        return value
    ledger.changed(where, why, value, False)
    return False


def instance_id(workflow: JsonObject) -> str:
    """The id of the instance a workflow was exported from; empty where none is given."""
    meta = workflow.get("meta")
    given = meta.get("instanceId") if isinstance(meta, dict) else None
    return given if isinstance(given, str) and len(given) >= _SHORTEST_INSTANCE_ID else ""


def _scrub_tags(tags: list[Any], where: Where, ledger: Ledger) -> list[Any]:
    return [
        without(tag, _TAG, where / i, ledger) if isinstance(tag, dict) else tag
        for i, tag in enumerate(tags)
    ]


def _scrub_node(node: JsonObject, where: Where, paths: WebhookPaths, ledger: Ledger) -> JsonObject:
    clean = dict(node)
    if "parameters" in clean:
        cleaned = clean["parameters"]
        if _holds_choice(cleaned):
            cleaned = _without_cached(cleaned, where / "parameters", ledger)
        cleaned = paths.scrub(node, cleaned, where / "parameters", ledger)
        clean["parameters"] = with_clean_workflow(
            cleaned, where / "parameters", partial(_scrub_inner, ledger)
        )
    if isinstance(clean.get("credentials"), dict):
        clean["credentials"] = scrub_credentials(
            clean["credentials"], where / "credentials", ledger
        )
    if "webhookId" in clean:
        ledger.dropped(where / "webhookId", _WEBHOOK_ID, clean.pop("webhookId"))
    return clean


def _without_cached(value: Any, where: Where, ledger: Ledger) -> Any:
    """``value`` without cached names and addresses; the very same object where there are none.

    Recursion is bounded by Caps.max_depth.
    """
    if isinstance(value, dict):
        kept = without(value, _of_choice(value), where, ledger) if _is_choice(value) else value
        changes = {k: _without_cached(v, where / k, ledger) for k, v in kept.items()
                   if isinstance(v, (dict, list))}  # fmt: skip
        if all(kept[key] is new for key, new in changes.items()):
            return kept
        return kept | changes
    if isinstance(value, list):
        items = [_without_cached(v, where / i, ledger) if isinstance(v, (dict, list)) else v
                 for i, v in enumerate(value)]  # fmt: skip
        return value if all(a is b for a, b in zip(value, items, strict=True)) else items
    return value


def _scrub_inner(ledger: Ledger, workflow: JsonObject, where: Where) -> JsonObject:
    """A workflow inside a parameter. Each level doubles the backslashes of the next, so that no
    file within the caps nests many."""
    nodes = [node for node in workflow["nodes"] if isinstance(node, dict)]
    return scrub(workflow, where, WebhookPaths(nodes), ledger)


def _holds_choice(value: Any) -> bool:
    """Whether there is anything to be taken out: in most nodes there is not."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if _is_choice(item):
                return True
            pending += [inner for inner in item.values() if isinstance(inner, (dict, list))]
        elif isinstance(item, list):
            pending += [inner for inner in item if isinstance(inner, (dict, list))]
    return False


def _is_choice(value: JsonObject) -> bool:
    return "cachedResultName" in value or "cachedResultUrl" in value


def _of_choice(choice: JsonObject) -> Mapping[str, Why]:
    """A label that only repeats its value tells nothing more than the value does."""
    says_no_more = repeats(choice.get("cachedResultName"), choice.get("value"))
    return _CACHED | _LABEL if says_no_more else _CACHED


def _without_instance_id(
    workflow: JsonObject, wanted: str, where: Where, ledger: Ledger
) -> JsonObject:
    """Replace the instance id where texts mention it: links in notes, headers, addresses.

    Names, ids and connections stay as they are, so that the graph does.
    """
    if not wanted:
        return workflow
    clean: JsonObject = {}
    for key, value in workflow.items():
        if key == "connections":
            clean[key] = value
        elif key == "nodes":
            clean[key] = [_node_without_id(node, wanted, where / key / i, ledger)
                          for i, node in enumerate(value)]  # fmt: skip
        else:
            clean[key] = _without_text(value, wanted, where / key, ledger)
    return clean


def _node_without_id(node: Any, wanted: str, where: Where, ledger: Ledger) -> Any:
    if not isinstance(node, dict) or not _mentions(node, wanted):
        return node
    return {
        key: value
        if key in ("name", "id", "type")
        else _without_text(value, wanted, where / key, ledger)
        for key, value in node.items()
    }


def _mentions(value: Any, wanted: str) -> bool:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            if wanted in item:
                return True
        elif isinstance(item, dict):
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return False


def _without_text(value: Any, wanted: str, where: Where, ledger: Ledger) -> Any:
    if isinstance(value, str):
        if wanted not in value:
            return value
        after = value.replace(wanted, INSTANCE_WORD)
        ledger.changed(where, _MENTIONED, value, after)
        return after
    if isinstance(value, dict):
        return {k: _without_text(v, wanted, where / k, ledger) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_text(v, wanted, where / i, ledger) for i, v in enumerate(value)]
    return value

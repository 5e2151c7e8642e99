"""Takes out of an n8n workflow what belongs to the instance it was made on.

The result loads as before: same steps, same connections, same parameters otherwise, keys in their
order, unknown keys kept. Scrubbing a scrubbed workflow changes nothing. Node ids stay: they name
nothing outside the workflow, and node groups and some connections refer to them.
"""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.n8n.credentials import scrub_credentials
from koda_desktop.workflows.n8n.webhooks import WebhookPaths
from koda_desktop.workflows.stripping import without
from koda_desktop.workflows.where import Where

_WORKFLOW = {
    "id": "identifies the workflow on your instance",
    "versionId": "identifies the saved version on your instance",
    "activeVersionId": "identifies the active version on your instance",
    "activeVersion": "a copy of the active version from your instance",
    "sourceWorkflowId": "identifies the workflow it was copied from",
    "pinData": "sample data from your own runs, which may hold personal data",
    "staticData": "state your instance keeps between runs",
    "shared": "names the people and projects of your instance",
    "sharedWithProjects": "names projects of your instance",
    "homeProject": "names a project of your instance",
    "owner": "names a person on your instance",
    "ownedBy": "names a person on your instance",
    "usedCredentials": "lists credentials of your instance",
    "scopes": "lists your rights on your instance",
    "parentFolder": "names a folder of your instance",
    "parentFolderId": "identifies a folder on your instance",
    "createdAt": "when it was made on your instance",
    "updatedAt": "when it was changed on your instance",
    "triggerCount": "counted by your instance",
    "versionCounter": "counted by your instance",
    "checksum": "computed by your instance",
}
_META = {
    "instanceId": "identifies your n8n instance",
    "fingerprint": "signed by your n8n instance",
    "instanceBaseUrl": "the address of your n8n instance",
    "templateCredsSetupCompleted": "state of the set-up on your instance",
}
_SETTINGS = {
    "errorWorkflow": "identifies another workflow on your instance",
    "callerPolicy": "says who on your instance may call it",
    "callerIds": "identifies other workflows on your instance",
}
_TAG = {
    "id": "identifies the tag on your instance",
    "createdAt": "when the tag was made on your instance",
    "updatedAt": "when the tag was changed on your instance",
}
_CACHED = {
    "cachedResultUrl": "the address of a document or list in your account",
    "cachedResultName": "the name of a document or list in your account",
}
_INACTIVE = "a bought workflow starts switched off"
_WEBHOOK_ID = "identifies a webhook of your instance; n8n makes a new one"
_MENTIONED = "mentions the id of your n8n instance"
INSTANCE_WORD = "your-instance-id"
_SHORTEST_INSTANCE_ID = 8


def scrub(workflow: JsonObject, where: Where, paths: WebhookPaths, ledger: Ledger) -> JsonObject:
    """A copy of ``workflow`` without instance data; ``ledger`` gets every change. The original,
    and whatever parts of it did not change, are shared and left alone."""
    clean = without(workflow, _WORKFLOW, where, ledger)
    for key, keys in (("meta", _META), ("settings", _SETTINGS)):
        if isinstance(clean.get(key), dict):
            clean[key] = without(clean[key], keys, where / key, ledger)
    if isinstance(clean.get("tags"), list):
        clean["tags"] = _scrub_tags(clean["tags"], where / "tags", ledger)
    if "active" in clean and clean["active"] is not False:
        ledger.changed(where / "active", _INACTIVE, clean["active"], False)
        clean["active"] = False
    nodes = clean["nodes"]
    clean["nodes"] = [
        _scrub_node(node, where / "nodes" / i, paths, ledger) if isinstance(node, dict) else node
        for i, node in enumerate(nodes)
    ]
    return _without_instance_id(clean, instance_id(workflow), where, ledger)


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
        cleaned = _without_cached(clean["parameters"], where / "parameters", ledger)
        clean["parameters"] = paths.scrub(node, cleaned, where / "parameters", ledger)
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
        kept = without(value, _CACHED, where, ledger) if _CACHED.keys() & value.keys() else value
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
    if not isinstance(node, dict):
        return node
    return {
        key: value
        if key in ("name", "id", "type")
        else _without_text(value, wanted, where / key, ledger)
        for key, value in node.items()
    }


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

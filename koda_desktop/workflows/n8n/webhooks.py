"""Webhook paths that are UUIDs of an instance, made readable and the same for every buyer.

The editor fills a new webhook's path with a UUID. Such a path still takes calls on the seller's
instance, so its UUID gives way to a word made from the node's name; the rest of the path, such as
``/:order`` at its end, stays.
"""

from __future__ import annotations

import re
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.texts import slug
from koda_desktop.workflows.where import Where

_UUID = re.compile(
    r"(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{32})[0-9A-Za-z]*"
)
_PLACES = (("path",), ("options", "path"), ("options", "webhookSuffix"))
_TYPES = {"webhook", "form", "wait", "formTrigger", "chatTrigger", "mcpTrigger"}
_NO_WEBHOOK = {"localFileTrigger"}
_REASON = Why(RemovalKind.WEBHOOK, "a webhook address that works on your instance")
_LONGEST_SLUG = 40


class WebhookPaths:
    """Hands out paths for the webhooks of one file, each once."""

    def __init__(self, nodes: list[JsonObject]) -> None:
        self._taken = {path for node in nodes for path in _paths(node)}
        self._last: dict[str, int] = {}
        self.replaced: list[tuple[Where, str]] = []

    def scrub(self, node: JsonObject, parameters: Any, where: Where, ledger: Ledger) -> Any:
        """``parameters`` of ``node`` with readable paths; the same object where none was a UUID."""
        if not has_webhook(node):
            return parameters
        for place in _PLACES:
            before = _at(parameters, place)
            if before is None or not _UUID.search(before):
                continue
            after = self._readable(before, node)
            spot = where / place[0] if len(place) == 1 else where / place[0] / place[1]
            ledger.changed(spot, _REASON, before, after)
            self.replaced += [(spot, found) for found in _UUID.findall(before)]
            parameters = _with(parameters, place, after)
        return parameters

    def _readable(self, path: str, node: JsonObject) -> str:
        word = _word(node)
        count = self._last.get(word, 0)
        while True:
            count += 1
            numbered = word if count == 1 else f"{word}-{count}"
            candidate = _UUID.sub(numbered, path)
            # What stood around the UUID may form another one with the word; then it goes too.
            if _UUID.search(candidate):
                candidate = numbered
            if candidate not in self._taken:
                self._taken.add(candidate)
                self._last[word] = count
                return candidate


def has_webhook(node: JsonObject) -> bool:
    """Whether a node is reached by a webhook, so that its ``path`` is an address."""
    kind = node.get("type")
    short = kind.rpartition(".")[2] if isinstance(kind, str) else ""
    if short in _NO_WEBHOOK:
        return False
    return short in _TYPES or short.endswith("Trigger") or "webhookId" in node


def _word(node: JsonObject) -> str:
    name, kind = node.get("name"), node.get("type")
    words = (
        slug(name, _LONGEST_SLUG) if isinstance(name, str) else "",
        slug(kind.rpartition(".")[2], _LONGEST_SLUG) if isinstance(kind, str) else "",
    )
    return next((word for word in words if word and not _UUID.search(word)), "webhook")


def _paths(node: JsonObject) -> list[str]:
    found = (_at(node.get("parameters"), place) for place in _PLACES)
    return [path for path in found if path is not None and not _UUID.search(path)]


def _at(parameters: Any, place: tuple[str, ...]) -> str | None:
    for key in place:
        parameters = parameters.get(key) if isinstance(parameters, dict) else None
    return parameters if isinstance(parameters, str) else None


def _with(parameters: JsonObject, place: tuple[str, ...], path: str) -> JsonObject:
    if len(place) == 1:
        return parameters | {place[0]: path}
    return parameters | {place[0]: parameters[place[0]] | {place[1]: path}}

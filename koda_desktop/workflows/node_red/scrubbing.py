"""Takes out of Node-RED flows what belongs to the installation they were made on.

Passwords and tokens belong into a file of their own, which is never exported; where some stand in
the flows all the same, they go. The result imports as before: same nodes, same wires, keys in
their order, unknown keys kept. Node ids stay: wires refer to them, and the editor makes new ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.secrets.placeholders import is_placeholder
from koda_desktop.workflows.where import Where

_INLINE = Why(RemovalKind.CREDENTIAL, "a credential written into the flows")
_CREDENTIALS = Why(RemovalKind.CREDENTIAL, "credentials of your own installation")
_CLIENT = Why(RemovalKind.IDENTITY, "the name your installation signs in with")
_FILE = Why(RemovalKind.IDENTITY, "a file on your own computer")
_WORDS = re.compile(
    r"(?:pass|password|passphrase|passwd|token|access_?token|refresh_?token|bot_?token|api_?key"
    r"|secret|client_?secret|consumer_?secret|access_?key_?secret|private_?key|certdata|keydata"
    r"|cadata)\Z",
    re.IGNORECASE,
)
_USERS = {
    "mqtt-broker": ("user",), "http request": ("user",), "e-mail": ("userid",),
    "e-mail in": ("userid",), "MySQLdatabase": ("user",),
}  # fmt: skip
_BLANKED = {
    "mqtt-broker": {"clientid": _CLIENT},
    "tls-config": dict.fromkeys(("cert", "key", "ca", "certname", "keyname", "caname"), _FILE),
}
_VARIABLE = re.compile(r"\$\{[^{}]{1,100}\}|\{\{[^{}]{1,200}\}\}")
_FILE_PATH = re.compile(r"[A-Za-z]:\\|~?/[\w.-]+/|\.{1,2}/")
_TAKEN_FROM = ("env", "msg", "flow", "global", "jsonata", "setting")


def scrub(nodes: list[Any], where: Where, ledger: Ledger) -> list[Any]:
    """Copies of ``nodes`` without data of the installation; ``ledger`` gets every change."""
    telling = telling_keys(node for node in nodes if isinstance(node, dict))
    return [
        _node(node, where / index, telling, ledger) if isinstance(node, dict) else node
        for index, node in enumerate(nodes)
    ]


def telling_keys(nodes: Iterable[JsonObject]) -> frozenset[str]:
    """The keys in ``nodes`` under which credentials may stand, whatever the type of the node."""
    return frozenset(filter(_is_telling, set().union(*nodes))) | {"credentials"}


def _node(node: JsonObject, where: Where, telling: Set[str], ledger: Ledger) -> JsonObject:
    hidden = set(_hidden(node, telling))
    blanked = _BLANKED.get(_type(node), {})
    clean = node.copy()
    for key in [key for key in node if key in hidden or key in blanked]:
        if key in hidden:
            ledger.hid(where / key, _CREDENTIALS if key == "credentials" else _INLINE)
            del clean[key]
        elif node[key] not in ("", None):
            ledger.changed(where / key, blanked[key], node[key], "")
            clean[key] = ""
    if isinstance(clean.get("env"), list):
        clean["env"] = [_variable(v, where / "env" / i, ledger) for i, v in enumerate(clean["env"])]
    return clean


def _type(node: JsonObject) -> str:
    given = node.get("type")
    return given if isinstance(given, str) else ""


def _hidden(node: JsonObject, telling: Set[str]) -> Iterator[str]:
    """The keys of a node that hold credentials themselves, of those that are ``telling``."""
    users = _USERS.get(_type(node), ())
    if not users and telling.isdisjoint(node):
        return
    for key in node:
        if key == "credentials":
            if node[key]:
                yield key
        elif (key in telling or key in users) and _is_literal(node, key, node[key]):
            yield key


def _is_telling(key: str) -> bool:
    return bool(_WORDS.match(key))


def _is_literal(node: JsonObject, key: str, value: Any) -> bool:
    """Whether a field holds the value itself, rather than where to take it from."""
    if not isinstance(value, str) or not value.strip() or _VARIABLE.search(value):
        return False
    kinds = (node.get(key + suffix) for suffix in ("Type", "FieldType", "type", "-type"))
    return not any(kind in _TAKEN_FROM for kind in kinds if isinstance(kind, str))


def _is_harmless(value: Any) -> bool:
    """A path of a file, or a word that says it is none: taken out as well, but no leak."""
    return isinstance(value, str) and (bool(_FILE_PATH.match(value)) or is_placeholder(value))


def _variable(entry: Any, where: Where, ledger: Ledger) -> Any:
    """An environment variable of a tab, group or subflow; those of type ``cred`` are secrets."""
    if not isinstance(entry, dict) or entry.get("type") != "cred" or not entry.get("value"):
        return entry
    ledger.hid(where / "value", _INLINE)
    return {key: value for key, value in entry.items() if key != "value"}


def inline_credentials(node: JsonObject, where: Where, telling: Set[str]) -> Iterator[Where]:
    """Where a node holds credentials that should not be in the file; see ``telling_keys``."""
    for key in _hidden(node, telling):
        if not _is_harmless(node[key]):
            yield where / key
    variables = node.get("env")
    for index, entry in enumerate(variables if isinstance(variables, list) else ()):
        if isinstance(entry, dict) and entry.get("type") == "cred" and entry.get("value"):
            yield where / "env" / index / "value"

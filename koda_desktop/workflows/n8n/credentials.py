"""Credential references of n8n nodes: the type is kept, whose it is is not.

A node holds ``credentials: {type: {id, name}}``, in old files ``{type: name}``. Anything more is
the credential itself, typed into the file: a leak, which blocks publishing as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.ledger import Ledger
from koda_desktop.workflows.n8n.credential_names import credential_name
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.texts import one_line
from koda_desktop.workflows.where import Where

_ID = Why(RemovalKind.CONNECTION, "identifies a credential on your instance")
_NAME = Why(RemovalKind.CONNECTION, "your own name for the credential")
_INLINE = Why(RemovalKind.CREDENTIAL, "part of a credential written into the file")


@lru_cache(maxsize=1024)
def generic_name(kind: str) -> str:
    """``Gmail account`` for ``gmailOAuth2``, as n8n itself would name a new one."""
    return f"{one_line(credential_name(kind), 80) or 'Credential'} account"


def scrub_credentials(credentials: JsonObject, where: Where, ledger: Ledger) -> JsonObject:
    """References with their types and generic names only."""
    return {
        kind: _scrub_one(kind, given, where / kind, ledger) for kind, given in credentials.items()
    }


def _scrub_one(kind: str, given: Any, where: Where, ledger: Ledger) -> Any:
    name = generic_name(kind)
    if isinstance(given, str):
        if not _is_generic(given, name):
            ledger.changed(where, _NAME, given, name)
            return name
        return given
    if given is None or isinstance(given, bool):
        return given
    if not isinstance(given, dict):
        ledger.hid(where, _INLINE)
        return {"name": name}
    return _scrub_reference(given, name, where, ledger)


def _scrub_reference(given: JsonObject, name: str, where: Where, ledger: Ledger) -> JsonObject:
    clean: JsonObject = {}
    for key, value in given.items():
        if key in ("id", "name") and _is_container(value):
            ledger.hid(where / key, _INLINE)
        elif key == "id":
            ledger.dropped(where / key, _ID, value)
        elif key == "name":
            clean[key] = value
            if not _is_generic(value, name):
                ledger.changed(where / key, _NAME, value, name)
                clean[key] = name
        elif _is_flag(value):
            clean[key] = value
        else:
            ledger.hid(where / key, _INLINE)
    return clean


def inline_parts(credentials: JsonObject, where: Where) -> Iterator[Where]:
    """Where a credential holds more than a reference."""
    for kind, given in credentials.items():
        if isinstance(given, dict):
            for key, value in given.items():
                if (key in ("id", "name") and _is_container(value)) or (
                    key not in ("id", "name") and not _is_flag(value)
                ):
                    yield where / kind / key
        elif given is not None and not isinstance(given, (str, bool)):
            yield where / kind


def _is_generic(given: Any, name: str) -> bool:
    """Whether a name is n8n's own for a new credential, as ``OpenAi account``."""
    return isinstance(given, str) and given.lower() == name.lower()


def _is_flag(value: Any) -> bool:
    """Marks n8n adds to a reference (such as a managed credential) say nothing of its content."""
    return value is None or isinstance(value, bool)


def _is_container(value: Any) -> bool:
    return isinstance(value, (dict, list))

"""What a workspace is, and what the pages see of its gates: plain data, no secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class WorkspaceKind(StrEnum):
    SANDBOX = "sandbox"
    DIRECT = "direct"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class WorkspaceInfo:
    """How to reach a marketplace, without its secrets. Written to ``workspaces.json``."""

    name: str
    kind: WorkspaceKind
    user_id: str = ""
    mongodb_uri: str = ""
    """Only where it holds no user name or password; otherwise it lives in the keyring."""
    database: str = ""
    s3_endpoint: str = ""
    bucket: str = ""
    region: str = ""
    stripe_api_base: str = ""


@dataclass(frozen=True, slots=True)
class GateState:
    """One line of the publish checklist. ``is_met`` None: not known until the account answers."""

    code: str
    is_met: bool | None
    what: str
    remedy: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """What a person filled in. ``secrets`` by their keyring names; never shown, logged or saved."""

    info: WorkspaceInfo
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Places:
    """Where this program keeps things, for the Settings page."""

    data: str
    logs: str
    secrets: str
    """In words: which keyring, or that secrets last for this session only."""

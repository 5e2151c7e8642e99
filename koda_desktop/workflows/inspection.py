"""What is known of one file after it was looked at: the one result of the intake.

Everything here is frozen and safe to hand between threads. Texts are printable: no control
characters and no lone surrogates, whatever the file held.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from koda_desktop.workflows.removal_kinds import OPTIONAL, RemovalKind

PLATFORMS = ("n8n", "Make", "Zapier", "Python", "Other")
"""The web application's platform enum, exactly as its documents spell it."""

CATEGORIES = ("Social Media", "Email Marketing", "Productivity", "Sales", "Other")
"""The web application's category enum."""


class Severity(StrEnum):
    """``error`` blocks publishing; ``warning`` asks for a look; ``info`` is good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a seller should know: what happened and, where it helps, what to do.

    ``code`` is stable, for scripts. ``where`` is a path such as ``nodes[3].name`` or empty for the
    whole file. ``line`` and ``column`` count from 1; ``snippet`` is the line with a caret below.
    """

    severity: Severity
    code: str
    where: str
    message: str
    line: int | None = None
    column: int | None = None
    snippet: str = ""

    def as_json(self) -> dict[str, object]:
        found: dict[str, object] = {
            "severity": self.severity.value,
            "code": self.code,
            "where": self.where,
            "message": self.message,
        }
        if self.line is not None:
            found |= {"line": self.line, "column": self.column, "snippet": self.snippet}
        return found


@dataclass(frozen=True, slots=True)
class SecretFinding:
    """A literal secret. ``masked`` is all that is ever shown or kept of its value.

    ``digest`` is the SHA-256 of the value, for the list of values that are declared to be none. A
    short password could be guessed from it, so it is in no repr and in no report.
    """

    kind: str
    where: str
    masked: str
    digest: str = field(default="", repr=False)

    def as_json(self) -> dict[str, object]:
        return {"kind": self.kind, "where": self.where, "masked": self.masked}


class Removal(NamedTuple):
    """One change made by the scrub. ``before`` and ``after`` are short JSON texts, cut at a cap.

    ``after`` is None where the key was removed. ``where`` is the path in the file as it came.
    """

    where: str
    reason: str
    before: str
    after: str | None
    kind: RemovalKind

    @property
    def is_optional(self) -> bool:
        """Whether the seller may keep what was removed."""
        return self.kind in OPTIONAL

    def as_json(self) -> dict[str, object]:
        return {
            "where": self.where,
            "reason": self.reason,
            "kind": self.kind.value,
            "optional": self.is_optional,
        }


@dataclass(frozen=True, slots=True)
class Integration:
    """A service the workflow talks to. ``key`` is stable, ``name`` is for people."""

    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Node:
    """One step of the graph. ``name`` is unique in the graph and is what edges refer to.

    ``label`` is the human name of its type. ``kind`` is one of trigger, action, logic, code, ai
    and ai-part (a model, tool, memory or parser that hangs below an ai node).
    """

    name: str
    type: str
    label: str
    position: tuple[float, float] | None
    disabled: bool
    is_trigger: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection. ``kind`` is the platform's connection type (n8n: main, ai_tool, ...)."""

    source: str
    target: str
    kind: str
    output: int = 0
    input: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A sticky note on the canvas. ``size`` is width and height in the platform's own units."""

    text: str
    position: tuple[float, float] | None
    size: tuple[float, float] | None
    color: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Steps, connections and notes, in the order of the file."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Listing fields the seller may start from. ``category`` is one of CATEGORIES."""

    title: str
    description: str
    tags: tuple[str, ...]
    category: str
    version: str = "1.0.0"


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """The bytes that are uploaded: the same input always gives the same bytes and name."""

    name: str
    media_type: str
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything the intake found out about one file.

    ``platform`` is one of PLATFORMS, ``sub_kind`` the finer form. ``node_count`` leaves sticky
    notes out; ``credentials`` are the platform's credential type names. ``sha256`` is of the file
    as it came and empty where the file could not be read. ``ai_models`` and ``code_languages`` are
    those a buyer meets in it; ``setup_steps`` estimates, as instructions, what is left to do.
    ``packages`` are to be installed first, as requirements (``requests>=2``); ``platform_version``
    is what the platform must be at least, in its own notation (``Python >=3.11``), or empty.
    ``kept`` are the optional removals that were not made, because the seller keeps their values.
    """

    file_name: str
    size: int
    sha256: str
    platform: str
    sub_kind: str
    confidence: float
    reasons: tuple[str, ...]
    name: str
    node_count: int
    integrations: tuple[Integration, ...]
    triggers: tuple[str, ...]
    credentials: tuple[str, ...]
    problems: tuple[Problem, ...]
    secrets: tuple[SecretFinding, ...]
    removed: tuple[Removal, ...]
    graph: Graph
    proposal: Proposal
    fingerprint: str
    packaged: PackagedFile | None
    ai_models: tuple[str, ...] = ()
    code_languages: tuple[str, ...] = ()
    setup_steps: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    platform_version: str = ""
    kept: tuple[Removal, ...] = ()

    @property
    def publishable(self) -> bool:
        """Whether nothing here stands against publishing: no error, no secret, and a package."""
        has_error = any(problem.severity is Severity.ERROR for problem in self.problems)
        return not has_error and not self.secrets and self.packaged is not None

    def as_json(self) -> dict[str, object]:
        """The object ``koda check --json`` prints for this file."""
        return {
            "file": self.file_name,
            "platform": self.platform,
            "confidence": self.confidence,
            "name": self.name,
            "nodes": self.node_count,
            "integrations": [integration.name for integration in self.integrations],
            "triggers": list(self.triggers),
            "credentials": list(self.credentials),
            "problems": [problem.as_json() for problem in self.problems],
            "secrets": [secret.as_json() for secret in self.secrets],
            "removed": [removal.as_json() for removal in self.removed],
            "publishable": self.publishable,
            "ai_models": list(self.ai_models),
            "code_languages": list(self.code_languages),
            "setup_steps": list(self.setup_steps),
            "packages": list(self.packages),
            "platform_version": self.platform_version,
            "kept": [removal.as_json() for removal in self.kept],
        }

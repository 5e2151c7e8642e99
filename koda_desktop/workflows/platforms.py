"""The small protocol every platform module speaks, and what it is given and gives back.

A new platform is a new module with one class and a line in ``registry``. It is given a
:class:`~koda_desktop.workflows.source.Source` (bytes, text and parsed JSON, read once for all
platforms), says how sure it is that the file is its own, and reports on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from koda_desktop.workflows.inspection import (
    Graph,
    Integration,
    PackagedFile,
    Problem,
    Proposal,
    Removal,
    SecretFinding,
)
from koda_desktop.workflows.source import Source


@dataclass(frozen=True, slots=True)
class Detection:
    """How sure a platform is. ``reasons`` are short sentences shown to the seller."""

    platform: str
    sub_kind: str
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """A platform's report on one file; the fields are those of Inspection.

    ``fingerprint`` may stay empty: the file's own hash stands in for it then.
    """

    name: str
    proposal: Proposal
    node_count: int = 0
    integrations: tuple[Integration, ...] = ()
    triggers: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    secrets: tuple[SecretFinding, ...] = ()
    removed: tuple[Removal, ...] = ()
    graph: Graph = field(default_factory=Graph)
    fingerprint: str = ""
    packaged: PackagedFile | None = None
    ai_models: tuple[str, ...] = ()
    code_languages: tuple[str, ...] = ()
    setup_steps: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    platform_version: str = ""
    kept: tuple[Removal, ...] = ()


class Platform(Protocol):
    """One kind of file. ``reads`` is the web application's platform name it can be chosen by."""

    @property
    def reads(self) -> str: ...

    def detect(self, source: Source) -> Detection | None:
        """Whether the content is this platform's; None when it is not. Never by file name."""
        ...

    def inspect(self, source: Source, detection: Detection) -> Findings:
        """The report. Called only with a detection of this platform, or when chosen by hand."""
        ...

"""What the intake shows of one dropped file: plain data, made from an Inspection."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from koda_desktop.workflows.inspection import Inspection


class IntakeStage(StrEnum):
    """How far a dropped file has come."""

    CHECKING = "checking"
    CHECKED = "checked"
    SAVED = "saved"
    FAILED = "failed"
    """It could not be saved; ``note`` says why."""


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """``severity`` is error, secret, warning or info."""

    severity: str
    message: str
    where: str = ""
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class RemovalLine:
    """``after`` is None where the key was removed."""

    where: str
    reason: str
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class ListingDraft:
    """The fields of a listing as they stand in a form. ``price_minor`` None: not set yet."""

    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    category: str = "Other"
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class IntakeFile:
    """One dropped file."""

    number: int
    """Tells the files of one window apart."""
    path: Path
    stage: IntakeStage = IntakeStage.CHECKING
    platform: str = ""
    confidence: float = 0.0
    size: int = 0
    facts: tuple[tuple[str, str], ...] = ()
    problems: tuple[ProblemLine, ...] = ()
    removals: tuple[RemovalLine, ...] = ()
    draft: ListingDraft = field(default_factory=ListingDraft)
    wrong: dict[str, str] = field(default_factory=dict)
    """Field to sentence, for what cannot be saved as it stands."""
    is_publishable: bool = False
    can_save: bool = False
    """False where there is no package to save: the file could not be read."""
    listing_id: str = ""
    note: str = ""

    @property
    def blocking(self) -> int:
        """How many problems stand against publishing."""
        return sum(line.severity in ("error", "secret") for line in self.problems)


def describe(file: IntakeFile, inspection: Inspection) -> IntakeFile:
    """``file`` with all that ``inspection`` found."""
    proposal = inspection.proposal
    draft = ListingDraft(
        title=proposal.title,
        description=proposal.description,
        tags=tuple(proposal.tags),
        category=proposal.category,
        price_minor=file.draft.price_minor,
    )
    return replace(
        file,
        stage=IntakeStage.CHECKED,
        platform=inspection.platform,
        confidence=inspection.confidence,
        size=inspection.size,
        facts=_facts(inspection),
        problems=_problems(inspection),
        removals=tuple(
            RemovalLine(item.where, item.reason, item.before, item.after)
            for item in inspection.removed
        ),
        draft=draft,
        is_publishable=inspection.publishable,
        can_save=inspection.packaged is not None,
    )


def _facts(inspection: Inspection) -> tuple[tuple[str, str], ...]:
    steps = str(inspection.node_count) if inspection.node_count else ""
    return (
        ("Workflow", inspection.name),
        ("Steps", steps),
        ("Starts with", ", ".join(inspection.triggers)),
        ("Works with", ", ".join(item.name for item in inspection.integrations)),
        ("Credentials", ", ".join(inspection.credentials)),
    )


def _problems(inspection: Inspection) -> tuple[ProblemLine, ...]:
    secrets = [
        ProblemLine("secret", f"A secret is in the file: {item.kind} ({item.masked}).", item.where)
        for item in inspection.secrets
    ]
    others = [
        ProblemLine(
            item.severity.value,
            item.message,
            _place(item.where, item.line, item.column),
            item.snippet,
        )
        for item in inspection.problems
    ]
    return (*secrets, *others)


def _place(where: str, line: int | None, column: int | None) -> str:
    if line is None:
        return where
    spot = f"line {line}, column {column}"
    return f"{where}, {spot}" if where else spot

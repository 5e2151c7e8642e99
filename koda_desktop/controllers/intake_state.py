"""What the intake shows of one dropped file: plain data, made from an Inspection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.controllers.needs import BuyerNeeds, needs_of
from koda_desktop.workflows.kept import NOTHING_KEPT, Kept
from koda_desktop.workflows.removal_kinds import OPTIONAL

if TYPE_CHECKING:
    from koda_desktop.sync.revision_matching import Match
    from koda_desktop.workflows.inspection import Inspection, Removal


class IntakeStage(StrEnum):
    """How far a dropped file has come."""

    CHECKING = "checking"
    CHECKED = "checked"
    SAVED = "saved"
    STOPPED = "stopped"
    """Its turn to be checked had not come when the person stopped the checking."""
    FAILED = "failed"
    """It could not be checked; ``note`` says why."""


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """``severity`` is error, warning or info."""

    severity: str
    message: str
    where: str = ""
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class SecretLine:
    """One value that looks like a secret, and every place where it stands.

    ``masked`` is all that is shown of it; ``digest`` is its SHA-256 and is never shown. ``reason``
    is why its owner says that it is none, empty while it blocks publishing.
    """

    kind: str
    masked: str
    places: tuple[str, ...]
    digest: str = field(repr=False)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RemovalLine:
    """``after`` is None where the key was removed. ``is_kept``: it stays, ``before`` is what stays.

    ``kind`` is the code of a kind of removal; only those that are optional can be kept.
    """

    where: str
    reason: str
    before: str
    after: str | None
    kind: str = ""
    is_optional: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class KeepChoice:
    """One kind of optional removal in a file: ``kept`` of its ``total`` places stay."""

    kind: str
    title: str
    benefit: str
    total: int
    kept: int

    @property
    def is_kept(self) -> bool:
        """Whether all of it stays."""
        return self.kept == self.total


@dataclass(frozen=True, slots=True)
class ListingDraft:
    """The fields of a listing as they stand in a form. ``price_minor`` None: not set yet."""

    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    category: str = "Other"
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Becomes:
    """What a file becomes: the next version of the listing ``listing_id``; "" for one of its own.

    ``matches`` are the listings it may be a version of; ``reasons`` say why ``version`` is next.
    """

    matches: tuple[Match, ...] = ()
    listing_id: str = ""
    fields: ListingDraft | None = None
    """What stays as it is in the listing, once that was read."""
    version: str = ""
    reasons: tuple[str, ...] = ()
    changelog: str = ""
    is_proposed: bool = False
    """Whether reasons and changelog are those of the listing that is chosen."""

    @property
    def match(self) -> Match | None:
        """The listing that gets the file, once it is known."""
        found = (one for one in self.matches if one.listing_id == self.listing_id)
        return next(found, None) if self.listing_id else None


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
    needs: BuyerNeeds = field(default_factory=BuyerNeeds)
    problems: tuple[ProblemLine, ...] = ()
    secrets: tuple[SecretLine, ...] = ()
    """What blocks publishing until it is out of the file or declared to be no secret."""
    allowed: tuple[SecretLine, ...] = ()
    """What was declared to be no secret while this file was on view."""
    removals: tuple[RemovalLine, ...] = ()
    kept: Kept = NOTHING_KEPT
    """What the person keeps of what could be removed."""
    choices: tuple[KeepChoice, ...] = ()
    remembered: frozenset[str] = frozenset()
    """The kinds that are kept in every file to come."""
    is_rechecking: bool = False
    """The report is of an earlier choice; a new one is on its way."""
    draft: ListingDraft = field(default_factory=ListingDraft)
    wrong: dict[str, str] = field(default_factory=dict)
    """Field to sentence, for what cannot be saved as it stands."""
    is_publishable: bool = False
    can_save: bool = False
    """False where there is no package to save: the file could not be read."""
    listing_id: str = ""
    note: str = ""
    becomes: Becomes = field(default_factory=Becomes)

    @property
    def blocking(self) -> int:
        """How many problems and secrets stand against publishing."""
        return self.errors + len(self.secrets)

    @property
    def shown(self) -> ListingDraft:
        """What stands in its form: its own draft, or the fields of the listing it is to go into."""
        return self.becomes.fields or self.draft

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands against publishing it, as far as its file goes."""
        is_settled = self.stage is IntakeStage.CHECKED and not self.is_rechecking
        return is_settled and self.is_publishable and not self.note

    @property
    def removed(self) -> int:
        """How many entries are removed from the file; those that are kept do not count."""
        return sum(not line.is_kept for line in self.removals)

    @property
    def is_broken(self) -> bool:
        """Whether the file itself has to be put right; a secret is no fault of the file."""
        return self.stage is IntakeStage.FAILED or self.errors > 0

    @property
    def errors(self) -> int:
        """What people are told of as problems: warnings and notes block nothing."""
        return sum(line.severity == "error" for line in self.problems)

    @property
    def warnings(self) -> int:
        return sum(line.severity == "warning" for line in self.problems)


HIDDEN = '"•••"'
"""What stands in the place of a value that is not shown."""

FILTERS: Mapping[str, Callable[[IntakeFile], bool]] = {
    "All": lambda file: True,
    "Problems": lambda file: file.is_broken or bool(file.wrong or file.note),
    "Secrets": lambda file: bool(file.secrets),
    "Ready": lambda file: file.is_ready,
}
"""What the list of files can be narrowed to, by the words for it."""


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
        needs=needs_of(inspection),
        problems=_problems(inspection),
        secrets=_secrets(inspection),
        removals=_removals(inspection),
        choices=_choices(inspection),
        is_rechecking=False,
        draft=draft,
        is_publishable=inspection.publishable,
        can_save=inspection.packaged is not None,
    )


def _removals(inspection: Inspection) -> tuple[RemovalLine, ...]:
    """What is optional first, kind by kind, then the rest; the order holds whatever is kept."""
    lines = [_removal(item, is_kept=False) for item in inspection.removed]
    leaking = {secret.where for secret in inspection.secrets}
    for item in inspection.kept:
        line = _removal(item, is_kept=True)
        # A value that looks like a secret is only ever shown masked, among the secrets.
        lines.append(replace(line, before=HIDDEN) if item.where in leaking else line)
    ranks = {kind.value: rank for rank, kind in enumerate(OPTIONAL)}
    lines.sort(key=lambda line: (ranks.get(line.kind, len(ranks)), _natural(line.where)))
    return tuple(lines)


def _removal(item: Removal, *, is_kept: bool) -> RemovalLine:
    return RemovalLine(
        item.where, item.reason, item.before, item.after, item.kind, item.is_optional, is_kept
    )


def _natural(where: str) -> list[tuple[int, str]]:
    """``nodes[9]`` before ``nodes[10]``."""
    parts = _DIGITS.split(where)
    return [(int(part) if part.isdigit() else -1, part) for part in parts]


_DIGITS = re.compile(r"([0-9]{1,18})")


def _choices(inspection: Inspection) -> tuple[KeepChoice, ...]:
    kept = Counter(item.kind for item in inspection.kept)
    total = kept + Counter(item.kind for item in inspection.removed if item.is_optional)
    return tuple(
        KeepChoice(kind.value, option.title, option.benefit, total[kind], kept[kind])
        for kind, option in OPTIONAL.items()
        if total[kind]
    )


def describe_again(file: IntakeFile, inspection: Inspection) -> IntakeFile:
    """As ``describe``, for a file on view: what stands in its form stays."""
    return replace(describe(file, inspection), draft=file.draft)


def _facts(inspection: Inspection) -> tuple[tuple[str, str], ...]:
    steps = str(inspection.node_count) if inspection.node_count else ""
    return (
        ("Workflow", inspection.name),
        ("Steps", steps),
        ("Starts with", ", ".join(inspection.triggers)),
    )


def _problems(inspection: Inspection) -> tuple[ProblemLine, ...]:
    return tuple(
        ProblemLine(
            item.severity.value,
            item.message,
            _place(item.where, item.line, item.column),
            item.snippet,
        )
        for item in inspection.problems
    )


def _secrets(inspection: Inspection) -> tuple[SecretLine, ...]:
    """One line per value: the same key in five steps is one thing to put right."""
    places: dict[str, list[str]] = {}
    for item in inspection.secrets:
        places.setdefault(item.digest, []).append(item.where)
    first = {item.digest: item for item in reversed(inspection.secrets)}
    return tuple(
        SecretLine(first[digest].kind, first[digest].masked, tuple(dict.fromkeys(where)), digest)
        for digest, where in places.items()
    )


def _place(where: str, line: int | None, column: int | None) -> str:
    if line is None:
        return where
    spot = f"line {line}, column {column}"
    return f"{where}, {spot}" if where else spot


def with_digest(lines: Iterable[SecretLine], digest: str) -> SecretLine | None:
    """The line of that value; None where there is none."""
    return next((line for line in lines if line.digest == digest), None)

"""The report on files that are packaged as they are: recognised, counted, not changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from koda_desktop.workflows.inspection import Integration, Problem, Proposal, Severity
from koda_desktop.workflows.packaging import package
from koda_desktop.workflows.platforms import Findings
from koda_desktop.workflows.proposing import category, tags
from koda_desktop.workflows.source import Source
from koda_desktop.workflows.texts import counted, sentence_list
from koda_desktop.workflows.titles import proposed_title, workflow_name


@dataclass(frozen=True, slots=True)
class Outline:
    """What a platform module read without depth. ``thing`` names one step; ``apps`` repeat."""

    kind: str
    thing: str
    media_type: str
    name: object = None
    count: int = 0
    apps: tuple[tuple[str, str], ...] = ()


def kept_as_is(what: str) -> Problem:
    """Tells that a file of this kind is sold exactly as it was dropped."""
    message = (
        f"{what} packaged exactly as it is: nothing is removed. "
        "Check yourself that it holds no keys, account names or ids of yours."
    )
    return Problem(Severity.WARNING, "kept-as-is", "", message)


def report(source: Source, outline: Outline, problems: tuple[Problem, ...] = ()) -> Findings:
    """Findings for ``source`` with its own bytes as the package (none where it holds nothing)."""
    name = workflow_name(outline.name, source.file_name)
    integrations = _integrations(outline.apps)
    broken = any(p.severity is Severity.ERROR for p in (*source.problems, *problems))
    return Findings(
        name=name,
        proposal=_proposal(name, integrations, outline),
        node_count=outline.count,
        integrations=integrations,
        problems=problems,
        packaged=None if broken else package(source.data, source.file_name, outline.media_type),
    )


def _integrations(apps: tuple[tuple[str, str], ...]) -> tuple[Integration, ...]:
    counts = Counter(key for key, _ in apps)
    names = dict(apps)
    return tuple(Integration(key, names[key], count) for key, count in counts.items())


def _proposal(name: str, integrations: tuple[Integration, ...], outline: Outline) -> Proposal:
    names = tuple(integration.name for integration in integrations)
    steps = f" with {counted(outline.count, outline.thing)}" if outline.count else ""
    uses = f" It uses {sentence_list(names)}." if names else ""
    title = proposed_title((name,), f"{sentence_list(names[:3])} {outline.kind}".strip())
    return Proposal(
        title=title,
        description=f"A {outline.kind}{steps}.{uses}",
        tags=tags((outline.kind.split()[0], *names)),
        category=category(title, (integration.key for integration in integrations)),
    )

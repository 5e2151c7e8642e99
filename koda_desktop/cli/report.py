"""The report of ``koda check`` for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from koda_desktop.cli.shown import joined
from koda_desktop.workflows.inspection import Inspection, Problem, Removal

_REMOVALS_SHOWN = 12


def report_text(inspection: Inspection, path: str) -> str:
    """The report on one file, in lines; ``path`` as it may be shown."""
    return "\n".join(_lines(inspection, path))


def brief_text(inspection: Inspection, path: str) -> str:
    """One line on a file that is no workflow."""
    return f"{path}: no workflow ({inspection.reasons[0]}, {_size(inspection.size)})"


def _size(count: int) -> str:
    return f"{count:,} bytes" if count < 10_240 else f"{count / 1024:,.0f} KiB"


def _lines(inspection: Inspection, path: str) -> Iterator[str]:
    verdict = "can be published" if inspection.publishable else "cannot be published as it is"
    yield f"{path}: {verdict}"
    yield f"  {_summary(inspection)}"
    yield from _facts(inspection)
    for secret in inspection.secrets:
        yield f"  secret at {secret.where or 'an unknown place'}: {secret.kind} {secret.masked}"
    for problem in inspection.problems:
        yield from _problem(problem)
    yield from _removals(inspection.removed)
    yield from kept_lines(inspection)


def _facts(inspection: Inspection) -> Iterator[str]:
    facts: dict[str, Iterable[str]] = {
        "integrations": [item.name for item in inspection.integrations],
        "triggers": inspection.triggers,
        "credentials": inspection.credentials,
        "AI models": inspection.ai_models,
        "code": inspection.code_languages,
        "packages": inspection.packages,
        "needs at least": filter(None, [inspection.platform_version]),
    }
    for label, values in facts.items():
        if written := joined(values):
            yield f"  {label}: {written}"
    for number, step in enumerate(inspection.setup_steps, 1):
        yield f"  set-up {number}: {step}"


def _summary(inspection: Inspection) -> str:
    nodes = f"{inspection.node_count} node{'' if inspection.node_count == 1 else 's'}"
    kind = inspection.sub_kind or inspection.platform
    described = (
        kind if kind.lower() == inspection.platform.lower() else f"{inspection.platform} ({kind})"
    )
    return f"{described}, {nodes}, “{inspection.name}”"


def _problem(problem: Problem) -> Iterator[str]:
    place = f" at {problem.where}" if problem.where else ""
    if problem.line is not None:
        place += f" (line {problem.line}, column {problem.column})"
    yield f"  {problem.severity.value}{place}: {problem.message}"
    for line in problem.snippet.splitlines():
        yield f"    {line}"


def _removals(removals: tuple[Removal, ...]) -> Iterator[str]:
    if removals:
        yield f"  {len(removals)} removed from the package:"
    yield from removal_lines(removals[:_REMOVALS_SHOWN])
    if len(removals) > _REMOVALS_SHOWN:
        yield f"    and {len(removals) - _REMOVALS_SHOWN} more; --json lists them all"


def kept_lines(inspection: Inspection) -> Iterator[str]:
    """What stays by the seller's choice, and what else could."""
    if inspection.kept:
        yield f"  {len(inspection.kept)} kept in the package: {_by_kind(inspection.kept)}"
    optional = [removal for removal in inspection.removed if removal.is_optional]
    if optional:
        yield f"  optional, --keep leaves them in: {_by_kind(optional)}"


def _by_kind(removals: Iterable[Removal]) -> str:
    counts = Counter(removal.kind.value for removal in removals)
    return joined(f"{kind} ({count})" for kind, count in counts.items())


def removal_lines(removals: Iterable[Removal]) -> Iterator[str]:
    """One line per removal: where, why, and what stands there now."""
    for removal in removals:
        after = "removed" if removal.after is None else f"→ {removal.after}"
        yield f"    {removal.where}: {removal.reason} ({after})"

"""The report of ``koda check`` for people."""

from __future__ import annotations

from collections.abc import Iterator

from koda_desktop.workflows.inspection import Inspection, Problem, Removal

_REMOVALS_SHOWN = 12


def report_text(inspection: Inspection) -> str:
    """The report on one file, in lines."""
    return "\n".join(_lines(inspection))


def _lines(inspection: Inspection) -> Iterator[str]:
    verdict = "can be published" if inspection.publishable else "cannot be published as it is"
    yield f"{inspection.file_name}: {verdict}"
    yield f"  {_summary(inspection)}"
    facts = {
        "integrations": [item.name for item in inspection.integrations],
        "triggers": inspection.triggers,
        "credentials": inspection.credentials,
    }
    for label, values in facts.items():
        if values:
            yield f"  {label}: {', '.join(values)}"
    for problem in inspection.problems:
        yield from _problem(problem)
    for secret in inspection.secrets:
        yield f"  secret at {secret.where}: {secret.kind} {secret.masked}"
    yield from _removals(inspection.removed)


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
    for removal in removals[:_REMOVALS_SHOWN]:
        after = "removed" if removal.after is None else f"→ {removal.after}"
        yield f"    {removal.where}: {removal.reason} ({after})"
    if len(removals) > _REMOVALS_SHOWN:
        yield f"    and {len(removals) - _REMOVALS_SHOWN} more; --json lists them all"

"""The reports on all files of an archive as one, every place led by the path of its file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from koda_desktop.workflows.archives.graphs import merged
from koda_desktop.workflows.archives.paths import shown
from koda_desktop.workflows.inspection import Integration, Proposal
from koda_desktop.workflows.notes import description_of
from koda_desktop.workflows.platforms import Findings
from koda_desktop.workflows.proposing import category, tags
from koda_desktop.workflows.texts import counted, sentence_list
from koda_desktop.workflows.titles import proposed_title

_SHORT = 160


def placed(path: str, findings: Findings) -> Findings:
    """``findings`` with every place written as ``path: place``."""
    problems = tuple(replace(p, where=_place(path, p.where)) for p in findings.problems)
    removed = tuple(r._replace(where=_place(path, r.where)) for r in findings.removed)
    kept = tuple(r._replace(where=_place(path, r.where)) for r in findings.kept)
    secrets = tuple(replace(s, where=_place(path, s.where)) for s in findings.secrets)
    return replace(findings, problems=problems, removed=removed, kept=kept, secrets=secrets)


def _place(path: str, where: str) -> str:
    return f"{shown(path)}: {where}" if where else shown(path)


def together(found: Sequence[Findings], name: str, most_nodes: int) -> Findings:
    """``found`` as one, without a proposal of its own; one alone stays as it is."""
    if len(found) == 1:
        return replace(found[0], name=name or found[0].name)
    return Findings(
        name=name,
        proposal=Proposal("", "", (), "Other"),
        node_count=sum(one.node_count for one in found),
        integrations=_integrations(found),
        triggers=_distinct(one.triggers for one in found),
        credentials=_distinct(one.credentials for one in found),
        problems=tuple(problem for one in found for problem in one.problems),
        secrets=tuple(secret for one in found for secret in one.secrets),
        removed=tuple(removal for one in found for removal in one.removed),
        kept=tuple(removal for one in found for removal in one.kept),
        graph=merged((one.graph for one in found), most_nodes),
        fingerprint=_fingerprint(found),
        ai_models=_distinct(one.ai_models for one in found),
        code_languages=_distinct(one.code_languages for one in found),
        setup_steps=_distinct(one.setup_steps for one in found),
        packages=_distinct(one.packages for one in found),
        platform_version=next((o.platform_version for o in found if o.platform_version), ""),
    )


def collection(
    found: Sequence[Findings], whole: Findings, kind: str, said: tuple[str, ...], readme: str
) -> Proposal:
    """A listing for several workflows. ``said`` are names of the whole, the best first."""
    titles = _distinct((one.proposal.title,) for one in found)
    names = tuple(integration.name for integration in whole.integrations)
    title = proposed_title(said, f"{counted(len(found), f'{kind} workflow')}")
    parts = [f"{counted(len(found), f'{kind} workflow')}: {sentence_list(titles, 12)}."]
    if names:
        parts.append(f"They use {sentence_list(names, 8)}.")
    told = description_of((readme,)) if readme else ""
    summary = " ".join(parts)
    return Proposal(
        title=title,
        description=told if len(told) >= _SHORT else f"{told}\n\n{summary}".strip(),
        tags=tags(tag for one in found for tag in one.proposal.tags),
        category=category(title, (integration.key for integration in whole.integrations)),
    )


def _integrations(found: Iterable[Findings]) -> tuple[Integration, ...]:
    totals: dict[str, Integration] = {}
    for one in found:
        for seen in one.integrations:
            before = totals.get(seen.key)
            count = seen.count + (before.count if before else 0)
            totals[seen.key] = Integration(seen.key, before.name if before else seen.name, count)
    return tuple(sorted(totals.values(), key=lambda integration: -integration.count))


def _distinct(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry for listed in lists for entry in listed))


def _fingerprint(found: Iterable[Findings]) -> str:
    return hashlib.sha256("\n".join(sorted(one.fingerprint for one in found)).encode()).hexdigest()

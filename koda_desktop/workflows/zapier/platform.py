"""The Zapier platform: ties reading, validating, describing, scrubbing and packaging together."""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.fingerprint import of_graph
from koda_desktop.workflows.generic import Outline, report
from koda_desktop.workflows.inspection import Problem
from koda_desktop.workflows.json_writing import to_bytes
from koda_desktop.workflows.ledger import DUPLICATE, Ledger
from koda_desktop.workflows.packaging import JSON_TYPE, package, with_suffix
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.problems import error, own_documents, too_many
from koda_desktop.workflows.source import Form, Source
from koda_desktop.workflows.texts import counted, slug
from koda_desktop.workflows.titles import from_file_name, workflow_name
from koda_desktop.workflows.where import ROOT
from koda_desktop.workflows.zapier import describing, validating
from koda_desktop.workflows.zapier.reading import Step, Zap, listed, part, read_all, reference
from koda_desktop.workflows.zapier.scrubbing import scrub

_OUTLINE = Outline("Zapier export", "step", JSON_TYPE)


class Zapier:
    """Reads both versions of Zapier's exports; packages them scrubbed, as JSON Zapier imports."""

    reads = "Zapier"

    def detect(self, source: Source) -> Detection | None:
        if source.form is Form.BROKEN_JSON:
            return _from_broken(source.text or "")
        return _detection(source.document) if source.form is Form.JSON else None

    def inspect(self, source: Source, detection: Detection) -> Findings:
        zaps = read_all(source.document) if source.form is Form.JSON else []
        if not zaps:
            return report(source, _OUTLINE)
        steps = [step for zap in zaps for step in zap.steps]
        if len(steps) > source.caps.max_nodes:
            problem = too_many(len(steps), source.caps.max_nodes, "step", "files")
            return report(source, _OUTLINE, (problem,))
        return _inspected(source, zaps, steps)


def _from_broken(text: str) -> Detection | None:
    if '"zaps"' not in text or '"nodes"' not in text or '"selected_api"' not in text:
        return None
    reasons = ("the text mentions zaps as Zapier exports them, but it cannot be read as JSON",)
    return Detection("Zapier", "zaps", 0.55, reasons)


def _detection(document: Any) -> Detection | None:
    zaps = [zap for zap in listed(document) if isinstance(zap, dict)]
    nodes = [node for zap in zaps for node in part(zap, "nodes").values()]
    named = sum(isinstance(node, dict) and "selected_api" in node for node in nodes)
    version = reference(part(document, "metadata").get("version")) if zaps else ""
    if not named and not (zaps and version):
        return None
    sub_kind = "account-export" if version.startswith("gdpr") else "team-export"
    if not named:
        return Detection("Zapier", sub_kind, 0.6, ("a list of zaps without steps",))
    reasons = [f"{counted(len(zaps), 'zap')} whose steps name a selected_api, as Zapier exports"]
    if version:
        reasons.append(f"the metadata of {sub_kind.replace('-', ' ')}s")
    confidence = 0.65 + 0.3 * named / len(nodes) + (0.04 if version else 0.0)
    return Detection("Zapier", sub_kind if version else "zaps", confidence, tuple(reasons))


def _inspected(source: Source, zaps: list[Zap], steps: list[Step]) -> Findings:
    ledger = Ledger(source.kept)
    for twice in source.duplicates:
        ledger.changed(twice.where, DUPLICATE, twice.lost, twice.kept)
    data = to_bytes(scrub(source.document, ledger))
    name = _name(zaps, source.file_name)
    proposal = describing.propose(name, source.file_name, zaps)
    graph = describing.graph(zaps)
    stem = slug(proposal.title) or slug(from_file_name(source.file_name)) or "zap"
    return Findings(
        name=name,
        proposal=proposal,
        node_count=len(steps),
        integrations=describing.integrations(steps),
        triggers=describing.triggers(steps),
        credentials=describing.connections(steps),
        problems=tuple(_problems(source.document, zaps, steps)),
        removed=tuple(ledger.removals),
        kept=tuple(ledger.kept),
        graph=graph,
        fingerprint=of_graph(describing.colours(steps), graph.edges),
        packaged=package(data, with_suffix(stem, ".json"), JSON_TYPE),
        ai_models=describing.ai_models(steps),
        code_languages=describing.code_languages(steps),
        setup_steps=describing.instructions(steps),
    )


def _name(zaps: list[Zap], file_name: str) -> str:
    """One zap's own title; of several the file's name, which stands for all of them."""
    if len(zaps) == 1:
        return workflow_name(zaps[0].raw.get("title"), file_name)
    first = workflow_name(zaps[0].raw.get("title"), "")
    others = f"{first} and {len(zaps) - 1} more" if first else ""
    return from_file_name(file_name) or others


def _problems(document: Any, zaps: list[Zap], steps: list[Step]) -> list[Problem]:
    problems = [
        error("not-a-workflow", ROOT / "zaps" / index, "This entry of the list is not a zap. Take "
              "it out, or export the zaps again.")
        for index, entry in enumerate(listed(document))
        if not isinstance(entry, dict)
    ]  # fmt: skip
    if len(zaps) > 1:
        problems.append(validating.several_zaps(len(zaps)))
    problems += [problem for zap in zaps for problem in validating.validate(zap)]
    problems.append(validating.plan_needed())
    documents = describing.own_documents(steps)
    if documents:
        services = tuple(dict.fromkeys(documents))
        problems.append(own_documents(services, len(documents), "Zapier"))
    return problems

"""The n8n platform: ties reading, validating, describing, scrubbing and packaging together."""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.fingerprint import of_graph
from koda_desktop.workflows.generic import Outline, report
from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.json_writing import to_bytes
from koda_desktop.workflows.ledger import DUPLICATE, Ledger
from koda_desktop.workflows.n8n import describing, needs, validating
from koda_desktop.workflows.n8n.node_types import node_type
from koda_desktop.workflows.n8n.reading import Workflow, read_all
from koda_desktop.workflows.n8n.scrubbing import scrub
from koda_desktop.workflows.n8n.shapes import Shape, find, n8n_share
from koda_desktop.workflows.n8n.webhooks import WebhookPaths
from koda_desktop.workflows.packaging import JSON_TYPE, package, with_suffix
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.problems import own_documents, too_many
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.source import Form, Source
from koda_desktop.workflows.texts import one_line, slug
from koda_desktop.workflows.titles import from_file_name, workflow_name

_MOST_ADDRESSES = 50
_FORMS = {
    "workflow": "nodes and connections, as in an n8n workflow",
    "fragment": "nodes and connections, as n8n copies them to the clipboard",
    "wrapped": "an n8n workflow inside the answer of an API",
    "list": "a list of n8n workflows, as the n8n command line exports",
}
_CACHED_URL = ".cachedResultUrl"
_WRAPPED = Why(RemovalKind.WRAPPING, "not part of the workflow: it stood around it in the export")


class N8n:
    """Reads every form of n8n export; packages it scrubbed, as JSON that n8n imports."""

    reads = "n8n"

    def detect(self, source: Source) -> Detection | None:
        if source.form is Form.BROKEN_JSON:
            return _from_broken(source.text or "")
        shape = source.worked_out(find)
        if shape is None:
            return None
        share = n8n_share(shape)
        reasons = [_FORMS[shape.sub_kind]]
        if share:
            reasons.append(f"{share:.0%} of the node types come from n8n packages")
        has_nodes = any(workflow["nodes"] for _, workflow in shape.workflows)
        confidence = 0.75 + 0.24 * share if has_nodes else 0.6
        return Detection("n8n", shape.sub_kind, confidence, tuple(reasons))

    def inspect(self, source: Source, detection: Detection) -> Findings:
        shape = source.worked_out(find)
        if shape is None:
            return report(source, Outline("n8n workflow", "step", JSON_TYPE))
        count = sum(len(workflow["nodes"]) for _, workflow in shape.workflows)
        if count > source.caps.max_nodes:
            problem = too_many(count, source.caps.max_nodes, "node", "workflows")
            return report(source, Outline("n8n workflow", "step", JSON_TYPE), (problem,))
        return _inspected(source, shape)


def _from_broken(text: str) -> Detection | None:
    if '"nodes"' not in text or not ("n8n-nodes-base." in text or '"connections"' in text):
        return None
    reasons = ("the text mentions nodes as n8n writes them, but it cannot be read as JSON",)
    return Detection("n8n", "workflow", 0.5, reasons)


def _inspected(source: Source, shape: Shape) -> Findings:
    workflows = read_all(shape.workflows)
    steps = [step for workflow in workflows for step in workflow.working]
    ledger = Ledger(source.kept)
    name = _name(shape, source.file_name)
    proposal = describing.propose(name, source.file_name, workflows)
    paths = WebhookPaths([node for _, w in shape.workflows for node in _nodes(w)])
    data = to_bytes(_clean(source, shape, paths, ledger))
    problems = [*_of_the_list(shape), *_of_the_workflows(workflows)]
    problems += _left_behind(ledger, paths, workflows, data)
    graph = describing.graph(workflows)
    stem = slug(proposal.title) or slug(from_file_name(source.file_name)) or "workflow"
    return Findings(
        name=name,
        proposal=proposal,
        node_count=len(steps),
        integrations=describing.integrations(steps),
        triggers=describing.triggers(steps),
        credentials=describing.credential_types(steps),
        problems=tuple(problems),
        removed=tuple(ledger.removals),
        graph=graph,
        fingerprint=of_graph({s.key: describing.colour(s) for s in steps}, graph.edges),
        packaged=package(data, with_suffix(stem, ".json"), JSON_TYPE),
        ai_models=needs.ai_models(steps),
        code_languages=needs.code_languages(steps),
        setup_steps=needs.instructions(steps, describing.credential_types(steps)),
        kept=tuple(ledger.kept),
    )


def _nodes(workflow: JsonObject) -> list[JsonObject]:
    return [node for node in workflow["nodes"] if isinstance(node, dict)]


def _name(shape: Shape, file_name: str) -> str:
    """One workflow's own name; of several the file's name, which stands for all of them."""
    if len(shape.workflows) == 1:
        given = shape.workflows[0][1].get("name")
        return workflow_name(given if _says(given) else shape.name, file_name)
    first = workflow_name(shape.workflows[0][1].get("name"), "")
    others = f"{first} and {len(shape.workflows) - 1} more" if first else ""
    return from_file_name(file_name) or others


def _says(name: object) -> bool:
    return isinstance(name, str) and bool(name.strip())


def _clean(source: Source, shape: Shape, paths: WebhookPaths, ledger: Ledger) -> Any:
    """The document to package: one workflow plain, several as the list they came in."""
    for where, value in shape.wrapping:
        ledger.dropped(where, _WRAPPED, value)
    for twice in source.duplicates:
        ledger.changed(twice.where, DUPLICATE, twice.lost, twice.kept)
    cleaned = {
        id(workflow): scrub(workflow, where, paths, ledger) for where, workflow in shape.workflows
    }
    if len(shape.workflows) == 1 and not shape.strays:
        return cleaned[id(shape.workflows[0][1])]
    listed = source.document
    for step in _steps_to(shape):
        listed = listed[step]
    return [cleaned.get(id(entry), entry) for entry in listed]


def _steps_to(shape: Shape) -> list[str | int]:
    """The path from the document to the list that holds the workflows."""
    steps: list[str | int] = []
    place = shape.workflows[0][0].parent
    while place is not None and place.parent is not None:
        steps.append(place.step)
        place = place.parent
    return steps[::-1]


def _of_the_list(shape: Shape) -> list[Problem]:
    problems = [
        Problem(Severity.ERROR, "not-a-workflow", str(where), "This entry of the list is not an "
                "n8n workflow. Take it out, or export the workflows again.")
        for where in shape.strays
    ]  # fmt: skip
    if len(shape.workflows) > 1:
        message = (
            f"The file holds {len(shape.workflows)} workflows, which are packaged together. "
            "Buyers import them with “n8n import:workflow”; the editor takes one at a time."
        )
        problems.append(Problem(Severity.INFO, "several-workflows", "", message))
    elif shape.sub_kind in ("list", "wrapped"):
        message = "The workflow is packaged by itself, so that the n8n editor imports it."
        problems.append(Problem(Severity.INFO, "unwrapped", str(shape.workflows[0][0]), message))
    return problems


def _of_the_workflows(workflows: list[Workflow]) -> list[Problem]:
    callers = [workflow for workflow in workflows if validating.calls_others(workflow)]
    return [
        problem
        for workflow in workflows
        for problem in validating.validate(
            workflow, others_call=any(caller is not workflow for caller in callers)
        )
    ]


def _left_behind(
    ledger: Ledger, paths: WebhookPaths, workflows: list[Workflow], data: bytes
) -> list[Problem]:
    problems = [
        validating.old_address(where)
        for where, address in paths.replaced[:_MOST_ADDRESSES]
        if address.encode() in data
    ]
    linked = [r.where for r in ledger.removals if r.where.endswith(_CACHED_URL)]
    if linked:
        steps = {str(step.where): step for w in workflows for step in w.working}
        found = {place.partition(".parameters")[0] for place in linked}
        labels = (node_type(steps[place].type).label for place in sorted(found) if place in steps)
        services = tuple(dict.fromkeys(one_line(label, 60) for label in labels))
        problems.append(own_documents(services, len(found), "n8n"))
    return problems

"""The Make platform: ties reading, validating, describing, scrubbing and packaging together."""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.fingerprint import of_graph
from koda_desktop.workflows.generic import Outline, report
from koda_desktop.workflows.inspection import Problem
from koda_desktop.workflows.json_writing import to_bytes
from koda_desktop.workflows.ledger import DUPLICATE, Ledger
from koda_desktop.workflows.make import describing
from koda_desktop.workflows.make.reading import Scenario, read
from koda_desktop.workflows.make.scrubbing import scrub
from koda_desktop.workflows.make.shapes import Shape, find, modules
from koda_desktop.workflows.make.validating import validate
from koda_desktop.workflows.packaging import JSON_TYPE, package, with_suffix
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.problems import info, own_documents, too_many
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.source import Form, Source
from koda_desktop.workflows.texts import counted, slug
from koda_desktop.workflows.titles import from_file_name, workflow_name

_WRAPPED = Why(
    RemovalKind.WRAPPING, "not part of the blueprint: it stood around it in the answer of an API"
)
_OUTLINE = Outline("Make blueprint", "module", JSON_TYPE)


class Make:
    """Reads every form of Make blueprint; packages it scrubbed, as JSON that Make imports."""

    reads = "Make"

    def detect(self, source: Source) -> Detection | None:
        if source.form is Form.BROKEN_JSON:
            return _from_broken(source.text or "")
        shape = source.worked_out(find)
        return _detection(shape) if shape else None

    def inspect(self, source: Source, detection: Detection) -> Findings:
        shape = source.worked_out(find)
        if shape is None:
            return report(source, _OUTLINE)
        count = sum(1 for _ in modules(shape.blueprint))
        if count > source.caps.max_nodes:
            problem = too_many(count, source.caps.max_nodes, "module", "scenarios")
            return report(source, _OUTLINE, (problem,))
        return _inspected(source, shape)


def _from_broken(text: str) -> Detection | None:
    if '"flow"' not in text or '"module"' not in text:
        return None
    reasons = ("the text mentions a flow of modules as Make writes it, but it cannot be read",)
    return Detection("Make", "blueprint", 0.5, reasons)


def _detection(shape: Shape) -> Detection:
    listed = list(modules(shape.blueprint))
    named = sum(":" in module["module"] for module in listed)
    count = counted(len(listed), "module")
    reasons = [f"a flow of {count} named app:Module, as in a Make blueprint"]
    has_metadata = isinstance(shape.blueprint.get("metadata"), dict)
    if has_metadata:
        reasons.append("metadata of a Make scenario")
    if shape.sub_kind == "wrapped":
        reasons.append("inside the answer of an API")
    if not listed:
        return Detection("Make", shape.sub_kind, 0.6, ("an empty flow with the metadata of Make",))
    confidence = 0.6 + 0.3 * named / len(listed) + (0.08 if has_metadata else 0.0)
    return Detection("Make", shape.sub_kind, confidence, tuple(reasons))


def _inspected(source: Source, shape: Shape) -> Findings:
    scenario = read(shape)
    ledger = Ledger(source.kept)
    data = to_bytes(_clean(source, shape, ledger))
    name = workflow_name(shape.blueprint.get("name"), source.file_name)
    proposal = describing.propose(name, source.file_name, scenario, _scheduling(shape))
    graph = describing.graph(scenario)
    stem = slug(proposal.title) or slug(from_file_name(source.file_name)) or "scenario"
    return Findings(
        name=name,
        proposal=proposal,
        node_count=len(scenario.steps),
        integrations=describing.integrations(scenario),
        triggers=describing.triggers(scenario),
        credentials=describing.connections(scenario),
        problems=(*_of_the_form(shape), *validate(scenario), *_left_behind(scenario)),
        removed=tuple(ledger.removals),
        kept=tuple(ledger.kept),
        graph=graph,
        fingerprint=of_graph(describing.colours(scenario), graph.edges),
        packaged=package(data, with_suffix(stem, ".blueprint.json"), JSON_TYPE),
        ai_models=describing.ai_models(scenario),
        code_languages=describing.code_languages(scenario),
        setup_steps=describing.instructions(scenario),
    )


def _clean(source: Source, shape: Shape, ledger: Ledger) -> Any:
    for where, value in shape.wrapping:
        ledger.dropped(where, _WRAPPED, value)
    for twice in source.duplicates:
        ledger.changed(twice.where, DUPLICATE, twice.lost, twice.kept)
    return scrub(shape.blueprint, shape.where, ledger)


def _scheduling(shape: Shape) -> Any:
    """When it runs stands in the blueprint or, in answers of the API, beside it."""
    around = {where.step: value for where, value in shape.wrapping}
    return shape.blueprint.get("scheduling") or around.get("scheduling")


def _of_the_form(shape: Shape) -> tuple[Problem, ...]:
    if shape.sub_kind != "wrapped":
        return ()
    message = "The blueprint is packaged by itself, so that Make imports it."
    return (info("unwrapped", shape.where, message),)


def _left_behind(scenario: Scenario) -> tuple[Problem, ...]:
    documents = describing.own_documents(scenario)
    if not documents:
        return ()
    return (own_documents(tuple(dict.fromkeys(documents)), len(documents), "Make"),)

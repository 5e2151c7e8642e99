"""The Node-RED platform: ties reading, validating, describing, scrubbing and packaging together."""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.fingerprint import of_graph
from koda_desktop.workflows.generic import Outline, report
from koda_desktop.workflows.inspection import Problem
from koda_desktop.workflows.json_writing import to_bytes
from koda_desktop.workflows.ledger import DUPLICATE, Ledger
from koda_desktop.workflows.node_red import describing
from koda_desktop.workflows.node_red.reading import Flows, read, text
from koda_desktop.workflows.node_red.scrubbing import scrub
from koda_desktop.workflows.node_red.shapes import Shape, find
from koda_desktop.workflows.node_red.validating import packages, validate
from koda_desktop.workflows.packaging import JSON_TYPE, package, with_suffix
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.problems import error, info, too_many
from koda_desktop.workflows.removal_kinds import RemovalKind, Why
from koda_desktop.workflows.source import Form, Source
from koda_desktop.workflows.texts import counted, slug
from koda_desktop.workflows.titles import from_file_name, workflow_name

SUB_KIND = "node-red"
_WRAPPED = Why(
    RemovalKind.WRAPPING, "not part of the flows: it stood around them in the answer of an API"
)
_CREDENTIALS = Why(RemovalKind.CREDENTIAL, "credentials of your own installation")
_OUTLINE = Outline("Node-RED flow", "node", JSON_TYPE)


class NodeRed:
    """Reads every form of Node-RED flows; packages them scrubbed, as JSON its editor imports."""

    reads = "Other"

    def detect(self, source: Source) -> Detection | None:
        if source.form is Form.BROKEN_JSON:
            return _from_broken(source.text or "")
        shape = source.worked_out(find)
        return _detection(shape) if shape else None

    def inspect(self, source: Source, detection: Detection) -> Findings:
        shape = source.worked_out(find)
        if shape is None:
            return report(source, _OUTLINE)
        if len(shape.nodes) > source.caps.max_nodes:
            problem = too_many(len(shape.nodes), source.caps.max_nodes, "node", "files")
            return report(source, _OUTLINE, (problem,))
        return _inspected(source, shape)


def _from_broken(text: str) -> Detection | None:
    if '"wires"' not in text or '"type"' not in text or '"z"' not in text:
        return None
    reasons = ("the text mentions wired nodes as Node-RED writes them, but it cannot be read",)
    return Detection("Other", SUB_KIND, 0.45, reasons)


def _detection(shape: Shape) -> Detection:
    sound = shape.sound
    reasons = [f"a list of {counted(len(sound), 'node')} with id, type and wires, as in Node-RED"]
    tabs = sum(node["type"] == "tab" for node in sound)
    if tabs:
        reasons.append(f"{counted(tabs, 'tab')} of a Node-RED editor")
    confidence = 0.7 + 0.25 * len(sound) / len(shape.nodes) + (0.04 if tabs else 0.0)
    return Detection("Other", SUB_KIND, confidence, tuple(reasons))


def _inspected(source: Source, shape: Shape) -> Findings:
    flows = read(shape)
    ledger = Ledger(source.kept)
    data = to_bytes(_clean(source, shape, ledger))
    name = _name(flows, source.file_name)
    proposal = describing.propose(name, source.file_name, flows)
    graph = describing.graph(flows)
    stem = slug(proposal.title) or slug(from_file_name(source.file_name)) or "flows"
    return Findings(
        name=name,
        proposal=proposal,
        node_count=len(flows.steps),
        integrations=describing.integrations(flows),
        triggers=describing.triggers(flows),
        credentials=describing.connections(flows),
        problems=(*_of_the_form(shape), *validate(flows)),
        removed=tuple(ledger.removals),
        kept=tuple(ledger.kept),
        graph=graph,
        fingerprint=of_graph(describing.colours(flows), graph.edges),
        packaged=package(data, with_suffix(stem, ".json"), JSON_TYPE),
        ai_models=describing.ai_models(flows),
        code_languages=describing.code_languages(flows),
        setup_steps=describing.instructions(flows),
        packages=packages(flows),
    )


def _clean(source: Source, shape: Shape, ledger: Ledger) -> list[Any]:
    for where, value in shape.wrapping:
        if where.step == "credentials":
            ledger.hid(where, _CREDENTIALS)
        else:
            ledger.dropped(where, _WRAPPED, value)
    for twice in source.duplicates:
        ledger.changed(twice.where, DUPLICATE, twice.lost, twice.kept)
    return scrub(shape.nodes, shape.where, ledger)


def _name(flows: Flows, file_name: str) -> str:
    """The label of the only tab or, of several, the file's name, which stands for all of them."""
    labels = [text(tab.raw.get("label")) for tab in flows.of_type("tab")]
    if len(labels) < 2:
        return workflow_name(labels[0] if labels else None, file_name)
    first = workflow_name(labels[0], "")
    others = f"{first} and {len(labels) - 1} more" if first else ""
    return from_file_name(file_name) or others


def _of_the_form(shape: Shape) -> list[Problem]:
    found: list[Problem] = []
    if shape.wrapping:
        found.append(info("unwrapped", shape.where, "The flows are packaged by themselves, so "
                          "that the editor imports them."))  # fmt: skip
    found += [
        error("inline-credential", where, "The credentials of your installation are in the file. "
              "They are not in the package, but treat them as leaked: change them.")
        for where, value in shape.wrapping
        if where.step == "credentials" and value
    ]  # fmt: skip
    return found

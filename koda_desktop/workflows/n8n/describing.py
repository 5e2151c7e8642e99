"""What an n8n workflow does, in the terms of a listing: apps, triggers, needs, and a proposal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from koda_desktop.workflows import listing
from koda_desktop.workflows.inspection import Edge, Graph, Integration, Node, Note, Proposal
from koda_desktop.workflows.json_reading import number
from koda_desktop.workflows.listing import SHORT_NOTES
from koda_desktop.workflows.n8n.credential_names import credential_name
from koda_desktop.workflows.n8n.node_types import LANGCHAIN, NodeType, node_type
from koda_desktop.workflows.n8n.outputs import is_error_output
from koda_desktop.workflows.n8n.reading import Step, Workflow
from koda_desktop.workflows.notes import plain
from koda_desktop.workflows.texts import one_line, printable

_GENERIC_SERVICES = ("httpRequest", "graphql", "emailSend")
_LONGEST_NOTE = 4000
_MOST_NOTES = 60


def integrations(steps: Iterable[Step]) -> tuple[Integration, ...]:
    """The services steps talk to, the most used first, plain requests last."""
    services = (service for step in steps for service in _services(step))
    return listing.integrations(services, _GENERIC_SERVICES)


def _services(step: Step) -> Iterator[tuple[str, str]]:
    known = node_type(step.type)
    if not known.service:
        return
    predefined = step.parameters.get("nodeCredentialType")
    if known.service == "httpRequest" and isinstance(predefined, str) and predefined:
        name = one_line(credential_name(predefined), 60)
        yield predefined[:1].lower() + one_line(predefined, 60)[1:], name
        return
    yield one_line(known.service, 60), one_line(known.service_name, 60)


def triggers(steps: Iterable[Step]) -> tuple[str, ...]:
    """What starts the workflow, each once, in the order of the file."""
    found = (one_line(node_type(step.type).trigger, 60) for step in steps)
    return tuple(dict.fromkeys(trigger for trigger in found if trigger))


def credential_types(steps: Iterable[Step]) -> tuple[str, ...]:
    """The credential types a buyer needs, each once, in the order of the file."""
    return tuple(dict.fromkeys(kind for step in steps for kind in _needed(step) if kind))


def _needed(step: Step) -> Iterator[str]:
    for kind in step.credentials:
        yield one_line(kind, 80)
    for selector in ("nodeCredentialType", "genericAuthType"):
        chosen = step.parameters.get(selector)
        if isinstance(chosen, str) and "authentication" in step.parameters:
            yield one_line(chosen, 80)


def graph(workflows: Iterable[Workflow]) -> Graph:
    """The steps, connections and notes of all workflows of a file."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    notes: list[Note] = []
    for workflow in workflows:
        nodes += [_node(step) for step in workflow.working]
        notes += [_note(step) for step in workflow.steps if step.is_note and step.parameters]
        edges += _edges(workflow)
    return Graph(tuple(nodes), tuple(edges), tuple(notes))


def _node(step: Step) -> Node:
    known = node_type(step.type)
    return Node(
        name=step.key,
        type=one_line(step.type, 200),
        label=one_line(known.label, 60),
        position=step.position,
        disabled=step.disabled,
        is_trigger=bool(known.trigger),
        kind=known.kind,
    )


def _note(step: Step) -> Note:
    content, color = step.parameters.get("content"), step.parameters.get("color")
    return Note(
        text=printable(content[:_LONGEST_NOTE]) if isinstance(content, str) else "",
        position=step.position,
        size=_note_size(step),
        color=one_line(str(color), 20) if isinstance(color, (str, int)) else "",
    )


def _note_size(step: Step) -> tuple[float, float]:
    """An export leaves out a side that is the editor's own: 240 wide, 160 high."""
    width, height = (number(step.parameters.get(side)) for side in ("width", "height"))
    return (240.0 if width is None else width, 160.0 if height is None else height)


def _edges(workflow: Workflow) -> Iterator[Edge]:
    for link in workflow.links:
        source, target = link.source.step, link.target.step
        if source and target and not source.is_note and not target.is_note:
            kind = "error" if is_error_output(link) else one_line(link.kind, 60)
            yield Edge(source.key, target.key, kind, link.output, link.input)


def propose(name: str, file_name: str, workflows: list[Workflow]) -> Proposal:
    """A listing to start from; nothing in it comes from parameters, so that nothing leaks."""
    steps = [step for workflow in workflows for step in workflow.working]
    story = listing.Story(
        tag="n8n", noun="an n8n workflow", nouns="n8n workflows", name=name, file_name=file_name,
        steps=len(steps), workflows=len(workflows), apps=integrations(steps),
        triggers=triggers(steps), plain=_GENERIC_SERVICES, told=_told(workflows),
        needs=tuple(credential_name(kind) for kind in credential_types(steps)),
        topics=tuple(_topics(steps)),
        labels=tuple(dict.fromkeys(node_type(step.type).label for step in steps)),
    )  # fmt: skip
    return listing.propose(story)


def _topics(steps: list[Step]) -> Iterator[str]:
    if any(step.type.startswith(LANGCHAIN) for step in steps):
        yield "ai"
    if any(step.type.endswith(".agent") for step in steps):
        yield "ai agent"


def _told(workflows: list[Workflow]) -> tuple[str, ...]:
    """Own descriptions first, then sticky notes as one reads the canvas, the long ones first:
    a note of one line labels a step, a longer one explains the workflow."""
    told: list[str] = []
    for workflow in workflows:
        if len(told) >= _MOST_NOTES:
            break
        own = workflow.raw.get("description")
        told += [own] if isinstance(own, str) else []
        notes = sorted((s for s in workflow.steps if s.is_note), key=_reading_order)[:_MOST_NOTES]
        texts = [c for s in notes if isinstance(c := s.parameters.get("content"), str)]
        told += sorted(texts, key=lambda text: len(plain(text)) < SHORT_NOTES)
    return tuple(told)


def _reading_order(step: Step) -> tuple[float, float]:
    x, y = step.position or (0.0, 0.0)
    return (x, y)


def colour(step: Step) -> str:
    """What a step is for the fingerprint: its type, what it does there, and what it needs.

    ``resource`` and ``operation`` are n8n's own selectors, not texts.
    """
    known: NodeType = node_type(step.type)
    chosen = (step.parameters.get(key) for key in ("resource", "operation"))
    does = [choice for choice in chosen if isinstance(choice, str) and choice.isidentifier()]
    needs = sorted(_needed(step))
    return "|".join([step.type, known.kind, *does, *needs, "off" if step.disabled else ""])

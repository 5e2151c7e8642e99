"""What an n8n workflow does, in the terms of a listing: apps, triggers, needs, and a proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from koda_desktop.workflows.inspection import Edge, Graph, Integration, Node, Note, Proposal
from koda_desktop.workflows.n8n.credential_names import credential_name
from koda_desktop.workflows.n8n.node_types import LANGCHAIN, NodeType, node_type
from koda_desktop.workflows.n8n.reading import Step, Workflow, pair
from koda_desktop.workflows.notes import description_of, plain, telling_heading
from koda_desktop.workflows.proposing import category, tags
from koda_desktop.workflows.texts import counted, one_line, printable, sentence_list
from koda_desktop.workflows.titles import from_file_name, proposed_title

_GENERIC_SERVICES = ("httpRequest", "graphql", "emailSend")
_SHORT_NOTES = 120
_LONGEST_NOTE = 4000
_MOST_NOTES = 60
_STARTS = {
    "Webhook": "when its webhook is called", "Schedule": "on a schedule",
    "Manual": "when it is run by hand", "Form": "when its form is submitted",
    "Chat": "on a chat message", "Error": "when another workflow fails",
    "Called by another workflow": "when another workflow calls it",
    "Workflow event": "on an event of the workflow", "n8n event": "on an event of n8n",
    "File change": "when a file changes", "Incoming email": "when an email arrives",
    "MCP client": "when an MCP client calls it", "RSS feed": "on a new item of an RSS feed",
    "Evaluation": "as part of an evaluation",
}  # fmt: skip


def integrations(steps: Iterable[Step]) -> tuple[Integration, ...]:
    """The services steps talk to, the most used first, plain requests last."""
    found: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for step in steps:
        for key, name in _services(step):
            found.setdefault(name, key)
            counts[name] += 1
    listed = [Integration(key, name, counts[name]) for name, key in found.items()]
    return tuple(sorted(listed, key=lambda i: (i.key in _GENERIC_SERVICES, -i.count)))


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
        notes += [_note(step) for step in workflow.steps if step.is_note]
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
        size=pair([step.parameters.get("width"), step.parameters.get("height")]),
        color=one_line(str(color), 20) if isinstance(color, (str, int)) else "",
    )


def _edges(workflow: Workflow) -> Iterator[Edge]:
    for link in workflow.links:
        source, target = link.source.step, link.target.step
        if source and target and not source.is_note and not target.is_note:
            kind = one_line(link.kind, 60)
            yield Edge(source.key, target.key, kind, link.output, link.input)


def propose(name: str, file_name: str, workflows: list[Workflow]) -> Proposal:
    """A listing to start from; nothing in it comes from parameters, so that nothing leaks."""
    steps = [step for workflow in workflows for step in workflow.working]
    apps = integrations(steps)
    starts = triggers(steps)
    names = tuple(app.name for app in apps)
    telling = tuple(app.name for app in apps if app.key not in _GENERIC_SERVICES)
    labels = dict.fromkeys(node_type(step.type).label for step in steps)
    fallback = f"{sentence_list((telling or tuple(labels))[:3])} workflow"
    said = (name, from_file_name(file_name), telling_heading(_told(workflows)))
    title = proposed_title(said, fallback)
    return Proposal(
        title=title,
        description=_description(workflows, steps, names, starts),
        tags=tags(("n8n", *_topics(steps), *telling, *_starting(starts))),
        category=category(title, (app.key for app in apps)),
    )


def _topics(steps: list[Step]) -> Iterator[str]:
    if any(step.type.startswith(LANGCHAIN) for step in steps):
        yield "ai"
    if any(step.type.endswith(".agent") for step in steps):
        yield "ai agent"


def _starting(starts: tuple[str, ...]) -> Iterator[str]:
    yield from (start for start in starts if start in ("Webhook", "Schedule", "Form", "Chat"))


def _description(
    workflows: list[Workflow], steps: list[Step], apps: tuple[str, ...], starts: tuple[str, ...]
) -> str:
    said = description_of(_told(workflows))
    if len(said) >= _SHORT_NOTES:
        return said
    summary = " ".join(_sentences(workflows, steps, apps, starts))
    return f"{said}\n\n{summary}" if said else summary


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
        told += sorted(texts, key=lambda text: len(plain(text)) < _SHORT_NOTES)
    return tuple(told)


def _reading_order(step: Step) -> tuple[float, float]:
    x, y = step.position or (0.0, 0.0)
    return (x, y)


def _sentences(
    workflows: list[Workflow], steps: list[Step], apps: tuple[str, ...], starts: tuple[str, ...]
) -> Iterator[str]:
    count = counted(len(steps), "step")
    what = "An n8n workflow" if len(workflows) == 1 else f"{len(workflows)} n8n workflows"
    yield f"{what} with {count}."
    if starts:
        ways = tuple(_STARTS.get(start, f"on an event in {start}") for start in starts)
        yield f"It starts {sentence_list(ways, 4).replace(' and ', ' or ')}."
    if apps:
        yield f"It uses {sentence_list(apps, 8)}."
    needs = dict.fromkeys(one_line(credential_name(k), 60) for k in credential_types(steps))
    if needs:
        yield f"You need credentials for {sentence_list(tuple(needs), 8)}."


def colour(step: Step) -> str:
    """What a step is for the fingerprint: its type, what it does there, and what it needs.

    ``resource`` and ``operation`` are n8n's own selectors, not texts.
    """
    known: NodeType = node_type(step.type)
    chosen = (step.parameters.get(key) for key in ("resource", "operation"))
    does = [choice for choice in chosen if isinstance(choice, str) and choice.isidentifier()]
    needs = sorted(_needed(step))
    return "|".join([step.type, known.kind, *does, *needs, "off" if step.disabled else ""])

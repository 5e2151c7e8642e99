"""What Node-RED flows do, in the terms of a listing: services, triggers, needs, a proposal."""

from __future__ import annotations

from collections.abc import Iterator

from koda_desktop.workflows import listing
from koda_desktop.workflows.inspection import Edge, Graph, Integration, Node, Note, Proposal
from koda_desktop.workflows.json_reading import number
from koda_desktop.workflows.node_red.node_types import code_language, node_type
from koda_desktop.workflows.node_red.reading import Flows, Item, Step, shifted, text
from koda_desktop.workflows.node_red.validating import packages
from koda_desktop.workflows.requirements import Needs, distinct, model_names, setup_steps
from koda_desktop.workflows.texts import one_line, printable

_PLAIN = ("httpRequest", "dashboard")
_LONGEST_NOTE = 4000
_NO_ACCOUNT = ("websocket-listener", "websocket-client", "http proxy", "ui_", "ui-", "ui_base")
_MODEL_KEYS = ("model", "modelName", "model_name", "engine")


def integrations(flows: Flows) -> tuple[Integration, ...]:
    """The services nodes talk to, the most used first, plain requests last."""
    known = (node_type(step.item.type) for step in flows.steps)
    services = (
        (one_line(kind.service, 60), one_line(kind.service_name, 60))
        for kind in known
        if kind.service
    )
    return listing.integrations(services, _PLAIN)


def triggers(flows: Flows) -> tuple[str, ...]:
    """What starts the flows, each once, in the order of the file."""
    return distinct((step.trigger for step in flows.steps), 60)


def connections(flows: Flows) -> tuple[str, ...]:
    """The types of configuration a buyer fills in, and the ways requests sign in, each once."""
    configured = [
        item.type for item in flows.configurations if not item.type.startswith(_NO_ACCOUNT)
    ]
    requests = (step.item.raw for step in flows.steps if step.item.type == "http request")
    return distinct([*configured, *(text(raw.get("authType")) for raw in requests)])


def accounts(flows: Flows) -> tuple[str, ...]:
    """The same in words."""
    names = {"basic": "Basic Auth", "bearer": "Bearer Auth", "digest": "Digest Auth"}
    return distinct((names.get(kind) or node_type(kind).label for kind in connections(flows)), 60)


def graph(flows: Flows) -> Graph:
    """The nodes, wires and notes of all tabs."""
    nodes = tuple(_node(step) for step in flows.steps)
    edges = tuple(
        Edge(link.source.key, link.target.key, link.kind, link.output) for link in flows.links
    )
    return Graph(nodes, edges, tuple(_notes(flows)))


def _node(step: Step) -> Node:
    known = node_type(step.item.type)
    return Node(
        name=step.key,
        type=one_line(step.item.type.partition(":")[0], 200),
        label=one_line(known.label, 60),
        position=step.position,
        disabled=step.disabled,
        is_trigger=bool(step.trigger),
        kind="trigger" if step.trigger else known.kind,
    )


def _notes(flows: Flows) -> Iterator[Note]:
    """Groups with a name, as the areas they are, and comments."""
    for item in flows.of_type("group", "comment"):
        said = _said(item) if item.type == "comment" else text(item.raw.get("name"))
        if said:
            shown = printable(said[:_LONGEST_NOTE])
            yield Note(shown, shifted(item, flows.shifts), _size(item), "")


# A group stands around flat nodes set by their middles. Ours are drawn from there to the right and
# down, with their names below.
_DRAWN_LARGER = (40.0, 80.0)


def _size(item: Item) -> tuple[float, float] | None:
    width, height = number(item.raw.get("w")), number(item.raw.get("h"))
    if width is None or height is None:
        return None
    return width + _DRAWN_LARGER[0], height + _DRAWN_LARGER[1]


def _said(item: Item) -> str:
    """The text of a comment, tab or subflow: its name, and the longer text behind it."""
    # In names the editor writes a line break as a backslash and an n.
    name = text(item.raw.get("name")).replace("\\n", "\n").strip()
    return "\n\n".join(said for said in (name, text(item.raw.get("info")).strip()) if said)


def told(flows: Flows) -> tuple[str, ...]:
    """The seller's own texts: descriptions of tabs and subflows, then comments, long ones first."""
    tabs = (text(item.raw.get("info")) for item in flows.of_type("tab", "subflow"))
    comments = (_said(item) for item in flows.of_type("comment"))
    longest_first = sorted(comments, key=lambda said: len(said) < listing.SHORT_NOTES)
    return tuple(said for said in (*tabs, *longest_first) if said.strip())[:60]


def propose(name: str, file_name: str, flows: Flows) -> Proposal:
    """A listing to start from; nothing in it comes from settings, so that nothing leaks."""
    known = [node_type(step.item.type) for step in flows.steps]
    topics = ("ai",) if any(kind.kind == "ai" for kind in known) else ()
    return listing.propose(listing.Story(
        tag="node-red", noun="a Node-RED flow", nouns="Node-RED flows", thing="node", name=name,
        file_name=file_name, steps=len(flows.steps), apps=integrations(flows),
        triggers=triggers(flows), needs=accounts(flows), told=told(flows), plain=_PLAIN,
        topics=topics, labels=tuple(dict.fromkeys(kind.label for kind in known)),
        workflows=max(1, len(flows.of_type("tab"))),
    ))  # fmt: skip


def ai_models(flows: Flows) -> tuple[str, ...]:
    """The models chosen in AI nodes, each once."""
    chosen = (s.item.raw for s in flows.steps if node_type(s.item.type).kind == "ai")
    return model_names(raw.get(key) for raw in chosen for key in _MODEL_KEYS)


def code_languages(flows: Flows) -> tuple[str, ...]:
    """The languages a buyer finds code in, each once."""
    return distinct(code_language(step.item.type) for step in flows.steps)


def instructions(flows: Flows) -> tuple[str, ...]:
    """The estimated set-up steps of a buyer."""
    needs = Needs(
        connections=accounts(flows),
        packages=packages(flows),
        addresses=sum(step.item.type == "http in" for step in flows.steps),
    )
    return setup_steps("Node-RED", needs, "Deploy the flows")


def colours(flows: Flows) -> dict[str, str]:
    """What each node is for the fingerprint: its type, how it starts, and whether it is on."""
    return {
        step.key: "|".join([step.item.type.partition(":")[0], step.trigger, "off" * step.disabled])
        for step in flows.steps
    }

"""What zaps do, in the terms of a listing: apps, triggers, needs, and a proposal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from koda_desktop.workflows import listing
from koda_desktop.workflows.inspection import Edge, Graph, Integration, Node, Proposal
from koda_desktop.workflows.requirements import Needs, distinct, model_names, setup_steps
from koda_desktop.workflows.texts import one_line
from koda_desktop.workflows.zapier.reading import Step, Zap, part, text

_MODEL_KEYS = ("model", "model_id", "ai_model", "engine")
_WEBHOOK = "Webhook"


def integrations(steps: Iterable[Step]) -> tuple[Integration, ...]:
    """The apps of the zaps, the most used first."""
    services = (
        (one_line(s.app.service, 60), one_line(s.app.label, 60)) for s in steps if s.app.service
    )
    return listing.integrations(services, ())


def triggers(steps: Iterable[Step]) -> tuple[str, ...]:
    """What starts the zaps, each once, in the order of the file."""
    return distinct((step.app.start for step in steps if step.is_trigger), 60)


def connections(steps: Iterable[Step]) -> tuple[str, ...]:
    """The apps that want a connection, each once.

    Taken from the apps, not from the connections steps hold: those are scrubbed.
    """
    return distinct(step.app.id for step in steps if step.app.service)


def graph(zaps: Iterable[Zap]) -> Graph:
    """The steps and connections of all zaps; Zapier keeps no coordinates and no notes."""
    listed = list(zaps)
    nodes = tuple(_node(step) for zap in listed for step in zap.steps)
    edges = tuple(
        Edge(link.source.key, link.target.key, link.kind, link.output)
        for zap in listed
        for link in zap.links
    )
    return Graph(nodes, edges)


def _node(step: Step) -> Node:
    return Node(
        name=step.key,
        type=one_line(step.app.id, 200),
        label=one_line(step.app.label, 60),
        position=None,
        # All steps but the trigger are "paused" in an export, whether they run or not.
        disabled=False,
        is_trigger=step.is_trigger,
        kind="trigger" if step.is_trigger else step.app.kind,
    )


def propose(name: str, file_name: str, zaps: list[Zap]) -> Proposal:
    """A listing to start from; nothing in it comes from fields, so that nothing leaks."""
    steps = [step for zap in zaps for step in zap.steps]
    topics = ("ai",) if any(step.app.kind == "ai" for step in steps) else ()
    return listing.propose(listing.Story(
        tag="zapier", noun="a Zap", nouns="Zaps", name=name, file_name=file_name,
        steps=len(steps), workflows=len(zaps), apps=integrations(steps), triggers=triggers(steps),
        needs=accounts(steps), told=_told(zaps), topics=topics,
        labels=tuple(dict.fromkeys(step.app.label for step in steps if step.app.label)),
    ))  # fmt: skip


def _told(zaps: list[Zap]) -> tuple[str, ...]:
    return tuple(said for zap in zaps if (said := text(zap.raw.get("description"))))


def accounts(steps: Iterable[Step]) -> tuple[str, ...]:
    """The names of the services a buyer connects."""
    return distinct((step.app.label for step in steps if step.app.service), 60)


def ai_models(steps: Iterable[Step]) -> tuple[str, ...]:
    """The models chosen in AI steps, each once."""
    chosen = (step.params for step in steps if step.app.kind == "ai")
    return model_names(params.get(key) for params in chosen for key in _MODEL_KEYS)


def code_languages(steps: Iterable[Step]) -> tuple[str, ...]:
    """The languages of code steps, each once."""
    return distinct(language for step in steps for language in _language(step))


def _language(step: Step) -> Iterator[str]:
    if step.app.kind == "code" and "code" in step.params:
        said = " ".join(text(part(step.raw, "meta").get("stepTitle")).lower().split())
        named = f"{step.action} {text(step.raw.get('title'))} {said}".lower()
        yield "Python" if "python" in named or _reads_as_python(step) else "JavaScript"


def _reads_as_python(step: Step) -> bool:
    """Code of Zapier in Python reads ``input_data``, in JavaScript ``inputData``."""
    return "input_data" in text(step.params.get("code"))


def own_documents(steps: Iterable[Step]) -> list[str]:
    """The apps of steps that name documents picked in the seller's account, one per step."""
    return [
        one_line(step.app.label, 60)
        for step in steps
        if step.app.service and any(step.params.get(key) for key in _picked(step))
    ]


def _picked(step: Step) -> Iterator[str]:
    """The fields whose name for people is kept beside their id."""
    for key, shown in part(part(step.raw, "meta"), "parammap").items():
        chosen = step.params.get(key)
        if isinstance(shown, str) and shown and isinstance(chosen, str) and _is_id(chosen, shown):
            yield key


def _is_id(chosen: str, shown: str) -> bool:
    return chosen.lower() != shown.lower() and any(char.isdigit() for char in chosen)


def instructions(steps: list[Step]) -> tuple[str, ...]:
    """The estimated set-up steps of a buyer."""
    needs = Needs(
        connections=accounts(steps),
        documents=distinct(own_documents(steps)),
        addresses=sum(step.is_trigger and step.app.label == _WEBHOOK for step in steps),
    )
    return setup_steps("Zapier", needs, "Test every step and publish the zap")


def colours(steps: Iterable[Step]) -> dict[str, str]:
    """What each step is for the fingerprint: its app without the version, and what it does there.

    ``action`` is Zapier's own selector, not a text.
    """
    return {
        step.key: "|".join([step.app.id, text(step.raw.get("type_of")), step.action])
        for step in steps
    }

"""What a workflow becomes in a shop: its integrations counted, and a listing to start from.

Nothing here comes from parameters, so that nothing of them leaks into a listing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from koda_desktop.workflows.inspection import Integration, Proposal
from koda_desktop.workflows.notes import description_of, telling_heading
from koda_desktop.workflows.proposing import category, service_word, tags
from koda_desktop.workflows.texts import counted, one_line, sentence_list
from koda_desktop.workflows.titles import from_file_name, proposed_title

SHORT_NOTES = 120
_WAYS = {
    "Webhook": "when its webhook is called", "Schedule": "on a schedule",
    "Manual": "when it is run by hand", "Form": "when its form is submitted",
    "Chat": "on a chat message", "Error": "when another workflow fails",
    "Called by another workflow": "when another workflow calls it",
    "Workflow event": "on an event of the workflow", "n8n event": "on an event of n8n",
    "File change": "when a file changes", "Incoming email": "when an email arrives",
    "MCP client": "when an MCP client calls it", "RSS feed": "on a new item of an RSS feed",
    "Evaluation": "as part of an evaluation", "AI agent": "when an AI agent calls it",
    "MQTT": "on an MQTT message", "WebSocket": "on a WebSocket message",
    "HTTP request": "when its address is called", "Network connection": "on a network message",
    "Flow start": "when the flow starts",
}  # fmt: skip
_TAGGED = ("Webhook", "Schedule", "Form", "Chat")


@dataclass(frozen=True, slots=True)
class Story:
    """What a platform module knows of a file, in words.

    ``tag`` names the platform; ``noun`` one workflow of it, with its article; ``nouns`` several.
    ``told`` are the seller's own texts, the telling ones first. ``plain`` are the keys of
    integrations that say little, such as a bare request. ``needs`` are services that want an
    account. ``topics`` are further tags, ``labels`` names of steps for want of integrations, and
    ``pace`` says how often a schedule runs.
    """

    tag: str
    noun: str
    nouns: str
    name: str
    file_name: str
    steps: int
    workflows: int = 1
    thing: str = "step"
    apps: tuple[Integration, ...] = ()
    triggers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    pace: str = ""


def integrations(
    services: Iterable[tuple[str, str]], plain: tuple[str, ...]
) -> tuple[Integration, ...]:
    """``(key, name)`` of every use counted by name: the most used first, ``plain`` keys last."""
    found: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for key, name in services:
        found.setdefault(name, key)
        counts[name] += 1
    listed = [Integration(key, name, counts[name]) for name, key in found.items()]
    return tuple(sorted(listed, key=lambda i: (i.key in plain, -i.count)))


def propose(story: Story) -> Proposal:
    """Title, description, tags and category for a listing."""
    telling = tuple(app.name for app in story.apps if app.key not in story.plain)
    words = (telling or story.labels)[:3]
    fallback = f"{sentence_list(words)} {story.noun.split()[-1]}".strip()
    said = (story.name, from_file_name(story.file_name), telling_heading(story.told))
    title = proposed_title(said, fallback[:1].upper() + fallback[1:])
    starts = (start for start in story.triggers if start in _TAGGED)
    return Proposal(
        title=title,
        description=_description(story),
        tags=tags((story.tag, *story.topics, *telling, *starts)),
        category=category(title, (service_word(app.key, app.name) for app in story.apps)),
    )


def _description(story: Story) -> str:
    said = description_of(story.told)
    if len(said) >= SHORT_NOTES:
        return said
    summary = " ".join(_sentences(story))
    return f"{said}\n\n{summary}" if said else summary


def _sentences(story: Story) -> Iterator[str]:
    what = story.noun[:1].upper() + story.noun[1:]
    what = what if story.workflows == 1 else f"{story.workflows} {story.nouns}"
    yield f"{what} with {counted(story.steps, story.thing)}."
    if story.triggers:
        ways = tuple(_way(start, story.pace) for start in story.triggers)
        yield f"It starts {sentence_list(ways, 4).replace(' and ', ' or ')}."
    if story.apps:
        yield f"It uses {sentence_list(tuple(app.name for app in story.apps), 8)}."
    if story.needs:
        needs = tuple(dict.fromkeys(one_line(need, 60) for need in story.needs))
        yield f"You need credentials for {sentence_list(needs, 8)}."


def _way(start: str, pace: str) -> str:
    way = _WAYS.get(start, f"on an event in {start}")
    return f"{way} ({pace})" if pace and start == "Schedule" else way

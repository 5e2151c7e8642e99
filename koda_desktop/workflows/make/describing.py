"""What a Make scenario does, in the terms of a listing: apps, triggers, needs, and a proposal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from koda_desktop.workflows import listing
from koda_desktop.workflows.inspection import Edge, Graph, Integration, Node, Note, Proposal
from koda_desktop.workflows.json_reading import JsonObject, number
from koda_desktop.workflows.make.module_types import is_agent, module_type
from koda_desktop.workflows.make.reading import Scenario, Step, part
from koda_desktop.workflows.make.rich_text import plain_text
from koda_desktop.workflows.requirements import Needs, distinct, model_names, setup_steps
from koda_desktop.workflows.texts import one_line, printable

_PLAIN = ("http", "email")
_LONGEST_NOTE = 4000
_NOTE_OFFSET = 190.0
_MODEL_KEYS = ("model", "defaultModel", "modelName", "model_id", "modelId")
_SQL_APPS = ("mysql", "postgres", "postgresql", "mssql", "snowflake", "google-big-query")
_DOCUMENTS = {
    "spreadsheetId", "sheetId", "databaseId", "database", "channelId", "channel", "folderId",
    "folder", "fileId", "documentId", "baseId", "base", "tableId", "table", "boardId", "listId",
    "calendarId", "calendar", "chatId", "projectId", "project_id", "formId", "siteId", "teamId",
    "workspaceId", "storeId", "audienceId", "list_id", "board_id", "group_id", "workspace_id",
}  # fmt: skip
_LOOKS_CHOSEN = re.compile(r"(?=[^{}]*\d)[^\s{}]{6,200}\Z")


def integrations(scenario: Scenario) -> tuple[Integration, ...]:
    """The apps of the scenario, the most used first, plain requests last."""
    return listing.integrations((app for step in scenario.steps for app in _service(step)), _PLAIN)


def _service(step: Step) -> Iterator[tuple[str, str]]:
    known = module_type(step.type)
    if known.service and known.sound:
        yield one_line(known.service, 60), one_line(known.label, 60)


def triggers(scenario: Scenario) -> tuple[str, ...]:
    """What starts the scenario: its first module, or a schedule."""
    first = next((step for step in scenario.steps if step.starts), None)
    return (one_line(first.trigger or "Schedule", 60),) if first else ()


def connections(scenario: Scenario) -> tuple[str, ...]:
    """The kinds of connection a buyer needs, each once, by the app's id.

    Taken from the modules, not from the connections they hold: those are scrubbed.
    """
    known = (module_type(step.type) for step in scenario.steps)
    return distinct(kind.account for kind in known if kind.sound)


def graph(scenario: Scenario) -> Graph:
    """The modules, connections and notes of the scenario."""
    nodes = tuple(_node(step) for step in scenario.steps)
    edges = tuple(
        Edge(link.source.key, link.target.key, link.kind, link.output) for link in scenario.links
    )
    return Graph(nodes, edges, tuple(_notes(scenario)))


def _node(step: Step) -> Node:
    known = module_type(step.type)
    return Node(
        name=step.key,
        type=one_line(step.type, 200),
        label=one_line(known.label, 60),
        position=step.position,
        disabled=step.orphan,
        is_trigger=bool(step.trigger),
        kind="trigger" if step.trigger else known.kind,
    )


def _notes(scenario: Scenario) -> Iterator[Note]:
    places = {step.id: step.position for step in scenario.steps if step.id is not None}
    for raw in _raw_notes(scenario.raw):
        content = raw.get("content") or raw.get("text")
        if isinstance(content, str):
            color = part(raw, "metadata").get("color")
            shown = one_line(color, 20) if isinstance(color, str) else ""
            text = printable(plain_text(content[:_LONGEST_NOTE]))
            yield Note(text, _note_place(raw, places), None, shown)


def _raw_notes(blueprint: JsonObject) -> Iterator[JsonObject]:
    """Notes are kept in the metadata; older blueprints have them in the designer's part of it."""
    metadata = part(blueprint, "metadata")
    for holder in (metadata, part(metadata, "designer")):
        listed = holder.get("notes")
        yield from (n for n in (listed if isinstance(listed, list) else ()) if isinstance(n, dict))


def _note_place(
    raw: JsonObject, places: dict[int, tuple[float, float] | None]
) -> tuple[float, float] | None:
    """Above the first module the note is about."""
    listed = raw.get("moduleIds")
    wanted = listed if isinstance(listed, list) else [raw.get("id")]
    about = (places.get(w) for w in wanted if isinstance(w, int) and not isinstance(w, bool))
    first = next((place for place in about if place), None)
    return (first[0], first[1] - _NOTE_OFFSET) if first else None


def told(scenario: Scenario) -> tuple[str, ...]:
    """The seller's own texts: a description and the notes, the longest first."""
    own = scenario.raw.get("description")
    notes = sorted((note.text for note in _notes(scenario)), key=len, reverse=True)
    return (*((own,) if isinstance(own, str) else ()), *notes)


def propose(name: str, file_name: str, scenario: Scenario, scheduling: Any) -> Proposal:
    """A listing to start from; nothing in it comes from mappings, so that nothing leaks."""
    known = [module_type(step.type) for step in scenario.steps]
    has_agent = any(is_agent(step.type) for step in scenario.steps)
    has_ai = any(kind.kind == "ai" for kind in known)
    topics = (("ai",) if has_ai else ()) + (("ai agent",) if has_agent else ())
    return listing.propose(listing.Story(
        tag="make", noun="a Make scenario", nouns="Make scenarios", thing="module", name=name,
        file_name=file_name, steps=len(scenario.steps), apps=integrations(scenario),
        triggers=triggers(scenario), needs=accounts(scenario), told=told(scenario), plain=_PLAIN,
        topics=topics, labels=tuple(dict.fromkeys(kind.label for kind in known)),
        pace=pace(scheduling),
    ))  # fmt: skip


def accounts(scenario: Scenario) -> tuple[str, ...]:
    """The names of the services a buyer connects."""
    known = (module_type(step.type) for step in scenario.steps)
    return distinct((kind.account_name for kind in known if kind.sound), 60)


def pace(scheduling: Any) -> str:
    """How often the seller lets it run: ``every 15 minutes``; empty where that is not said."""
    if not isinstance(scheduling, dict):
        return ""
    kind, seconds = scheduling.get("type"), number(scheduling.get("interval"))
    if kind == "indefinitely" and seconds is not None and 60 <= seconds <= 7 * 86400:
        return _every(int(seconds))
    return {"daily": "every day", "weekly": "every week", "monthly": "every month",
            "yearly": "every year"}.get(kind, "") if isinstance(kind, str) else ""  # fmt: skip


def _every(seconds: int) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            count = seconds // size
            return f"every {unit}" if count == 1 else f"every {count} {unit}s"
    return f"every {seconds} seconds"


def ai_models(scenario: Scenario) -> tuple[str, ...]:
    """The models chosen in AI modules, each once."""
    mappers = (part(s.raw, "mapper") for s in scenario.steps if module_type(s.type).kind == "ai")
    return model_names(mapper.get(key) for mapper in mappers for key in _MODEL_KEYS)


def code_languages(scenario: Scenario) -> tuple[str, ...]:
    """The languages of code modules and of queries, each once."""
    return distinct(name for step in scenario.steps for name in _language(step))


def _language(step: Step) -> Iterator[str]:
    app, _, short = step.type.partition(":")
    if app == "code":
        chosen = part(step.raw, "mapper").get("language")
        is_python = isinstance(chosen, str) and chosen.lower().startswith("python")
        yield "Python" if is_python else "JavaScript"
    elif app in _SQL_APPS and "query" in short.lower():
        yield "SQL"


def own_documents(scenario: Scenario) -> list[str]:
    """The apps of steps whose mapping names a document or list by its id, one per step."""
    return [
        one_line(module_type(step.type).label, 60)
        for step in scenario.steps
        if module_type(step.type).service and _chooses(part(step.raw, "mapper"))
    ]


def _chooses(mapper: JsonObject) -> bool:
    return any(
        isinstance(value, str) and bool(_LOOKS_CHOSEN.match(value))
        for key, value in mapper.items()
        if key in _DOCUMENTS
    )


def instructions(scenario: Scenario) -> tuple[str, ...]:
    """The estimated set-up steps of a buyer."""
    needs = Needs(
        connections=accounts(scenario),
        documents=distinct(own_documents(scenario)),
        addresses=int("Webhook" in triggers(scenario)),
    )
    return setup_steps("Make", needs, "Choose when it runs and switch it on")


def colours(scenario: Scenario) -> dict[str, str]:
    """What each step is for the fingerprint: its module, filtered or not, connected or not."""
    return {
        step.key: "|".join(
            [step.type, step.trigger, "filtered" * step.is_filtered, "off" * step.orphan]
        )
        for step in scenario.steps
    }

"""What is wrong with Node-RED flows, and what a seller or buyer should know of them.

Errors are faults Node-RED itself would stumble over, and leaks; they block publishing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from koda_desktop.workflows.inspection import Problem
from koda_desktop.workflows.node_red.node_types import SUBFLOW, node_type
from koda_desktop.workflows.node_red.reading import Flows, Item, entries, text
from koda_desktop.workflows.node_red.scrubbing import inline_credentials, telling_keys
from koda_desktop.workflows.problems import error, info, quoted, warning
from koda_desktop.workflows.texts import counted, one_line, sentence_list
from koda_desktop.workflows.where import Where

_NODE_ID = re.compile(r"(?:[0-9a-f]{16}|[0-9a-f]{5,8}\.[0-9a-f]{4,8})\Z")
_NO_CONFIGURATION = frozenset(
    {"id", "z", "g", "name", "info", "func", "label", "payload", "topic", "_alias"}
)


def validate(flows: Flows) -> Iterator[Problem]:
    """Every problem of the flows of one file."""
    yield from _structure(flows)
    yield from _ids(flows)
    yield from _wires(flows)
    yield from _subflows(flows)
    yield from _places(flows)
    yield from _configurations(flows)
    yield from _triggers(flows)
    yield from _leaks(flows)
    yield from _requirements(flows)


def _structure(flows: Flows) -> Iterator[Problem]:
    for where in flows.malformed:
        yield error("malformed", where, "This entry has no id or no type, so it is not a node. "
                    "Export the flows again.")  # fmt: skip
    if not flows.steps:
        yield error("no-nodes", flows.where, "The file holds no nodes of a flow, so there is "
                    "nothing to sell. Add nodes in Node-RED and export again.")  # fmt: skip
    for item in flows.of_type("unknown"):
        yield warning("unknown-node", item.where, "The type of this node was not installed when "
                      "it was exported, so what it does is lost.")  # fmt: skip


def _ids(flows: Flows) -> Iterator[Problem]:
    seen: dict[str, Where] = {}
    for item in flows.items:
        if item.id in seen:
            yield error("duplicate-id", item.where / "id", f"{seen[item.id]} has the same id. "
                        "Wires would mean either; export the flows again.")  # fmt: skip
        seen.setdefault(item.id, item.where)


def _wires(flows: Flows) -> Iterator[Problem]:
    told: set[str] = set()
    for where, wanted in flows.lost:
        if wanted not in told:
            told.add(wanted)
            yield warning("dangling-connection", where, f"A wire or link leads to "
                          f"{quoted(wanted)}, but no node has that id; it was probably not part "
                          "of the selection. Node-RED leaves it out.")  # fmt: skip


def _subflows(flows: Flows) -> Iterator[Problem]:
    known = {item.id for item in flows.of_type("subflow")}
    for item in flows.items:
        wanted = item.type.removeprefix(SUBFLOW)
        if item.type.startswith(SUBFLOW) and wanted not in known:
            known.add(wanted)
            yield error("missing-subflow", item.where / "type", f"The subflow {quoted(wanted)} is "
                        "not in the file, so Node-RED cannot load this node. Export it "
                        "together with its subflow.")  # fmt: skip
    ids = {item.id for item in flows.items}
    for item in flows.of_type("subflow"):
        for where, wanted in _ports(item):
            if wanted not in ids:
                yield warning("dangling-connection", where, f"A port of this subflow leads to "
                              f"{quoted(wanted)}, but no node has that id.")  # fmt: skip


def _ports(subflow: Item) -> Iterator[tuple[Where, str]]:
    for side in ("in", "out"):
        for number, port in enumerate(entries(subflow.raw.get(side))):
            wires = entries(port.get("wires")) if isinstance(port, dict) else []
            place = subflow.where / side / number / "wires"
            for index, wire in enumerate(wires):
                if isinstance(wire, dict):
                    yield place / index, text(wire.get("id"))


def _places(flows: Flows) -> Iterator[Problem]:
    """Nodes in tabs and groups that are not there; a file without any tab is a selection."""
    ids = {item.id for item in flows.items}
    has_tabs = bool(flows.of_type("tab"))
    told: set[str] = set()
    for item in flows.items:
        for key, matters in (("z", has_tabs), ("g", True)):
            wanted = text(item.raw.get(key))
            if matters and wanted and wanted not in ids and wanted not in told:
                told.add(wanted)
                what = "tab or subflow" if key == "z" else "group"
                yield warning("missing-container", item.where / key, f"This node lies in the "
                              f"{what} {quoted(wanted)}, which is not in the file.")  # fmt: skip
    for group in flows.of_type("group"):
        missing = [n for n in entries(group.raw.get("nodes")) if text(n) not in ids]
        if missing:
            yield warning("group-without-nodes", group.where / "nodes", "This group lists "
                          f"{counted(len(missing), 'node')} not in the file.")  # fmt: skip


def _configurations(flows: Flows) -> Iterator[Problem]:
    ids = {item.id for item in flows.items}
    told: set[str] = set()
    for step in flows.steps:
        for key, value in step.item.raw.items():
            if key in _NO_CONFIGURATION or not isinstance(value, str):
                continue
            if _NODE_ID.match(value) and value not in ids and value not in told:
                told.add(value)
                yield warning("missing-configuration", step.item.where / key, "This names a "
                              "configuration that is not in the file; buyers make their own. "
                              "Export it with the flows where it holds nothing "
                              "private.")  # fmt: skip


def _triggers(flows: Flows) -> Iterator[Problem]:
    starting = [step for step in flows.steps if step.trigger]
    if flows.steps and not starting:
        yield warning("no-trigger", flows.where, "Nothing starts these flows: no node that injects "
                      "or receives a message was found.")  # fmt: skip
    elif starting and all(step.disabled for step in starting):
        yield warning("triggers-disabled", starting[0].item.where, "Every node that starts a flow "
                      "is switched off.")  # fmt: skip


def _leaks(flows: Flows) -> Iterator[Problem]:
    telling = telling_keys(item.raw for item in flows.items)
    for item in flows.items:
        for where in inline_credentials(item.raw, item.where, telling):
            yield error("inline-credential", where, "A credential is written into the file. It is "
                        "not in the package, but treat it as leaked: change it at the service, "
                        "enter it in Node-RED as a credential and export again.")  # fmt: skip


def _requirements(flows: Flows) -> Iterator[Problem]:
    names = packages(flows)
    if names:
        yield info("community-nodes", flows.where, "Buyers need to install nodes first: "
                   f"{sentence_list(names, 10)}.")  # fmt: skip


def packages(flows: Flows) -> tuple[str, ...]:
    """What has to be installed: the modules the file names, else the types of extra nodes."""
    modules: dict[str, None] = {}
    for item in flows.of_type("global-config"):
        listed = item.raw.get("modules")
        modules |= dict.fromkeys(listed if isinstance(listed, dict) else ())
    if modules:
        return tuple(sorted(one_line(name, 100) for name in modules))
    extra = {item.type for item in flows.items if node_type(item.type).extra}
    return tuple(sorted(one_line(kind, 60) for kind in extra if kind))

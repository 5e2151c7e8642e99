"""What is wrong with an n8n workflow, and what a seller or buyer should know of it.

Errors are faults n8n itself would stumble over, and leaks; they block publishing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from koda_desktop.workflows.inspection import Problem
from koda_desktop.workflows.n8n.credentials import inline_parts
from koda_desktop.workflows.n8n.node_types import node_type
from koda_desktop.workflows.n8n.reading import Link, Step, Workflow
from koda_desktop.workflows.problems import error, info, quoted, warning
from koda_desktop.workflows.texts import counted, one_line, sentence_list
from koda_desktop.workflows.where import Where

_CALLERS = {"executeWorkflow", "toolWorkflow"}


def validate(workflow: Workflow, *, others_call: bool = False) -> Iterator[Problem]:
    """Every problem of one workflow. ``others_call`` says that another one of the same file calls
    sub-workflows, so that a missing trigger is nothing to warn of."""
    yield from _structure(workflow)
    yield from _names(workflow)
    yield from _ids(workflow)
    yield from _links(workflow)
    yield from _triggers(workflow, others_call)
    yield from _leaks(workflow)
    yield from _requirements(workflow)


def calls_others(workflow: Workflow) -> bool:
    """Whether a workflow starts other workflows."""
    return any(step.type.rpartition(".")[2] in _CALLERS for step in workflow.working)


def _structure(workflow: Workflow) -> Iterator[Problem]:
    connections = workflow.raw.get("connections")
    place = workflow.where / "connections"
    if "connections" not in workflow.raw:
        yield error("no-connections", place, "The list of connections is missing, so n8n refuses "
                     "the file. Export the whole workflow again.")  # fmt: skip
    elif not isinstance(connections, dict) and connections:
        yield error("malformed", place, "Connections must be an object keyed by node name.")
    for where in workflow.malformed:
        yield error("malformed", where, "This entry does not have the shape n8n reads. "
                     "Export the workflow again.")  # fmt: skip
    if not workflow.working:
        what = "only sticky notes" if workflow.steps else "no nodes"
        yield error("no-nodes", workflow.where / "nodes", f"The workflow holds {what}, "
                     "so there is nothing to sell. Add steps in n8n and export again.")  # fmt: skip
    for step in workflow.steps:
        yield from _step(step)


def _step(step: Step) -> Iterator[Problem]:
    if not step.type:
        yield error("node-without-type", step.where, "This node names no type, so n8n cannot "
                     "load it. Export the workflow again.")  # fmt: skip
    if not step.name:
        yield error("node-without-name", step.where, "This node has no name, and connections "
                     "are keyed by name. Name it in n8n and export again.")  # fmt: skip
    if step.position is None:
        yield warning("node-without-position", step.where, "This node has no position, so the "
                       "editor and the picture place it anywhere.")  # fmt: skip


def _names(workflow: Workflow) -> Iterator[Problem]:
    first: dict[str, Step] = {}
    for step in workflow.steps:
        if not step.name:
            continue
        earlier = first.setdefault(step.name, step)
        if earlier is step:
            continue
        message = (
            f"The name {quoted(step.name)} is already taken by {earlier.where}. Connections are "
            "keyed by name: rename one of them in n8n and export again."
        )
        both_notes = step.is_note and earlier.is_note
        yield (warning if both_notes else error)(
            "duplicate-name", step.where / "name",
            "Two sticky notes share a name; n8n renames one." if both_notes else message,
        )  # fmt: skip


def _ids(workflow: Workflow) -> Iterator[Problem]:
    seen: dict[Any, Where] = {}
    for step in workflow.steps:
        given = step.raw.get("id")
        if not isinstance(given, (str, int)) or given == "":
            continue
        if given in seen:
            yield warning("duplicate-id", step.where / "id", f"{seen[given]} has the same id. "
                           "n8n may merge the two when it loads the file.")  # fmt: skip
        seen.setdefault(given, step.where)


def _links(workflow: Workflow) -> Iterator[Problem]:
    missing: set[tuple[str, str]] = set()
    by_id: list[Link] = []
    for link in workflow.links:
        for end, role in ((link.source, "from"), (link.target, "to")):
            if end.step is None and (role, end.written) not in missing:
                missing.add((role, end.written))
                yield error("dangling-connection", link.where, "A connection leads "
                             f"{role} {quoted(end.written)}, but no node has that name. "
                             "Open the workflow in n8n, save it and export again.")  # fmt: skip
        if link.source.by_id or link.target.by_id:
            by_id.append(link)
    if by_id:
        yield warning("connection-by-id", by_id[0].where, f"{counted(len(by_id), 'connection')} "
                       "named by node id instead of node name. The graph shows what is meant, "
                       "but n8n itself ignores such connections.")  # fmt: skip
    for where in workflow.loose:
        yield warning("loose-connection", where, "An entry without connections is left over from "
                       "a node that is gone. It does no harm.")  # fmt: skip


def _triggers(workflow: Workflow, others_call: bool) -> Iterator[Problem]:
    triggers = [step for step in workflow.working if node_type(step.type).trigger]
    if triggers and all(step.disabled for step in triggers):
        yield warning("triggers-disabled", triggers[0].where, "Every trigger is switched off, so "
                       "nothing starts the workflow.")  # fmt: skip
    if triggers or not workflow.working or others_call:
        return
    yield warning("no-trigger", workflow.where / "nodes", "No trigger starts this workflow. That "
                   "is right only for one that other workflows call.")  # fmt: skip


def _leaks(workflow: Workflow) -> Iterator[Problem]:
    for step in workflow.steps:
        for where in inline_parts(step.credentials, step.where / "credentials"):
            yield error("inline-credential", where, "A credential is written into the file. It "
                         "is not in the package, but treat it as leaked: change it at the "
                         "service, choose a saved credential in n8n and export again.")  # fmt: skip


def _requirements(workflow: Workflow) -> Iterator[Problem]:
    packages = {node_type(step.type).package for step in workflow.working} - {""}
    if packages:
        names = sentence_list(tuple(one_line(p, 100) for p in sorted(packages)))
        yield info("community-nodes", workflow.where / "nodes", "Buyers need to install "
                    f"community nodes first: {names}.")  # fmt: skip
    callers = [s for s in workflow.working if s.type.rpartition(".")[2] in _CALLERS]
    if callers:
        start = "step starts" if len(callers) == 1 else "steps start"
        yield info("calls-workflows", callers[0].where, f"{len(callers)} {start} another "
                    "workflow, by its id on your instance. Buyers choose theirs after importing, "
                    "so offer that workflow too.")  # fmt: skip


def old_address(where: Where) -> Problem:
    """The warning that the address of a webhook still stands somewhere else in the workflow."""
    message = (
        "The path of this webhook was made generic, but the old one is still mentioned elsewhere "
        "in the workflow, in a text or a request. Replace it in n8n and export again."
    )
    return warning("old-webhook-address", where, message)

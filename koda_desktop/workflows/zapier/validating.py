"""What is wrong with a zap, and what a seller or buyer should know of it.

Errors are faults Zapier itself would stumble over; they block publishing.
"""

from __future__ import annotations

from collections.abc import Iterator

from koda_desktop.workflows.inspection import Problem
from koda_desktop.workflows.problems import error, info, quoted, warning
from koda_desktop.workflows.where import Where
from koda_desktop.workflows.zapier.reading import Step, Zap, reference
from koda_desktop.workflows.zapier.references import references

_KINDS = ("read", "write", "search", "filter", "read_bulk", "search_or_write")


def validate(zap: Zap) -> Iterator[Problem]:
    """Every problem of one zap."""
    yield from _structure(zap)
    yield from _ids(zap)
    yield from _parents(zap)
    yield from _references(zap)
    yield from _triggers(zap)
    private = [step for step in zap.steps if step.app.private]
    if private:
        yield warning("custom-apps", private[0].where, "This step uses an app that is not "
                      "published: buyers need an invitation to it first.")  # fmt: skip


def _structure(zap: Zap) -> Iterator[Problem]:
    for where in zap.malformed:
        yield error("malformed", where, "This entry does not have the shape Zapier reads. Export "
                    "the zap again.")  # fmt: skip
    if not zap.steps:
        yield error("no-nodes", zap.where / "nodes", "The zap holds no steps, so there is nothing "
                    "to sell. Take it out, or add steps and export again.")  # fmt: skip
    for step in zap.steps:
        if not step.app.label:
            yield error("node-without-type", step.where, "This step names no app, so Zapier "
                        "cannot load it. Choose one in the editor and export again.")  # fmt: skip
        elif not step.action:
            yield warning("node-without-action", step.where, "No event is chosen for this step, "
                          "so the zap cannot run. Choose one in the editor.")  # fmt: skip
        kind = step.raw.get("type_of")
        if kind is not None and kind not in _KINDS:
            yield warning("unknown-kind", step.where / "type_of", "The kind of this step is none "
                          "that is known here: it was probably edited by hand.")  # fmt: skip


def _ids(zap: Zap) -> Iterator[Problem]:
    seen: dict[str, Step] = {}
    for step in zap.steps:
        given = reference(step.raw.get("id"))
        if given and given != step.id:
            yield warning("id-mismatch", step.where / "id", f"The step is kept under "
                          f"{quoted(step.id)} but calls itself {quoted(given)}.")  # fmt: skip
        if given and given in seen:
            yield error("duplicate-id", step.where / "id", f"{seen[given].where} has the same id. "
                        "References would mean either; export the zap again.")  # fmt: skip
        seen.setdefault(given, step)


def _parents(zap: Zap) -> Iterator[Problem]:
    by_id = {step.id: step for step in zap.steps}
    for step in zap.steps:
        for key in ("parent_id", "root_id"):
            wanted = reference(step.raw.get(key))
            if wanted and wanted not in by_id:
                yield error("dangling-connection", step.where / key, f"This step follows "
                            f"{quoted(wanted)}, but no step has that id. Export the zap "
                            "again.")  # fmt: skip
    looped = _in_a_circle(by_id)
    if looped:
        yield error("circular-steps", looped, "The steps follow each other in a circle, so none "
                    "of them is first. Export the zap again.")  # fmt: skip


def _in_a_circle(by_id: dict[str, Step]) -> Where | None:
    """The first step that leads back to itself; every step is walked over once."""
    sound: set[str] = set()
    for start in by_id.values():
        path: dict[str, Step] = {}
        step: Step | None = start
        while step and step.id not in sound:
            if step.id in path:
                return step.where / "parent_id"
            path[step.id] = step
            step = by_id.get(step.parent)
        sound |= path.keys()
    return None


def _references(zap: Zap) -> Iterator[Problem]:
    known = {step.id for step in zap.steps}
    told: set[str] = set()
    for step in zap.steps:
        for wanted, where in references(step):
            if wanted not in known and wanted not in told:
                told.add(wanted)
                yield warning("unknown-reference", where, f"This takes a value from step "
                              f"{quoted(wanted)}, which is not in the zap. Map the field again "
                              "in the editor, or tell buyers to.")  # fmt: skip


def _triggers(zap: Zap) -> Iterator[Problem]:
    first = [step for step in zap.steps if not step.parent]
    if zap.steps and not any(step.is_trigger for step in zap.steps):
        yield warning("no-trigger", zap.where / "nodes", "No trigger starts this zap. Choose one "
                      "in the editor and export again.")  # fmt: skip
    if len(first) > 1:
        yield error("several-triggers", first[1].where / "parent_id", "A second step follows no "
                    "other one; a zap has one trigger. Export it again.")  # fmt: skip


def several_zaps(count: int) -> Problem:
    """The note that a file holds more than one zap."""
    message = (
        f"The file holds {count} zaps, which are packaged together. Take out those you do not "
        "want to sell: an account’s export holds all of them."
    )
    return warning("several-workflows", Where() / "zaps", message)


def plan_needed() -> Problem:
    """The note on who can import a file of zaps."""
    message = (
        "Importing a file of zaps needs a Team or Enterprise plan. For other buyers add the link "
        "of a shared zap template to the description."
    )
    return info("plan-needed", Where(), message)

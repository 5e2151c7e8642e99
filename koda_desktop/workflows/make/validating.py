"""What is wrong with a Make blueprint, and what a seller or buyer should know of it.

Errors are faults Make itself would stumble over; they block publishing.
"""

from __future__ import annotations

from collections.abc import Iterator

from koda_desktop.workflows.inspection import Problem
from koda_desktop.workflows.make.module_types import module_type
from koda_desktop.workflows.make.reading import Scenario, Step, part
from koda_desktop.workflows.make.references import references
from koda_desktop.workflows.problems import error, info, quoted, warning
from koda_desktop.workflows.texts import counted, one_line, sentence_list
from koda_desktop.workflows.where import Where

_AGGREGATORS = ("BasicAggregator", "Aggregator2", "TextAggregator", "TableAggregator",
                "AggregateToJSON", "AggregateToXML", "AggregateToCSV")  # fmt: skip
_ROUTERS = {"builtin:BasicRouter": "routes", "builtin:BasicIfElse": "branches"}
_CALLS = ("scenario-service:CallSubscenario", "scenarios:RunScenario")


def validate(scenario: Scenario) -> Iterator[Problem]:
    """Every problem of one blueprint."""
    yield from _structure(scenario)
    yield from _ids(scenario)
    yield from _references(scenario)
    yield from _aggregators(scenario)
    yield from _starting(scenario)
    yield from _requirements(scenario)


def _structure(scenario: Scenario) -> Iterator[Problem]:
    for where in scenario.malformed:
        yield error("malformed", where, "This entry does not have the shape of a module or flow, "
                    "so Make refuses the blueprint. Export it again.")  # fmt: skip
    if not scenario.steps:
        yield error("no-nodes", scenario.where / "flow", "The scenario holds no modules, so there "
                    "is nothing to sell. Add modules in Make and export again.")  # fmt: skip
    for step in scenario.steps:
        yield from _step(step)


def _step(step: Step) -> Iterator[Problem]:
    if not module_type(step.type).sound:
        yield warning("unknown-module", step.where / "module", f"{quoted(step.type)} is not a "
                      "module of Make: they are named app:Module, the app in lower case. It looks "
                      "like a placeholder to be replaced.")  # fmt: skip
    inner = _ROUTERS.get(step.type)
    if inner and not step.raw.get(inner):
        yield warning("router-without-routes", step.where, "This router leads nowhere, so the "
                      "scenario ends here.")  # fmt: skip


def _ids(scenario: Scenario) -> Iterator[Problem]:
    seen: dict[int, Where] = {}
    for step in scenario.steps:
        place = step.where / "id"
        if step.id is None:
            yield error("node-without-id", place, "This module has no number as its id, so Make "
                        "cannot load the blueprint. Export it again.")  # fmt: skip
        elif step.id in seen:
            yield error("duplicate-id", place, f"{seen[step.id]} has the id {step.id} as well. "
                        "References would mean either; delete and add one of the two modules in "
                        "Make and export again.")  # fmt: skip
        else:
            seen[step.id] = step.where


def _references(scenario: Scenario) -> Iterator[Problem]:
    known = {step.id for step in scenario.steps}
    told: set[tuple[int, int]] = set()
    for number, step in enumerate(scenario.steps):
        for wanted, where in references(step):
            if wanted not in known and (number, wanted) not in told:
                told.add((number, wanted))
                yield warning("unknown-reference", where, f"This takes a value from module "
                              f"{wanted}, which is not in the scenario; it stays empty. Map the "
                              "field again in Make.")  # fmt: skip


def _aggregators(scenario: Scenario) -> Iterator[Problem]:
    known = {step.id for step in scenario.steps}
    for step in scenario.steps:
        parameters = part(step.raw, "parameters")
        place, feeder = step.where / "parameters" / "feeder", parameters.get("feeder")
        if isinstance(feeder, int) and not isinstance(feeder, bool) and feeder not in known:
            yield error("unknown-feeder", place, f"This aggregator collects from module {feeder}, "
                        "which is not in the scenario. Choose its source module in Make and "
                        "export again.")  # fmt: skip
        elif step.type.endswith(_AGGREGATORS) and feeder is None:
            yield warning("no-feeder", place, "This aggregator names no source module to collect "
                          "from. Choose it in Make.")  # fmt: skip


def _starting(scenario: Scenario) -> Iterator[Problem]:
    first = next((step for step in scenario.steps if step.starts), None)
    if first and not first.trigger:
        yield info("no-trigger", first.where, "The scenario starts with an ordinary module, so it "
                   "runs on a schedule or by hand. Tell buyers how often it should.")  # fmt: skip
    loose = [step for step in scenario.steps if step.orphan]
    if loose:
        what = "1 module is" if len(loose) == 1 else f"{len(loose)} modules are"
        yield warning("not-connected", loose[0].where, f"{what} not connected to the scenario and "
                      "never run. Delete what is left over before you sell it.")  # fmt: skip
    if scenario.steps and all(step.position is None for step in scenario.steps):
        yield info("no-positions", scenario.where / "flow", "The modules have no positions, so "
                   "the editor and the picture arrange them anew.")  # fmt: skip


def _requirements(scenario: Scenario) -> Iterator[Problem]:
    custom = {one_line(s.type.partition(":")[0], 60) for s in scenario.steps
              if module_type(s.type).custom}  # fmt: skip
    if custom:
        yield warning("custom-apps", scenario.where / "flow", "Apps private to your organization "
                      f"are used ({sentence_list(tuple(sorted(custom)))}): buyers need an "
                      "invitation to them first.")  # fmt: skip
    callers = [step for step in scenario.steps if step.type in _CALLS]
    if callers:
        yield info("calls-workflows", callers[0].where, f"{counted(len(callers), 'module')} to "
                   "start another scenario, by its id in your account. Buyers choose theirs after "
                   "importing, so offer that scenario too.")  # fmt: skip

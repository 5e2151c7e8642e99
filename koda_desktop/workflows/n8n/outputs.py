"""Which output of an n8n node is its error output.

A node set to ``continueErrorOutput`` gets one output more, after those it has anyway. How many
these are follows from its type and, for those that branch, from its parameters.
"""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.n8n.reading import Link, Step

_FIXED = {"if": 2, "splitInBatches": 2, "compareDatasets": 4}
_DEFAULT_SENTIMENTS = 3
_OLD_SWITCH = 4


def is_error_output(link: Link) -> bool:
    """Whether a connection starts at the error output of its node."""
    step = link.source.step
    return (
        step is not None
        and link.kind == "main"
        and step.raw.get("onError") == "continueErrorOutput"
        and link.output >= _own_outputs(step)
    )


def _own_outputs(step: Step) -> int:
    short = step.type.rpartition(".")[2]
    if short == "switch":
        return _of_switch(step.parameters)
    if short == "textClassifier":
        categories = _inner(step.parameters, "categories", "categories")
        other = int(_inner(step.parameters, "options", "fallback") == "other")
        return max(1, _length(categories) + other)
    if short == "sentimentAnalysis":
        listed = _inner(step.parameters, "options", "categories")
        return len(listed.split(",")) if isinstance(listed, str) else _DEFAULT_SENTIMENTS
    return _FIXED.get(short, 1)


def _of_switch(parameters: JsonObject) -> int:
    if parameters.get("mode") == "expression":
        given = parameters.get("numberOutputs")
        return given if isinstance(given, int) and given is not True else _OLD_SWITCH
    rules = _inner(parameters, "rules", "values")
    if isinstance(rules, list):
        extra = int(_inner(parameters, "options", "fallbackOutput") == "extra")
        return max(1, len(rules) + extra)
    return _OLD_SWITCH


def _inner(parameters: JsonObject, *path: str) -> Any:
    found: Any = parameters
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0

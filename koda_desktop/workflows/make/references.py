"""References of Make expressions: ``{{12.email}}`` takes a value from the module with id 12."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.make.reading import Step
from koda_desktop.workflows.make.shapes import NESTING
from koda_desktop.workflows.where import Where

_EXPRESSION = re.compile(r"\{\{([^{}]{1,4000})\}\}")
_QUOTED = re.compile(r'"[^"\n]{0,1000}"')
_REFERENCE = re.compile(r"(?<![\w.`$])(\d{1,9})\.(?=[A-Za-z_`$\[])")
_HOLDS_VALUES = ("parameters", "mapper", "filter")


def references(step: Step) -> Iterator[tuple[int, Where]]:
    """Every ``(module id, place)`` the values and conditions of a step refer to."""
    for key in _HOLDS_VALUES:
        yield from _of_value(step.raw.get(key), step.where / key)
    branches = step.raw.get("branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        if isinstance(branch, dict):
            place = step.where / "branches" / index
            yield from _of_value(_own(branch), place)


def _own(branch: JsonObject) -> JsonObject:
    return {key: value for key, value in branch.items() if key not in NESTING}


def _of_value(value: Any, where: Where) -> Iterator[tuple[int, Where]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _of_value(item, where / key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _of_value(item, where / index)
    elif isinstance(value, str) and "{{" in value:
        for expression in _EXPRESSION.finditer(value):
            for found in _REFERENCE.finditer(_QUOTED.sub('""', expression[1])):
                yield int(found[1]), where

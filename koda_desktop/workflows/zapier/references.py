"""References between the steps of a zap.

``{{=gives["12"]["email"]}}`` and ``{{12__email}}`` take a value of step 12; filters name the field
itself, as ``12__email``. Files a team exports count their steps from 1, yet may keep the long ids
of the account inside ``gives``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from koda_desktop.workflows.where import Where
from koda_desktop.workflows.zapier.reading import Step

_GIVES = re.compile(r"""gives\[\s?["']([^"'\]]{1,80})["']\s?\]""")
_CURLY = re.compile(r"\{\{(\d{1,20})__")
_FIELD = re.compile(r"(\d{1,20})__")
_FIELD_KEYS = ("key",)


def references(step: Step) -> Iterator[tuple[str, Where]]:
    """Every ``(step id, place)`` the fields of a step refer to."""
    yield from _of_value(step.params, step.where / "params")


def _of_value(value: Any, where: Where) -> Iterator[tuple[str, Where]]:
    if isinstance(value, dict):
        for key, item in value.items():
            field = _FIELD.match(item) if key in _FIELD_KEYS and isinstance(item, str) else None
            if field:
                yield field[1], where / key
            yield from _of_value(item, where / key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _of_value(item, where / index)
    elif isinstance(value, str) and "{{" in value:
        for pattern in (_GIVES, _CURLY):
            for found in pattern.finditer(value):
                yield found[1], where

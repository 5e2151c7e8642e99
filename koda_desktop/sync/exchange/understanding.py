"""Cells of a row as values of fields, checked as the marketplace checks them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from koda_desktop.models.listing_fields import check_changes, check_value
from koda_desktop.sync.exchange.cells import CellError, parse
from koda_desktop.sync.exchange.columns import FIELDS, Column
from koda_desktop.sync.merge import ABSENT, same

_OFTEN_THE_SAME = frozenset(FIELDS) - {Column.TITLE, Column.DESCRIPTION, Column.METADATA}
"""Columns whose cells are understood once for each distinct text."""


def understood(
    cells: Sequence[tuple[Column, str, str]],
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of cells (column, field, text) by their fields, and what is wrong with them."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for column, name, text in cells:
        if column in _OFTEN_THE_SAME:
            value, problem = _checked(column, text)
            if value is not ABSENT:
                values[name] = value
            if problem:
                problems[name] = problem
            continue
        try:
            value = parse(column, text)
        except CellError as error:
            problems[name] = str(error)
            continue
        cleaned, problem = check_value(name, value)
        values[name] = value if problem else cleaned
        if problem:
            problems[name] = problem
    return values, problems


@lru_cache(maxsize=32_768)
def _checked(column: Column, text: str) -> tuple[Any, str]:
    """The value of a cell as it would be stored, and what is wrong with it; ABSENT for no value."""
    name = FIELDS[column]
    try:
        value = parse(column, text)
    except CellError as error:
        return ABSENT, str(error)
    cleaned, wrong = check_changes({name: value})
    return cleaned.get(name, value), wrong.get(name, "")


def is_same(field_name: str, now: object, value: object) -> bool:
    """Whether a value says nothing new; that a spreadsheet wrote other line breaks is nothing."""
    if same(now, value) or (value is None and now is ABSENT):
        return True
    if field_name == "tags" and value == [] and now is ABSENT:
        return True
    if isinstance(now, str) and isinstance(value, str):
        return _lines(now) == _lines(value)
    return False


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()

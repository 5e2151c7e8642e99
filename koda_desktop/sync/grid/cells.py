"""One cell of the Listings table: the text it is copied as, and the value that a text means.

What is copied and pasted back is the same value. Prices may be typed with a decimal comma or point;
what could be thousands is refused, for it means two prices in two countries.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from koda_desktop.models.money import Money
from koda_desktop.runtime.clock import from_iso
from koda_desktop.sync.exchange.cells import CellError, parse
from koda_desktop.sync.exchange.columns import NAMES
from koda_desktop.sync.rows import ListingRow
from koda_desktop.tables.values import join_list

EDITED: Mapping[str, str] = {
    "title": "title",
    "platform": "platform",
    "category": "category",
    "price": "price",
    "tags": "tags",
    "version": "version",
    "active": "active",
}
"""The columns of the table that can be typed into, with the fields of a document they write."""

_BLANK = {
    "title": "A listing needs a title.",
    "price": "Write a price; 0 is free.",
    "version": "Write the version as three numbers, for example 1.0.0.",
    "active": "Say yes or no.",
}
_LONG = 1_000
"""Texts up to this length are checked once however often they come."""


def value_of(field: str, text: str) -> tuple[Any, str]:
    """What ``text``, typed or pasted for ``field``, would be stored as, and what is wrong with it.

    Where something is wrong the value is None. ``field`` is one of those in ``EDITED``.
    """
    return _known(field, text) if len(text) <= _LONG else _checked(field, text)


@lru_cache(maxsize=32_768)
def _known(field: str, text: str) -> tuple[Any, str]:
    return _checked(field, text)


def _checked(field: str, text: str) -> tuple[Any, str]:
    from koda_desktop.models.listing_fields import check_value

    try:
        value = _meant(field, text)
    except CellError as error:
        return None, str(error)
    return check_value(field, value)


def _meant(field: str, text: str) -> Any:
    if not text.strip():
        return _blank(field)
    if field == "title":
        # Whatever is written is the title; in files some words mean more.
        return text
    if field == "price" and text.strip().casefold() == "free":
        return 0
    return parse(NAMES[field], text)


def _blank(field: str) -> Any:
    if field == "tags":
        return []
    raise CellError(_BLANK.get(field, "This is needed: choose one of the list."))


def text_of(row: ListingRow, column: str, decimal: str) -> str:
    """The cell of ``column`` as it is copied, with ``decimal`` before the cents.

    Numbers have no units and no groups, so that a spreadsheet takes them for numbers; moments are
    local, to the minute. Raises KeyError for a column that the table lacks.
    """
    texts = {
        "title": row.title,
        "state": row.state.value.capitalize(),
        "platform": row.platform,
        "category": row.category,
        "price": str(Money(row.price_minor).as_decimal()).replace(".", decimal),
        "updated": _moment(row.updated_at),
        "tags": join_list(list(row.tags)),
        "version": row.version,
        "file": row.file_name,
        "size": str(row.file_size) if row.file_name else "",
        "active": "yes" if row.active else "no",
        "description": row.description,
    }
    return texts[column]


def _moment(text: str) -> str:
    try:
        moment: datetime = from_iso(text)
    except ValueError:
        return ""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"

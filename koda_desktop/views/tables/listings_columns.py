"""The columns of the Listings table: what each is called, says, sorts by and filters by."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from koda_desktop.views.format import ago, exactly, money, size

if TYPE_CHECKING:
    from datetime import datetime

    from koda_desktop.sync.rows import ListingRow, ListingState, SortColumn


class Column(IntEnum):
    """Where each column stands in the model; a person may show them in another order."""

    TITLE = 0
    STATE = 1
    PLATFORM = 2
    CATEGORY = 3
    PRICE = 4
    UPDATED = 5
    TAGS = 6
    VERSION = 7
    FILE = 8
    SIZE = 9
    ACTIVE = 10
    DESCRIPTION = 11


class ColumnInfo(NamedTuple):
    """``sort`` is the name of a SortColumn, ``field`` that of the filter language."""

    column: Column
    title: str
    width: int
    text: Callable[[ListingRow, Callable[[], datetime]], str]
    tip: Callable[[ListingRow], str]
    sort: str = ""
    field: str = ""
    is_right: bool = False
    is_shown: bool = True


def sheet_name(column: int) -> str:
    """What the column is called where cells are copied and pasted (``sync.grid.cells``)."""
    return Column(column).name.lower()


def sort_column(column: int) -> SortColumn | None:
    """What the store sorts by for this column; None where it cannot."""
    from koda_desktop.sync.rows import SortColumn

    name = COLUMNS[column].sort
    return SortColumn(name) if name else None


def price_words(row: ListingRow) -> str:
    """The price as the table shows it."""
    return money(row.price_minor, row.currency) if row.price_minor else "Free"


def _state_word(state: ListingState) -> str:
    from koda_desktop.views.widgets.pill import STATE_BADGES

    return STATE_BADGES[state].text


def _no_tip(row: ListingRow) -> str:
    return ""


COLUMNS = (
    ColumnInfo(
        Column.TITLE,
        "Title",
        340,
        lambda row, now: row.title,
        lambda row: row.title,
        sort="title",
        field="title",
    ),
    ColumnInfo(
        Column.STATE,
        "Status",
        112,
        lambda row, now: _state_word(row.state),
        lambda row: row.message,
        sort="state",
        field="status",
    ),
    ColumnInfo(
        Column.PLATFORM,
        "Platform",
        96,
        lambda row, now: row.platform,
        _no_tip,
        sort="platform",
        field="platform",
    ),
    ColumnInfo(
        Column.CATEGORY,
        "Category",
        138,
        lambda row, now: row.category,
        _no_tip,
        sort="category",
        field="category",
    ),
    ColumnInfo(
        Column.PRICE,
        "Price",
        100,
        lambda row, now: price_words(row),
        _no_tip,
        sort="price",
        field="price",
        is_right=True,
    ),
    ColumnInfo(
        Column.UPDATED,
        "Updated",
        124,
        lambda row, now: ago(row.updated_at, now()),
        lambda row: exactly(row.updated_at),
        sort="updated",
        field="updated",
    ),
    ColumnInfo(
        Column.TAGS,
        "Tags",
        180,
        lambda row, now: ", ".join(row.tags),
        lambda row: ", ".join(row.tags),
        field="tag",
        is_shown=False,
    ),
    ColumnInfo(
        Column.VERSION,
        "Version",
        88,
        lambda row, now: row.version,
        _no_tip,
        field="version",
        is_shown=False,
    ),
    ColumnInfo(
        Column.FILE,
        "File",
        180,
        lambda row, now: row.file_name,
        lambda row: row.file_name,
        field="file",
        is_shown=False,
    ),
    ColumnInfo(
        Column.SIZE,
        "Size",
        92,
        lambda row, now: size(row.file_size) if row.file_name else "",
        _no_tip,
        field="size",
        is_right=True,
        is_shown=False,
    ),
    ColumnInfo(
        Column.ACTIVE,
        "On the market",
        118,
        lambda row, now: "Yes" if row.active else "No",
        _no_tip,
        field="active",
        is_shown=False,
    ),
    ColumnInfo(
        Column.DESCRIPTION,
        "Description",
        260,
        lambda row, now: row.description,
        lambda row: row.description,
        field="description",
        is_shown=False,
    ),
)
"""In the order of ``Column``."""

"""A folder's own list, ``koda-shop.csv``: columns of Koda's beside the path of each file.

It is optional. What stands in it goes before what a file says of itself; a blank cell says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from koda_desktop.errors import InputError
from koda_desktop.sync.exchange.columns import FIELDS, Column
from koda_desktop.sync.exchange.folder.files import LIST_NAME
from koda_desktop.sync.exchange.mapping import proposed
from koda_desktop.sync.exchange.understanding import understood
from koda_desktop.tables.opening import open_table
from koda_desktop.tables.rows import Record


@dataclass(frozen=True, slots=True)
class Said:
    """What the list says of one file: values of fields, and what is wrong with a cell."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


NOTHING = Said()


def read_list(root: Path) -> dict[str, Said]:
    """What the list in ``root`` says of each path; nothing where there is none.

    Raises InputError for a list without paths, and what ``open_table`` raises.
    """
    path = root / LIST_NAME
    if not path.is_file():
        return {}
    found: dict[str, Said] = {}
    with open_table(path) as table:
        columns = proposed(table.header)
        place = columns.place(Column.FILE_PATH)
        if place is None:
            raise InputError(
                f"{LIST_NAME} has no column “{Column.FILE_PATH}”.",
                remedy="Write the path of each file, from the folder on, into it.",
            )
        places = {use.column: n for n, use in enumerate(columns.uses) if use.column in FIELDS}
        for record in table.records:
            name = PurePosixPath(record.cells[place].strip().replace("\\", "/")).as_posix()
            found[name] = Said(problem=_TWICE) if name in found else _said(record, places)
    return found


_TWICE = f"{LIST_NAME} has more than one row for this file."


def _said(record: Record, places: Mapping[Column | None, int]) -> Said:
    cells = [
        (column, FIELDS[column], record.cells[place])
        for column, place in places.items()
        if column is not None and record.cells[place].strip()
    ]
    values, problems = understood(cells)
    sentences = [*record.faults.values(), *(f"{name}: {what}" for name, what in problems.items())]
    return Said(values, " ".join(f"{LIST_NAME}, line {record.line}: {one}" for one in sentences))

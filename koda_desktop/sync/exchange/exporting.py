"""Listings written to a file of rows, one page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from koda_desktop.errors import UsageError
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress
from koda_desktop.sync import documents
from koda_desktop.sync.exchange.cells import row_hash, texts_of, typed
from koda_desktop.sync.exchange.columns import EXPORTED, FIELDS, Column, handle_of
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.store import Store
from koda_desktop.tables.rows import Format
from koda_desktop.tables.writing import Cell, write_table

_PAGE = 500
_SELECT = (
    "SELECT e.pk, id, doc, edited, state, updated_at, file_name, currency"
    f" FROM {documents.LISTED} WHERE e.pk IN "
)


@dataclass(frozen=True, slots=True)
class ExportOptions:
    kind: Format
    columns: tuple[Column, ...] = EXPORTED
    mark: bool = False
    """For CSV: begin with a byte order mark, by which Excel knows UTF-8."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    path: Path
    written: int
    left_out: int = 0
    """Cells that the format cannot hold, such as a text too long for a workbook; left blank."""


def export(
    store: Store,
    keys: Sequence[int],
    path: Path,
    options: ExportOptions,
    *,
    cancel: CancelToken | None = None,
    progress: ProgressReport = ignore_progress,
) -> ExportReport:
    """Write the listings of these keys to ``path``, in their order, atomically.

    A listing that is gone is left out. Raises UsageError, LocalFaults, InputError for more than a
    sheet holds, or Cancelled; then whatever stood at ``path`` is untouched.
    """
    if not options.columns:
        raise UsageError("No column is chosen.")
    header = [column.value for column in options.columns]
    written = 0
    with write_table(path, options.kind, header, mark=options.mark) as writer:
        for start in range(0, len(keys), _PAGE):
            if cancel is not None:
                cancel.check()
            for cells in _page(store, keys[start : start + _PAGE], options.columns):
                writer.write(cells)
                written += 1
            progress(Progress(min(start + _PAGE, len(keys)), len(keys), "write"))
    return ExportReport(path, written, writer.left_out)


def _page(store: Store, keys: Sequence[int], columns: Sequence[Column]) -> Iterator[list[Cell]]:
    marks = ", ".join("?" * len(keys))

    def read(db: Db) -> dict[int, tuple[Any, ...]]:
        return {row[0]: row for row in db.rows(f"{_SELECT}({marks})", tuple(keys))}

    found = store.read(read)
    for key in keys:
        if key in found:
            _, listing_id, doc, edited, state, updated_at, file_name, currency = found[key]
            others = {
                Column.ID: listing_id,
                Column.CURRENCY: currency,
                Column.STATUS: state,
                Column.UPDATED_AT: updated_at,
                Column.FILE_NAME: file_name,
            }
            yield _cells(documents.shown(doc, edited), others, columns)


def _cells(document: Json, others: dict[Column, str], columns: Sequence[Column]) -> list[Cell]:
    texts = texts_of(document)
    known: dict[Column, str] = {
        **others,
        Column.HANDLE: handle_of(texts[Column.TITLE]),
        Column.ROW_HASH: row_hash(texts),
    }
    return [
        typed(column, document, texts[column]) if column in FIELDS else known.get(column, "")
        for column in columns
    ]

"""What a file would change, found out without changing anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from koda_desktop.runtime.garbage import no_garbage_search
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress
from koda_desktop.sync.exchange.cells import (
    CellError,
    check_currency,
    prepared,
    row_hash,
    texts_of,
)
from koda_desktop.sync.exchange.columns import FIELDS, READ_ONLY, Column, Reading
from koda_desktop.sync.exchange.mapping import ColumnMap
from koda_desktop.sync.exchange.matching import Found, Matcher, Named
from koda_desktop.sync.exchange.plan import WHOLE_ROW, Kind, Plan, PlanRow
from koda_desktop.sync.exchange.understanding import is_same, understood
from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.store.store import Store
from koda_desktop.tables.opening import open_table
from koda_desktop.tables.rows import WHOLE_ROW as WHOLE_RECORD
from koda_desktop.tables.rows import Record, Table

SLICE = 500
"""How many rows are looked at between two looks at the cancel token."""

_TWICE = "The file has more than one row for this listing."
_SINCE = (
    "The listing was changed since the file was exported. Take its row from a new export, or empty"
    " row_hash to overwrite what stands there now."
)
_FOREIGN = "This version of Koda cannot change a listing of this type."


def dry_run(
    store: Store,
    path: Path,
    columns: ColumnMap,
    *,
    sheet: str = "",
    cancel: CancelToken | None = None,
    progress: ProgressReport = ignore_progress,
) -> Plan:
    """The plan of importing the file at ``path``; its owner closes it.

    Raises UsageError for columns that do not fit, what ``open_table`` raises, or Cancelled.
    """
    columns.check()
    with open_table(path, sheet) as table:
        plan = Plan(path.name, columns)
        try:
            work = _DryRun(Matcher(store), columns, plan)
            work.read(table, cancel or CancelToken(), progress)
        except BaseException:
            plan.close()
            raise
    return plan


@dataclass(slots=True)
class _Row:
    """One record with the texts that are ours, by column, and what is wrong with it."""

    line: int
    cells: Sequence[str]
    texts: dict[Column, str]
    reasons: dict[str, str] = field(default_factory=dict)

    def text(self, column: Column) -> str:
        return self.texts.get(column, "").strip()


class _DryRun:
    def __init__(self, matcher: Matcher, columns: ColumnMap, plan: Plan) -> None:
        self._matcher = matcher
        self._columns = columns
        self._plan = plan
        used = [
            (place, use.column, use.reading)
            for place, use in enumerate(columns.uses)
            if use.column is not None and use.column not in READ_ONLY
        ]
        self._places = {column: place for place, column, _ in used}
        self._readings = [one for one in used if one[2] is not Reading.AS_IS]
        self._fields = {column: FIELDS[column] for _, column, _ in used if column in FIELDS}
        self._first_lines: dict[str, int] = {}
        self._handle = ""
        self._joined = 0

    def read(self, table: Table, cancel: CancelToken, progress: ProgressReport) -> None:
        done = 0
        records = iter(table.records)
        with no_garbage_search():
            while some := list(islice(records, SLICE)):
                cancel.check()
                self._add([row for row in map(self._row, some) if row is not None])
                done += len(some)
                progress(Progress(done, None, "compare"))
        self._plan.notes += self._notes(table)

    def _notes(self, table: Table) -> Iterator[str]:
        yield from table.notes
        if self._columns.left_out:
            yield f"Columns that are left out: {', '.join(self._columns.left_out)}."
        if self._joined:
            yield f"{self._joined} rows of further variants and pictures are left out."

    def _row(self, record: Record) -> _Row | None:
        """A record as a row of ours; None for one that goes on with the listing before."""
        cells = record.cells
        texts = {column: cells[place] for column, place in self._places.items()}
        row = _Row(record.line, cells, texts)
        for place, column, reading in self._readings:
            try:
                texts[column] = prepared(cells[place], reading)
            except CellError as error:
                row.reasons[column.value] = str(error)
        if record.faults:
            self._add_faults(row, record.faults)
        return None if self._is_joined(row) else row

    def _add_faults(self, row: _Row, faults: Mapping[int, str]) -> None:
        if WHOLE_RECORD in faults:
            row.reasons[WHOLE_ROW] = faults[WHOLE_RECORD]
        for column, place in self._places.items():
            if place in faults:
                row.reasons[column.value] = faults[place]

    def _is_joined(self, row: _Row) -> bool:
        if not self._columns.joins_variants:
            return False
        handle = row.text(Column.HANDLE)
        goes_on = bool(handle) and handle == self._handle and not row.text(Column.TITLE)
        self._handle = handle
        self._joined += goes_on
        return goes_on

    def _add(self, rows: Sequence[_Row]) -> None:
        named = [
            Named(row.text(Column.ID), row.text(Column.HANDLE), row.text(Column.TITLE))
            for row in rows
        ]
        found = self._matcher.match(named)
        planned: dict[int, tuple[PlanRow, Sequence[str]]] = {}
        for row, name, one in zip(rows, named, found, strict=True):
            planned[row.line] = self._planned(row, name, one, planned), row.cells
        self._plan.add(planned.values())

    def _planned(self, row: _Row, name: Named, found: Found, planned: dict[int, Any]) -> PlanRow:
        title = str(found.document.get("title") or name.title)
        if found.problem:
            row.reasons.setdefault(WHOLE_ROW, found.problem)
        else:
            self._refuse_second(row, found.id or f"new {name.title}", planned)
        if row.reasons:
            return PlanRow(row.line, Kind.REFUSED, found.id, title, reasons=row.reasons)
        return self._compared(row, found, title)

    def _refuse_second(self, row: _Row, key: str, planned: dict[int, Any]) -> None:
        """Refuse this row and the first one, when there is more than one for a listing."""
        first = self._first_lines.setdefault(key, row.line)
        if first == row.line:
            return
        row.reasons.setdefault(WHOLE_ROW, _TWICE)
        if first in planned:
            before, cells = planned[first]
            if before.kind in (Kind.CREATE, Kind.UPDATE):
                reasons = {WHOLE_ROW: _TWICE}
                planned[first] = (
                    PlanRow(first, Kind.REFUSED, before.listing_id, before.title, reasons=reasons),
                    cells,
                )
        else:
            self._plan.refuse(first, _TWICE)

    def _compared(self, row: _Row, found: Found, title: str) -> PlanRow:
        texts = texts_of(found.document, self._fields)
        after, reasons = self._changes(row, found.document, texts)
        currency = check_currency(row.text(Column.CURRENCY))
        if currency:
            reasons[Column.CURRENCY.value] = currency
        if after and found.document.get("productType", "Automation") != "Automation":
            reasons[WHOLE_ROW] = _FOREIGN
        if reasons:
            return PlanRow(row.line, Kind.REFUSED, found.id, title, reasons=reasons)
        if not found.id:
            return PlanRow(row.line, Kind.CREATE, "", title, after=after)
        if not after:
            return PlanRow(row.line, Kind.SAME, found.id, title)
        before = {name: found.document[name] for name in after if name in found.document}
        mark = row.text(Column.ROW_HASH)
        every = texts if len(texts) == len(FIELDS) else texts_of(found.document)
        if mark and mark != row_hash(every):
            reasons = {WHOLE_ROW: _SINCE}
            return PlanRow(row.line, Kind.CONFLICT, found.id, title, before, after, reasons)
        return PlanRow(row.line, Kind.UPDATE, found.id, title, before, after)

    def _changes(
        self, row: _Row, document: Mapping[str, Any], texts: Mapping[Column, str]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The fields that the row changes, and by column what is wrong with a cell."""
        differing = [
            (column, name, text)
            for column, name in self._fields.items()
            if (text := row.texts[column]) != texts[column] and text.strip()
        ]
        if not differing:
            return {}, {}
        values, problems = understood(differing)
        after = {
            name: value
            for name, value in values.items()
            if not is_same(name, document.get(name, ABSENT), value)
        }
        reasons = {
            column.value: problems[name]
            for column, name, _ in differing
            if name in problems and (name in after or name not in values)
        }
        return after, reasons

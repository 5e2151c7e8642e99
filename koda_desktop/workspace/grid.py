"""The Listings table as a spreadsheet: blocks copied, pasted and filled, each one change set.

As for ``Workspace``: methods may be called from any thread but the window's, and raise KodaErrors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress

if TYPE_CHECKING:
    from koda_desktop.sync.changesets.commands import ChangeSets
    from koda_desktop.sync.changesets.rows import ChangeSetResult
    from koda_desktop.sync.grid.common import Common
    from koda_desktop.sync.grid.placing import Place
    from koda_desktop.sync.grid.planning import CellPlan, GridRow
    from koda_desktop.sync.rows import ListingRow, Selection
    from koda_desktop.sync.store.store import Store

AT_ONCE = 1_000
"""How many listings are read between two looks at the cancel token."""
T = TypeVar("T")


class Grid:
    """See ``Workspace.grid``. ``rows`` reads rows by keys, ``select`` answers a selection's."""

    def __init__(
        self,
        store: Store,
        changes: ChangeSets,
        rows: Callable[[Sequence[int]], list[ListingRow]],
        select: Callable[[Selection], Sequence[int]],
    ) -> None:
        self._store = store
        self._changes = changes
        self._rows = rows
        self._select = select

    def copy(
        self,
        place: Place,
        decimal: str,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> str:
        """The selected cells as a text for the clipboard, with ``decimal`` in numbers.

        Between areas stand blank cells. Raises InputError for too many, and Cancelled.
        """
        from koda_desktop.sync.grid.placing import columns_of, selected_cells
        from koda_desktop.tables.blocks import write_block

        wanted = [*selected_cells(place)]
        columns, block = columns_of(place), []
        for some in _told(wanted, cancel, progress, "copied"):
            keys = [place.keys[line] for line, _ in some]
            rows = {row.pk: row for row in self._whole_rows(keys, place, columns)}
            for line, chosen in some:
                row = rows.get(place.keys[line])
                block.append(_texts(row, place.columns, columns, chosen, decimal))
        return write_block(block)

    def _whole_rows(
        self, keys: Sequence[int], place: Place, columns: Sequence[int]
    ) -> Iterable[ListingRow]:
        """The rows, with whole descriptions where those are copied, not their beginnings."""
        from koda_desktop.sync.grid.reading import descriptions

        rows = self._rows(keys)
        if "description" not in {place.columns[column] for column in columns}:
            return rows
        texts = self._store.read(lambda db: descriptions(db, keys))
        return [replace(row, description=texts.get(row.pk, "")) for row in rows]

    def out_of_sight(self, place: Place, text: str) -> tuple[int, int]:
        """How many listings pasting ``text`` would change, and how many of them are out of sight.

        Only a single value goes to those; (0, 0) for anything else. Raises InputError for too many.
        """
        from koda_desktop.sync.grid.placing import hidden_keys, is_one_cell, lines_of
        from koda_desktop.tables.blocks import BlockError, read_block

        try:
            is_filling = bool(place.carried) and is_one_cell(read_block(text))
        except BlockError:
            # That is told when it is pasted.
            is_filling = False
        hidden = len(hidden_keys(place)) if is_filling else 0
        return (len(lines_of(place)) + hidden, hidden) if hidden else (0, 0)

    def paste(
        self,
        place: Place,
        text: str,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> CellPlan:
        """What pasting ``text`` over the selected cells would change; nothing is changed.

        Raises InputError for what is no block or too large, and Cancelled.
        """
        from koda_desktop.errors import InputError
        from koda_desktop.sync.grid.placing import pasting
        from koda_desktop.sync.grid.planning import CellPlan
        from koda_desktop.sync.grid.words import notes_of, pasted_name
        from koda_desktop.tables.blocks import BlockError, read_block

        try:
            found = pasting(place, read_block(text))
        except BlockError as error:
            raise InputError(str(error), kept="Nothing was pasted.") from None
        plan = CellPlan(pasted_name(found.puts))
        plan.notes = notes_of(found)
        for some in _told(found.puts, cancel, progress, "looked at"):
            rows = self._read([put.key for put in some], cancel)
            for put in some:
                if put.key in rows:
                    plan.put(rows[put.key], put.texts)
        return plan

    def fill_down(
        self,
        place: Place,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> CellPlan:
        """What filling the selected cells from those above would change; nothing is changed.

        Raises InputError for too many, and Cancelled.
        """
        from koda_desktop.sync.grid.placing import filling
        from koda_desktop.sync.grid.planning import CellPlan
        from koda_desktop.sync.grid.words import filled_name

        fills = filling(place)
        plan = CellPlan(filled_name(fills))
        sources: dict[int, GridRow] = {}
        for some in _told(fills, cancel, progress, "looked at"):
            keys = {one.source for one in some} - sources.keys()
            sources |= self._read([*keys], cancel)
            rows = self._read([one.key for one in some], cancel)
            for one in some:
                if one.key in rows and one.source in sources:
                    plan.fill(rows[one.key], sources[one.source], one.columns)
        return plan

    def common(self, selection: Selection, count: int, cancel: CancelToken | None = None) -> Common:
        """What the ``count`` listings of ``selection`` have in common. Raises Cancelled.

        Many more than anybody looks at are not looked through: they are taken to differ.
        """
        from koda_desktop.sync.grid.common import LOOKED_THROUGH, Common, in_common

        if count > LOOKED_THROUGH:
            return Common(count)
        stop = cancel or CancelToken()

        def rows() -> Iterable[ListingRow]:
            for some in _sliced(self._select(selection)):
                stop.check()
                yield from self._rows(some)

        return in_common(rows())

    def edit(self, key: int, column: str, text: str) -> CellPlan:
        """What typing ``text`` into one cell would change; nothing is changed."""
        from koda_desktop.sync.changesets.rows import SetKind
        from koda_desktop.sync.grid.cells import EDITED
        from koda_desktop.sync.grid.planning import CellPlan

        plan = CellPlan(f"Edit {EDITED[column]}", SetKind.EDIT)
        for row in self._read([key], None).values():
            plan.put(row, {column: text})
        return plan

    def _read(self, keys: Sequence[int], cancel: CancelToken | None) -> dict[int, GridRow]:
        from koda_desktop.sync.grid.reading import grid_rows

        stop = cancel or CancelToken()
        stop.check()
        return self._store.read(lambda db: grid_rows(db, keys), stop)

    def apply(
        self,
        plan: CellPlan,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        """Do what was planned, in one durable transaction; one set of the History page.

        What was changed since it was planned is left as it is and reported, as the faults are.
        Raises Cancelled, DiskFull or another LocalFault; then nothing was changed.
        """
        return self._changes.apply(
            plan.name,
            plan.kind,
            plan.changes,
            left=plan.left(),
            checker=plan.checker,
            cancel=cancel,
            progress=lambda at: progress(Progress(at.done, at.total, "written")),
        )


def _texts(
    row: ListingRow | None,
    names: Sequence[str],
    columns: Iterable[int],
    chosen: Sequence[int],
    decimal: str,
) -> list[str]:
    from koda_desktop.sync.grid.cells import text_of

    return [
        text_of(row, names[column], decimal) if row is not None and column in chosen else ""
        for column in columns
    ]


def _told(
    many: Sequence[T], cancel: CancelToken | None, progress: ProgressReport, phase: str
) -> Iterable[Sequence[T]]:
    """``many`` in slices; before each it is said how far that is. Raises Cancelled."""
    stop = cancel or CancelToken()
    for number, some in enumerate(_sliced(many)):
        stop.check()
        progress(Progress(number * AT_ONCE, len(many), phase))
        yield some


def _sliced(many: Sequence[T]) -> Iterable[Sequence[T]]:
    return (many[start : start + AT_ONCE] for start in range(0, len(many), AT_ONCE))

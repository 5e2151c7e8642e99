"""Listings in files: exported, and compared with what is here before they are taken in.

As for ``Workspace``: methods block, may be called from any thread but the window's, and raise
KodaErrors.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.runtime.work import CancelToken, ProgressReport, ignore_progress
from koda_desktop.sync.rows import Selection

if TYPE_CHECKING:
    from koda_desktop.sync.changesets.commands import ChangeSets
    from koda_desktop.sync.changesets.rows import ChangeSetResult
    from koda_desktop.sync.exchange.exporting import ExportOptions, ExportReport
    from koda_desktop.sync.exchange.folder.comparing import Inspect
    from koda_desktop.sync.exchange.folder.plan import FolderPlan
    from koda_desktop.sync.exchange.folder.taking import Draw
    from koda_desktop.sync.exchange.mapping import ColumnMap
    from koda_desktop.sync.exchange.plan import Plan
    from koda_desktop.sync.staging import Staging
    from koda_desktop.sync.stamps import Stamps
    from koda_desktop.sync.store.store import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it was found: what its columns would be, and its first rows."""

    path: Path
    columns: ColumnMap
    sample: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    sheets: tuple[str, ...] = ()
    sheet: str = ""


_SAMPLE_ROWS = 5


class Exchange:
    """Export and import. A Plan holds a temporary file: close it."""

    def __init__(self, store: Store, staging: Staging, changes: ChangeSets, stamps: Stamps) -> None:
        self._store = store
        self._staging = staging
        self._changes = changes
        self._stamps = stamps

    def export(
        self,
        selection: Selection,
        path: Path,
        options: ExportOptions,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ExportReport:
        """Write the listings of ``selection`` to ``path``, atomically; memory does not grow.

        Raises UsageError, LocalFaults, InputError for more than a sheet holds, or Cancelled; then
        whatever stood at ``path`` is untouched.
        """
        from koda_desktop.sync.exchange.exporting import export
        from koda_desktop.sync.queries import selected

        keys = self._store.read(lambda db: selected(db, selection))
        return export(self._store, keys, path, options, cancel=cancel, progress=progress)

    def open(self, path: Path, sheet: str = "") -> Opened:
        """Look at a file: its columns as they were chosen for this header before, or as proposed.

        Raises NotFound, UnreadableFile, TooLarge, InputError for an unknown sheet, LocalFault.
        """
        from itertools import islice

        from koda_desktop.sync.exchange.mapping import recalled
        from koda_desktop.tables.opening import open_table

        with open_table(path, sheet) as table:
            columns = self._store.read(lambda db: recalled(db, table.header))
            sample = tuple(tuple(one.cells) for one in islice(table.records, _SAMPLE_ROWS))
            notes = tuple(table.notes)
            return Opened(path, columns, sample, notes, table.sheets, table.sheet)

    def remember(self, columns: ColumnMap) -> None:
        """Propose these columns the next time a file has this header."""
        from koda_desktop.sync.exchange.mapping import remember

        self._store.write(lambda tx: remember(tx, columns))

    def dry_run(
        self,
        path: Path,
        columns: ColumnMap,
        *,
        sheet: str = "",
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> Plan:
        """What importing ``path`` would do; nothing is changed.

        Raises UsageError for columns that do not fit, what ``open`` raises, or Cancelled.
        """
        from koda_desktop.sync.exchange.dry_run import dry_run

        return dry_run(self._store, path, columns, sheet=sheet, cancel=cancel, progress=progress)

    def apply(
        self,
        plan: Plan,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        """Make the changes of ``plan`` as one change set, all or none.

        Raises InputError when a listing was changed since the dry run, Cancelled or a LocalFault;
        then nothing was changed.
        """
        from koda_desktop.sync.exchange.applying import apply_plan

        return apply_plan(self._changes, self._stamps, plan, cancel=cancel, progress=progress)

    def write_report(self, plan: Plan, path: Path) -> int:
        """Write the rows that are not taken in to ``path`` with the reasons; answers how many."""
        from koda_desktop.sync.exchange.report import write_report

        return write_report(plan, path)

    # -- a folder as a shop --

    def compare_folder(
        self,
        root: Path,
        inspect: Inspect,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> FolderPlan:
        """What taking the workflow files under ``root`` in would do; nothing is changed.

        Raises InputError for a list in the folder that cannot be read, LocalFaults, or Cancelled.
        """
        from koda_desktop.sync.exchange.folder.comparing import compare

        return compare(self._store, self._staging, root, inspect, cancel=cancel, progress=progress)

    def take_folder(
        self,
        plan: FolderPlan,
        inspect: Inspect,
        draw: Draw | None = None,
        *,
        deactivate_gone: bool = False,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        """Make the new drafts and change what changed, as one change set, all or none.

        ``draw`` paints the pictures of new drafts; ``deactivate_gone`` takes listings off sale
        whose files are gone. Raises InputError when a file or a listing was changed since it was
        compared, Cancelled or a LocalFault; then nothing was changed.
        """
        from koda_desktop.sync.exchange.folder.taking import Taking, no_picture

        draw = draw or no_picture
        taking = Taking(self._store, self._staging, self._stamps, self._changes, inspect, draw)
        return taking.apply(plan, deactivate_gone=deactivate_gone, cancel=cancel, progress=progress)

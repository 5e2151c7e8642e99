"""Change sets: many listings changed at once, and whatever was done taken back.

As for ``Workspace``: methods block for at most a disk's time, may be called from any thread but the
window's, and raise KodaErrors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from koda_desktop.runtime.work import CancelToken, ProgressReport, ignore_progress

if TYPE_CHECKING:
    from koda_desktop.sync.changesets.cells import CellChecker
    from koda_desktop.sync.changesets.commands import ChangeSets
    from koda_desktop.sync.changesets.leftovers import LeftCell
    from koda_desktop.sync.changesets.rows import (
        Change,
        ChangeSet,
        ChangeSetDetail,
        ChangeSetResult,
        Left,
        SetKind,
        UndoState,
    )


class History:
    """What was done in a workspace. Everything of the last 30 days can be taken back."""

    def __init__(self, changes: ChangeSets) -> None:
        self._changes = changes

    def apply(
        self,
        name: str,
        kind: SetKind,
        changes: Iterable[Change],
        *,
        partial: bool = True,
        left: Sequence[Left] = (),
        checker: CellChecker | None = None,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        """Make all of ``changes`` in one durable transaction, recorded as one set.

        ``name`` is a verb phrase for the History page ("Price plus 10%"). A value that may not be
        written, or whose guard does not hold, is left as it is and reported in ``left``, and the
        rest is written; with ``partial`` False anything that is left undoes all, and raises
        InputError with ``facts["left"]``. Where nothing changes no set is made (``set_id`` 0).
        ``left`` is what was left out before, to be told with the rest.
        ``checker`` is one that checked the values before, as a preview does. ``changes`` are read
        on another thread, and may not use the workspace. Raises Cancelled, DiskFull or another
        LocalFault; then nothing was changed.
        """
        return self._changes.apply(
            name,
            kind,
            changes,
            partial=partial,
            left=left,
            checker=checker,
            cancel=cancel,
            progress=progress,
        )

    def undo(
        self,
        set_id: int | None = None,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        """Take a set back, the last one that stands where none is named; a set of its own.

        What was changed since, here or in the marketplace, is left as it is and reported. Raises
        NotFound for a set that is forgotten, and Refused where nothing can be taken back.
        """
        return self._changes.undo(set_id, cancel=cancel, progress=progress)

    def redo(
        self, *, cancel: CancelToken | None = None, progress: ProgressReport = ignore_progress
    ) -> ChangeSetResult:
        """Do again what was undone last, as ``undo``. Raises Refused where nothing was."""
        return self._changes.redo(cancel=cancel, progress=progress)

    def left_cells(self, set_id: int) -> list[LeftCell]:
        """What of a set was changed since, with what it holds now and held before the set.

        For an undo that is what it left; for a set that stands, what its undo would leave. Raises
        NotFound.
        """
        return self._changes.left_cells(set_id)

    def set_back(self, set_id: int, cells: Sequence[LeftCell]) -> ChangeSetResult:
        """Set ``cells`` back all the same, as a new set that can be undone.

        What was changed once more since it was looked at is left and reported.
        """
        return self._changes.set_back(set_id, cells)

    def listed(self, *, limit: int = 200) -> list[ChangeSet]:
        """The last change sets, newest first."""
        return self._changes.listed(limit)

    def detail(self, set_id: int, *, limit: int = 200) -> ChangeSetDetail:
        """One change set, its first rows, and what it left as it was. Raises NotFound."""
        return self._changes.detail(set_id, limit)

    def undo_state(self) -> UndoState:
        """What Ctrl+Z and Ctrl+Shift+Z would take back now. Cheap."""
        return self._changes.undo_state()

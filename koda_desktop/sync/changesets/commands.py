"""What is done to many listings at once, and taken back: each command is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from dataclasses import replace

from koda_desktop.errors import InputError, Refused
from koda_desktop.runtime.account import account_name
from koda_desktop.runtime.work import CancelToken, ProgressReport, ignore_progress
from koda_desktop.sync.changesets import leftovers, records
from koda_desktop.sync.changesets.applying import Applying, Written
from koda_desktop.sync.changesets.cells import CellChecker
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
from koda_desktop.sync.changesets.undoing import changes_back
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.store import Store

LEFT_MAX = 10_000
"""How many cells a change set names as left; the others are only counted."""


class ChangeSets:
    """See ``workspace.history`` for what each method promises.

    ``who`` is the person's account; that of this computer unless it is given.
    """

    def __init__(
        self, store: Store, staging: Staging, stamps: Stamps, who: str | None = None
    ) -> None:
        self._store = store
        self._staging = staging
        self._stamps = stamps
        self._who = account_name() if who is None else who

    # -- doing --

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

        What may not be written is left as it is and reported; with ``partial`` False anything that
        is left undoes the rest, and raises InputError with ``facts["left"]``. Where nothing
        changes, no set is made. ``left`` is what was left out before, to be told with the rest.
        ``changes`` are read on threads of the store's, one at a time, and may not write to it.
        Raises Cancelled, DiskFull or another LocalFault; then nothing was changed.
        """
        total = len(changes) if isinstance(changes, Sized) else None
        applying = self._applying(checker, cancel, progress, total)
        result = self._store.write(
            lambda tx: self._apply(tx, applying, name, kind, changes, partial, left)
        )
        self.forget_old()
        return result

    def _applying(
        self,
        checker: CellChecker | None,
        cancel: CancelToken | None,
        progress: ProgressReport,
        total: int | None,
    ) -> Applying:
        return Applying(
            self._store.read,
            self._staging,
            self._stamps,
            checker or CellChecker(),
            cancel or CancelToken(),
            progress,
            total,
        )

    def _apply(
        self,
        tx: Tx,
        applying: Applying,
        name: str,
        kind: SetKind,
        changes: Iterable[Change],
        partial: bool,
        left: Sequence[Left],
    ) -> ChangeSetResult:
        set_id = records.begin(tx, name, kind, self._who, self._stamps.now())
        written = applying.write(tx, set_id, changes)
        written.left[:0] = left
        if written.left and not partial:
            raise _refusal(written.left)
        return _finished(tx, set_id, name, written)

    # -- undoing --

    def undo(
        self,
        set_id: int | None = None,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        """Take a set back, the last one that stands where none is named.

        What was changed since, here or in the marketplace, is left as it is and reported. Raises
        NotFound, and Refused where there is nothing to take back; else as ``apply``.
        """
        applying = self._applying(None, cancel, progress, None)
        return self._store.write(lambda tx: self._undo(tx, applying, set_id))

    def redo(
        self,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        """Do again what was undone last. As ``undo``."""
        applying = self._applying(None, cancel, progress, None)
        return self._store.write(lambda tx: self._redo(tx, applying))

    def _undo(self, tx: Tx, applying: Applying, set_id: int | None) -> ChangeSetResult:
        if set_id is None:
            wanted = records.undo_state(tx).undo
            if wanted is None:
                raise Refused(
                    f"There is nothing to undo. Changes are kept for {records.KEPT_DAYS} days.",
                    kept="",
                )
        else:
            wanted = records.find(tx, set_id)
        return self._take_back(tx, applying, wanted)

    def _redo(self, tx: Tx, applying: Applying) -> ChangeSetResult:
        wanted = records.undo_state(tx).redo
        if wanted is None:
            raise Refused("There is nothing to do again.", kept="")
        return self._take_back(tx, applying, wanted)

    def _take_back(self, tx: Tx, applying: Applying, wanted: ChangeSet) -> ChangeSetResult:
        if not wanted.can_undo:
            raise Refused(
                f"“{wanted.name}” was taken back already, by change set {wanted.undone_by}.",
                kept="Nothing was changed.",
            )
        kind = SetKind.REDO if wanted.kind is SetKind.UNDO else SetKind.UNDO
        set_id = records.begin(
            tx, wanted.name, kind, self._who, self._stamps.now(), undoes=wanted.id
        )
        applying = replace(applying, total=wanted.count)
        written = applying.write(tx, set_id, changes_back(applying.read, wanted.id, wanted.count))
        if not written.changed and written.left:
            raise _nothing_undone(wanted, written.left)
        records.mark_undone(tx, wanted.id, set_id)
        return _recorded(tx, set_id, wanted.name, written)

    def set_back(self, set_id: int, cells: Sequence[LeftCell]) -> ChangeSetResult:
        """Give ``cells`` what they held before a set, though they were changed since; a new set.

        What holds something else than it did when it was looked at is left and reported. Raises
        NotFound, and else as ``apply``.
        """
        name, kind = self._store.read(lambda db: leftovers.settling_name(db, set_id))
        return self.apply(name, kind, leftovers.settling(cells))

    # -- reading --

    def left_cells(self, set_id: int) -> list[LeftCell]:
        """What of a set was changed since, and is not as it was before it. Raises NotFound."""
        return self._store.read(lambda db: leftovers.left_cells(db, set_id))

    def listed(self, limit: int) -> list[ChangeSet]:
        return self._store.read(lambda db: records.listed(db, limit))

    def detail(self, set_id: int, limit: int) -> ChangeSetDetail:
        return self._store.read(lambda db: records.detail(db, set_id, limit))

    def undo_state(self) -> UndoState:
        return self._store.read(records.undo_state)

    def forget_old(self) -> None:
        """Forget what is older than 30 days, and the oldest where all of it takes too much."""
        now = self._stamps.clock.now()

        def is_due(db: Db) -> bool:
            return records.is_prunable(db, now)

        if self._store.read(is_due):
            self._store.write(lambda tx: records.prune(tx, now), durable=False)


def _finished(tx: Tx, set_id: int, name: str, written: Written) -> ChangeSetResult:
    """The set is recorded; where nothing was changed there is none."""
    if written.changed:
        return _recorded(tx, set_id, name, written)
    tx.run("DELETE FROM change_set WHERE id = ?", (set_id,))
    return ChangeSetResult(0, name, 0, written.same, tuple(written.left))


def _recorded(tx: Tx, set_id: int, name: str, written: Written) -> ChangeSetResult:
    records.add_left(tx, set_id, written.left[:LEFT_MAX])
    records.finish(tx, set_id, written.changed, len(written.left), written.size)
    return ChangeSetResult(set_id, name, written.changed, written.same, tuple(written.left))


def _refusal(left: list[Left]) -> InputError:
    first = left[0]
    named = f"{first.field}: {first.reason}" if first.field else first.reason
    more = f" And {len(left) - 1} more." if len(left) > 1 else ""
    return InputError(
        f"Not accepted. {named}{more}", facts={"left": [as_json(one) for one in left]}
    )


def _nothing_undone(wanted: ChangeSet, left: list[Left]) -> Refused:
    return Refused(
        f"Nothing of “{wanted.name}” can be taken back: {left[0].reason}",
        kept="Nothing was changed.",
        facts={"left": [as_json(one) for one in left]},
    )


def as_json(left: Left) -> dict[str, str]:
    """One cell that was left, for ``--json`` and the facts of an error."""
    return {
        "listing": left.listing_id,
        "field": left.field,
        "why": left.why.value,
        "reason": left.reason,
    }

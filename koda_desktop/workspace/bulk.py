"""Bulk verbs over the listings of a workspace: looked at first, then done as one change set."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from koda_desktop.runtime.garbage import no_garbage_search
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress

if TYPE_CHECKING:
    from koda_desktop.sync.bulk.planning import Plan
    from koda_desktop.sync.bulk.proposing import BulkRow, Verb
    from koda_desktop.sync.changesets.commands import ChangeSets
    from koda_desktop.sync.changesets.rows import ChangeSetResult
    from koda_desktop.sync.rows import Selection
    from koda_desktop.sync.store.store import Store

AT_ONCE = 500
"""How many listings are read and looked at between two looks at the cancel token."""


class Bulk:
    """See ``Workspace.bulk``. ``select`` answers the keys of a selection."""

    def __init__(
        self, store: Store, changes: ChangeSets, select: Callable[[Selection], array[int]]
    ) -> None:
        self._store = store
        self._changes = changes
        self._select = select

    def plan(
        self,
        selection: Selection | Sequence[int],
        verb: Verb,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> Plan:
        """What ``verb`` would do to each listing; nothing is changed.

        Raises InputError where the verb is wrong, and Cancelled.
        """
        from koda_desktop.sync.bulk.planning import Plan
        from koda_desktop.sync.rows import Selection

        keys = self._keys(selection) if isinstance(selection, Selection) else selection
        stop = cancel or CancelToken()
        plan = Plan(verb.name)
        with no_garbage_search(), closing(self._slices(keys, verb, stop)) as slices:
            for done, rows in enumerate(slices):
                stop.check()
                progress(Progress(done * AT_ONCE, len(keys)))
                plan.add(rows, verb)
        return plan

    def _slices(
        self, keys: Sequence[int], verb: Verb, stop: CancelToken
    ) -> Generator[list[BulkRow], None, None]:
        """The listings by AT_ONCE; while some are looked at, the next are read."""
        from koda_desktop.runtime.ahead import one_ahead
        from koda_desktop.sync.bulk.planning import sliced

        rest = sliced(keys, AT_ONCE)

        def following() -> list[BulkRow] | None:
            several = next(rest, None)
            return None if several is None else self._rows(several, verb, stop)

        stop.check()
        first = following()
        if first is None:
            return
        if len(keys) <= AT_ONCE:
            yield first
        else:
            yield from one_ahead(first, following)

    def _keys(self, selection: Selection) -> Sequence[int]:
        # What is gone of the keys themselves is left out where the rows are read.
        return selection.keys if selection.query is None else self._select(selection)

    def _rows(self, keys: Sequence[int], verb: Verb, stop: CancelToken) -> list[BulkRow]:
        from koda_desktop.sync.bulk.reading import bulk_rows

        return self._store.read(lambda db: bulk_rows(db, keys, verb.reads), stop)

    def apply(
        self,
        plan: Plan,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        """Do what was planned, in one durable transaction; one set of the History page.

        What was changed since it was planned is left as it is and reported, as what was refused
        is. Raises Cancelled, DiskFull or another LocalFault; then nothing was changed.
        """
        from koda_desktop.sync.changesets.rows import SetKind

        return self._changes.apply(
            plan.name,
            SetKind.BULK,
            plan.changes,
            left=plan.refused,
            checker=plan.checker,
            cancel=cancel,
            progress=progress,
        )

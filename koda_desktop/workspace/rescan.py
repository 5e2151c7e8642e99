"""The files of listings looked at again, with what is known of secrets today.

As for ``Workspace``: methods may be called from any thread but the window's, and raise KodaErrors.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from koda_desktop.errors import KodaError
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress

if TYPE_CHECKING:
    from koda_desktop.sync.listings import ListingCommands
    from koda_desktop.sync.rescanning import ScannedFile
    from koda_desktop.sync.rows import Selection
    from koda_desktop.sync.staging import Staging
    from koda_desktop.sync.store.store import Store
    from koda_desktop.workflows.inspection import Inspection

Inspect = Callable[[Path], "Inspection"]
"""Looks at a file, in a process of its own where there are many; blocks. From several threads."""
AT_ONCE = 64
FREED = "It was kept out of the marketplace and may be published now."
MOST_LINES = 5_000
"""So many listings are named in a report; all are counted."""


class Standing(StrEnum):
    """What a file comes to, the worst first."""

    SECRETS = "secrets"
    ERRORS = "errors"
    WARNINGS = "warnings"
    FAILED = "failed"
    """It could not be looked at."""
    ABSENT = "absent"
    """It is not on this computer."""
    CLEAN = "clean"


class Rescanned(NamedTuple):
    """One listing. ``words`` are masked findings or sentences, the gravest first."""

    listing_id: str
    title: str
    file_name: str
    standing: Standing
    words: tuple[str, ...]
    is_published: bool
    is_held: bool = False
    """Whether it stays out of the marketplace now because of what was found."""
    is_freed: bool = False
    """Whether it was kept out before, and may be published now."""


@dataclass(slots=True)
class RescanReport:
    """What the look came to; ``lines`` leaves out the clean ones, those aside that are freed."""

    total: int
    counts: Counter[Standing] = field(default_factory=Counter)
    lines: list[Rescanned] = field(default_factory=list)
    held: int = 0
    freed: int = 0
    is_stopped: bool = False

    @property
    def looked_at(self) -> int:
        """How many listings it tells of."""
        return self.counts.total()

    def worst_first(self) -> list[Rescanned]:
        """The lines as people want to read them."""
        order = [*Standing]
        return sorted(self.lines, key=lambda one: order.index(one.standing))

    def add(self, one: Rescanned) -> None:
        self.counts[one.standing] += 1
        self.held += one.is_held
        self.freed += one.is_freed
        is_named = one.standing is not Standing.CLEAN or one.is_freed
        if is_named and len(self.lines) < MOST_LINES:
            self.lines.append(one)


class Rescan:
    """See ``Workspace.rescan``. ``select`` answers the keys of a selection."""

    def __init__(
        self,
        store: Store,
        staging: Staging,
        commands: ListingCommands,
        select: Callable[[Selection], array[int]],
    ) -> None:
        self._store = store
        self._staging = staging
        self._commands = commands
        self._select = select

    def look(
        self,
        selection: Selection | Sequence[int],
        inspect: Inspect,
        *,
        workers: int = 2,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> RescanReport:
        """Look at the file of each listing; ``workers`` are looked at together.

        No listing is changed. One that is not in the marketplace and whose file has secrets now
        does not go there: if its publication waits it is taken back, and it cannot be queued again
        with that file. One that was kept out and has neither errors nor secrets now may be
        published. Stopping ends it with what was looked at until then.
        """
        from koda_desktop.sync.rescanning import downloaded
        from koda_desktop.sync.rows import Selection

        keys = self._select(selection) if isinstance(selection, Selection) else selection
        stop, report = cancel or CancelToken(), RescanReport(len(keys))
        fetched = self._store.read(downloaded)
        pool = ThreadPoolExecutor(workers, thread_name_prefix="koda-rescan")
        try:
            for files in self._files(keys, fetched):
                for file, found in zip(files, pool.map(_looker(inspect, stop), files), strict=True):
                    if stop.is_cancelled:
                        report.is_stopped = True
                        return report
                    report.add(self._told(file, found))
                    progress(Progress(report.looked_at, len(keys), "inspect"))
        finally:
            pool.shutdown(cancel_futures=True)
        return report

    def _files(
        self, keys: Sequence[int], fetched: dict[str, list[Path]]
    ) -> Iterator[list[ScannedFile]]:
        from koda_desktop.sync.rescanning import scanned_files

        def read(some: Sequence[int]) -> list[ScannedFile]:
            return self._store.read(lambda db: scanned_files(db, some, self._staging, fetched))

        for start in range(0, len(keys), AT_ONCE):
            yield read(keys[start : start + AT_ONCE])

    def _told(self, file: ScannedFile, found: Inspection | KodaError | None) -> Rescanned:
        standing, words = _standing(file, found)
        is_held = standing is Standing.SECRETS and not file.is_published
        if is_held:
            is_held, more = self._hold(file, found)
            words = (*words, *more)
        is_freed = file.is_blocked and not file.is_published and self._free(file, found)
        if is_freed:
            words = (FREED, *words)
        return Rescanned(
            file.listing_id,
            file.title,
            file.file.name,
            standing,
            words,
            file.is_published,
            is_held,
            is_freed,
        )

    def _hold(
        self, file: ScannedFile, found: Inspection | KodaError | None
    ) -> tuple[bool, tuple[str, ...]]:
        """Keep the listing out of the marketplace; words for when it is too late for that."""
        from koda_desktop.sync.rescanning import note_found

        assert found is not None
        assert not isinstance(found, KodaError)
        listing_id, sha256 = file.listing_id, file.file.sha256
        try:
            self._commands.withdraw(listing_id)
        except KodaError as error:
            return False, (error.what,)
        self._store.write(lambda tx: note_found(tx, listing_id, sha256, found))
        return True, ()

    def _free(self, file: ScannedFile, found: Inspection | KodaError | None) -> bool:
        """Let a listing be published that was kept out, where nothing stands against it now."""
        from koda_desktop.sync.rescanning import note_found

        if found is None or isinstance(found, KodaError) or not found.publishable:
            return False
        listing_id, sha256, sound = file.listing_id, file.file.sha256, found
        return self._store.write(lambda tx: note_found(tx, listing_id, sha256, sound))


def _looker(
    inspect: Inspect, stop: CancelToken
) -> Callable[[ScannedFile], Inspection | KodaError | None]:
    def look(file: ScannedFile) -> Inspection | KodaError | None:
        if file.path is None or stop.is_cancelled:
            return None
        try:
            found = inspect(file.path)
        except KodaError as error:
            return error
        # A fetched file is a person's own, who may have written into it since.
        return found if found.sha256 == file.file.sha256 else None

    return look


def _standing(
    file: ScannedFile, found: Inspection | KodaError | None
) -> tuple[Standing, tuple[str, ...]]:
    from koda_desktop.workflows.inspection import Severity

    if found is None:
        what = "It has no file." if not file.file.sha256 else "Its file is not on this computer."
        where = "Fetch it with Save file…" if file.is_published else "Give it the file again."
        return Standing.ABSENT, (f"{what} {where}",)
    if isinstance(found, KodaError):
        return Standing.FAILED, (f"{found.what} {found.remedy}".strip(),)
    if found.secrets:
        words = tuple(f"{one.kind}: {one.masked} ({one.where})" for one in found.secrets)
        return Standing.SECRETS, words
    by_severity = {
        Severity.ERROR: Standing.ERRORS,
        Severity.WARNING: Standing.WARNINGS,
    }
    for severity, standing in by_severity.items():
        words = tuple(one.message for one in found.problems if one.severity is severity)
        if words:
            return standing, words
    return Standing.CLEAN, ()

"""One file of a listing on its way to this computer's disk.

It grows under a name of its own and gets its real one when it is whole, verified and flushed; what
stands under that name is never replaced.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from pathlib import Path

from koda_desktop.errors import Cancelled, KodaError, Unverified
from koda_desktop.marketplace.api import DownloadGrant
from koda_desktop.runtime.files import disk_faults, fsync_directory
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import part_rows, transfer_rows
from koda_desktop.sync.engine.fetching import Fetching
from koda_desktop.sync.engine.grants import SharedGrant
from koda_desktop.sync.engine.mending import differing
from koda_desktop.sync.engine.meter import Meter
from koda_desktop.sync.engine.parts import Apply, Session, StorageFault, must_wait
from koda_desktop.sync.part_rows import Part, Plan
from koda_desktop.sync.places import candidates, part_path, put_in_place
from koda_desktop.sync.rows import Json, TransferState
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.transfer_commands import bandwidth_limit
from koda_desktop.sync.transfers.answers import ObjectChanged
from koda_desktop.sync.transfers.carrier import Span
from koda_desktop.sync.transfers.partial import PartialFile

_FAULT = "The downloaded file could not be put in its place"


def perform(session: Session, plan: Plan, cancel: CancelToken) -> Apply:
    """Do one download of ``transfer_rows.ready_downloads``.

    What a person must decide parks the transfer and is no error here. Raises Cancelled, KodaErrors
    and StorageFault when the outside is in the way; the row waits for another attempt then.
    """
    try:
        return _Download(session, plan, cancel).perform()
    except StorageFault:
        _rest(session, plan)
        raise
    except KodaError as error:
        if isinstance(error, Cancelled) or must_wait(error):
            _rest(session, plan)
            raise
        problem = error.as_json()
        return lambda tx: _park(tx, plan, problem)


def _rest(session: Session, plan: Plan) -> None:
    session.parts.store.write(
        lambda tx: transfer_rows.move(tx, plan.operation_id, TransferState.QUEUED), durable=False
    )


def _park(tx: Tx, plan: Plan, problem: Json) -> None:
    transfer_rows.move(tx, plan.operation_id, TransferState.PARKED, problem)


class _Download:
    def __init__(self, session: Session, plan: Plan, cancel: CancelToken) -> None:
        self._session = session
        self._outside = session.parts
        self._store = session.parts.store
        self._plan = plan
        self._cancel = cancel
        self._meter = Meter(session.parts.stamps.clock, self._progress)

    def perform(self) -> Apply:
        if not self._store.write(
            lambda tx: transfer_rows.start(tx, self._plan.operation_id), durable=False
        ):
            raise Cancelled("Stopped.")
        self._outside.carrier.limit(self._store.read(bandwidth_limit))
        # Looked at first: what came whole stays whole, also where another file is sold by now.
        if not self._was_finished():
            grant = self._ask()
            self._agree(grant)
            file = PartialFile(self._part, self._plan.size)
            try:
                self._fill(file, grant)
            finally:
                file.close()
            self._put_in_place()
        return self._done

    def _ask(self) -> DownloadGrant:
        return self._session.marketplace.read_back(self._outside.actor, self._plan.lane).download

    @property
    def _part(self) -> Path:
        return part_path(Path(self._plan.target).parent, self._plan.file_name, self._plan.id)

    def _agree(self, grant: DownloadGrant) -> None:
        """Write down what the file is; parts of another file count no longer."""
        is_same = (self._plan.size, self._plan.sha256) == (grant.size, grant.sha256)
        if is_same and self._plan.part_size:
            return
        # The partial file keeps its name, also where the whole one was about to get another.
        is_first = not self._plan.part_size
        plan = self._plan = replace(
            self._plan,
            size=grant.size,
            sha256=grant.sha256,
            file_name=Path(self._plan.target).name if is_first else self._plan.file_name,
            etag="",
            part_size=self._outside.sizes.part_size(grant.size),
        )

        def write(tx: Tx) -> None:
            # Together: parts of another file that are left would be counted as parts of this one.
            part_rows.forget_parts(tx, plan.id)
            part_rows.save_download(tx, plan)

        self._store.write(write)

    def _change(self, **fields: str | int) -> None:
        self._plan = replace(self._plan, **fields)  # type: ignore[arg-type]
        self._store.write(lambda tx: part_rows.save_download(tx, self._plan))

    def _progress(self, done: int, speed: float) -> None:
        """Write how far it is; a download that was paused or cancelled, by whoever, stops."""
        operation_id = self._plan.operation_id
        is_wanted, limit = self._store.write(
            lambda tx: (
                transfer_rows.progress(tx, operation_id, done, speed),
                bandwidth_limit(tx),
            ),
            durable=False,
        )
        self._outside.carrier.limit(limit)
        if not is_wanted:
            self._cancel.cancel()

    # -- the bytes --

    def _fill(self, file: PartialFile, grant: DownloadGrant) -> None:
        """Have the whole file on the disk, verified. Raises Unverified when it cannot be had."""
        shared = SharedGrant[str](grant, self._ask, self._outside.stamps.clock)
        fetching = Fetching(
            self._outside, shared, file, self._plan.part_size, self._save, self._cancel
        )
        if file.was_there:
            recorded = self._store.read(lambda db: part_rows.parts(db, self._plan.id))
            fetching.resume(recorded, self._plan.etag)
        file.reserve()
        sha256 = self._fetched(fetching)
        if sha256 != self._plan.sha256:
            self._once_more(fetching, file)
        self._outside.on_step("download.verified")

    def _fetched(self, fetching: Fetching) -> str:
        """Fetch what is missing; all of it, once, when the object was replaced meanwhile."""
        try:
            return fetching.run(self._meter.report)
        except ObjectChanged:
            fetching.etag = ""
            self._store.write(lambda tx: part_rows.forget_parts(tx, self._plan.id))
        fetching.again()
        return fetching.run(self._meter.report)

    def _once_more(self, fetching: Fetching, file: PartialFile) -> None:
        """The bytes are not the promised ones, as they came: fetch again, once, what the store's
        own checksums tell to be wrong, then everything.
        """
        parts = self._session.marketplace.part_checksums(self._outside.actor, self._plan.lane)
        if wrong := differing(file, parts, self._cancel):
            fetching.mend(wrong)
            if self._fetched(fetching) == self._plan.sha256:
                return
        fetching.again()
        if self._fetched(fetching) != self._plan.sha256:
            raise Unverified(
                "The file that came from the marketplace is not the one that was registered.",
                kept="Nothing was put in its place; what came is kept beside it.",
                remedy="Try again; if it stays so, tell the marketplace.",
            )

    def _save(self, parts: list[Part], etag: str) -> None:
        """Parts are in the file: from now on a crash does not fetch them again."""
        before, plan = self._plan, replace(self._plan, etag=etag)
        self._plan = plan

        def write(tx: Tx) -> None:
            part_rows.save(tx, plan.id, parts)
            if plan != before:
                part_rows.save_download(tx, plan)

        self._store.write(write, durable=False)

    # -- the name --

    def _put_in_place(self) -> None:
        for target in candidates(Path(self._plan.target)):
            if target.exists() or target.is_symlink():
                continue
            # Written first, so that a crash in between is understood.
            self._change(target=str(target))
            self._outside.on_step("download.placing")
            with disk_faults(_FAULT):
                if put_in_place(self._part, target):
                    fsync_directory(target.parent)
                    break
        self._outside.on_step("download.renamed")

    def _was_finished(self) -> bool:
        """Whether an earlier run came as far as giving the file its name."""
        if not self._plan.part_size:
            return False
        target, part = Path(self._plan.target), self._part
        with contextlib.suppress(OSError):
            if part.exists():
                if not part.samefile(target):
                    return False
                part.unlink()
                return True
            recorded = self._store.read(lambda db: part_rows.parts(db, self._plan.id))
            is_whole = sum(one.size for one in recorded.values()) == self._plan.size
            return is_whole and self._is_the_file(target)
        return False

    def _is_the_file(self, path: Path) -> bool:
        if path.stat().st_size != self._plan.size:
            return False
        digest = hashlib.sha256()
        file = PartialFile(path, self._plan.size)
        try:
            file.add_to(digest, Span(0, self._plan.size))
        finally:
            file.close()
        return digest.hexdigest() == self._plan.sha256

    def _done(self, tx: Tx) -> None:
        part_rows.forget_parts(tx, self._plan.id)
        moment = self._outside.stamps.now()
        transfer_rows.end(tx, self._plan.operation_id, TransferState.DONE, moment)

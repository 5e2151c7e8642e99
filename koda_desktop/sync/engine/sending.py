"""The parts of one upload: what the store has of them, and sending the others, several at a time.

Whoever sends a part asks for leave with its checksum and uses the leave at once: the URL is bound
to the bytes, and none lies about until it lapses. The checksum is the one from staging where it is
known: the store compares it with what it got, and where a store does not, it is compared here. An
upload that is taken up again earns its width (``Risk``).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koda_desktop.errors import Cancelled, KodaError, ServerDown, Unverified
from koda_desktop.marketplace.api import PartFacts, PartGrant, PartsUpload, StoredPart, UploadLost
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import part_rows
from koda_desktop.sync.backoff import RETRY_AFTER
from koda_desktop.sync.engine.grants import clock_is_wrong
from koda_desktop.sync.engine.parts import Session, StorageFault, must_wait
from koda_desktop.sync.engine.pooled import Pooled
from koda_desktop.sync.engine.risk import Risk
from koda_desktop.sync.part_rows import Part
from koda_desktop.sync.staging import StagedSums
from koda_desktop.sync.transfers.answers import GrantExpired
from koda_desktop.sync.transfers.bodies import changed, crc32_of, md5_of, sums_of
from koda_desktop.sync.transfers.carrier import Span

_MD5 = re.compile(r"[0-9a-f]{32}\Z")

SAVE_SECONDS = 0.3
"""How often the rows are written; the object store knows better at any time."""


class _NoLeave(Exception):
    """The marketplace gave no leave: its fault, and not the object store's."""

    def __init__(self, error: KodaError) -> None:
        super().__init__(error.what)
        self.error = error


def split(size: int, part_size: int) -> list[Part]:
    """The parts of a file, in order."""
    starts = range(0, size, part_size)
    return [
        Part(number, start, min(part_size, size - start)) for number, start in enumerate(starts, 1)
    ]


class Sending:
    """Sends what the store has not. ``parts`` hold checksum and ETag of every part at the end."""

    def __init__(
        self,
        session: Session,
        upload: PartsUpload,
        transfer_id: str,
        path: Path,
        sums: StagedSums | None,
        cancel: CancelToken,
    ) -> None:
        self._sums = sums
        self._session = session
        self._outside = session.parts
        self._upload = upload
        self._transfer_id = transfer_id
        self._path = path
        self._cancel = cancel
        self._state = {part.number: part for part in split(upload.file.size, upload.part_size)}
        self._todo: deque[int] = deque()
        self._under_way: dict[int, int] = {}
        self._unsaved: list[Part] = []
        self._recorded: set[int] = set()
        self._saved_at = self._outside.stamps.clock.monotonic()
        self._misses = 0
        self._risk = Risk(upload.part_size)
        self._url = ""
        self._misnamed: set[int] = set()
        self._has_md5_names = True

    @property
    def parts(self) -> list[Part]:
        """Every part in order."""
        return list(self._state.values())

    def take_stock(self, recorded: Mapping[int, Part], stored: Sequence[StoredPart]) -> None:
        """Keep what the store has of exactly these bytes; anything else is to be sent.

        Raises LocalFault when the file is not what it was when its parts were first sent.
        """
        for number, part in self._state.items():
            crc32 = recorded[number].crc32 if number in recorded else ""
            self._state[number] = replace(part, crc32=crc32)
        for there in stored:
            self._cancel.check()
            known = self._state.get(there.number)
            if known is not None and known.size == there.size:
                self._keep_if_equal(self._summed(known), there)
        self._todo.extend(number for number, part in self._state.items() if not part.is_done)
        is_resumed = len(self._todo) < len(self._state)
        self._risk = Risk(self._upload.part_size, is_limited=is_resumed)

    def _keep_if_equal(self, part: Part, there: StoredPart) -> None:
        is_equal = there.crc32 == part.crc32
        if there.crc32 is None and _MD5.match(there.etag):
            is_equal = there.etag == md5_of(self._path, part.offset, part.size)
        if is_equal:
            part = replace(part, etag=there.etag, is_done=True)
            self._unsaved.append(part)
        self._state[part.number] = part

    def _summed(self, part: Part) -> Part:
        """The part with its checksum: that of staging, or of its bytes as they are now."""
        staged = self._sums.of(part.offset, part.size) if self._sums else ""
        return replace(part, crc32=staged) if staged else self._read(part)

    def _read(self, part: Part) -> Part:
        """The part with the checksum of its bytes as they are now. Raises LocalFault when they are
        not what they were.
        """
        crc32 = crc32_of(self._path, part.offset, part.size)
        if part.crc32 not in ("", crc32):
            raise changed()
        return replace(part, crc32=crc32)

    def run(self, report: Callable[[int], None], is_held: Callable[[], bool]) -> None:
        """Send everything that is left. ``report`` is told the bytes that are there so far; once
        ``is_held`` says so, no part is begun any more.

        Raises KodaErrors, of them Cancelled when held, and StorageFault; what was stored until then
        stays stored.
        """
        try:
            with Pooled[int, Part](self._outside.transfer_pool, self._cancel) as pool:
                while self._todo or pool.running:
                    self._cancel.check()
                    if not is_held():
                        self._fill(pool)
                    elif not pool.running:
                        raise Cancelled("Sending was paused.")
                    for number, outcome in pool.finished():
                        self._settle(number, outcome)
                    self._save_if_due()
                    report(self._done_bytes())
        except _NoLeave as refused:
            raise refused.error from refused
        finally:
            self._save()

    def _fill(self, pool: Pooled[int, Part]) -> None:
        while self._todo and pool.running < self._width:
            size = self._state[self._todo[0]].size
            if size > self._risk.room:
                return
            self._risk.begin(size)
            pool.start(self._todo.popleft(), lambda one: self._send(one, pool.token))

    @property
    def _width(self) -> int:
        """How many parts may be on their way; the usual number until the host is known."""
        return self._outside.carrier.width(self._url)

    def _done_bytes(self) -> int:
        done = sum(part.size for part in self._state.values() if part.is_done)
        return done + sum(self._under_way.copy().values())

    # -- one part, on the pool --

    def _send(self, number: int, cancel: CancelToken) -> Part:
        cancel.check()
        part = self._state[number] = self._summed(self._state[number])
        grant = self._leave(part)
        self._url = grant.url
        self._outside.on_step("part.signed")

        def report(done: int) -> None:
            self._under_way[number] = done

        try:
            span = Span(part.offset, part.size)
            sent = self._outside.carrier.put_part(grant, self._path, span, cancel, report)
        finally:
            self._under_way.pop(number, None)
        self._outside.on_step("part.sent")
        if not sent.is_checked:
            self._compare(part, sent.etag)
        return replace(part, etag=sent.etag, is_done=True)

    def _compare(self, part: Part, etag: str) -> None:
        """The store has not compared the part with its checksum, so it is done here.

        Most stores name a part by the MD5 of what they got. One whose name differs is sent again;
        when it differs once more, the store's names are no MD5s, whatever they look like.
        """
        crc32, md5 = sums_of(self._path, part.offset, part.size)
        if crc32 != part.crc32:
            raise changed()
        if not self._has_md5_names or not _MD5.match(etag) or etag == md5:
            return
        if part.number in self._misnamed:
            self._has_md5_names = False
            return
        self._misnamed.add(part.number)
        raise Unverified("The object store got other bytes than were sent.")

    def _leave(self, part: Part) -> PartGrant:
        facts = PartFacts(part.number, part.size, part.crc32)
        market, actor = self._session.marketplace, self._outside.actor
        try:
            return market.sign_parts(actor, self._upload, [facts])[0]
        except KodaError as error:
            raise _NoLeave(error) from error

    # -- what came of it --

    def _settle(self, number: int, outcome: Part | KodaError) -> None:
        if isinstance(outcome, Part):
            self._state[number] = outcome
            self._unsaved.append(outcome)
            self._risk.keep(outcome.size)
            self._misses = 0
            return
        self._risk.lose(self._state[number].size)
        self._todo.appendleft(number)
        self._misses += 1
        if isinstance(outcome, GrantExpired):
            self._lapsed(outcome)
        else:
            self._missed(number, outcome)

    def _lapsed(self, error: GrantExpired) -> None:
        """Leave had run out: no failure, unless leave given just now runs out every time."""
        if self._misses > 2 * self._width:
            raise StorageFault(clock_is_wrong(error))

    def _missed(self, number: int, error: KodaError) -> None:
        """A part was not stored: it is sent again after a little while, if that can help."""
        if isinstance(error, Unverified):
            # The store got other bytes than were promised: was it the way, or is it the file?
            self._read(self._state[number])
        can_help = isinstance(error, ServerDown | Unverified) and not isinstance(error, UploadLost)
        if not can_help or self._misses > self._width or RETRY_AFTER in error.facts:
            raise told(error)
        self._outside.wait(self._cancel, self._outside.sizes.retry_seconds * self._misses)

    # -- the rows --

    def _save_if_due(self) -> None:
        now = self._outside.stamps.clock.monotonic()
        if now - self._saved_at >= SAVE_SECONDS:
            self._saved_at = now
            self._save()

    def _save(self) -> None:
        """Write which parts are there, and the checksums of those that went out."""
        known = {part.number: part for part in self._state.values() if part.crc32}
        fresh = [part for number, part in known.items() if number not in self._recorded]
        changed_parts, self._unsaved = [*fresh, *self._unsaved], []
        self._recorded.update(known)
        if changed_parts:
            self._outside.store.write(
                lambda tx: part_rows.save(tx, self._transfer_id, changed_parts), durable=False
            )
            self._outside.on_step("part.recorded")


def told(error: KodaError) -> Exception:
    """The fault as the engine sorts it: the store in the way, or the file's own."""
    if must_wait(error) and not isinstance(error, UploadLost):
        return StorageFault(error)
    return error

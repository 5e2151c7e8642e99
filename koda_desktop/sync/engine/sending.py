"""The parts of one upload: what the store has of them, and sending the others, several at a time.

Each part's checksum is computed just before leave for it is asked for, and leave just before it is
used: the URL is bound to the bytes, and no URL lies about until it lapses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from koda_desktop.errors import KodaError, ServerDown, Unverified
from koda_desktop.marketplace.api import PartFacts, PartGrant, PartsUpload, StoredPart, UploadLost
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import part_rows
from koda_desktop.sync.backoff import RETRY_AFTER
from koda_desktop.sync.engine.grants import Lifetime, clock_is_wrong
from koda_desktop.sync.engine.parts import Session, StorageFault, must_wait
from koda_desktop.sync.engine.pooled import Pooled
from koda_desktop.sync.part_rows import Part
from koda_desktop.sync.transfers.answers import GrantExpired
from koda_desktop.sync.transfers.bodies import changed, crc32_of, md5_of
from koda_desktop.sync.transfers.carrier import Span
from koda_desktop.sync.transfers.hosts import USUAL

_MD5_LENGTH = 32


@dataclass(frozen=True, slots=True)
class _Signed:
    """A part with leave to send it."""

    part: Part
    grant: PartGrant
    life: Lifetime


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
        cancel: CancelToken,
    ) -> None:
        self._session = session
        self._outside = session.parts
        self._upload = upload
        self._transfer_id = transfer_id
        self._path = path
        self._cancel = cancel
        self._state = {part.number: part for part in split(upload.file.size, upload.part_size)}
        self._todo: deque[int] = deque()
        self._signed: deque[_Signed] = deque()
        self._under_way: dict[int, int] = {}
        self._unsaved: list[Part] = []
        self._misses = 0
        self._width = USUAL

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

    def _keep_if_equal(self, part: Part, there: StoredPart) -> None:
        is_equal = there.crc32 == part.crc32
        if there.crc32 is None and len(there.etag) == _MD5_LENGTH:
            is_equal = there.etag == md5_of(self._path, part.offset, part.size)
        if is_equal:
            part = replace(part, etag=there.etag, is_done=True)
            self._unsaved.append(part)
        self._state[part.number] = part

    def _summed(self, part: Part) -> Part:
        """The part with the checksum of its bytes as they are now."""
        crc32 = crc32_of(self._path, part.offset, part.size)
        if part.crc32 not in ("", crc32):
            raise changed()
        return replace(part, crc32=crc32)

    def run(self, report: Callable[[int], None]) -> None:
        """Send everything that is left. ``report`` is told the bytes that are there so far.

        Raises KodaErrors and StorageFault; what was stored until then stays stored.
        """
        try:
            with Pooled[_Signed, str](self._outside.transfer_pool, self._cancel) as pool:
                while self._todo or self._signed or pool.running:
                    self._cancel.check()
                    self._fill(pool)
                    for signed, outcome in pool.finished():
                        self._settle(signed, outcome)
                    report(self._done_bytes())
        finally:
            self._save()

    def _done_bytes(self) -> int:
        done = sum(part.size for part in self._state.values() if part.is_done)
        return done + sum(self._under_way.copy().values())

    # -- leave --

    def _fill(self, pool: Pooled[_Signed, str]) -> None:
        """Have ``width`` parts on their way, and half as many ready to follow."""
        if not self._signed:
            self._sign()
        while self._signed and pool.running < self._width:
            signed = self._signed.popleft()
            if signed.life.is_over:
                self._todo.appendleft(signed.part.number)
                continue
            pool.start(signed, lambda one: self._send(one, pool.token))
        if len(self._signed) <= self._width // 2:
            self._sign()

    def _sign(self) -> None:
        count = max(0, self._width - len(self._signed))
        batch = [self._todo.popleft() for _ in range(min(count, len(self._todo)))]
        if not batch:
            return
        parts = [self._summed(self._state[number]) for number in batch]
        self._state.update({part.number: part for part in parts})
        self._unsaved += parts
        # What the bytes were is written before they go out: a change is noticed later on.
        self._save()
        facts = [PartFacts(part.number, part.size, part.crc32) for part in parts]
        grants = self._session.marketplace.sign_parts(self._outside.actor, self._upload, facts)
        clock = self._outside.stamps.clock
        self._signed.extend(
            _Signed(part, grant, Lifetime(grant, clock))
            for part, grant in zip(parts, grants, strict=True)
        )
        self._width = self._outside.carrier.width(grants[0].url)
        self._outside.on_step("part.signed")

    def _save(self) -> None:
        changed_parts, self._unsaved = self._unsaved, []
        if changed_parts:
            self._outside.store.write(
                lambda tx: part_rows.save(tx, self._transfer_id, changed_parts), durable=False
            )
            self._outside.on_step("part.recorded")

    # -- sending, on the pool --

    def _send(self, signed: _Signed, cancel: CancelToken) -> str:
        part = signed.part

        def report(done: int) -> None:
            self._under_way[part.number] = done

        try:
            span = Span(part.offset, part.size)
            etag = self._outside.carrier.put_part(signed.grant, self._path, span, cancel, report)
        finally:
            self._under_way.pop(part.number, None)
        self._outside.on_step("part.sent")
        return etag

    def _settle(self, signed: _Signed, outcome: str | KodaError) -> None:
        number = signed.part.number
        if isinstance(outcome, str):
            self._state[number] = replace(signed.part, etag=outcome, is_done=True)
            self._unsaved.append(self._state[number])
            self._misses = 0
            return
        self._todo.appendleft(number)
        self._misses += 1
        if isinstance(outcome, GrantExpired):
            self._lapsed(outcome)
        else:
            self._missed(signed, outcome)

    def _lapsed(self, error: GrantExpired) -> None:
        """Leave had run out: no failure, unless leave given just now has run out too."""
        if self._misses > 2 * self._width:
            raise StorageFault(clock_is_wrong(error))

    def _missed(self, signed: _Signed, error: KodaError) -> None:
        """A part was not stored: it is sent again after a little while, if that can help."""
        if isinstance(error, Unverified):
            # The store got other bytes than were promised: was it the way, or is it the file?
            self._summed(signed.part)
        can_help = isinstance(error, ServerDown | Unverified) and not isinstance(error, UploadLost)
        self._width = self._outside.carrier.width(signed.grant.url)
        if not can_help or self._misses > self._width or RETRY_AFTER in error.facts:
            raise told(error)
        self._outside.wait(self._cancel, self._outside.sizes.retry_seconds * self._misses)


def told(error: KodaError) -> Exception:
    """The fault as the engine sorts it: the store in the way, or the file's own."""
    if must_wait(error) and not isinstance(error, UploadLost):
        return StorageFault(error)
    return error

"""The ranges of one download: several at a time, flushed before they count, hashed in passing.

What counts, and is written down, are *parts*: small, so that a crash costs little. What is asked
for is a *range* of neighbouring parts. A download that is taken up again may have been killed, and
may be again: it earns its width (``Risk``).

A part is written down twice: with its checksum as soon as it is in the file, where a killed program
leaves it, and as done once it is flushed, which outlasts a loss of power.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace

from koda_desktop.errors import KodaError, ServerDown
from koda_desktop.marketplace.api import DownloadGrant
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.backoff import RETRY_AFTER
from koda_desktop.sync.engine.grants import SharedGrant
from koda_desktop.sync.engine.incoming import Blocks, Incoming, InOrder
from koda_desktop.sync.engine.parts import Parts
from koda_desktop.sync.engine.pooled import LOOK_SECONDS, Pooled
from koda_desktop.sync.engine.risk import Risk
from koda_desktop.sync.engine.sending import split, told
from koda_desktop.sync.part_rows import Part
from koda_desktop.sync.transfers.answers import ObjectChanged, lost
from koda_desktop.sync.transfers.carrier import Span
from koda_desktop.sync.transfers.partial import PartialFile

Save = Callable[[list[Part], str], None]
"""Writes parts that are on the disk, and the ETag they belong to."""

_WRITE_SECONDS = 0.5
"""How often the parts of a range that comes slowly are written; else it is written when whole."""

_READ_AT_ONCE = 8

_SAVE_SECONDS = 0.1
_SAVE_BYTES = 16 * 1024 * 1024
"""How long, and how much of, what is written is not written down."""


class Fetching:
    """Fetches what is missing. Used by one thread; the ranges run on the pool."""

    def __init__(
        self,
        outside: Parts,
        grant: SharedGrant[str],
        file: PartialFile,
        part_size: int,
        save: Save,
        cancel: CancelToken,
    ) -> None:
        self._outside = outside
        self._clock = outside.stamps.clock
        self._grant = grant
        self._file = file
        self._save = save
        self._cancel = cancel
        self.etag = ""
        self.state = {part.number: part for part in split(file.size, part_size)}
        self._part_size = part_size
        self._range_size = max(part_size, outside.sizes.range_size)
        self._unsaved: set[int] = set()
        self._unsynced: set[int] = set()
        self._syncing: tuple[Future[None], set[int]] | None = None
        self._synced_at = self._saved_at = self._clock.monotonic()
        self._misses = 0
        self._begin(is_limited=False)

    def _begin(self, *, is_limited: bool) -> None:
        """Nothing is on its way or hashed yet; what is not done is to be fetched."""
        self._todo = deque(number for number, part in self.state.items() if not part.is_done)
        self._done = sum(part.size for part in self.state.values() if part.is_done)
        self._risk = Risk(self._part_size, is_limited=is_limited)
        self._blocks = Blocks(min(self._range_size, self._file.size))
        self._hash = InOrder(self._file, self._blocks, self._outside.transfer_pool)

    def resume(self, recorded: Mapping[int, Part], etag: str) -> None:
        """Go on with what an earlier run began: keep the parts that are in the file already."""
        self.etag = etag
        for number, part in self.state.items():
            before = recorded.get(number)
            if before is None or before.size != part.size:
                continue
            if before.is_done or before.crc32:
                self.state[number] = replace(part, crc32=before.crc32, is_done=True)
            if before.crc32 and not before.is_done:
                self._unsynced.add(number)
        self._begin(is_limited=True)

    def again(self) -> None:
        """Fetch everything once more."""
        for number, part in self.state.items():
            self.state[number] = replace(part, crc32="", is_done=False)
        self._unsaved.clear()
        self._unsynced.clear()
        self._begin(is_limited=False)

    def mend(self, spans: Iterable[Span]) -> None:
        """Fetch only these ranges once more; everything else is read back."""
        wrong = [
            part.number
            for part in self.state.values()
            if any(one.offset < part.offset + part.size and part.offset < one.end for one in spans)
        ]
        for number in wrong:
            self.state[number] = replace(self.state[number], crc32="", is_done=False)
        self._begin(is_limited=False)

    def run(self, report: Callable[[int], None]) -> str:
        """Fetch and flush everything that is left; answers the SHA-256 of the whole in hex.

        Raises KodaErrors and StorageFault; what was flushed until then is kept.
        """
        pool = Pooled[Incoming, str](self._outside.transfer_pool, self._cancel)
        try:
            with pool:
                while self._todo or pool.running or self._hash_some():
                    self._cancel.check()
                    self._round(pool)
                    report(self._done_bytes(pool))
        finally:
            for incoming in pool.items:
                self._count(incoming)
            self._sync_rest()
        return self._hash.hexdigest()

    def _round(self, pool: Pooled[Incoming, str]) -> None:
        self._hash.free_hashed()
        self._fill(pool)
        look = 0.0 if self._hash_some() else LOOK_SECONDS
        for incoming, outcome in pool.finished(look, self._hash.hashing):
            self._settle(incoming, outcome)
        for incoming in pool.items:
            self._count(incoming)
        self._save_if_due()
        self._sync_if_due()

    def _done_bytes(self, pool: Pooled[Incoming, str]) -> int:
        return self._done + sum(one.size - one.counted_size for one in pool.items)

    # -- fetching --

    def _fill(self, pool: Pooled[Incoming, str]) -> None:
        width = self._width()
        while pool.running < width and (parts := self._next_range()):
            memory = self._blocks.take()
            if memory is None and not pool.running and self._hash.hashing is None:
                self._hash.drop_last()
                memory = self._blocks.take()
            if memory is None:
                return
            for _ in parts:
                self._todo.popleft()
            incoming = Incoming(parts, memory, is_known=bool(self.etag))
            self._hash.keep(incoming)
            self._risk.begin(incoming.span.size)
            pool.start(incoming, lambda one: self._fetch(one, pool.token))

    def _next_range(self) -> list[Part]:
        """Neighbouring parts that are missing, as many as one request may bring just now."""
        room = min(self._range_size, self._risk.room)
        parts: list[Part] = []
        for number in self._todo:
            part = self.state[number]
            room -= part.size
            if room < 0 or (parts and number != parts[-1].number + 1):
                break
            parts.append(part)
        return parts

    def _width(self) -> int:
        return self._outside.carrier.width(self._grant.url)

    def _fetch(self, incoming: Incoming, cancel: CancelToken) -> str:
        """One range, on the pool; answers the object's ETag."""
        etag = self._grant.use(lambda grant: self._carry(grant, incoming, cancel))
        self._outside.on_step("download.part")
        return etag

    def _carry(self, grant: DownloadGrant, incoming: Incoming, cancel: CancelToken) -> str:
        written_at = self._clock.monotonic()

        def sink(view: memoryview) -> None:
            nonlocal written_at
            incoming.take(view)
            if self._clock.monotonic() - written_at >= _WRITE_SECONDS:
                written_at = self._clock.monotonic()
                incoming.write(self._file)

        try:
            memory = incoming.memory[: incoming.span.size]
            etag = self._outside.carrier.fetch(
                grant, incoming.span, self.etag, sink, cancel, memory
            )
        finally:
            incoming.write(self._file)
        if not incoming.is_whole:
            raise lost()
        return etag

    def _settle(self, incoming: Incoming, outcome: str | KodaError) -> None:
        if isinstance(outcome, str) and outcome != (self.etag or outcome):
            outcome = ObjectChanged()
        if isinstance(outcome, str):
            self.etag = outcome
            incoming.is_known = True
            self._misses = 0
        self._count(incoming)
        self._hash.end(incoming)
        if isinstance(outcome, KodaError):
            missing = incoming.parts[incoming.counted :]
            self._risk.lose(sum(part.size for part in missing))
            self._want(part.number for part in missing)
            self._missed(outcome)

    def _count(self, incoming: Incoming) -> None:
        """What of a range is written counts, when it is known to be of this very object."""
        if incoming.is_known:
            for part in incoming.newly_written():
                self.state[part.number] = part
                self._unsaved.add(part.number)
                self._unsynced.add(part.number)
                self._done += part.size

    def _want(self, numbers: Iterable[int]) -> None:
        """Parts are to be fetched after all; what comes first in the file goes first."""
        self._todo = deque(sorted({*self._todo, *numbers}))

    def _missed(self, error: KodaError) -> None:
        """A range did not come: it is fetched again after a little while, if that can help."""
        self._misses += 1
        is_too_much = self._misses > self._width() or RETRY_AFTER in error.facts
        if not isinstance(error, ServerDown) or is_too_much:
            raise told(error)
        self._outside.wait(self._cancel, self._outside.sizes.retry_seconds * self._misses)

    # -- hashing --

    def _hash_some(self) -> bool:
        """Have a few parts hashed if they are there; False when there is nothing just now."""
        for count in range(_READ_AT_ONCE):
            part = self._hash.advance(self.state)
            if part is None:
                return count > 0
            if not part.is_done:
                self._spoilt(part)
        return True

    def _spoilt(self, part: Part) -> None:
        """A part that was written down is not in the file."""
        self.state[part.number] = part
        self._done -= part.size
        self._unsynced.discard(part.number)
        if self._syncing is not None:
            # What comes in its place is not of this flush.
            self._syncing[1].discard(part.number)
        self._want([part.number])

    # -- writing down what is in the file --

    def _save_if_due(self) -> None:
        waiting = self._size_of(self._unsaved)
        is_old = self._clock.monotonic() - self._saved_at >= _SAVE_SECONDS
        if waiting and (is_old or waiting >= min(_SAVE_BYTES, self._risk.limit // 2)):
            self._save_written()

    def _save_written(self) -> None:
        numbers, self._unsaved = sorted(self._unsaved), set()
        self._saved_at = self._clock.monotonic()
        # Not done: that is said once they are flushed.
        self._save([replace(self.state[number], is_done=False) for number in numbers], self.etag)
        self._risk.keep(self._size_of(numbers))
        self._outside.on_step("download.written")

    # -- flushing: the bytes first, then the word that they are there --

    def _sync_if_due(self) -> None:
        if self._syncing is not None:
            if not self._syncing[0].done():
                return
            self._synced()
        sizes, waiting = self._outside.sizes, self._size_of(self._unsynced)
        is_old = self._clock.monotonic() - self._synced_at >= sizes.sync_seconds
        if waiting >= sizes.sync_bytes or (waiting and is_old):
            self._begin_sync()

    def _begin_sync(self) -> None:
        if self._unsaved:
            self._save_written()
        numbers, self._unsynced = self._unsynced, set()
        self._syncing = (self._outside.transfer_pool.submit(self._file.sync), numbers)

    def _synced(self) -> None:
        assert self._syncing is not None
        (future, numbers), self._syncing = self._syncing, None
        self._synced_at = self._clock.monotonic()
        future.result()
        self._save([self.state[number] for number in sorted(numbers)], self.etag)
        self._outside.on_step("download.synced")

    def _sync_rest(self) -> None:
        """At the end, however it came: what is written is flushed and counts."""
        if self._syncing is not None:
            self._synced()
        if self._unsynced:
            self._begin_sync()
            self._synced()

    def _size_of(self, numbers: Iterable[int]) -> int:
        return sum(self.state[number].size for number in numbers)

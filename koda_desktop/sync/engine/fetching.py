"""The ranges of one download: several at a time, flushed before they count, hashed in passing."""

from __future__ import annotations

import hashlib
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace

from koda_desktop.errors import KodaError, ServerDown
from koda_desktop.marketplace.api import DownloadGrant
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.backoff import RETRY_AFTER
from koda_desktop.sync.engine.grants import SharedGrant
from koda_desktop.sync.engine.parts import Parts
from koda_desktop.sync.engine.pooled import LOOK_SECONDS, Pooled
from koda_desktop.sync.engine.sending import split, told
from koda_desktop.sync.part_rows import Part
from koda_desktop.sync.transfers.answers import ObjectChanged, lost
from koda_desktop.sync.transfers.carrier import Span
from koda_desktop.sync.transfers.partial import PartialFile

Save = Callable[[list[Part], str], None]
"""Writes parts that are on the disk, and the ETag they belong to."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one range."""

    crc32: str
    etag: str


class Fetching:
    """Fetches what is missing. Used by one thread; the ranges run on the pool."""

    def __init__(
        self,
        outside: Parts,
        grant: SharedGrant[Fetched],
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
        self._todo: deque[int] = deque()
        self._under_way: dict[int, int] = {}
        self._unsynced: list[Part] = []
        self._syncing: tuple[Future[None], list[Part]] | None = None
        self._synced_at = self._clock.monotonic()
        self._misses = 0
        self._digest = hashlib.sha256()
        self._hashed = 0

    def resume(self, recorded: Mapping[int, Part], etag: str) -> None:
        """Keep the parts that are on the disk already."""
        self.etag = etag
        for number, part in self.state.items():
            before = recorded.get(number)
            if before is not None and before.is_done and before.size == part.size:
                self.state[number] = before
        self._todo.extend(number for number, part in self.state.items() if not part.is_done)

    def again(self, numbers: Iterable[int]) -> None:
        """Fetch these parts once more; what was hashed so far counts no longer."""
        for number in numbers:
            self.state[number] = replace(self.state[number], is_done=False)
            self._todo.append(number)
        self._digest, self._hashed = hashlib.sha256(), 0

    def damaged(self) -> list[int]:
        """The parts that are not on the disk as they came."""
        return [
            number
            for number, part in self.state.items()
            if self._file.crc32(Span(part.offset, part.size)) != part.crc32
        ]

    def run(self, report: Callable[[int], None]) -> str:
        """Fetch and flush everything that is left; answers the SHA-256 of the whole in hex.

        Raises KodaErrors and StorageFault; what was flushed until then is kept.
        """
        try:
            with Pooled[Part, Fetched](self._outside.transfer_pool, self._cancel) as pool:
                while self._todo or pool.running:
                    self._cancel.check()
                    self._fill(pool)
                    look = 0.0 if self._hash_one() else LOOK_SECONDS
                    for part, outcome in pool.finished(look):
                        self._settle(part, outcome)
                    self._sync_if_due()
                    report(self._done_bytes())
        finally:
            self._sync_rest()
        while self._hash_one():
            self._cancel.check()
        return self._digest.hexdigest()

    def _done_bytes(self) -> int:
        done = sum(part.size for part in self.state.values() if part.is_done)
        return done + sum(self._under_way.copy().values())

    # -- fetching --

    def _fill(self, pool: Pooled[Part, Fetched]) -> None:
        width = self._width()
        while self._todo and pool.running < width:
            part = self.state[self._todo.popleft()]
            pool.start(part, lambda one: self._fetch(one, pool.token))

    def _width(self) -> int:
        return self._outside.carrier.width(self._grant.url)

    def _fetch(self, part: Part, cancel: CancelToken) -> Fetched:
        """One range, on the pool."""
        try:
            fetched = self._grant.use(lambda grant: self._carry(grant, part, cancel))
        finally:
            self._under_way.pop(part.number, None)
        self._outside.on_step("download.part")
        return fetched

    def _carry(self, grant: DownloadGrant, part: Part, cancel: CancelToken) -> Fetched:
        crc, done = 0, 0

        def sink(view: memoryview) -> None:
            nonlocal crc, done
            self._file.write(view[: part.size - done], part.offset + done)
            crc = zlib.crc32(view, crc)
            done += len(view)
            self._under_way[part.number] = done

        span = Span(part.offset, part.size)
        etag = self._outside.carrier.fetch(grant, span, self.etag, sink, cancel)
        if done != part.size:
            raise lost()
        return Fetched(f"{crc:08x}", etag)

    def _settle(self, part: Part, outcome: Fetched | KodaError) -> None:
        if isinstance(outcome, Fetched) and outcome.etag != (self.etag or outcome.etag):
            outcome = ObjectChanged()
        if isinstance(outcome, KodaError):
            self._todo.appendleft(part.number)
            self._missed(outcome)
            return
        self.etag = outcome.etag
        self._misses = 0
        done = replace(part, crc32=outcome.crc32, is_done=True)
        self.state[part.number] = done
        self._unsynced.append(done)

    def _missed(self, error: KodaError) -> None:
        """A range did not come: it is fetched again after a little while, if that can help."""
        self._misses += 1
        is_too_much = self._misses > self._width() or RETRY_AFTER in error.facts
        if not isinstance(error, ServerDown) or is_too_much:
            raise told(error)
        self._outside.wait(self._cancel, self._outside.sizes.retry_seconds * self._misses)

    # -- flushing: the bytes first, then the word that they are there --

    def _sync_if_due(self) -> None:
        if self._syncing is not None:
            if not self._syncing[0].done():
                return
            self._synced()
        sizes, waiting = self._outside.sizes, sum(part.size for part in self._unsynced)
        is_old = self._clock.monotonic() - self._synced_at >= sizes.sync_seconds
        if waiting and (waiting >= sizes.sync_bytes or is_old):
            self._begin_sync()

    def _begin_sync(self) -> None:
        parts, self._unsynced = self._unsynced, []
        self._syncing = (self._outside.transfer_pool.submit(self._file.sync), parts)

    def _synced(self) -> None:
        assert self._syncing is not None
        (future, parts), self._syncing = self._syncing, None
        self._synced_at = self._clock.monotonic()
        future.result()
        self._save(parts, self.etag)
        self._outside.on_step("download.synced")

    def _sync_rest(self) -> None:
        """At the end, however it came: what is written is flushed and counts."""
        if self._syncing is not None:
            self._synced()
        if self._unsynced:
            self._begin_sync()
            self._synced()

    # -- hashing, in order, behind the ranges --

    def _hash_one(self) -> bool:
        """Hash the next part if it is there; False when there is nothing to hash just now."""
        part = self.state.get(self._hashed + 1)
        if part is None or not part.is_done:
            return False
        self._file.add_to(self._digest, Span(part.offset, part.size))
        self._hashed += 1
        return True

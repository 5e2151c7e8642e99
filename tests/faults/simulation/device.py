"""One simulated computer: the real store, commands and core; its jobs hold the baton in turn."""

from __future__ import annotations

import hashlib
import math
import os
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.marketplace.ports import Objects, Products, Users
from koda_desktop.sync import feed_state, outbox, transfer_rows
from koda_desktop.sync.engine.core import Core
from koda_desktop.sync.engine.jobs import Event, Finished, Job, Wake
from koda_desktop.sync.engine.parts import Parts
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.local import LocalReads, save_meta
from koda_desktop.sync.rows import Changes, Verb
from koda_desktop.sync.search import Indexer
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.transfer_commands import TransferCommands
from koda_desktop.sync.work import WorkCommands
from tests.faults.simulation.baton import Crash, Task
from tests.faults.simulation.carrier import PART, SIZES, SimCarrier, waiting
from tests.faults.simulation.clocks import DeviceClock
from tests.faults.simulation.link import Link, Port
from tests.faults.simulation.snapshot import everything
from tests.faults.simulation.store import SimStore, copy_store
from tests.faults.simulation.weather import Weather
from tests.sync.desk import Inline
from tests.sync.fake_marketplace import ACTOR

if TYPE_CHECKING:
    from tests.faults.simulation.world import World


@dataclass(slots=True)
class Running:
    """A job on its thread."""

    job: Job
    task: Task
    finished: Finished | None = None


@dataclass(slots=True)
class Backup:
    """An older copy of the store, and what was known of it then."""

    path: Path
    memory: object = field(repr=False)


class Device:
    """See the module. Everything but the jobs runs on the schedule's thread."""

    def __init__(self, world: World, name: str, rng: random.Random) -> None:
        self.world = world
        self.name = name
        self.rng = rng
        self.clock = DeviceClock(world.time)
        self.weather = Weather(world.mix, rng)
        self.link = Link(name, world.baton, world.time, self.weather, world.trace, world.late)
        self.staging = Staging(world.folder / name / "staging")
        self.stamps = Stamps(self.clock, world.new_listing_id, partial(world.new_id, name))
        self.running: list[Running] = []
        self.answers: deque[Finished] = deque()
        self.downloads = world.folder / name / "downloads"
        self.wake_at = 0.0
        self.is_asked = False
        self.crashes = 0
        self.is_pass_disturbed = False
        """Whether the clock was put back during a pass of pages, which then seems short."""
        self.is_full = False
        self._hashes: dict[tuple[str | int, ...], str] = {}
        """What was found in files that are the same as then."""
        self.well_since = 0.0
        """True time since when nothing is in this device's way."""
        self._leisure = random.Random(name)
        """Apart from the others', so that the index of words changes nothing of what happens."""
        self.is_index_new = False
        """Whether the index was written since the checkers looked."""
        self._path = world.folder / name / "store-0.sqlite"
        copy_store(world.template, self._path)
        self._open()
        self.store.set_up(lambda tx: save_meta(tx, "device_id", f"{name}-first"))

    # -- life and death --

    def _open(self) -> None:
        self.store = SimStore(self._path, self._at)
        self.store.subscribe(self._heard)
        self._indexer = Indexer()
        self.commands = ListingCommands(self.store, self.staging, self.stamps)
        self.work = WorkCommands(self.store, self.stamps)
        self.transfers = TransferCommands(self.store, self.commands, self.stamps)
        self.reads = LocalReads(self.store, self.staging)
        self._begin()

    def _begin(self) -> None:
        """A core with an empty memory."""
        self.parts = Parts(
            self.store,
            self.staging,
            SimCarrier(self.world.server, self.link),
            ACTOR,
            self.stamps,
            self._at,
            Inline(),
            waiting(self.world.wait),
            SIZES,
        )
        link = self.link
        marketplace = DirectMarketplace(
            cast(Users, Port("users", self.world.server.users, link)),
            cast(Products, Port("products", self.world.server.products_, link)),
            cast(Objects, Port("bucket", self.world.server.bucket, link)),
            lambda _: PART,
        )
        self.core = Core(self.parts, lambda: marketplace, uniform=self.rng.uniform)
        self.core.listens = True
        self.wake_at = self.world.time.seconds

    def crash(self) -> None:
        """Everything in memory is gone; what the files hold now is what is found again."""
        self.crashes += 1
        self.world.trace.note(f"{self.name} crashes")
        self.world.trace.count("crash")
        # What the schedule had not come to yet is begun anew, and has its time anew.
        self.well_since = self.world.time.seconds
        survives = self._path.with_name(f"store-{self.crashes}.sqlite")
        copy_store(self._path, survives)
        self._bury(survives)

    def back_up(self, memory: object) -> Backup:
        """A copy of the store as it is."""
        path = self._path.with_name("backup.sqlite")
        copy_store(self._path, path)
        return Backup(path, memory)

    def restore(self, backup: Backup) -> None:
        """The store is replaced by an older copy of it."""
        self.crashes += 1
        self.world.trace.note(f"{self.name} is restored")
        self.world.trace.count("restore")
        survives = self._path.with_name(f"store-{self.crashes}.sqlite")
        copy_store(backup.path, survives)
        self._bury(survives)

    def _bury(self, survives: Path) -> None:
        self.end()
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self._path = survives
        self.clock.booted = self.world.time.seconds - self.rng.uniform(0, 1e6)
        self.is_full = False
        self._open()

    def end(self) -> None:
        """Kill what runs and close the store."""
        for one in self.running:
            self.world.baton.kill(one.task)
        self.running.clear()
        self.answers.clear()
        self.store.close()

    def use_leisure(self) -> None:
        """While time passes, the writer brings some of the index of words up to the rows."""
        pieces = self._leisure.choice([0, 0, 1, 4])
        if not pieces or not self.store.peek(_is_anything_pending):
            return
        self.is_index_new = True
        self.world.trace.count("indexed")
        with suppress(KodaError):  # whoever writes next is told of a full disk
            while pieces and self.store.set_up(self._indexer, durable=False):
                pieces -= 1

    # -- the core --

    def _heard(self, changes: Changes) -> None:
        if changes.operations:
            self.wake_at = min(self.wake_at, self.world.time.seconds)

    def _at(self, point: str) -> None:
        """A place where a crash may strike: anywhere between two effects."""
        self.world.trace.count(f"at {point}")
        self.world.baton.pause(f"{self.name} {point}")
        is_job = self.world.baton.running is not None
        if not is_job and self.weather.luck("crash", self.world.crash_odds):
            raise Crash

    def wake(self) -> None:
        asked, self.is_asked = self.is_asked, False
        self.step(Wake(asked))

    def deliver(self, answer: Finished) -> None:
        self.answers.remove(answer)
        self.step(answer)

    def step(self, event: Event) -> None:
        """One step of the core; its jobs get threads."""
        try:
            jobs = self.core.step(event)
        except Crash:
            self.crash()
            return
        except KodaError as error:
            self.world.trace.note(f"{self.name} core drops: {type(error).__name__}")
            self._drop_core()
            return
        for job in jobs:
            self._launch(job)
        due_in = self.core.due_in()
        if isinstance(event, Wake) and not jobs and due_in <= 0:
            what = f"{self.name}: the core has nothing to do and wants to be woken at once"
            self.world.history.wrongs.append((9, what))
        self.wake_at = self._in(due_in)

    def _in(self, seconds: float) -> float:
        """The true time in so many seconds: later than now, however few they are.

        The device's monotonic clock, which began at another time, may tell apart what are the same
        numbers in true time. Without this such a rest of a wait would be waited for for ever, at
        one and the same moment.
        """
        now = self.world.time.seconds
        return max(now + seconds, math.nextafter(now, math.inf)) if seconds > 0 else now

    def _drop_core(self) -> None:
        """The store was in the way: what runs ends, its answers are lost, a new core begins."""
        for one in self.running:
            one.job.cancel.cancel()
        for one in list(self.running):
            self.world.baton.kill(one.task)
        self.running.clear()
        self.answers.clear()
        self._begin()
        self.wake_at = self.world.time.seconds + 1.0

    def _launch(self, job: Job) -> None:
        self.world.trace.note(f"{self.name} begins {job.kind} {job.number}")
        name = f"{self.name}-{job.kind}-{job.number}"
        running = Running(job, self.world.baton.start(name, lambda: _work(running)))
        self.running.append(running)

    def ran(self, running: Running) -> None:
        """A job went on to its next call, or to its end."""
        if running.task.is_done:
            self.running.remove(running)
            if running.finished is not None:
                self.answers.append(running.finished)

    def due_times(self) -> list[float]:
        """When the core is to be woken, and when each wait of a job is over."""
        waits = [one.task.until for one in self.running if one.task.until is not None]
        return [self.wake_at, *waits]

    @property
    def next_due(self) -> float:
        return min(self.due_times())

    def runnable(self) -> list[Running]:
        now = self.world.time.seconds
        return [one for one in self.running if one.task.can_run(now)]

    def command(self, work: Callable[[], object]) -> str:
        """Something a person does: "done", how it was refused, or "crashed"."""
        before = self.store.peek(everything) if self.is_full else None
        try:
            work()
        except Crash:
            self.crash()
            return "crashed"
        except KodaError as error:
            if before is not None and before != self.store.peek(everything):
                what = f"{self.name}: a command failed ({error}) and changed the store"
                self.world.history.wrongs.append((10, what))
            return type(error).__name__
        return "done"

    # -- what the world asks --

    def fill(self, is_full: bool) -> None:
        """The disk fills up, or there is room again."""
        if is_full is self.is_full:
            return
        self.is_full = is_full
        self.store.fill(is_full)
        self.world.trace.note(f"{self.name} disk is {'full' if is_full else 'free'}")
        if is_full:
            self.world.trace.count("disk-full")

    def set_clock(self, seconds: float) -> None:
        """The wall clock is put forward, or back."""
        self.clock.skew += seconds
        if seconds < 0 and self.store.peek(feed_state.load).is_paging:
            self.is_pass_disturbed = True

    def mind_the_weather(self) -> None:
        """Time has passed: note whether anything is in this device's way."""
        now = self.world.time.seconds
        if self.is_full or self.weather.spell(now) is not None:
            self.well_since = now

    def files(self) -> list[Path]:
        """The store's files as they are on the disk."""
        return sorted(self._path.parent.glob("*.sqlite*"))

    def downloaded(self) -> Iterator[tuple[str, str]]:
        """Name and SHA-256 of what stands under its final name."""
        if not self.downloads.is_dir():
            return
        for entry in os.scandir(self.downloads):
            if entry.name.endswith(".part"):
                continue
            facts = entry.stat()
            key = (entry.name, facts.st_ino, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size)
            if key not in self._hashes:
                self._hashes[key] = hashlib.sha256(Path(entry.path).read_bytes()).hexdigest()
            yield entry.name, self._hashes[key]

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is left to do: what runs only waits for news."""
        if self.answers or any(one.task.wanted is None for one in self.running):
            return False
        if self.store.peek(lambda db: transfer_rows.ready_downloads(db, 1)):
            return False
        return not self.store.peek(lambda db: outbox.ready(db, tuple(Verb), 1))


def _work(running: Running) -> None:
    job = running.job
    try:
        running.finished = Finished(job, job.work(), None)
    except Crash:
        raise
    except Exception as error:  # noqa: BLE001 - the core is told, as by a pool
        running.finished = Finished(job, None, error)


def _is_anything_pending(db: Db) -> bool:
    return db.row("SELECT 1 FROM listing_fts_pending LIMIT 1") is not None

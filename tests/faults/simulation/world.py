"""The schedule: from one seed, who does what next, what fails and what must hold then."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.errors import KodaError
from tests.faults.simulation import checkers
from tests.faults.simulation.baton import Baton, Task
from tests.faults.simulation.clocks import DAY, TrueTime
from tests.faults.simulation.device import Backup, Device, Running
from tests.faults.simulation.history import Write
from tests.faults.simulation.people import Person
from tests.faults.simulation.server import SimServer
from tests.faults.simulation.snapshot import Snapshot, take
from tests.faults.simulation.trace import Trace
from tests.faults.simulation.truth import Truth
from tests.faults.simulation.weather import Mix
from tests.faults.simulation.web import Web
from tests.sync.fake_marketplace import SELLER

STEPS = 250
ROUNDS = 3
WORK_SHARE = 0.8
"""How often what is going on goes on, before anything new happens."""

BUSY_SHARE = 0.93
"""The same where files move, which takes many steps."""

REST_STEPS_MAX = 3_000
"""Steps within which everything comes to rest once all is well."""


@dataclass(frozen=True, slots=True)
class Going:
    """A job of a device goes on to its next call."""

    world: World
    device: Device
    running: Running

    def __call__(self) -> None:
        self.world.go(self)


Choice = tuple[float, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Options:
    """How a seed is run. ``without`` takes kinds of fault out of its mix."""

    steps: int = STEPS
    without: frozenset[str] = frozenset()
    keep_lines: int | None = 60
    mix: Mix | None = None
    """Left out, it is drawn."""
    devices: int | None = None
    """Left out, it is drawn: one to three."""
    skew: float = 0.0
    """Seconds by which the wall clocks are wrong: the first ahead, the second behind, and so on."""
    is_about_files: bool | None = None
    """Whether people publish and download more than they edit. Left out, ``Seeds`` draws it."""
    answers: int | None = None
    """The most documents, events or edits of one answer. Left out, ``Seeds`` draws it: few, so
    that everything comes in many pages, or more than there are."""


class World:
    """Everything of one run. Use ``run``, then ``close``."""

    def __init__(
        self, rng: random.Random, folder: Path, template: Path, options: Options | None = None
    ) -> None:
        options = options or Options()
        self.folder = folder
        self.template = template
        self.options = options
        self.rng = rng
        self.mix = options.mix or Mix.draw(self.rng, options.without)
        self.trace = Trace(options.keep_lines)
        self.time = TrueTime()
        self.baton = Baton()
        self.baton.next_task = self._next_task
        self._decide: Callable[[], Callable[[], object] | None] | None = None
        """What happens next; None while somebody else drives."""
        self._decided: Callable[[], object] | None = None
        self._going: Going | None = None
        self._problem: BaseException | None = None
        self.server = SimServer(self.time)
        self.history = self.server.history
        self.server.products_.wait = self.wait
        self.server.products_.feed.is_supported = not self._draw_paging()
        self.late: list[Callable[[], object]] = []
        self.crash_odds = self.rng.choice([0.002, 0.02])
        self.done = 0
        """Steps done."""
        self.course = ""
        """The trace's number before it holds what the stores say, wall-clock times and all."""
        self._numbers = 0
        self._devices = 0
        self._writes_seen = 0
        self._restorable: dict[str, Backup] = {}
        self.applied: Counter[tuple[str, str]] = Counter()
        self.registered: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        """The registrations that made each document."""
        self.sequences: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self.replaced: defaultdict[str, list[tuple[str, str, object]]] = defaultdict(list)
        """(listing, field, value) that each device's edits replaced since the last look."""
        self.web = Web(self, fork(self.rng))
        counts = [1, 1, 2] if options.is_about_files else [1, 2, 2, 3]
        names = ["a", "b", "c"][: options.devices or self.rng.choice(counts)]
        self.people = [self._person(name) for name in names]
        self._is_healed = False
        self._end_ban = 0.0
        self._later: list[tuple[float, Callable[[], None]]] = []
        self.trace.note(f"mix {sorted(self.mix.kinds)} {self.mix.scale}")
        for _ in range(self.rng.choice([0, 1, 2])):
            self.web.create()
        for size in self.rng.sample([300, 900, 2_000], self.rng.choice([0, 1, 2])):
            self.web.create(size)

    def _person(self, name: str) -> Person:
        device = Device(self, name, fork(self.rng))
        device.clock.skew = self.options.skew * (-1) ** self._devices
        self._devices += 1
        return Person(self, device, fork(self.rng))

    def _draw_paging(self) -> bool:
        is_paging = self.mix.has("no-streams") and self.rng.random() < 0.7
        self.trace.count("no-streams" if is_paging else "streams")
        return is_paging

    def wait(self, wanted: Callable[[], bool], seconds: float) -> None:
        """Have the running task wait until ``wanted``, or so long in virtual time."""
        self.baton.pause("waits", wanted, self.time.seconds + seconds)

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Have ``work`` done in so many seconds of true time, or when all is healed."""
        self._later.append((self.time.seconds + seconds, work))

    # -- names and values --

    def new_value(self) -> int:
        """A number that nobody used before; above those that people repeat."""
        self._numbers += 1
        return 100 + self._numbers

    def new_id(self, prefix: str) -> str:
        self._numbers += 1
        return f"{prefix}-{self._numbers}"

    def new_listing_id(self) -> str:
        self._numbers += 1
        return f"{self._numbers:024x}"

    # -- what Hypothesis chooses itself --

    def work(self) -> None:
        """Something that is going on goes on, if anything is."""
        choices = self._work()
        if choices:
            self.rng.choice(choices)[1]()

    def trouble(self) -> None:
        """Something goes wrong, of the kinds in the mix."""
        self.rng.choice(self._trouble())[1]()

    def pass_time(self) -> None:
        """A moment, or until something is due."""
        self._pass_time()

    # -- running --

    def run(self) -> None:
        """Do the steps, heal everything, come to rest. Raises Violated or a bug."""
        self._follow(self._next_step)
        self.come_to_rest()

    def _follow(self, decide: Callable[[], Callable[[], object] | None]) -> None:
        """Do what is decided, and check after each, until nothing is decided any more."""
        self._decide = decide
        try:
            while (action := self._decided or decide()) is not None:
                self._decided = None
                action()
                if not isinstance(action, Going):
                    self.check()
        finally:
            self._decide = None

    def go_on(self, device: Device, running: Running) -> None:
        """Let one job go on, for whoever drives the world by hand."""
        self.go(Going(self, device, running))

    def go(self, going: Going) -> None:
        """Let a job go on, and whatever is decided after that as long as it is another job."""
        self._going = going
        self.baton.run(going.running.task)
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    def _next_task(self) -> Task | None:
        """A job has stopped: what is done after each step, here on its thread."""
        assert self._going is not None
        self._going.device.ran(self._going.running)
        if self._decide is None:
            return None
        try:
            self.check()
            self._decided = self._decide()
        except BaseException as problem:  # noqa: BLE001 - raised again where the run began
            self._problem = problem
            return None
        if not isinstance(self._decided, Going):
            return None
        self._going, self._decided = self._decided, None
        return self._going.running.task

    def _next_step(self) -> Callable[[], object] | None:
        """One thing that happens."""
        if self.done == self.options.steps:
            return None
        self.done += 1
        work = self._work()
        share = BUSY_SHARE if self.options.is_about_files else WORK_SHARE
        goes_on = work and self.rng.random() < share
        choices = work if goes_on else [*self._people(), *self._trouble()]
        if goes_on and self.options.is_about_files:
            choices = [*work, *self._upload_trouble()]
        weights = [weight for weight, _ in choices]
        return self.rng.choices(choices, weights)[0][1]

    def _work(self) -> list[Choice]:
        """What goes on by itself."""
        found: list[Choice] = []
        for person in self.people:
            device = person.device
            found += [(5.0, Going(self, device, one)) for one in device.runnable()]
            found += [(5.0, _bound(device.deliver, one)) for one in device.answers]
            if device.wake_at <= self.time.seconds:
                found.append((5.0, device.wake))
        found += [(0.5, self._arrive)] if self.late else []
        return found

    def _people(self) -> list[Choice]:
        acts: list[Choice] = [(1.0, person.act) for person in self.people]
        if self.mix.has("web"):
            acts.append((0.7, self.web.act))
        return [*acts, (1.0, self._pass_time)]

    def _trouble(self) -> list[Choice]:
        found: list[Choice] = [(0.2, self._spell)]
        kinds: dict[str, tuple[float, Callable[[], object]]] = {
            "crash": (0.2, self._crash),
            "restore": (0.2, self._back_up_or_restore),
            "clock-jump": (0.2, self._set_clock),
            "disk-full": (0.2, self._fill),
            "banned": (0.05, self._ban),
            "stream-lost": (0.1, self._lose_stream),
            "sleep": (0.1, self._sleep),
        }
        found += [choice for kind, choice in kinds.items() if self.mix.has(kind)]
        return found + self._upload_trouble()

    def _upload_trouble(self) -> list[Choice]:
        """What may happen to an upload in parts while it is open."""
        if not self.server.bucket.uploads or self._is_healed:
            return []
        kinds: dict[str, Choice] = {
            "lifecycle": (0.5, self._abort_upload),
            "part-lost": (1.5, self._lose_part),
        }
        return [choice for kind, choice in kinds.items() if self.mix.has(kind)]

    # -- time --

    def _pass_time(self) -> None:
        """A moment, or until something is due."""
        dues = [max(0.0, one - self.time.seconds) for one in self._due_times()]
        until_due = min((one for one in dues if one > 0), default=1.0)
        self.advance(self.rng.choice([0.001, 0.05, min(until_due, 60.0), min(until_due, 60.0)]))

    def _due_times(self) -> list[float]:
        return [due for person in self.people for due in person.device.due_times()]

    def advance(self, seconds: float) -> None:
        """True time goes on."""
        end = self.time.seconds + seconds
        self.trace.note(f"{seconds:.6f} s pass")
        while due := min((one for one in self._later if one[0] <= end), default=None, key=_when):
            self._later.remove(due)
            self.time.seconds = due[0]
            due[1]()
        self.time.seconds = end
        for person in self.people:
            person.device.mind_the_weather()
            person.device.use_leisure()
        if self._end_ban and self.time.seconds >= self._end_ban:
            self._unban()

    def _sleep(self) -> None:
        self.trace.count("sleep")
        self.advance(self.rng.choice([3_600.0, 8 * 3_600.0]))
        self._note_wakening()

    def _note_wakening(self) -> None:
        """Hours went by in one leap, in which nobody could have done anything."""
        for person in self.people:
            person.device.well_since = self.time.seconds
            person.ready_since.clear()

    # -- trouble --

    def _device(self) -> Device:
        return self.rng.choice(self.people).device

    def _spell(self) -> None:
        device = self._device()
        kind = device.weather.begin(self.time.seconds)
        if kind is not None:
            self.trace.count(kind)
            self.trace.note(f"{device.name} meets {kind}")

    def _crash(self) -> None:
        self._device().crash()

    def _back_up_or_restore(self) -> None:
        person = self.rng.choice(self.people)
        backup = self._restorable.pop(person.device.name, None)
        if backup is None:
            self._restorable[person.device.name] = person.device.back_up(person.truth.copied())
            return
        # To put a copy back takes longer than a request can be on its way.
        while self.late:
            self._arrive()
        person.device.restore(backup)
        assert isinstance(backup.memory, Truth)
        person.restored(backup.memory)

    def _set_clock(self) -> None:
        device = self._device()
        device.set_clock(self.rng.choice([-DAY, DAY, -3_600.0, 30.0]))
        self.trace.count("clock-jump")
        self.trace.note(f"{device.name} clock is off by {device.clock.skew:.0f}")

    def _fill(self) -> None:
        device = self._device()
        device.fill(not device.is_full)

    def _ban(self) -> None:
        self.server.users.documents[SELLER]["isBanned"] = True
        self._end_ban = self.time.seconds + self.rng.choice([1.0, 60.0])
        self.trace.count("banned")
        self.trace.note("the account is banned")

    def _unban(self) -> None:
        self.server.users.documents[SELLER]["isBanned"] = False
        self._end_ban = 0.0

    def _lose_stream(self) -> None:
        self.trace.count("stream-lost")
        self.trace.note("the stream's history is lost")
        self.server.products_.feed.forget()

    def _abort_upload(self) -> None:
        """The bucket's lifecycle throws an unfinished upload away."""
        uploads = self.server.bucket.uploads
        if uploads:
            self.trace.count("lifecycle")
            del uploads[self.rng.choice(sorted(uploads))]

    def _lose_part(self) -> None:
        """A part that was stored is stored no more."""
        parts = [one.parts for one in self.server.bucket.uploads.values() if one.parts]
        if parts:
            self.trace.count("part-lost")
            chosen = self.rng.choice(parts)
            del chosen[self.rng.choice(sorted(chosen))]

    def _arrive(self) -> None:
        """A request that was given up long ago reaches the server after all."""
        work = self.late.pop(self.rng.randrange(len(self.late)))
        self.trace.note("a late request arrives")
        with suppress(KodaError):
            work()

    # -- checking --

    def check(self) -> None:
        """Run every checker whose answer may have changed."""
        server_moved = self._take_in_writes()
        for person in self.people:
            if server_moved or person.device.store.is_dirty:
                checkers.run(checkers.STEPWISE, self, person)
                person.device.store.is_dirty = False
            checkers.run(checkers.TIMELY, self, person)

    def snapshot(self, person: Person) -> Snapshot:
        """What a device's store holds, read anew only after something was written."""
        if person.device.store.is_dirty or person.snapshot is None:
            person.snapshot = person.device.store.peek(take)
        return person.snapshot

    def _take_in_writes(self) -> bool:
        fresh = self.history.writes[self._writes_seen :]
        self._writes_seen += len(fresh)
        for write in fresh:
            if write.receipt is None:
                self._forget_registration(write)
                continue
            receipt = write.receipt
            self.trace.count("write insert" if write.before is None else "write edit")
            self.applied[receipt.operation_id, receipt.device_id] += 1
            if write.before is None:
                self.registered[write.listing_id].append((receipt.operation_id, receipt.device_id))
            self.sequences[write.listing_id, receipt.device_id].append(receipt.sequence)
            self.replaced[write.by] += write.replaced()
        return bool(fresh)

    def _forget_registration(self, write: Write) -> None:
        """A document that a foreign writer deletes for good takes its receipt with it.

        A registration whose reply was lost cannot be told then from one that never arrived: it is
        made again, for a publication must not get lost.
        """
        if write.after is None:
            for operation, device_id in self.registered.pop(write.listing_id, ()):
                del self.applied[operation, device_id]
                self.sequences[write.listing_id, device_id].clear()

    # -- the end --

    def come_to_rest(self) -> None:
        """Heal everything; within three rounds nothing is left to do and all agree."""
        self._heal()
        for number in range(ROUNDS):
            self.trace.note(f"round {number}")
            # So long that an audit is due. Where there is no stream, the first may compare no more
            # than the times, and the second reads every document.
            self.advance(7 * 3_600.0)
            self._note_wakening()
            for person in self.people:
                # What was refused on its way while all was healed is seen in the second round.
                if number < 2:
                    person.tidy()
                person.ask()
            self._run_until_quiet()
            if number > 0 and self._agrees():
                break
        self._take_in_writes()
        self.course = self.trace.digest
        for person in self.people:
            person.snapshot = None
            checkers.run(checkers.STEPWISE, self, person)
            checkers.run(checkers.AT_REST, self, person)
            self.trace.note(repr(self.snapshot(person)))
        self.trace.note(repr(self.server.documents))

    def _agrees(self) -> bool:
        """Whether there is nothing left that another round could bring."""
        return not any(
            list(checker(self, person, self.snapshot(person)))
            for person in self.people
            for checker in checkers.AT_REST[5]
        )

    def _heal(self) -> None:
        self._is_healed = True
        self.trace.note("all is well again")
        while self.late:
            self._arrive()
        self._unban()
        while self._later:
            self._later.pop(0)[1]()
        for person in self.people:
            person.device.weather.heal()
            person.device.fill(False)
            person.device.well_since = self.time.seconds

    def _run_until_quiet(self) -> None:
        steps = 0

        def next_step() -> Callable[[], object] | None:
            nonlocal steps
            steps += 1
            if steps > REST_STEPS_MAX:
                names = [one.device.name for one in self.people if not one.device.is_at_rest]
                raise checkers.Violated(9, "nothing_stranded", f"{names} do not come to rest")
            work = self._work()
            if work:
                return self.rng.choice(work)[1]
            is_over = all(person.device.is_at_rest for person in self.people)
            return None if is_over else self._pass_to_next

        self._follow(next_step)

    def _pass_to_next(self) -> None:
        dues = [one - self.time.seconds for one in self._due_times()]
        self.advance(max(min(dues), 0.001))

    def close(self) -> None:
        """End every thread and close every store."""
        for person in self.people:
            person.device.end()
        self.baton.close()


def fork(rng: random.Random) -> random.Random:
    """A source of its own for one actor, so that what one draws does not move the others.

    A source that belongs to somebody else, as Hypothesis's does, serves all.
    """
    return random.Random(rng.random()) if type(rng) is random.Random else rng


def _when(later: tuple[float, object]) -> float:
    return later[0]


def _bound(work: Callable[..., object], what: object) -> Callable[[], object]:
    return lambda: work(what)

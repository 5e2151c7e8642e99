"""One thing at a time: the same script under different wall clocks must end the same.

A seed's usual run draws from what happens, so that one more audit changes everything after it.
Here a script is drawn beforehand, step by step: somebody acts, a computer is closed or opened, time
passes; then every open computer works until it is quiet. What a closed one missed meets what others
did, which is where merges and conflicts come from.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from koda_desktop.marketplace.api import Json
from tests.faults.simulation import checkers
from tests.faults.simulation.clocks import DAY
from tests.faults.simulation.people import Person
from tests.faults.simulation.world import World

STEPS = 60
QUIET_MAX = 2_000
"""Pieces of work within which every open computer is quiet."""

JUMPS = (-30 * DAY, -DAY, -3_600.0, -30.0, 30.0, 3_600.0, DAY, 30 * DAY)
_TIMES = frozenset({"createdAt", "updatedAt"})


class Calm:
    """Drives ``world`` by a script from ``rng``; ``jumps`` draws what the wall clocks do."""

    def __init__(self, world: World, rng: random.Random, jumps: random.Random | None) -> None:
        self._world = world
        self._rng = rng
        self._jumps = jumps
        self._closed: set[str] = set()

    def run(self) -> str:
        """Do the script and come to rest; answers everything that may not depend on a clock."""
        for _ in range(STEPS):
            self._draw()()
            self._jump()
            self._work_until_quiet()
        self._closed.clear()
        for _ in range(2):
            for person in self._world.people:
                person.tidy()
                person.ask()
            self._jump()
            self._work_until_quiet()
        for person in self._world.people:
            checkers.run({5: checkers.AT_REST[5]}, self._world, person)
        return self._told()

    def _draw(self) -> Callable[[], object]:
        world, rng = self._world, self._rng
        person = rng.choice(world.people)
        seconds = rng.choice([1.0, 60.0, 4 * 3_600.0])
        things: list[tuple[float, Callable[[], object]]] = [
            (6, person.act),
            (1, world.web.act),
            (2, lambda: self._open_or_close(person)),
            (1, lambda: world.advance(seconds)),
        ]
        return rng.choices([thing for _, thing in things], [weight for weight, _ in things])[0]

    def _open_or_close(self, person: Person) -> None:
        self._closed ^= {person.device.name}
        person.device.wake_at = self._world.time.seconds

    def _jump(self) -> None:
        """Now and then somebody's wall clock is set."""
        if self._jumps is not None and self._jumps.random() < 0.5:
            device = self._jumps.choice(self._world.people).device
            device.clock.skew += self._jumps.choice(JUMPS)

    def _work_until_quiet(self) -> None:
        for _ in range(QUIET_MAX):
            for person in self._world.people:
                # A closed computer has nothing in its way, and does nothing.
                person.device.well_since = self._world.time.seconds
                person.ready_since.clear()
            if not self._work():
                return
            self._world.check()
        raise checkers.Violated(9, "nothing_stranded", "the computers do not come to rest")

    def _work(self) -> bool:
        """One piece of work of the first open computer that has any; False when all are quiet."""
        now = self._world.time.seconds
        devices = [one.device for one in self._world.people if one.device.name not in self._closed]
        for device in devices:
            for running in device.runnable():
                self._world.go_on(device, running)
                return True
            for answer in device.answers:
                device.deliver(answer)
                return True
            if device.wake_at <= now:
                device.wake()
                return True
        waiting = [one for one in devices if not one.is_at_rest]
        if waiting:
            self._world.advance(max(min(one.next_due for one in waiting) - now, 0.001))
        return bool(waiting)

    def _told(self) -> str:
        world = self._world
        told: list[object] = [_timeless(world.server.documents)]
        for person in world.people:
            now = world.snapshot(person)
            rows = {one: _timeless_row(row.document) for one, row in now.rows.items()}
            states = {one: row.state for one, row in now.rows.items()}
            waiting = {lane: now.pending(lane) for lane in now.lanes}
            told.append((rows, states, waiting, now.conflicts()))
        return "\n".join(repr(one) for one in told)


def _timeless(documents: dict[str, Json]) -> dict[str, Json]:
    return {one: _timeless_row(document) for one, document in sorted(documents.items())}


def _timeless_row(document: Json) -> Json:
    return {name: value for name, value in sorted(document.items()) if name not in _TIMES}

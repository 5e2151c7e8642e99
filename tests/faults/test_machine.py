"""Hypothesis drives the simulation and shrinks what it finds: devices, the web, one server."""

from __future__ import annotations

import random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.faults.simulation.seeds import Seeds
from tests.faults.simulation.weather import ALL, Mix
from tests.faults.simulation.world import Options, World

EVERYTHING = Mix(frozenset(ALL) - {"no-streams"}, 0.1)
PAGING = Mix(frozenset(ALL), 0.1)


class Devices(RuleBasedStateMachine):
    """Each rule is one step; every checker runs after each; at the end all must agree."""

    world: World | None = None

    @initialize(rng=st.randoms(use_true_random=False), mix=st.sampled_from([EVERYTHING, PAGING]))
    def begin(self, rng: random.Random, mix: Mix) -> None:
        self.seeds = Seeds()
        self.world = self.seeds.world(rng, Options(mix=mix, devices=3))

    @rule(who=st.integers(0, 2))
    def person(self, who: int) -> None:
        assert self.world is not None
        self.world.people[who].act()

    @rule()
    def web(self) -> None:
        assert self.world is not None
        self.world.web.act()

    @rule(times=st.integers(1, 12))
    def work(self, times: int) -> None:
        assert self.world is not None
        for _ in range(times):
            self.world.work()
            self.world.check()

    @rule()
    def trouble(self) -> None:
        assert self.world is not None
        self.world.trouble()

    @rule()
    def time(self) -> None:
        assert self.world is not None
        self.world.pass_time()

    @invariant()
    def everything_holds(self) -> None:
        if self.world is not None:
            self.world.check()

    def teardown(self) -> None:
        if self.world is None:
            return
        try:
            self.world.come_to_rest()
        finally:
            self.world.close()
            self.seeds.close()


TestDevices = Devices.TestCase
TestDevices.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)

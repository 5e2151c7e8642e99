"""Hundreds of seeds, each a run of devices, web and server with faults; every invariant checked."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from unittest import mock

import pytest

from koda_desktop.sync.engine.jobs import Wake
from tests.faults.regressions import SEEDS
from tests.faults.run import never_fired, outcomes_of
from tests.faults.simulation.checkers import AT_REST, STEPWISE, TIMELY
from tests.faults.simulation.seeds import Outcome, Seeds
from tests.faults.simulation.world import Options

ROOT = Path(__file__).parents[2]
FIRST, COUNT, JOBS = 1, 500, 2


def told(outcome: Outcome) -> str:
    """What a failing seed says: the problem, the end of the trace and how to run it again."""
    return "\n".join([*outcome.lines, outcome.problem, f"again: {outcome.replay}"])


@pytest.mark.timeout(900)
def test_five_hundred_seeds_hold_every_invariant_and_meet_every_fault() -> None:
    numbers = range(FIRST, FIRST + COUNT)
    counts: Counter[str] = Counter()
    failed = []
    for one in outcomes_of(numbers, Options(), JOBS):
        counts += one.counts
        if one.problem:
            failed.append(one)
    assert not failed, "\n\n".join(told(one) for one in failed[:3])
    assert never_fired(counts) == []


@pytest.mark.parametrize(("seed", "options"), SEEDS)
def test_a_seed_that_failed_once_holds(seed: int, options: Options) -> None:
    with Seeds() as seeds:
        outcome = seeds.run(seed, options)
    assert not outcome.problem, told(outcome)


def test_each_invariant_has_its_checker() -> None:
    numbers = {*STEPWISE, *TIMELY, *AT_REST}
    assert numbers == set(range(1, 13))


def test_a_wait_below_what_true_time_tells_apart_ends_later_than_now() -> None:
    with Seeds() as seeds:
        world = seeds.world(random.Random(1), Options(devices=1))
        device = world.people[0].device
        world.time.seconds = 57_725.3
        try:
            with mock.patch.object(device.core, "due_in", return_value=1e-12):
                device.step(Wake())
            assert device.wake_at > world.time.seconds
        finally:
            world.close()


@pytest.mark.parametrize("seed", [3, 11, 42])
def test_the_same_seed_gives_the_same_trace_in_any_process(seed: int) -> None:
    assert trace_of(seed, "1") == trace_of(seed, "2")


def trace_of(seed: int, hash_seed: str) -> str:
    """The trace's number, from a process of its own with another order of sets."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.run", "--replay", str(seed)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.splitlines()[-1]

"""`python3 dev.py faults`: seeds of the simulation, real kills and removed guards.

faults --seeds 1000 [--first 1] [--jobs 2]   run seeds; exit 1 when one fails
faults --replay 17 [--steps 90] [--without crash,web]   print one seed's trace
faults --shrink 17                           find a smaller run that fails the same way
faults --clocks 100                          run seeds under other wall clocks and compare
faults --kills 300                           kill a real process at random moments
faults --mutations                           remove one guard at a time; the suite must notice
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing.sharedctypes import Synchronized

from tests.faults.points import named_points
from tests.faults.simulation.seeds import Outcome, Seeds
from tests.faults.simulation.weather import ALL
from tests.faults.simulation.world import STEPS, Options

_SHARE = 25
"""Seeds handed to a process at a time."""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run_share(share: tuple[range, Options]) -> list[Outcome]:
    """Run some seeds in this process; what is clean comes back without its lines."""
    numbers, options = share
    with Seeds() as seeds:
        outcomes = [seeds.run(number, options) for number in numbers]
    return [one if one.problem else replace(one, lines=()) for one in outcomes]


def _stay_on_one_core(begun: Synchronized[int]) -> None:
    """A simulation hands a baton from thread to thread: that is quickest on one core."""
    with begun.get_lock():
        number = begun.value
        begun.value += 1
    if sys.platform == "linux":
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


def outcomes_of(numbers: range, options: Options, jobs: int) -> Iterator[Outcome]:
    """The outcome of each seed, as they come."""
    shares = [(numbers[at : at + _SHARE], options) for at in range(0, len(numbers), _SHARE)]
    if jobs == 1:
        for number in numbers:
            yield from run_share((range(number, number + 1), options))
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs, _stay_on_one_core, (context.Value("i", 0),)) as pool:
        for outcomes in pool.imap_unordered(run_share, shares):
            yield from outcomes


def run_seeds(
    first: int, count: int, jobs: int, options: Options, *, until_failure: bool = False
) -> int:
    """Run seeds and tell what came of them; answers how many failed."""
    began = time.monotonic()
    counts: Counter[str] = Counter()
    failed: list[Outcome] = []
    done = steps = 0
    for outcome in outcomes_of(range(first, first + count), options, jobs):
        counts += outcome.counts
        steps += outcome.steps
        done += 1
        if outcome.problem:
            failed.append(outcome)
            say(f"seed {outcome.seed}: {outcome.problem.strip().splitlines()[-1]}")
            if until_failure:
                return 1
        if done % 1_000 == 0:
            say(f"{done} seeds, {len(failed)} failed, {done / (time.monotonic() - began):.1f}/s")
    tell(counts)
    for outcome in failed:
        say(f"seed {outcome.seed} failed; again: {outcome.replay}")
    seconds = time.monotonic() - began
    say(
        f"{done} seeds, {steps} steps, {seconds:.0f} s, {done / seconds:.1f} seeds a second, "
        f"{len(failed)} failed"
    )
    return len(failed)


def tell(counts: Counter[str]) -> None:
    """How often each fault fired and each point was passed; those that never did are named."""
    for name, times in sorted(counts.items()):
        say(f"  {name:24} {times:>9}")
    never = never_fired(counts)
    if never:
        say("never fired: " + ", ".join(never))


def never_fired(counts: Counter[str]) -> list[str]:
    """The kinds of fault that never struck, and the named points that nothing passed."""
    wanted = [*ALL, *(f"at {point}" for point in named_points())]
    return sorted(name for name in wanted if not counts[name])


def replay(seed: int, options: Options) -> int:
    """Run one seed and print everything that happened."""
    with Seeds() as seeds:
        outcome = seeds.run(seed, replace(options, keep_lines=None))
    for line in outcome.lines:
        say(line)
    say(outcome.problem or "nothing is wrong")
    say(f"trace {outcome.digest}, {outcome.steps} steps")
    return int(bool(outcome.problem))


def shrink(seed: int, options: Options) -> int:
    """Look for a run of the seed that fails the same way with fewer steps and kinds of fault."""
    with Seeds() as seeds:
        found = seeds.run(seed, options)
        if not found.problem:
            say("this seed is clean")
            return 0
        for smaller in _smaller(found):
            tried = seeds.run(seed, smaller)
            if tried.problem and _kind(tried) == _kind(found) and tried.steps <= found.steps:
                found = tried
    say(f"{found.steps} steps: {found.problem.strip().splitlines()[-1]}")
    say(found.replay)
    return 1


def _smaller(found: Outcome) -> Iterable[Options]:
    options = found.options
    for steps in range(5, found.steps, max(1, found.steps // 20)):
        yield replace(options, steps=steps)
    for kind in ALL:
        yield replace(options, steps=found.steps, without=options.without | {kind})


def _kind(outcome: Outcome) -> str:
    return outcome.problem.strip().splitlines()[-1].partition(":")[0]


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py faults", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--seeds", type=int, default=0)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--without", default="")
    parser.add_argument("--replay", type=int)
    parser.add_argument("--shrink", type=int)
    parser.add_argument("--clocks", type=int, default=0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--until-failure", action="store_true")
    parser.add_argument("--mutations", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Do what the arguments ask; 1 when something is wrong."""
    asked = _parse(arguments)
    without = frozenset(filter(None, asked.without.split(",")))
    options = Options(steps=asked.steps, without=without)
    if asked.replay is not None:
        return replay(asked.replay, options)
    if asked.shrink is not None:
        return shrink(asked.shrink, options)
    failed = 0
    if asked.mutations:
        from tests.faults.mutations import run_mutations

        failed += run_mutations(say)
    if asked.kills:
        from tests.faults.kills import run_kills

        failed += run_kills(asked.kills, asked.first, say)
    if asked.clocks:
        from tests.faults.clocks import run_clocks

        failed += run_clocks(range(asked.first, asked.first + asked.clocks), say)
    if asked.seeds or not (asked.mutations or asked.kills or asked.clocks):
        count = asked.seeds or 500
        failed += run_seeds(
            asked.first, count, asked.jobs, options, until_failure=asked.until_failure
        )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

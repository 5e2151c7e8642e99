"""The same seeds under other wall clocks: whatever differs depends on a clock that may be wrong."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tests.faults.simulation.clocks import DAY
from tests.faults.simulation.seeds import Seeds
from tests.faults.simulation.world import Options

SKEWS = (DAY, -365 * DAY)
JUMPS = (1, 2)
"""What the jumps of a calm run are drawn from."""

_WITHOUT = frozenset({"clock-jump"})


def steady_differences(seeds: Seeds, seed: int) -> Iterator[str]:
    """Clocks that are wrong by as much all the time change no step of a run with every fault."""
    right = seeds.run(seed, Options(without=_WITHOUT))
    if right.problem:
        yield f"seed {seed}: {right.problem}"
    for skew in SKEWS:
        wrong = seeds.run(seed, Options(without=_WITHOUT, skew=skew))
        if (wrong.course, wrong.problem) != (right.course, right.problem):
            yield f"seed {seed} differs with clocks that are off by {skew:.0f} s: {wrong.problem}"


def calm_differences(seeds: Seeds, seed: int, met: Counter[str]) -> Iterator[str]:
    """Clocks that jump to and fro change nothing of what a calm run comes to."""
    right, counts = seeds.calm(seed, None)
    met += counts
    for jumps in JUMPS:
        if seeds.calm(seed, jumps)[0] != right:
            yield f"seed {seed} ends otherwise with the jumps of {jumps}"


def run_clocks(numbers: Iterable[int], say: Callable[[str], None]) -> int:
    """Compare seeds under other clocks; answers how many differences there are."""
    began = time.monotonic()
    met: Counter[str] = Counter()
    found: list[str] = []
    count = 0
    with Seeds() as seeds:
        for seed in numbers:
            count += 1
            for difference in (
                *steady_differences(seeds, seed),
                *calm_differences(seeds, seed, met),
            ):
                found.append(difference)
                say(f"WRONG: {difference}")
    say(
        f"{count} seeds, each under {len(SKEWS)} wrong clocks and {len(JUMPS)} runs of jumps, "
        f"{time.monotonic() - began:.0f} s: {met['conflict']} conflicts, "
        f"{met['write edit']} edits arrived, {len(found)} differences"
    )
    return len(found)

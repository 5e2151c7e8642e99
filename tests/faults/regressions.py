"""Seeds that once found a fault. Each stays here, and runs with every test run."""

from __future__ import annotations

from tests.faults.simulation.world import Options

_FAILED = (9, 11, 26, 34, 108, 112, 144, 260, 310, 2012, 2204)
_FAILED_LATER = (
    *(41322, 101061, 104064, 200405, 400232, 706017),
    *(712973, 713305, 714180, 907193, 932661, 934891, 951209, 951836, 1000786, 1410012),
    *(2216270, 2219808, 2608949),
)

SEEDS: tuple[tuple[int, Options], ...] = tuple(
    (seed, Options()) for seed in (*_FAILED, *_FAILED_LATER)
)
"""(seed, how it was run). A seed means the same run only as long as the simulation is unchanged, so
that the fault itself gets a plain test beside the code that was mended."""

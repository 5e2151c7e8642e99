"""The same run under other wall clocks: nothing of what it comes to may differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.faults.clocks import calm_differences, steady_differences
from tests.faults.simulation.seeds import Seeds

SEEDS = range(1, 13)


@pytest.fixture
def seeds() -> Iterator[Seeds]:
    with Seeds() as seeds:
        yield seeds


@pytest.mark.timeout(300)
def test_clocks_that_are_wrong_by_a_day_or_a_year_change_no_step(seeds: Seeds) -> None:
    assert [one for seed in SEEDS for one in steady_differences(seeds, seed)] == []


@pytest.mark.timeout(300)
def test_clocks_that_jump_to_and_fro_change_no_outcome(seeds: Seeds) -> None:
    met: Counter[str] = Counter()
    assert [one for seed in SEEDS for one in calm_differences(seeds, seed, met)] == []
    assert met["conflict"] > 0
    assert met["write edit"] > 0

"""A real process, killed at every named point and at random moments, keeps what it promised."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.faults.kills import KINDS, at_work, run_kills
from tests.faults.points import named_points, unnamed_calls
from tests.faults.promises import lost_and_doubled
from tests.sync.engine import test_kill, test_kill_transfers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

ALONE = frozenset({point for point, _ in test_kill_transfers.STEPS} | set(test_kill.STEPS))
"""Points at which the tests beside the engine kill a process that does one thing."""


def test_what_is_killed_beside_the_engine_is_named_in_the_source() -> None:
    assert ALONE - {"queued", "edit.queued", "revise.queued"} <= named_points()


def test_every_point_has_its_name_in_the_source() -> None:
    assert unnamed_calls() == []


@pytest.mark.timeout(300)
def test_killed_at_each_named_point_of_one_store_in_turn(tmp_path: Path) -> None:
    with at_work(tmp_path) as (victim, server):
        points = sorted(named_points())
        for number, point in enumerate(points):
            order = {"kind": "all", "seed": number, "point": point}
            code, _ = victim.live(order)
            assert code == -signal.SIGKILL, f"{point} was never reached"
        victim.live({"seed": 0, "finish": True})
        assert lost_and_doubled(tmp_path, server, victim.promises, len(points)) == []


@pytest.mark.timeout(300)
def test_killed_at_random_moments_of_each_kind_of_work() -> None:
    said: list[str] = []
    assert run_kills(12, 5, said.append) == 0, said
    [summary] = [line for line in said if "kills in" in line and ": " in line]
    assert not any(f"{kind} 0" in summary for kind in KINDS), summary

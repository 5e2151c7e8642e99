"""A real process, killed at every named point and at random moments, keeps what it promised."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.faults.kills import at_work, lost_and_doubled, run_kills
from tests.faults.points import named_points
from tests.sync.engine import test_kill, test_kill_transfers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

ELSEWHERE = frozenset({point for point, _ in test_kill_transfers.STEPS} | set(test_kill.STEPS))
"""Points at which the tests beside the engine kill a process."""


HERE = frozenset({"audit.read"})


def test_every_named_point_is_one_that_some_test_kills_at() -> None:
    assert named_points() - ELSEWHERE == HERE


@pytest.mark.timeout(300)
def test_killed_at_each_point_of_one_store_in_turn(tmp_path: Path) -> None:
    queued = ("queued", "edit.queued")
    points = [*sorted({*test_kill.STEPS}.difference(queued)), *HERE]
    with at_work(tmp_path) as (victim, server):
        for number, point in enumerate(points):
            order = {"seed": number, "point": point, "most": 2 + number}
            code, _ = victim.live(order)
            assert code == -signal.SIGKILL, f"{point} was never reached"
        victim.live({"seed": 0, "finish": True})
        assert lost_and_doubled(tmp_path, server, victim.promises) == []


@pytest.mark.timeout(300)
def test_killed_at_random_moments() -> None:
    said: list[str] = []
    assert run_kills(12, 5, said.append) == 0, said

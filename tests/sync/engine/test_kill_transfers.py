"""Real kill -9 in the middle of a large upload and download: done once, little of it twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from koda_desktop.sync.store.check import check_store
from tests.sync.engine.child_transfers import DATA
from tests.sync.engine.wire import Wire
from tests.sync.fake_marketplace import ACTOR, PART, Server

ROOT = Path(__file__).parents[3]
IN_FLIGHT = 8 * PART
STEPS = (
    ("parts.begun", 1),
    ("parts.saved", 1),
    ("upload.granted", 1),
    ("part.signed", 1),
    ("part.signed", 3),
    ("part.sent", 1),
    ("part.sent", 12),
    ("part.recorded", 1),
    ("parts.completing", 1),
    ("parts.completed", 1),
    ("download.part", 1),
    ("download.part", 12),
    ("download.written", 1),
    ("download.written", 3),
    ("download.synced", 1),
    ("download.synced", 3),
    ("download.verified", 1),
    ("download.placing", 1),
    ("download.renamed", 1),
)


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    wire = Wire(server, ACTOR)
    yield wire
    wire.close()


def start(folder: Path, wire: Wire, step: str, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.sync.engine.child_transfers", str(folder), wire.url]
    return subprocess.Popen(
        [*command, step, str(times)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, wire: Wire, step: str, times: int) -> int:
    child = start(folder, wire, step, times)
    _, said = child.communicate(timeout=60)
    if child.returncode not in (0, -signal.SIGKILL):
        pytest.fail(said)
    return child.returncode


def check(folder: Path, server: Server) -> None:
    assert len(server.products) == 1
    assert len(server.bucket.completions) == 1
    assert list(server.objects.values()) == [DATA]
    assert server.bucket.uploads == {}
    assert [path.name for path in (folder / "in").iterdir()] == ["flow.json"]
    assert (folder / "in" / "flow.json").read_bytes() == DATA
    assert not check_store(folder / "store.sqlite")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize(("step", "times"), STEPS)
def test_killed_at_any_step_of_a_transfer_it_is_done_once(
    tmp_path: Path, server: Server, wire: Wire, step: str, times: int
) -> None:
    assert run(tmp_path, wire, step, times) == -signal.SIGKILL, f"{step} was never reached"
    assert run(tmp_path, wire, "never", 1) == 0
    check(tmp_path, server)
    assert server.part_bytes <= len(DATA) + IN_FLIGHT


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_again_and_again_it_comes_to_its_end(
    tmp_path: Path, server: Server, wire: Wire
) -> None:
    # Parts in flight come on top of those that are counted, on either side.
    steps = [("part.sent", 2)] * 3 + [("download.written", 1)] * 3
    for step, times in steps:
        assert run(tmp_path, wire, step, times) == -signal.SIGKILL
    assert run(tmp_path, wire, "never", 1) == 0
    check(tmp_path, server)
    assert server.part_bytes <= len(DATA) + 3 * IN_FLIGHT

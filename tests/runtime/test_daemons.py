from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import wait

import pytest

from koda_desktop.runtime.daemons import DaemonExecutor


def test_work_runs_side_by_side_on_as_many_threads_as_there_are() -> None:
    pool = DaemonExecutor(3, "test")
    together = threading.Barrier(3)
    futures = [pool.submit(together.wait, 30) for _ in range(3)]
    assert sorted(future.result(30) for future in futures) == [0, 1, 2]
    pool.shutdown()


def test_more_work_than_threads_is_all_done() -> None:
    pool = DaemonExecutor(2, "test")
    futures = [pool.submit(pow, number, 2) for number in range(500)]
    assert [future.result(30) for future in futures] == [number**2 for number in range(500)]
    pool.shutdown()


def test_what_work_raises_is_raised_by_its_result() -> None:
    pool = DaemonExecutor(1, "test")
    with pytest.raises(ValueError, match="invalid literal"):
        pool.submit(int, "x").result(30)
    pool.shutdown()


def test_after_the_end_nothing_is_taken_and_what_waited_is_cancelled() -> None:
    pool = DaemonExecutor(1, "test")
    together, go_on = threading.Barrier(2), threading.Event()
    running = pool.submit(lambda: (together.wait(30), go_on.wait(30)))
    together.wait(30)
    waiting = pool.submit(int)
    pool.shutdown(wait=False, cancel_futures=True)
    assert waiting.cancelled()
    with pytest.raises(RuntimeError):
        pool.submit(int)
    go_on.set()
    wait([running])
    pool.shutdown()


def test_a_call_that_never_ends_does_not_hold_up_the_program() -> None:
    program = (
        "import threading\n"
        "from koda_desktop.runtime.daemons import DaemonExecutor\n"
        "begun = threading.Event()\n"
        "DaemonExecutor(1, 'test').submit(lambda: (begun.set(), threading.Event().wait()))\n"
        "begun.wait()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)

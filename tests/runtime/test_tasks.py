from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from koda_desktop.errors import Cancelled
from koda_desktop.runtime.tasks import Background, Pools
from tests.conftest import RunAsync


@pytest.fixture
def pools() -> Iterator[Pools]:
    made = Pools({"one": 1, "two": 2})
    yield made
    assert made.close(5)


def _name() -> str:
    return threading.current_thread().name


def _raise(error: BaseException) -> None:
    raise error


def test_work_runs_on_the_pool_it_names(pools: Pools) -> None:
    assert pools.submit("one", _name).result(5).startswith("koda-one")
    assert pools.submit("never-declared", _name).result(5).startswith("koda-never-declared")


def test_a_pool_has_as_many_threads_as_it_was_given(pools: Pools) -> None:
    both = threading.Barrier(2)
    meeting = [pools.submit("two", both.wait, 5) for _ in range(2)]
    assert sorted(each.result(5) for each in meeting) == [0, 1]
    first, second = (pools.submit("one", _name).result(5) for _ in range(2))
    assert first == second


def test_one_slow_pool_holds_up_no_other(pools: Pools) -> None:
    gate = threading.Event()
    slow = pools.submit("one", gate.wait, 5)
    assert pools.submit("two", str, 7).result(5) == "7"
    gate.set()
    assert slow.result(5)


def test_awaiting_gives_the_answer_or_the_error(pools: Pools, run_async: RunAsync[Any]) -> None:
    assert run_async(pools.run("one", int, "ff", base=16)) == 255
    with pytest.raises(ValueError, match="broken"):
        run_async(pools.run("one", _raise, ValueError("broken")))


def test_the_loop_goes_on_while_a_worker_blocks(pools: Pools, run_async: RunAsync[Any]) -> None:
    async def both() -> bool:
        gate = threading.Event()
        work = asyncio.create_task(pools.run("one", gate.wait, 5))
        await asyncio.sleep(0)
        gate.set()
        return await work

    assert run_async(both()) is True


def test_closing_drops_what_waits_and_waits_for_what_runs() -> None:
    pools = Pools({"one": 1})
    started, gate = threading.Event(), threading.Event()

    def work() -> bool:
        started.set()
        return gate.wait(5)

    running = pools.submit("one", work)
    waiting = pools.submit("one", str)
    assert started.wait(5)
    assert pools.close(0.01) is False
    assert waiting.cancelled()
    with pytest.raises(Cancelled):
        pools.submit("one", str)
    gate.set()
    assert pools.close(5) is True
    assert running.result(0) is True


class Reports:
    """The errors a Background reports."""

    def __init__(self) -> None:
        self.errors: list[tuple[str, str]] = []
        self.background = Background(lambda name, error: self.errors.append((name, repr(error))))


@pytest.fixture
def reports() -> Reports:
    return Reports()


async def _fail(error: BaseException) -> None:
    await asyncio.sleep(0)
    raise error


def test_an_error_is_reported_once_with_its_name(
    reports: Reports, run_async: RunAsync[Any]
) -> None:
    async def story() -> None:
        task = reports.background.spawn(_fail(ValueError("lost")), "publish")
        assert task is not None
        await asyncio.wait([task])

    run_async(story())
    assert reports.errors == [("publish", "ValueError('lost')")]


@pytest.mark.parametrize("error", [Cancelled("Stopped."), asyncio.CancelledError()])
def test_stopping_is_not_an_error(
    reports: Reports, run_async: RunAsync[Any], error: BaseException
) -> None:
    async def story() -> None:
        task = reports.background.spawn(_fail(error), "publish")
        assert task is not None
        await asyncio.wait([task])

    run_async(story())
    assert reports.errors == []


def test_a_second_click_starts_nothing(reports: Reports, run_async: RunAsync[Any]) -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        await asyncio.sleep(0)

    async def story() -> None:
        spawn = reports.background.spawn
        first = spawn(work(), "publish")
        assert first is not None
        assert spawn(work(), "publish") is None
        other = spawn(work(), "check")
        assert other is not None
        await asyncio.wait([first, other])
        assert not reports.background.is_running("publish")
        again = spawn(work(), "publish")
        assert again is not None
        await again

    run_async(story())
    assert len(runs) == 3


def test_a_finished_name_is_free_for_whoever_awaited_it(
    reports: Reports, run_async: RunAsync[Any]
) -> None:
    async def story() -> bool:
        task = reports.background.spawn(asyncio.sleep(0), "publish")
        assert task is not None
        await task
        return reports.background.spawn(asyncio.sleep(0), "publish") is not None

    assert run_async(_then_drain(reports, story())) is True


def test_a_finished_name_is_free_before_the_loop_has_called_back(
    reports: Reports, run_async: RunAsync[Any]
) -> None:
    async def story() -> bool:
        task = reports.background.spawn(asyncio.sleep(0), "save")
        assert task is not None
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert task.done()
        return reports.background.spawn(asyncio.sleep(0), "save") is not None

    assert run_async(_then_drain(reports, story())) is True


async def _then_drain(reports: Reports, story: Any) -> Any:
    answer = await story
    await reports.background.close(5)
    return answer


def test_tasks_are_kept_alive_and_closed(reports: Reports, run_async: RunAsync[Any]) -> None:
    cleaned: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(name)

    async def story() -> bool:
        for name in ("a", "b"):
            reports.background.spawn(work(name), name)
        await asyncio.sleep(0)
        reports.background.cancel("a")
        reports.background.cancel("unknown")
        return await reports.background.close(5)

    assert run_async(story()) is True
    assert sorted(cleaned) == ["a", "b"]
    assert reports.errors == []


def test_a_task_that_will_not_stop_is_told(reports: Reports, run_async: RunAsync[Any]) -> None:
    async def story() -> tuple[bool, bool]:
        gate = asyncio.Event()

        async def stubborn() -> None:
            while not gate.is_set():
                try:
                    await gate.wait()
                except asyncio.CancelledError:
                    continue

        reports.background.spawn(stubborn(), "stubborn")
        await asyncio.sleep(0)
        first = await reports.background.close(0.01)
        gate.set()
        return first, await reports.background.close(5)

    assert run_async(story()) == (False, True)

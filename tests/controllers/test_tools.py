"""Calls of the workspace that are begun before the loop comes to anything else."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from koda_desktop.errors import Cancelled, StoreFault
from tests.controllers.support import Bench


def test_what_is_begun_runs_while_the_loop_does_something_else(run_async: Any) -> None:
    async def scene() -> None:
        bench, ran = Bench(), threading.Event()
        begun = bench.tools.begin(ran.set)
        # The loop has not come round since: whatever it does first, the call does not wait for.
        assert ran.wait(5)
        await begun
        await bench.close()

    run_async(scene())


def test_nobody_has_to_wait_for_what_is_begun(
    run_async: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise StoreFault("The disk is gone.")

    async def scene() -> None:
        bench = Bench()
        bench.tools.begin(fail)
        with pytest.raises(StoreFault):
            await bench.tools.begin(fail)
        await bench.close()
        bench.tools.begin(fail)
        with pytest.raises(Cancelled):
            await bench.tools.begin(fail)
        await asyncio.sleep(0)

    run_async(scene())
    gc.collect()
    assert not caplog.records

"""What tests of controllers and of the window share: tools on real pools, and waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from koda_desktop.controllers.feed import ChangeFeed
from koda_desktop.controllers.messages import Message, Messages
from koda_desktop.controllers.tools import Tools
from koda_desktop.runtime.tasks import Background, Pools

PATIENCE = 5.0


class Bench:
    """Tools for one test; what was told and what failed is kept for the test to look at."""

    def __init__(self) -> None:
        self.told: list[Message] = []
        self.failed: list[tuple[str, BaseException]] = []
        messages = Messages()
        messages.listen(self.told.append)
        background = Background(lambda name, error: self.failed.append((name, error)))
        self.tools = Tools(Pools(), background, messages, ChangeFeed())

    async def close(self) -> None:
        """Stop everything that a test may have started."""
        self.tools.feed.follow(None)
        await self.tools.background.close(PATIENCE)
        self.tools.pools.close(PATIENCE)
        assert not self.failed, self.failed


async def until(condition: Callable[[], Any], turn: Callable[[], None] = lambda: None) -> None:
    """Wait for ``condition``; ``turn`` is called each time round. Fails after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        turn()
        await asyncio.sleep(0.005)


class Recorder:
    """A view that writes down what it was told to show: ``shown["show_keys"]`` and so on."""

    def __init__(self) -> None:
        self.shown: dict[str, list[tuple[Any, ...]]] = {}
        self.sight = 3

    def lines_in_sight(self) -> int:
        """What it answers as a table: there is room for so many lines."""
        return self.sight

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)

        def note(*args: Any, **named: Any) -> None:
            self.shown.setdefault(name, []).append((*args, *named.values()))

        return note

    def last(self, name: str) -> tuple[Any, ...]:
        """The arguments of the last call of ``name``."""
        return self.shown[name][-1]

    def times(self, name: str) -> int:
        return len(self.shown.get(name, []))

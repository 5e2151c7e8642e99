"""Killing a real process again and again: what it promised is kept, and nothing happens twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from koda_desktop.sync import entities
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.store import Store
from tests.sync.engine.wire import Wire
from tests.sync.fake_marketplace import ACTOR, Server

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 0.7
"""The longest a child lives before it is killed, from the moment it has opened its store."""

Json = dict[str, Any]
Say = Callable[[str], None]


@dataclass(slots=True)
class Promises:
    """What the children said: the last accepted edit of each field, and those tried since."""

    made: set[str] = field(default_factory=set)
    values: dict[tuple[str, str], list[object]] = field(default_factory=dict)
    steps: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)
    ends: list[Json] = field(default_factory=list)

    def hear(self, message: Json) -> None:
        """Take in one line."""
        if "made" in message:
            self.made.add(message["made"])
        elif "tries" in message:
            self._each(message["tries"], lambda known, value: [*known, value])
        elif "accepted" in message:
            self._each(message["accepted"], lambda _, value: [value])
        elif "step" in message:
            self.steps[message["step"]] += 1
        elif "bug" in message:
            self.bugs.append(message["bug"])
        elif "waiting" in message:
            self.ends.append(message)

    def _each(self, edit: Any, fold: Callable[[list[object], object], list[object]]) -> None:
        listing_id, fields = edit
        for name, value in fields.items():
            key = (listing_id, name)
            self.values[key] = fold(self.values.get(key, []), value)


class Victim:
    """The process that forks the children. Use as a context manager."""

    def __init__(self, folder: Path, url: str) -> None:
        self.promises = Promises()
        command = [sys.executable, "-m", "tests.faults.victim", str(folder), url]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def __enter__(self) -> Victim:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()

    def live(self, order: Json, seconds: float | None = None) -> tuple[int, str]:
        """One child's life, ended after ``seconds`` if it lasts so long.

        Answers its exit code, negative for a signal, and the last step it passed.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(order) + "\n")
        pid, last = 0, "nothing"
        for line in stdout:
            message: Json = json.loads(line)
            self.promises.hear(message)
            pid = message.get("pid", pid)
            last = message.get("step", last)
            if "died" in message:
                return int(message["died"]), last
            if "ready" in message and seconds is not None:
                # A moment of real time is the point here: the child is killed wherever it is.
                time.sleep(seconds)
                # It may have come to its end by itself.
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        raise AssertionError("the victim ended by itself")


@contextmanager
def at_work(folder: Path) -> Iterator[tuple[Victim, Server]]:
    """A victim over ``folder``, and the marketplace it works with."""
    server = Server()
    wire = Wire(server, ACTOR)
    try:
        with Victim(folder, wire.url) as victim:
            yield victim, server
    finally:
        wire.close()


def lost_and_doubled(folder: Path, server: Server, promises: Promises) -> list[str]:
    """What is not as it was promised, once everything is sent."""
    wrong = [f"a bug: {bug}" for bug in promises.bugs]
    wrong += [f"the store: {line}" for line in check_store(folder / "store.sqlite")]
    wrong += [f"left over: {end}" for end in promises.ends[-1:] if end["waiting"] or end["problem"]]
    for what, times in (
        ("listing", Counter(server.inserts)),
        ("object", Counter(server.puts)),
        ("edit", Counter(operation for _, operation in server.applied)),
    ):
        wrong += [f"{what} {one} {n} times" for one, n in times.items() if n > 1]
    store = Store(folder / "store.sqlite", derive_touched)
    try:
        wrong += _not_kept(store, server, promises)
    finally:
        store.close()
    return wrong


def _not_kept(store: Store, server: Server, promises: Promises) -> Iterator[str]:
    for listing_id in promises.made - set(server.products):
        yield f"listing {listing_id} never arrived"
    for (listing_id, name), values in promises.values.items():
        row = store.read(partial(entities.find, listing_id=listing_id)).document
        document = server.products.get(listing_id, {})
        if row.get(name) not in values or document.get(name) not in values:
            there = document.get(name)
            yield f"{name} of {listing_id}: {values}, here {row.get(name)}, there {there}"


def run_kills(count: int, seed: int, say: Say) -> int:
    """Kill a child ``count`` times at random moments, then let one finish.

    Answers how many things are wrong.
    """
    rng = random.Random(seed)
    killed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="koda-kills-") as name:
        folder = Path(name)
        with at_work(folder) as (victim, server):
            number = 0
            while killed.total() < count:
                number += 1
                order = {"seed": rng.random(), "most": min(3 + number // 3, 40)}
                code, step = victim.live(order, rng.uniform(0, SECONDS_MAX))
                if code == -signal.SIGKILL:
                    killed[step] += 1
            victim.live({"seed": 0, "finish": True})
            wrong = lost_and_doubled(folder, server, victim.promises)
    say(f"{killed.total()} kills in {number} lives; the last step before each:")
    for step, times in killed.most_common():
        say(f"  {step:24} {times:>6}")
    say(f"{len(server.products)} listings, {len(server.applied)} edits arrived once each")
    for line in wrong:
        say(f"WRONG: {line}")
    return len(wrong)

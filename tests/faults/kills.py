"""Killing a real process again and again: what it promised is kept, and nothing happens twice.

Each life has one kind of work, and is killed a random moment after it got to that work.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.faults.promises import Promises, lost_and_doubled
from tests.sync.engine.wire import Wire
from tests.sync.fake_marketplace import ACTOR, Server

ROOT = Path(__file__).parents[2]

KINDS: dict[str, tuple[str, ...]] = {
    "upload": ("upload.", "preview.", "parts.", "part."),
    "download": ("download.",),
    "push": ("edit.", "register.", "verify."),
    "pull": ("pull.", "audit."),
}
"""Each kind of work, and how the names of its steps begin."""

SECONDS = 0.06
"""The longest a child lives on, to begin with; then as long as most of them are killed."""

HANGS_SECONDS = 60.0
FOREIGN_MAX = 12
SAY_EVERY = 25

Json = dict[str, Any]
Say = Callable[[str], None]


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
        self._process.wait(timeout=HANGS_SECONDS)
        self._process.stdout.close()

    def live(self, order: Json, seconds: float | None = None) -> tuple[int, str]:
        """One child's life, ended ``seconds`` after it got to its kind of work, if given.

        Answers its exit code, negative for a signal, and the last step it passed. One that does
        not come to its end is a bug.
        """
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(json.dumps(order) + "\n")
        pid = self._hear()["pid"]
        hangs = threading.Timer(HANGS_SECONDS, self._end_hanging, (pid,))
        hangs.start()
        try:
            return self._watch(pid, order, seconds)
        finally:
            hangs.cancel()

    def _watch(self, pid: int, order: Json, seconds: float | None) -> tuple[int, str]:
        begins = KINDS.get(order.get("kind", ""), ())
        last = "nothing"
        while True:
            message = self._hear()
            last = message.get("step", last)
            if "died" in message:
                return int(message["died"]), last
            if seconds is not None and last.startswith(begins):
                # A moment of real time is the point here: the child is killed wherever it is.
                time.sleep(seconds)
                _kill(pid)
                seconds = None

    def _hear(self) -> Json:
        stdout = self._process.stdout
        assert stdout is not None
        line = stdout.readline()
        if not line:
            raise AssertionError("the victim ended by itself")
        message: Json = json.loads(line)
        self.promises.hear(message)
        return message

    def _end_hanging(self, pid: int) -> None:
        self.promises.bugs.append(f"a child did nothing for {HANGS_SECONDS:.0f} s")
        _kill(pid)


def kind_of(step: str) -> str:
    """The kind of work that passed this step last."""
    return next((kind for kind, begins in KINDS.items() if step.startswith(begins)), "start")


def _kill(pid: int) -> None:
    # It may have come to its end by itself.
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


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


@dataclass
class Kills:
    """A run of kills: which kind, after which step, and how long a child may live."""

    victim: Victim
    server: Server
    rng: random.Random
    of_kind: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    lives: int = 0
    longest: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, SECONDS))

    def next_life(self) -> None:
        """One more life, of the kind that was killed least."""
        self.lives += 1
        self._write_elsewhere()
        kind = min(KINDS, key=lambda one: self.of_kind[one])
        order = {"kind": kind, "seed": self.rng.random()}
        code, step = self.victim.live(order, self.rng.uniform(0, self.longest[kind]))
        is_killed = code == -signal.SIGKILL
        self.longest[kind] *= 1.02 if is_killed else 0.8
        if is_killed:
            self.after[step] += 1
            # Work of an earlier life goes on beside it, and may be what was cut off.
            self.of_kind[kind_of(step)] += 1

    def _write_elsewhere(self) -> None:
        """The web application writes what the children then pull."""
        foreign = f"{self.rng.randrange(FOREIGN_MAX):024x}"
        if foreign not in self.server.products:
            self.server.web_create(foreign)
        for listing_id in self.rng.sample(sorted(self.server.products), 1):
            self.server.web_edit(listing_id, description=f"Words {self.lives}.")


def run_kills(count: int, seed: int, say: Say) -> int:
    """Kill a child ``count`` times, each kind of work as often, then let one finish.

    Answers how many things are wrong.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="koda-kills-") as name:
        folder = Path(name)
        with at_work(folder) as (victim, server):
            kills = Kills(victim, server, random.Random(seed))
            said = 0
            while kills.of_kind.total() < count and not victim.promises.bugs:
                kills.next_life()
                if kills.of_kind.total() >= said + SAY_EVERY:
                    said = kills.of_kind.total()
                    say(f"{said} kills, {kills.lives} lives, {time.monotonic() - began:.0f} s")
            victim.live({"seed": 0, "finish": True})
            wrong = lost_and_doubled(folder, server, victim.promises, kills.of_kind["upload"])
    _tell(kills, say, time.monotonic() - began)
    say(victim.promises.summary(server))
    for line in wrong:
        say(f"WRONG: {line}")
    return len(wrong)


def _tell(kills: Kills, say: Say, seconds: float) -> None:
    kinds = ", ".join(f"{kind} {kills.of_kind[kind]}" for kind in KINDS)
    say(f"{kills.of_kind.total()} kills in {kills.lives} lives, {seconds:.0f} s: {kinds}")
    say("the last step before each kill:")
    for step, times in kills.after.most_common():
        say(f"  {step:24} {times:>6}")

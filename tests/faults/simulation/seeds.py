"""Running seeds: each in a folder of its own in memory, with its outcome as a value."""

from __future__ import annotations

import random
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest import mock

from koda_desktop.sync import search
from koda_desktop.sync.engine import auditing, boxes, pulling, pushing
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from tests.faults.simulation.calm import Calm
from tests.faults.simulation.checkers import Violated
from tests.faults.simulation.weather import Mix
from tests.faults.simulation.world import Options, World

_MEMORY = Path("/dev/shm")

FILES_SHARE = 0.3
"""Of the seeds, those that are about files."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a seed. ``problem`` is "" for a clean one."""

    seed: int
    digest: str
    counts: Counter[str]
    problem: str = ""
    lines: tuple[str, ...] = ()
    steps: int = 0
    course: str = ""
    """As the digest, without what depends on the wall clocks."""
    options: Options = field(default_factory=Options)

    @property
    def replay(self) -> str:
        """The command that runs this very seed again and prints its trace."""
        command = f"python3 dev.py faults --replay {self.seed} --steps {self.options.steps}"
        without = ",".join(sorted(self.options.without))
        return f"{command} --without {without}" if without else command


@contextmanager
def answers_of(most: int) -> Iterator[None]:
    """No answer has more documents, events or edits than ``most``."""
    with (
        mock.patch.object(pulling, "PAGE", most),
        mock.patch.object(pushing, "BATCH", most),
        mock.patch.object(auditing, "STAMPS", most),
        mock.patch.object(boxes, "AT_ONCE", max(1, most // 2)),
        mock.patch.object(boxes, "BOX_SECONDS", -1.0),
        mock.patch.object(search, "ROWS", max(1, most // 2)),
        mock.patch.object(search, "ROWS_BETWEEN_MERGES", 2 * most),
    ):
        yield


class Seeds:
    """Runs seeds in one process, in a folder that goes with ``close`` or the end of a ``with``."""

    def __init__(self) -> None:
        where = _MEMORY if _MEMORY.is_dir() else None
        self._folder = Path(tempfile.mkdtemp(prefix="koda-faults-", dir=where))
        self._template = self._folder / "template.sqlite"
        Store(self._template, derive_touched).close()
        self._made = 0

    def __enter__(self) -> Seeds:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def world(self, rng: random.Random, options: Options) -> World:
        """A world in a folder of its own, for whoever drives it by hand. Close it."""
        self._made += 1
        return World(rng, self._folder / f"world-{self._made}", self._template, options)

    def calm(self, seed: int, jumps: int | None) -> tuple[str, Counter[str]]:
        """How the calm run of a seed ends, and what it met; ``jumps`` draws the wall clocks'."""
        mix = Mix(frozenset({"web", "web-delete"}), 0.0)
        world = self.world(random.Random(seed), Options(mix=mix, devices=3))
        try:
            drawn = random.Random(jumps) if jumps is not None else None
            return Calm(world, random.Random(seed), drawn).run(), world.trace.counts
        finally:
            world.close()

    def run(self, seed: int, options: Options | None = None) -> Outcome:
        """Run one seed to its end."""
        chosen = options or Options()
        folder = self._folder / f"seed-{seed}"
        # Drawn apart, so that the rest of the seed is the same whatever it is.
        most = chosen.answers or random.Random(f"answers of {seed}").choice([2, 3, 500, 500])
        if chosen.is_about_files is None:
            is_about_files = random.Random(f"files of {seed}").random() < FILES_SHARE
            chosen = replace(chosen, is_about_files=is_about_files)
        world = World(random.Random(seed), folder, self._template, chosen)
        problem = ""
        try:
            with answers_of(most):
                world.run()
        except Violated as violated:
            problem = str(violated)
        except Exception:  # noqa: BLE001 - a bug of the program is what is looked for
            problem = traceback.format_exc()
        finally:
            world.close()
            shutil.rmtree(folder, ignore_errors=True)
        trace = world.trace
        lines = tuple(trace.lines)
        return Outcome(
            seed, trace.digest, trace.counts, problem, lines, world.done, world.course, chosen
        )

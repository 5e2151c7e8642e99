"""The folder dialog: a folder of workflow files is compared, looked at, taken in, and watched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.importing import PAGE, ReviewView, Step, spawn_step
from koda_desktop.controllers.reviewing import FolderReview, Review, Verdict
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.controllers.working import Working
from koda_desktop.errors import KodaError

if TYPE_CHECKING:
    from koda_desktop.sync.exchange.folder.comparing import Inspect
    from koda_desktop.sync.exchange.folder.plan import FolderPlan
    from koda_desktop.sync.exchange.folder.taking import Draw
    from koda_desktop.workspace.facade import Workspace

LOOK_EVERY = 2.0
"""Seconds between two looks at a watched folder."""


class FolderView(ReviewView, Protocol):
    def show_folder(self, root: Path) -> None: ...


class FolderController:
    """Everything blocking runs on a pool; one step at a time."""

    def __init__(
        self, tools: Tools, workspace: Workspace, inspect: Inspect, draw: Draw, view: FolderView
    ) -> None:
        self._tools = tools
        self._workspace = workspace
        self._inspect = inspect
        self._draw = draw
        self._view = view
        self._working = Working(tools, view.show_progress)
        self._root: Path | None = None
        self._plan: FolderPlan | None = None
        self._review: Review | None = None
        self._verdict: Verdict | None = None
        self._asked = Latest()
        self._steps = Latest()
        self._set_id = 0

    def compare(self, root: Path) -> None:
        """Find out what taking ``root`` in would change."""
        self._root = root
        self._view.show_folder(root)
        self._step(lambda: self._compare(root), "Looking at the files…")

    async def _compare(self, root: Path) -> None:
        exchange = self._workspace.exchange
        plan = await self._working.run(
            lambda cancel, report: exchange.compare_folder(
                root, self._inspect, cancel=cancel, progress=report
            )
        )
        self._plan, self._verdict = plan, None
        self._review = review = FolderReview(plan)
        self._asked.next()
        self._view.show_review(review.counts(), review.lines(None, 0, PAGE), plan.notes)

    def filter(self, verdict: Verdict | None) -> None:
        """Show the lines of one kind; None for all that would change or are refused."""
        self._verdict = verdict
        self.more(0)

    def more(self, start: int) -> None:
        """Show the lines from the ``start``-th on."""
        if self._review is not None:
            self._view.show_lines(self._review.lines(self._verdict, start, PAGE), start)

    def apply(self, deactivate_gone: bool) -> None:
        """Take the folder in: everything that is not refused, or nothing."""
        self._step(lambda: self._apply(deactivate_gone), "Taking in…")

    async def _apply(self, deactivate_gone: bool) -> None:
        plan = self._plan
        assert plan is not None
        exchange = self._workspace.exchange
        result = await self._working.run(
            lambda cancel, report: exchange.take_folder(
                plan,
                self._inspect,
                self._draw,
                deactivate_gone=deactivate_gone,
                cancel=cancel,
                progress=report,
            )
        )
        await self._tools.store(self._workspace.wake)
        self._set_id = result.set_id
        self._view.show_result(result, FolderReview(plan).counts()[Verdict.REFUSED])

    def undo(self) -> None:
        """Take back what was taken in."""
        self._step(self._undo, "Taking back…")

    async def _undo(self) -> None:
        set_id, history = self._set_id, self._workspace.history
        result = await self._working.run(
            lambda cancel, report: history.undo(set_id, cancel=cancel, progress=report)
        )
        await self._tools.store(self._workspace.wake)
        self._view.show_undone(result)

    def stop(self) -> None:
        """Stop what is under way; nothing is half done."""
        self._working.stop()

    def _step(self, work: Step, words: str) -> None:
        name = f"folder.step.{self._steps.next()}"
        spawn_step(self._tools, self._view, name, work, words)


State = Mapping[str, tuple[int, int]]
"""The size and time of each file: cheap to look at, and only ever a reason to look closer."""


class FolderWatch:
    """Looks at a folder now and then, off the window's thread, until ``stop`` is called.

    ``changed`` is called once what changed has stood still from one look to the next, so that a
    file that is being written is not looked at half way. A watcher of the system's own would need
    one of its few handles for every folder of the tree.
    """

    def __init__(self, tools: Tools, changed: Callable[[Path], None]) -> None:
        self._tools = tools
        self._changed = changed
        self._asked = Latest()
        self.root: Path | None = None

    def start(self, root: Path) -> None:
        """Watch ``root`` from now on, and nothing else."""
        number = self._asked.next()
        self.root = root
        self._tools.spawn(self._watch(root, number), f"folder.watch.{number}")

    def stop(self) -> None:
        self._asked.next()
        self.root = None

    async def _watch(self, root: Path, number: int) -> None:
        told = last = await self._look(root)
        while self._asked.is_current(number):
            await asyncio.sleep(LOOK_EVERY)
            now = await self._look(root)
            if now is None or not self._asked.is_current(number):
                continue
            if now == last and now != told:
                told = now
                self._changed(root)
            last = now

    async def _look(self, root: Path) -> State | None:
        try:
            return await self._tools.pools.run("disk", looked_at, root)
        except KodaError:
            return None


def looked_at(root: Path) -> State:
    """The size and time of each file of ``root`` that may be a workflow. Raises LocalFaults."""
    from koda_desktop.sync.exchange.folder.files import LIST_NAME, named, workflow_files

    found: dict[str, tuple[int, int]] = {}
    for path in [*workflow_files(root), root / LIST_NAME]:
        try:
            status = path.stat()
        except OSError:
            continue
        found[named(root, path)] = (status.st_size, status.st_mtime_ns)
    return found

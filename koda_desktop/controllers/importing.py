"""The import dialog: a file is chosen, its columns mapped, compared, taken in, and undone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from koda_desktop.controllers.reviewing import FileReview, Review, ReviewLine, Verdict
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.controllers.working import Working
from koda_desktop.errors import KodaError
from koda_desktop.runtime.work import Progress

if TYPE_CHECKING:
    from koda_desktop.sync.changesets.rows import ChangeSetResult
    from koda_desktop.sync.exchange.mapping import ColumnMap
    from koda_desktop.sync.exchange.plan import Plan
    from koda_desktop.workspace.exchange import Opened
    from koda_desktop.workspace.facade import Workspace

PAGE = 200


class ReviewView(Protocol):
    """What a dialog with lines to look at shows."""

    def show_working(self, words: str) -> None:
        """Something is under way; it can be stopped."""
        ...

    def show_progress(self, progress: Progress) -> None: ...

    def show_review(
        self, counts: dict[Verdict, int], lines: Sequence[ReviewLine], notes: Sequence[str]
    ) -> None: ...

    def show_lines(self, lines: Sequence[ReviewLine], start: int) -> None:
        """The lines from the ``start``-th on; fewer than PAGE are the last."""
        ...

    def show_result(self, result: ChangeSetResult, left: int) -> None:
        """It is done; ``left`` lines were not taken in."""
        ...

    def show_undone(self, result: ChangeSetResult) -> None: ...

    def show_fault(self, error: KodaError) -> None: ...


class ImportView(ReviewView, Protocol):
    def show_columns(self, opened: Opened) -> None: ...

    def show_report(self, path: Path, count: int) -> None: ...


class ImportController:
    """Everything blocking runs on a pool; one step at a time."""

    def __init__(self, tools: Tools, workspace: Workspace, view: ImportView) -> None:
        self._tools = tools
        self._workspace = workspace
        self._view = view
        self._working = Working(tools, view.show_progress)
        self._opened: Opened | None = None
        self._plan: Plan | None = None
        self._review: Review | None = None
        self._verdict: Verdict | None = None
        self._asked = Latest()
        self._steps = Latest()
        self._set_id = 0

    # -- the steps --

    def open(self, path: Path, sheet: str = "") -> None:
        """Look at a file, and show its columns."""
        self._step(lambda: self._open(path, sheet), "Reading the file…")

    async def _open(self, path: Path, sheet: str) -> None:
        opened = await self._working.run(lambda *_: self._workspace.exchange.open(path, sheet))
        self._opened = opened
        self._view.show_columns(opened)

    def compare(self, columns: ColumnMap) -> None:
        """Find out what the file would change, with the columns used like this."""
        self._step(lambda: self._compare(columns), "Comparing with your listings…")

    async def _compare(self, columns: ColumnMap) -> None:
        opened = self._opened
        assert opened is not None
        exchange = self._workspace.exchange
        await self._forget()
        if columns != opened.columns:
            columns.check()
            await self._tools.store(exchange.remember, columns)
        plan = await self._working.run(
            lambda cancel, report: exchange.dry_run(
                opened.path, columns, sheet=opened.sheet, cancel=cancel, progress=report
            )
        )
        self._plan = plan
        self._review = FileReview(plan)
        await self._show_review(plan.notes)

    async def _show_review(self, notes: Sequence[str]) -> None:
        review = self._review
        assert review is not None
        self._verdict = None
        self._asked.next()
        lines = await self._tools.pools.run("disk", review.lines, None, 0, PAGE)
        self._view.show_review(review.counts(), lines, notes)

    def filter(self, verdict: Verdict | None) -> None:
        """Show the lines of one kind; None for all that would change or are refused."""
        self._verdict = verdict
        self.more(0)

    def more(self, start: int) -> None:
        """Show the lines from the ``start``-th on."""
        number = self._asked.next()
        self._tools.spawn(self._more(start, number), f"import.lines.{number}")

    async def _more(self, start: int, number: int) -> None:
        review, verdict = self._review, self._verdict
        if review is None:
            return
        lines = await self._tools.pools.run("disk", review.lines, verdict, start, PAGE)
        if self._asked.is_current(number):
            self._view.show_lines(lines, start)

    def apply(self) -> None:
        """Take the file in: everything that is neither refused nor in conflict, or nothing."""
        self._step(self._apply, "Taking in…")

    async def _apply(self) -> None:
        plan = self._plan
        assert plan is not None
        exchange = self._workspace.exchange
        result = await self._working.run(
            lambda cancel, report: exchange.apply(plan, cancel=cancel, progress=report)
        )
        await self._tools.store(self._workspace.wake)
        self._set_id = result.set_id
        counts = FileReview(plan).counts()
        self._view.show_result(result, counts[Verdict.REFUSED] + counts[Verdict.CONFLICT])

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

    def save_report(self, path: Path) -> None:
        """Write the lines that are not taken in to ``path``."""
        self._tools.spawn(self._save_report(path), "import.report")

    async def _save_report(self, path: Path) -> None:
        plan = self._plan
        if plan is not None:
            write = self._workspace.exchange.write_report
            count = await self._tools.pools.run("disk", write, plan, path)
            self._view.show_report(path, count)

    # -- stopping --

    def stop(self) -> None:
        """Stop what is under way; nothing is half done."""
        self._working.stop()

    async def close(self) -> None:
        """Stop, and let go of what was compared."""
        self._working.stop()
        await self._forget()

    async def _forget(self) -> None:
        plan, self._plan, self._review = self._plan, None, None
        self._asked.next()
        if plan is not None:
            await self._tools.pools.run("disk", plan.close)

    def _step(self, work: Step, words: str) -> None:
        name = f"import.step.{self._steps.next()}"
        spawn_step(self._tools, self._view, name, work, words)


Step = Callable[[], Coroutine[Any, Any, None]]


def spawn_step(tools: Tools, view: ReviewView, name: str, work: Step, words: str) -> None:
    """Start one step of a dialog, which shows nothing else meanwhile; a fault is shown there.

    Each has a name of its own: one may begin with the click that the last one's end made possible.
    """
    view.show_working(words)
    tools.spawn(_in_dialog(work, view), name)


async def _in_dialog(work: Step, view: ReviewView) -> None:
    try:
        await work()
    except KodaError as error:
        view.show_fault(error)

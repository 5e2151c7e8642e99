"""Many listings changed at once: looked at while the verb is chosen, then done as one set."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.messages import MessageAction
from koda_desktop.controllers.tools import Latest, Tools, to_loop
from koda_desktop.errors import Cancelled, KodaError
from koda_desktop.runtime.work import CancelToken, Progress

if TYPE_CHECKING:
    from koda_desktop.controllers.history import HistoryController
    from koda_desktop.sync.bulk.planning import Plan
    from koda_desktop.sync.bulk.proposing import Verb
    from koda_desktop.sync.rows import Selection
    from koda_desktop.workspace.facade import Workspace


class BulkView(Protocol):
    """The dialog in which a verb is chosen."""

    def show_plan(self, plan: Plan) -> None: ...
    def show_problem(self, text: str, fields: Collection[str] = ()) -> None: ...
    def show_progress(self, progress: Progress) -> None: ...
    def show_done(self) -> None: ...


class BulkController:
    """For one dialog: ``selection`` is what is changed."""

    def __init__(
        self,
        tools: Tools,
        workspace: Workspace,
        history: HistoryController,
        selection: Selection,
        view: BulkView,
    ) -> None:
        self._tools = tools
        self._workspace = workspace
        self._history = history
        self._selection = selection
        self._view = view
        self._asked = Latest()
        self._looking = CancelToken()
        self._doing = CancelToken()

    def look(self, verb: Verb) -> None:
        """Find out what ``verb`` would do; an earlier look that is not done is given up."""
        self._looking.cancel()
        self._looking = CancelToken()
        number = self._asked.next()
        self._tools.spawn(self._look(verb, number, self._looking), f"bulk.look.{number}")

    async def _look(self, verb: Verb, number: int, cancel: CancelToken) -> None:
        try:
            plan = await self._tools.store(
                self._workspace.bulk.plan, self._selection, verb, cancel=cancel
            )
        except Cancelled:
            return
        except KodaError as error:
            if self._asked.is_current(number):
                fields = error.facts.get("fields")
                wrong = tuple(fields) if isinstance(fields, dict) else ()
                self._view.show_problem(f"{error.what} {error.remedy}".strip(), wrong)
            return
        if self._asked.is_current(number):
            self._view.show_plan(plan)

    def forget(self) -> None:
        """There is no verb just now: whatever is being looked at is of no use."""
        self._looking.cancel()
        self._asked.next()

    def apply(self, plan: Plan) -> None:
        """Do what was planned; the view is told how far it is, and when it is done."""
        self._doing = CancelToken()
        self._tools.spawn(self._apply(plan), "bulk.apply")

    def stop(self) -> None:
        """Stop what is being done: then nothing of it is done."""
        self._doing.cancel()

    async def _apply(self, plan: Plan) -> None:
        progress = to_loop(self._view.show_progress)
        try:
            result = await self._tools.store(
                self._workspace.bulk.apply, plan, cancel=self._doing, progress=progress
            )
        except KodaError as error:
            words = f"{error.what} {error.kept} {error.remedy}".strip()
            is_stopped = isinstance(error, Cancelled)
            self._view.show_problem("Stopped. Nothing was changed." if is_stopped else words)
            return
        self._view.show_done()
        await self._tools.store(self._workspace.wake)
        undo = [MessageAction("Undo", lambda: self._history.undo(result.set_id))]
        self._history.told(result, "done", *(undo if result.set_id else []))

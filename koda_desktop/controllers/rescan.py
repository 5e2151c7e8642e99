"""The files of selected listings looked at again: how far that is, and what was found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.tools import Tools, to_loop
from koda_desktop.errors import KodaError
from koda_desktop.runtime.work import CancelToken, Progress

if TYPE_CHECKING:
    from koda_desktop.sync.rows import Selection
    from koda_desktop.workflows.inspection import Inspection
    from koda_desktop.workspace.facade import Workspace
    from koda_desktop.workspace.rescan import RescanReport

Inspect = Callable[[Path], "Inspection"]


class RescanView(Protocol):
    """The dialog."""

    def show_progress(self, progress: Progress) -> None: ...
    def show_report(self, report: RescanReport) -> None: ...
    def show_problem(self, error: KodaError) -> None: ...


class RescanController:
    """For one dialog: ``selection`` is what is looked at. ``inspect`` blocks."""

    def __init__(
        self,
        tools: Tools,
        workspace: Workspace,
        inspect: Inspect,
        selection: Selection,
        view: RescanView,
    ) -> None:
        self._tools = tools
        self._workspace = workspace
        self._inspect = inspect
        self._selection = selection
        self._view = view
        self._token = CancelToken()
        self._is_ended = False

    def begin(self) -> None:
        """Look at the files; the report follows."""
        self._tools.spawn(self._look(), "rescan")

    def stop(self) -> None:
        """Go no further; the report tells of what was looked at until now."""
        self._token.cancel()

    async def _look(self) -> None:
        def show(progress: Progress) -> None:
            if not self._is_ended:
                self._view.show_progress(progress)

        try:
            report = await self._tools.pools.run(
                "disk",
                self._workspace.rescan.look,
                self._selection,
                self._inspect,
                cancel=self._token,
                progress=to_loop(show),
            )
        except KodaError as error:
            self._is_ended = True
            self._view.show_problem(error)
            return
        self._is_ended = True
        self._view.show_report(report)

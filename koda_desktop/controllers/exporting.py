"""The export dialog: which listings, which columns, which format; then the file is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.tools import Tools
from koda_desktop.controllers.working import Working
from koda_desktop.errors import KodaError
from koda_desktop.runtime.work import Progress
from koda_desktop.sync.rows import Selection

if TYPE_CHECKING:
    from koda_desktop.sync.exchange.exporting import ExportOptions, ExportReport
    from koda_desktop.workspace.facade import Workspace


class ExportView(Protocol):
    def show_working(self, words: str) -> None: ...

    def show_progress(self, progress: Progress) -> None: ...

    def show_done(self, report: ExportReport) -> None: ...

    def show_fault(self, error: KodaError) -> None: ...


class ExportController:
    """Writes one file at a time, on a pool."""

    def __init__(self, tools: Tools, workspace: Workspace, view: ExportView) -> None:
        self._tools = tools
        self._workspace = workspace
        self._view = view
        self._working = Working(tools, view.show_progress)

    def export(self, selection: Selection, path: Path, options: ExportOptions) -> None:
        """Write the listings of ``selection`` to ``path``."""
        self._view.show_working("Writing the file…")
        self._tools.spawn(self._export(selection, path, options), "export.step")

    async def _export(self, selection: Selection, path: Path, options: ExportOptions) -> None:
        exchange = self._workspace.exchange
        try:
            report = await self._working.run(
                lambda cancel, progress: exchange.export(
                    selection, path, options, cancel=cancel, progress=progress
                )
            )
        except KodaError as error:
            self._view.show_fault(error)
        else:
            self._view.show_done(report)

    def stop(self) -> None:
        """Stop writing; what stood at the file's place stays."""
        self._working.stop()

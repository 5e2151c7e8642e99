"""Opens the dialogs of import, export and folders over the window, and watches a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from koda_desktop.controllers.exporting import ExportController
from koda_desktop.controllers.folders import FolderController, FolderWatch
from koda_desktop.controllers.importing import ImportController
from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Tools
from koda_desktop.sync.rows import ListingQuery, Selection
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.dialogs.export import ExportDialog, Offer
from koda_desktop.views.dialogs.folder import FolderDialog
from koda_desktop.views.dialogs.import_dialog import ImportDialog
from koda_desktop.views.preview_pictures import paint_preview
from koda_desktop.views.theme.theme import Theme
from koda_desktop.workflows.kept import NOTHING_KEPT

if TYPE_CHECKING:
    from koda_desktop.controllers.intake import Inspect
    from koda_desktop.workflows.inspection import Inspection
    from koda_desktop.workspace.facade import Workspace

_TABLES = "Listings (*.csv *.tsv *.txt *.jsonl *.ndjson *.xlsx);;All files (*)"
_FILTERS = {"csv": "CSV (*.csv)", "jsonl": "JSON Lines (*.jsonl)", "xlsx": "XLSX (*.xlsx)"}


class ExchangeFlow(QObject):
    """Made when the first of its dialogs is asked for."""

    def __init__(self, theme: Theme, tools: Tools, window: QWidget, inspect: Inspect) -> None:
        super().__init__(window)
        self._theme = theme
        self._tools = tools
        self._window = window
        self._inspect = inspect
        self._workspace: Workspace | None = None
        self._watch = FolderWatch(tools, self._tell_change)

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on; what was watched was another one's."""
        self._workspace = workspace
        self._watch.stop()

    # -- import --

    def import_file(self, path: Path | None = None) -> None:
        """Open the import dialog, with a file where one was dropped."""
        if self._workspace is not None:
            self._tools.spawn(self._import(self._workspace, path), "exchange.dialog")

    async def _import(self, workspace: Workspace, path: Path | None) -> None:
        dialog = ImportDialog(self._theme, self._window)
        controller = ImportController(self._tools, workspace, dialog)
        dialog.open_asked.connect(controller.open)
        dialog.compare_asked.connect(controller.compare)
        dialog.filter_asked.connect(controller.filter)
        dialog.more_asked.connect(controller.more)
        dialog.apply_asked.connect(controller.apply)
        dialog.undo_asked.connect(controller.undo)
        dialog.stop_asked.connect(controller.stop)
        chooser = _Chooser(self._tools, dialog)
        dialog.choose_asked.connect(lambda: chooser.file(dialog.open_file))
        dialog.report_asked.connect(lambda: chooser.report(dialog.path, controller.save_report))
        if path is not None:
            dialog.open_file(path)
        try:
            await ask(dialog)
        finally:
            await controller.close()

    # -- export --

    def export(self, picked: Selection, number: int, query: ListingQuery) -> None:
        """Open the export dialog for what is picked (``number`` listings), found, or all."""
        if self._workspace is not None:
            work = self._export(self._workspace, picked, number, query)
            self._tools.spawn(work, "exchange.dialog")

    async def _export(
        self, workspace: Workspace, picked: Selection, number: int, query: ListingQuery
    ) -> None:
        everything = ListingQuery()
        offers = [Offer("The selected listings", number, picked)] if number else []
        if query.is_narrowed:
            found = await self._tools.store(workspace.count, query)
            offers.append(Offer("Those that the filter finds", found, Selection(query=query)))
        total = await self._tools.store(workspace.count, everything)
        offers.append(Offer("All listings", total, Selection(query=everything)))
        dialog = ExportDialog(self._theme, self._window, offers)
        controller = ExportController(self._tools, workspace, dialog)
        chooser = _Chooser(self._tools, dialog)

        def write(path: Path) -> None:
            controller.export(dialog.selection, path, dialog.options)

        dialog.export_asked.connect(lambda: chooser.place(dialog.options.kind.value, write))
        dialog.stop_asked.connect(controller.stop)
        try:
            await ask(dialog)
        finally:
            controller.stop()

    # -- a folder --

    def folder(self, root: Path | None = None) -> None:
        """Open the folder dialog, with a folder where one was dropped."""
        if self._workspace is not None:
            self._tools.spawn(self._folder(self._workspace, root), "exchange.dialog")

    async def _folder(self, workspace: Workspace, root: Path | None) -> None:
        is_watched = self._watch.root is not None
        dialog = FolderDialog(self._theme, self._window, is_watched=is_watched)
        controller = FolderController(self._tools, workspace, self._look, paint_preview, dialog)
        dialog.compare_asked.connect(controller.compare)
        dialog.filter_asked.connect(controller.filter)
        dialog.more_asked.connect(controller.more)
        dialog.take_asked.connect(controller.apply)
        dialog.undo_asked.connect(controller.undo)
        dialog.stop_asked.connect(controller.stop)
        dialog.watch_asked.connect(lambda wanted: self._keep_watch(dialog.root, wanted))
        chooser = _Chooser(self._tools, dialog)
        dialog.choose_asked.connect(lambda: chooser.folder(controller.compare))
        if root is not None:
            controller.compare(root)
        try:
            await ask(dialog)
        finally:
            controller.stop()

    def _look(self, path: Path) -> Inspection:
        return self._inspect(path, NOTHING_KEPT)

    def _keep_watch(self, root: Path, wanted: bool) -> None:
        if wanted:
            self._watch.start(root)
        else:
            self._watch.stop()

    def _tell_change(self, root: Path) -> None:
        look = MessageAction("Look at it", lambda: self.folder(root))
        text = f"Files in {root.name} changed"
        self._tools.messages.tell(Level.INFO, text, "", look, key="folder-changed")


class _Chooser(QObject):
    """Asks for files and folders over a dialog; the answer is handed to ``then``."""

    def __init__(self, tools: Tools, parent: QWidget) -> None:
        super().__init__(parent)
        self._tools = tools
        self._parent = parent

    def file(self, then: Callable[[Path], None]) -> None:
        """A file of listings."""
        dialog = QFileDialog(self._parent, "Import listings from", "", _TABLES)
        dialog.setObjectName("import-file-dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._ask(dialog, then)

    def folder(self, then: Callable[[Path], None]) -> None:
        """A folder."""
        dialog = QFileDialog(self._parent, "Choose a folder of workflow files")
        dialog.setObjectName("folder-file-dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._ask(dialog, then)

    def place(self, kind: str, then: Callable[[Path], None]) -> None:
        """Where an exported file goes."""
        self._save(f"listings.{kind}", kind, "Export listings to", then)

    def report(self, source: Path, then: Callable[[Path], None]) -> None:
        """Where the rows go that were not taken in."""
        name = str(source.with_suffix(".errors.csv"))
        self._save(name, "csv", "Save what was not taken in", then)

    def _save(self, name: str, kind: str, title: str, then: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._parent, title, name, _FILTERS[kind])
        dialog.setObjectName("save-listings-dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(name)
        self._ask(dialog, then)

    def _ask(self, dialog: QFileDialog, then: Callable[[Path], None]) -> None:
        self._tools.spawn(self._asked(dialog, then), "exchange.choose")

    async def _asked(self, dialog: QFileDialog, then: Callable[[Path], None]) -> None:
        if await ask(dialog):
            then(Path(dialog.selectedFiles()[0]))

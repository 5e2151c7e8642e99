"""What the window asks before something is done with work, transfers and keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.controllers.messages import Level
from koda_desktop.sync.conflict_rows import ConflictRow
from koda_desktop.sync.rows import OperationRow
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.services import Services
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from koda_desktop.sync.sales.rows import SaleQuery
    from koda_desktop.views.main_window import MainWindow


class WindowAsks:
    """Opens dialogs over ``window``; each is made when it is asked for."""

    def __init__(self, window: MainWindow, theme: Theme, services: Services) -> None:
        self._window = window
        self._theme = theme
        self._services = services

    def file_folder(self, listing_id: str) -> None:
        """Ask for a folder and fetch the listing's file into it."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._window, "Save the file of this listing into")
        dialog.setObjectName("save-file-dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._services.tools.spawn(self._file_folder(dialog, listing_id), "window.save-file")

    async def _file_folder(self, dialog: QFileDialog, listing_id: str) -> None:
        if await ask(dialog):
            folder = Path(dialog.selectedFiles()[0])
            window = self._window
            window.work.transfers.download(listing_id, folder, lambda: window.go("transfers"))

    def version_file(self) -> None:
        """Ask for a file that is to be that of the listing in the editor."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._window, "Another file for this listing")
        dialog.setObjectName("version-file-dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._services.tools.spawn(self._version_file(dialog), "window.version-file")

    async def _version_file(self, dialog: QFileDialog) -> None:
        versions = self._window.work.pages.versions
        if await ask(dialog) and versions is not None:
            versions.offer(Path(dialog.selectedFiles()[0]))

    def sales_file(self, query: SaleQuery) -> None:
        """Ask for a file and write the orders of ``query`` to it."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._window, "Export these orders")
        dialog.setObjectName("sales-file-dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["CSV (*.csv)", "Excel (*.xlsx)", "JSON Lines (*.jsonl)"])
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("orders.csv")
        self._services.tools.spawn(self._sales_file(dialog, query), "window.sales-file")

    async def _sales_file(self, dialog: QFileDialog, query: SaleQuery) -> None:
        sales = self._window.work.pages.sales
        if await ask(dialog) and sales is not None:
            sales.export(query, Path(dialog.selectedFiles()[0]))

    def picture(self, listing_id: str) -> None:
        """Ask for a picture and make it the listing's preview."""
        self._services.tools.spawn(self._picture(listing_id), "window.picture")

    async def _picture(self, listing_id: str) -> None:
        from koda_desktop.views.dialogs.picture import ask_picture

        path = await ask_picture(self._window)
        if path is not None:
            self._window.work.previews.choose(listing_id, path)

    def speed(self, begun: int | None) -> None:
        """Ask for a speed limit of one's own; ``begun`` is the one in force, bytes a second."""
        self._services.tools.spawn(self._speed(begun), "window.limit")

    async def _speed(self, begun: int | None) -> None:
        from koda_desktop.views.dialogs.speed import SpeedDialog

        dialog = SpeedDialog(self._theme, self._window, begun)
        if await ask(dialog):
            self._window.work.transfers.limit(dialog.bytes_per_second)

    def value(self, row: ConflictRow) -> None:
        """Ask for another value of a field in conflict."""
        self._services.tools.spawn(self._value(row), "window.value")

    async def _value(self, row: ConflictRow) -> None:
        """Ask until a value was accepted or the person gave up."""
        from koda_desktop.views.dialogs.value import ValueDialog

        value, problem = row.mine.value, ""
        while True:
            dialog = ValueDialog(
                self._theme, self._window, row.field, row.listing_title, value, problem
            )
            if not await ask(dialog):
                return
            value = dialog.value
            problem = await self._window.work.conflicts.settle_by(row, value)
            if not problem:
                return

    def drop(self, rows: Sequence[OperationRow]) -> None:
        """Drop ``rows``, after a question where something that was typed would be lost."""
        from koda_desktop.views.activity_words import drop_words, kept_words

        question, (done, kept) = drop_words(rows), kept_words(rows)
        messages, activity = self._services.tools.messages, self._window.work.activity

        def told() -> None:
            messages.tell(Level.INFO, done, kept, key="dropped")

        if question is None:
            activity.drop(rows, told)
        else:
            self._window.confirm(*question, "Drop", lambda: activity.drop(rows, told))

    def keys(self, name: str) -> None:
        """Ask for new keys of the workspace ``name``."""
        self._services.tools.spawn(self._keys(name), "window.keys")

    async def _keys(self, name: str) -> None:
        from koda_desktop.views.dialogs.keys import KeysDialog

        update, spawn = self._window.work.workspaces.update_keys, self._services.tools.spawn
        await ask(KeysDialog(self._theme, self._window, name, spawn, update))

"""The table as a spreadsheet over a real store: typed, pasted, undone, and kept by a restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from koda_desktop.controllers.preferences import Preferences
from koda_desktop.models.listing_fields import check_value
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.runtime.settings import Settings
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.services import Services
from koda_desktop.views.tables.listings_columns import Column
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace import Workspace, WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.allowances import Allowances
from tests.controllers.support import Bench, until
from tests.sync.desk import inspection
from tests.views.fakes import FakeDesk

assert check_value("price", 1) == (1, "")  # what is loaded once is loaded before anyone waits
RESOURCES = Path(__file__).resolve().parents[2] / "resources"
INFO = WorkspaceInfo("offline", WorkspaceKind.OFFLINE)
CTRL = Qt.KeyboardModifier.ControlModifier
_Flag = QItemSelectionModel.SelectionFlag


class Desktop:
    """A shown window over a store with three drafts, by title from A to C."""

    def __init__(self, theme: Theme, folder: Path) -> None:
        self.folder = folder
        self.bench = Bench()
        self.workspace = Workspace.open(Paths(folder / "data"), INFO)
        self.ids = [
            self.workspace.draft(inspection(name.encode()), {"title": name, "price": 5})
            for name in "ABC"
        ]
        self.window = MainWindow(theme)
        self.window.begin(self._services())
        self.window.resize(1500, 800)

    def _services(self) -> Services:
        async def open_workspace(chosen: WorkspaceInfo | None) -> None:
            return None

        return Services(
            tools=self.bench.tools,
            preferences=Preferences(self.bench.tools, Settings(self.folder / "settings", {})),
            desk=FakeDesk((INFO,)),
            open_workspace=open_workspace,
            inspect=lambda path, kept: inspect_path(path, kept=kept),
            allowances=Allowances(self.folder, SystemClock()),
            clock=SystemClock(),
            version="0",
            data_folder=self.folder,
            licences=self.folder,
        )

    @property
    def table(self) -> ListingsTable:
        return self.window.listings_page.table

    async def see(self, condition: Callable[[], Any]) -> None:
        await until(condition, QApplication.processEvents)

    async def start(self) -> None:
        self.window.show()
        self.window.use(self.workspace)
        await self.see(lambda: self.table.listings.row_at(2))
        self.table.sort_asked.emit(int(Column.TITLE), False)
        await self.see(lambda: self.titles() == [*"ABC"])

    def titles(self) -> list[str]:
        return [self.table.listings.index(line, 0).data() for line in range(3)]

    def prices(self) -> list[Any]:
        return [self.workspace.listing(one).document.get("price") for one in self.ids]

    def go(self, line: int, column: Column) -> None:
        self.table.setFocus()
        self.table.picked.start_anew()
        index = self.table.listings.index(line, column)
        self.table.selectionModel().setCurrentIndex(index, _Flag.ClearAndSelect)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focused: QWidget = self.window.focusWidget()
        QTest.keyClick(focused, key, held)

    async def close(self) -> None:
        self.table.clear_selection()
        self.window.leave()
        await self.bench.close()
        self.window.close_for_good()
        self.window.deleteLater()
        self.workspace.close()
        QApplication.processEvents()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, RESOURCES, Scheme.LIGHT)
    yield made
    qapp.setStyleSheet("")
    made.setParent(None)
    made.deleteLater()


Play = Callable[[Callable[[Desktop], Awaitable[None]]], None]


@pytest.fixture
def play(run_async: Any, theme: Theme, tmp_path: Path) -> Play:
    async def staged(scene: Callable[[Desktop], Awaitable[None]]) -> None:
        desktop = Desktop(theme, tmp_path)
        await desktop.start()
        try:
            await scene(desktop)
        finally:
            await desktop.close()

    return lambda scene: run_async(staged(scene))


def test_typed_pasted_undone_and_kept(play: Play, tmp_path: Path) -> None:
    ids: list[str] = []

    async def scene(desktop: Desktop) -> None:
        ids.extend(desktop.ids)
        desktop.go(0, Column.PRICE)
        QTest.keyClicks(desktop.table, "7")
        desktop.key(Qt.Key.Key_Return)
        await desktop.see(lambda: desktop.prices() == [7, 5, 5])
        desktop.go(0, Column.PRICE)
        QGuiApplication.clipboard().setText("9,99\nmuch\n12\n")
        desktop.key(Qt.Key.Key_V, CTRL)
        await desktop.see(lambda: desktop.prices() == [9.99, 5, 12])
        await desktop.see(lambda: desktop.table.listings.faults)
        [faulty] = desktop.table.listings.faults
        assert faulty == (desktop.ids[1], Column.PRICE)
        await desktop.see(lambda: not desktop.bench.tools.background.is_running("history.undo"))
        desktop.window.work.bulk.history.undo()
        await desktop.see(lambda: desktop.prices() == [7, 5, 5])
        names = [one.name for one in desktop.workspace.history.listed()[:3]]
        assert names == ["Paste into price", "Paste into price", "Edit price"]

    play(scene)
    again = Workspace.open(Paths(tmp_path / "data"), INFO)
    assert [again.listing(one).document["price"] for one in ids] == [7, 5, 5]
    again.close()

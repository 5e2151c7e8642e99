"""A shown window over a made-up workspace, with real controllers, for tests of views."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QTextEdit,
    QWidget,
)

from koda_desktop.controllers.preferences import Preferences
from koda_desktop.runtime.settings import Settings
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.services import Services
from koda_desktop.views.theme.theme import Theme
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace.allowances import Allowances
from koda_desktop.workspace.info import WorkspaceInfo
from tests.controllers.support import Bench, until
from tests.views.fakes import FakeDesk, FakeWorkspace, StillClock
from tests.views.gallery_data import INFOS, activity_rows, catalogue, transfer_rows
from tests.views.gallery_work import conflict_rows

W = TypeVar("W", bound=QWidget)
_TAKES_INPUT = (QAbstractButton, QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractItemView)


class Stage:
    """A shown window over a made-up workspace."""

    def __init__(
        self, window: MainWindow, workspace: FakeWorkspace, bench: Bench, desk: FakeDesk
    ) -> None:
        self.desk = desk
        self.window = window
        self.workspace = workspace
        self.bench = bench

    def part(self, kind: type[W], name: str) -> W:
        found = self.window.findChild(kind, name)
        assert isinstance(found, kind), name
        return found

    async def seen(self, kind: type[W], name: str) -> W:
        """The part ``name`` once it is seen; another of that name may be on its way out."""
        await self.see(lambda: self.is_seen(name))
        return next(p for p in self.window.findChildren(kind, name) if p.isVisible())

    def is_seen(self, name: str) -> bool:
        return any(part.isVisible() for part in self.window.findChildren(QWidget, name))

    async def see(self, condition: Callable[[], Any]) -> None:
        await until(condition, QApplication.processEvents)

    def is_running(self, name: str) -> bool:
        return self.bench.tools.background.is_running(name)

    async def open_first(self) -> None:
        """Select the first listing and wait for its details."""
        self.window.listings_page.table.select_line(0)
        await self.see(lambda: self.window.findChild(QLineEdit, "listing-title"))
        title = self.part(QLineEdit, "listing-title")
        await self.see(lambda: title.text() == self.first_title())

    def first_title(self) -> str:
        return str(self.window.listings_page.model.index(0, 0).data())


Scene = Callable[[Stage], Awaitable[None]]
Play = Callable[..., None]


async def staged(scene: Scene, theme: Theme, folder: Path, first_run: bool) -> None:
    bench = Bench()
    desk = FakeDesk(() if first_run else INFOS)
    workspace = FakeWorkspace(catalogue())
    workspace.operation_rows = activity_rows()
    workspace.transfer_rows = transfer_rows()
    workspace.conflict_rows = conflict_rows()
    window: MainWindow

    async def open_workspace(info: WorkspaceInfo | None) -> None:
        window.use(workspace if info else None)

    preferences = Preferences(bench.tools, Settings(folder / "settings.json", {}))
    allowances = Allowances(folder, StillClock())
    services = Services(
        tools=bench.tools,
        preferences=preferences,
        desk=desk,
        open_workspace=open_workspace,
        inspect=lambda path, kept: inspect_path(path, allowed=allowances.digests(), kept=kept),
        allowances=allowances,
        clock=StillClock(),
        version="0",
        data_folder=folder,
        licences=folder,
    )
    window = MainWindow(theme)
    window.begin(services)
    stage = Stage(window, workspace, bench, desk)
    window.show()
    window.use(None if first_run else workspace)
    if not first_run:
        await stage.see(lambda: window.listings_page.model.line_of(catalogue()[0].id) >= 0)
    try:
        await scene(stage)
    finally:
        window.work.pages.stop_watching()
        await bench.close()
        window.close_for_good()
        window.deleteLater()
        QApplication.processEvents()


def move_mouse(view: QWidget, to: QPoint, held: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """The mouse moved over ``view``: also with a button held, or where it is already, unlike
    QTest's own moves.
    """
    here, where = to.toPointF(), view.mapToGlobal(to).toPointF()
    none = Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, here, where, held, held, none)
    QApplication.sendEvent(view, move)


def words_begin(button: QPushButton) -> int:
    """Where the icon or the words of ``button`` begin in its window."""
    option = QStyleOptionButton()
    button.initStyleOption(option)
    inner = QStyle.SubElement.SE_PushButtonContents
    return begins(button) + button.style().subElementRect(inner, option, button).x()


def begins(widget: QWidget) -> int:
    """Where ``widget`` begins in its window."""
    return widget.mapTo(widget.window(), QPoint()).x()


def ends(widget: QWidget) -> int:
    """Where ``widget`` ends in its window."""
    return begins(widget) + widget.width()


def by_keys(stage: Stage) -> tuple[Callable[[], None], Callable[[], None]]:
    """Saving and publishing by their keys."""
    held = Qt.KeyboardModifier.ControlModifier

    def press(key: Qt.Key) -> None:
        QTest.keyClick(stage.window, key, held)

    return partial(press, Qt.Key.Key_S), partial(press, Qt.Key.Key_Return)


def acted_on(window: QWidget) -> list[QWidget]:
    """What takes input, without the parts Qt builds its own widgets of."""
    own = [w for w in window.findChildren(QWidget) if isinstance(w, _TAKES_INPUT)]
    return [w for w in own if not w.objectName().startswith("qt_") and not _is_inside(w)]


def _is_inside(widget: QWidget) -> bool:
    """Whether ``widget`` is a part of a combo box, a table or a spin box."""
    parent = widget.parentWidget()
    kinds = (QComboBox, QAbstractItemView)
    while parent is not None:
        if isinstance(parent, kinds) or type(parent).__name__ == "QComboBoxPrivateContainer":
            return True
        parent = parent.parentWidget()
    return False

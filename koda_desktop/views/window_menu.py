"""The main menu: opened from the head of the navigation or with F10."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from koda_desktop.controllers.workspaces import WorkspacesController
from koda_desktop.views.actions import Act, Actions
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.workspace_button import WorkspaceButton
from koda_desktop.workspace.info import Places, WorkspaceInfo


def rounded_menu(parent: QWidget) -> QMenu:
    """A menu whose corners are really round."""
    menu = QMenu(parent)
    menu.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    menu.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    return menu


class WindowMenu:
    """The workspaces first, then every action, then Quit."""

    def __init__(
        self,
        theme: Theme,
        button: WorkspaceButton,
        actions: Actions,
        workspaces: WorkspacesController,
    ) -> None:
        self._theme = theme
        self._button = button
        self._actions = actions
        self._workspaces = workspaces
        self._known: list[WorkspaceInfo] = []
        self._current = ""
        self._menu: QMenu | None = None
        button.clicked.connect(self.open)
        workspaces.add_view(self)

    def show_workspaces(self, known: list[WorkspaceInfo], current: str) -> None:
        self._known, self._current = known, current

    def show_places(self, places: Places) -> None:
        """WorkspacesView: of no use here."""

    def open(self) -> None:
        """Show the menu below the button."""
        if self._menu is not None:
            self._menu.deleteLater()
        menu = self._menu = rounded_menu(self._button)
        menu.setObjectName("main-menu")
        menu.setMinimumWidth(248)
        self._add_workspaces(menu)
        for name in ("File", "Edit", "View", "Help"):
            actions = self._actions.in_menu(name)
            menu.addActions([a for a in actions if a is not self._actions[Act.QUIT]])
            menu.addSeparator()
        menu.addAction(self._actions[Act.QUIT])
        menu.popup(self._button.mapToGlobal(QPoint(0, self._button.height() + 4)))

    def _add_workspaces(self, menu: QMenu) -> None:
        for info in self._known:
            action: QAction = menu.addAction(info.name)
            action.setObjectName(f"menu-workspace-{info.name}")
            if info.name == self._current:
                action.setIcon(self._theme.icon("check", "accent-text", 16))
            else:
                action.triggered.connect(self._user(info.name))
        if self._known:
            menu.addSeparator()

    def _user(self, name: str) -> Callable[[bool], None]:
        def use(checked: bool) -> None:
            self._workspaces.use(name)

        return use

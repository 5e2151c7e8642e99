"""What the command palette offers in this window, and doing what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from koda_desktop.controllers.palette import LISTING, Command, PaletteController
from koda_desktop.views.actions import ACTIONS, Act, Actions, key_words
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.dialogs.palette import PaletteDialog

if TYPE_CHECKING:
    from koda_desktop.controllers.keys import KeyBindings
    from koda_desktop.controllers.workspaces import WorkspacesController
    from koda_desktop.views.main_window import MainWindow
    from koda_desktop.views.services import Services
    from koda_desktop.views.theme.theme import Theme
    from koda_desktop.workspace.facade import Workspace
    from koda_desktop.workspace.info import Places, WorkspaceInfo

_WORKSPACE = "workspace:"
_GROUPS = {"File": "Command", "Edit": "Command", "View": "Go to", "Help": "Help", "": "Window"}


class PaletteFlow:
    """Opens the palette over ``window``: its actions, the workspaces, and the listings."""

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        services: Services,
        actions: Actions,
        bindings: KeyBindings,
        workspaces: WorkspacesController,
    ) -> None:
        self._window = window
        self._theme = theme
        self._services = services
        self._actions = actions
        self._bindings = bindings
        self._workspaces = workspaces
        self._workspace: Workspace | None = None
        self._known: list[WorkspaceInfo] = []
        self._current = ""
        workspaces.add_view(self)

    def use(self, workspace: Workspace | None) -> None:
        """Find the listings of ``workspace`` from now on."""
        self._workspace = workspace

    def show_workspaces(self, known: list[WorkspaceInfo], current: str) -> None:
        """WorkspacesView: each of the others can be switched to."""
        self._known, self._current = known, current

    def show_places(self, places: Places) -> None:
        """WorkspacesView: of no use here."""

    def open(self) -> None:
        """Show the palette; nothing happens while it is shown."""
        self._services.tools.spawn(self._opened(), "window.palette")

    async def _opened(self) -> None:
        services = self._services
        dialog = PaletteDialog(self._theme, self._window)
        controller = PaletteController(
            services.tools, services.preferences, dialog, self.commands(), self._workspace
        )
        dialog.typed.connect(controller.search)
        controller.search("")
        dialog.open_over(self._window)
        await ask(dialog)
        if dialog.chosen is not None:
            controller.remember(dialog.chosen)
            self._run(dialog.chosen.name)

    def commands(self) -> list[Command]:
        """What can be done now, without the listings."""
        acts = [act for act in ACTIONS if act is not Act.PALETTE and self._actions[act].isEnabled()]
        others = [info.name for info in self._known if info.name != self._current]
        return [
            *map(self._command, acts),
            *(
                Command(f"{_WORKSPACE}{name}", f"Switch to {name}", "Workspace", icon="store")
                for name in others
            ),
        ]

    def _command(self, act: Act) -> Command:
        words = ACTIONS[act]
        keys = self._bindings.of(act)
        hint = key_words(keys[0]) if keys else ""
        return Command(act.value, words.text, _GROUPS[words.menu], hint, words.icon)

    def _run(self, name: str) -> None:
        if name.startswith(LISTING):
            self._window.show_listing(name.removeprefix(LISTING))
        elif name.startswith(_WORKSPACE):
            self._workspaces.use(name.removeprefix(_WORKSPACE))
        else:
            self._actions[Act(name)].trigger()

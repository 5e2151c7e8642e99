"""From Settings to the allowed values: opens their dialog and asks before one is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.allowances import AllowancesController
from koda_desktop.controllers.tools import Tools
from koda_desktop.views.dialogs.allowances import AllowancesDialog
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.dialogs.confirm import ConfirmDialog
from koda_desktop.views.format import counted
from koda_desktop.views.theme.theme import Theme
from koda_desktop.workspace.allowances import Allowance


class AllowancesFlow(QObject):
    """Opens the dialog over ``window``; ``controller`` reads and withdraws."""

    def __init__(
        self, theme: Theme, tools: Tools, window: QWidget, controller: AllowancesController
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._tools = tools
        self._window = window
        self._controller = controller
        self._dialog: AllowancesDialog | None = None

    @Slot()
    def open(self) -> None:
        """Show the allowed values."""
        self._tools.spawn(self._open(), "allowances.open")

    async def _open(self) -> None:
        dialog = self._dialog = AllowancesDialog(self._theme, self._window)
        dialog.withdraw_asked.connect(self._ask_withdraw)
        self._controller.add_view(dialog)
        self._controller.refresh()
        try:
            await ask(dialog)
        finally:
            self._controller.remove_view(dialog)
            self._dialog = None

    @Slot(object)
    def _ask_withdraw(self, chosen: Sequence[Allowance]) -> None:
        self._tools.spawn(self._withdraw(chosen), "allowances.ask")

    async def _withdraw(self, chosen: Sequence[Allowance]) -> None:
        these = "this value" if len(chosen) == 1 else "these values"
        title = f"Withdraw {counted(len(chosen), 'allowance')}?"
        text = (
            f"Files that hold {these} are blocked again: they cannot be published until the value "
            "is out of them or allowed anew. What is published already stays as it is."
        )
        question = ConfirmDialog(self._theme, self._dialog, title, text, "Withdraw")
        if await ask(question):
            self._controller.withdraw([one.digest for one in chosen])

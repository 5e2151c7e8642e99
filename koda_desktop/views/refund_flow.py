"""Refunding an order from the window: the dialog and its controller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from koda_desktop.controllers.refunding import RefundController
from koda_desktop.runtime.ids import new_uuid
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.dialogs.refund import RefundDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from koda_desktop.controllers.tools import Tools
    from koda_desktop.views.theme.theme import Theme
    from koda_desktop.workspace.facade import Workspace


class RefundFlow:
    """Opens the refund dialog over ``parent``, one at a time."""

    def __init__(self, theme: Theme, tools: Tools, parent: QWidget) -> None:
        self._theme = theme
        self._tools = tools
        self._parent = parent

    def open(self, workspace: Workspace, order_id: str, number: str) -> None:
        """Ask how much of the order is to be given back; nothing happens while one is asked."""
        self._tools.spawn(self._open(workspace, order_id, number), "window.refund")

    async def _open(self, workspace: Workspace, order_id: str, number: str) -> None:
        dialog = RefundDialog(self._theme, self._parent, number)
        controller = RefundController(self._tools, dialog, workspace, order_id, new_uuid)
        dialog.looked.connect(controller.look)
        dialog.refund_asked.connect(controller.refund)
        controller.load()
        await ask(dialog)
        controller.leave()

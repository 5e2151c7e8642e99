"""A question before something that cannot be taken back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.layouts import column


class ConfirmDialog(Dialog):
    """``verb`` names what the red button does; Cancel has the keyboard's focus."""

    def __init__(
        self, theme: Theme, parent: QWidget | None, title: str, text: str, verb: str
    ) -> None:
        super().__init__(parent, title, "confirm-dialog")
        cancel = Button(theme, "Cancel", "confirm-cancel")
        confirm = Button(theme, verb, "confirm-accept", kind=Kind.DANGER)
        cancel.clicked.connect(self.reject)
        confirm.clicked.connect(self.accept)
        self.setFixedWidth(440)
        self.lay_out(column(), None, cancel, confirm, text=text)
        cancel.setFocus()

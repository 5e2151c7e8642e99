"""The question why a value that looks like a secret is none."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.controllers.intake_state import SecretLine
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column
from koda_desktop.workspace.allowances import REASON_MAX

_TEXT = (
    "It will pass in this file and in every other from now on. Only a fingerprint of the value "
    "and your reason are kept, on this computer. A real key would go to every buyer."
)


class AllowDialog(Dialog):
    """Accepted only with a reason; read ``reason`` before the next await."""

    def __init__(self, theme: Theme, parent: QWidget | None, secret: SecretLine) -> None:
        super().__init__(parent, "Why is this not a secret?", "allow-dialog")
        self._reason = QLineEdit()
        self._reason.setObjectName("allow-reason")
        self._reason.setMaxLength(REASON_MAX)
        self._reason.setPlaceholderText("For example: an id that is printed on every page")
        self._field = FormField("Reason", self._reason)
        cancel = Button(theme, "Cancel", "allow-cancel")
        self._accept = Button(theme, "Allow this value", "allow-accept", kind=Kind.PRIMARY)
        cancel.clicked.connect(self.reject)
        self._accept.clicked.connect(self._allow)
        self._reason.returnPressed.connect(self._allow)
        self._reason.textChanged.connect(self._typed)
        self.setFixedWidth(480)
        value = label(f"{secret.kind}   {secret.masked}", "mono")
        self.lay_out(column(value, self._field, gap=14), None, cancel, self._accept, text=_TEXT)
        self._reason.setFocus()

    @property
    def reason(self) -> str:
        return self._reason.text().strip()

    @Slot()
    def _typed(self) -> None:
        self._field.show_problem("")

    @Slot()
    def _allow(self) -> None:
        if self.reason:
            self.accept()
        else:
            self._field.show_problem("Say why, so that you still know it later.")
            self._reason.setFocus()

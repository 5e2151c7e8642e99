"""Asks for the name of a saved view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.layouts import column


class ViewNameDialog(Dialog):
    """``keep`` answers what is wrong with a name; the dialog closes once nothing is."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        begun: str,
        keep: Callable[[str], str],
    ) -> None:
        super().__init__(parent, title, "view-name-dialog")
        self._keep = keep
        self._edit = QLineEdit(begun)
        self._edit.setObjectName("view-name")
        self._edit.setMaxLength(60)
        self._edit.selectAll()
        self._field = FormField("Name", self._edit)
        cancel = Button(theme, "Cancel", "view-name-cancel")
        save = Button(theme, "Save", "view-name-save", kind=Kind.PRIMARY)
        save.setDefault(True)
        cancel.clicked.connect(self.reject)
        save.clicked.connect(self._save)
        self.setFixedWidth(420)
        text = "A view keeps the filter, the order and the columns. Its count stays up to date."
        self.lay_out(column(self._field), None, cancel, save, text=text)
        self._edit.setFocus()

    @Slot()
    def _save(self) -> None:
        problem = self._keep(self._edit.text())
        self._field.show_problem(problem)
        if not problem:
            self.accept()

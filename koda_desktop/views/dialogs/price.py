"""One price for many files that have none yet."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.format import counted
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.fee_line import FeeLine
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.layouts import column
from koda_desktop.views.widgets.price_field import PriceField


class PriceDialog(Dialog):
    """Accepted only with a price; read ``price_minor`` (cents) before the next await."""

    def __init__(self, theme: Theme, parent: QWidget | None, number: int) -> None:
        files = counted(number, "file has", "files have")
        super().__init__(parent, f"{files} no price yet", "price-dialog")
        self._price = PriceField(theme, "bulk-price")
        self._field = FormField("Price", self._price, "0 is free.")
        self._fee = FeeLine()
        cancel = Button(theme, "Cancel", "bulk-price-cancel")
        save = Button(theme, "Save as drafts", "bulk-price-accept", kind=Kind.PRIMARY)
        cancel.clicked.connect(self.reject)
        save.clicked.connect(self._save)
        self._price.returnPressed.connect(self._save)
        self._price.textChanged.connect(self._typed)
        self.setFixedWidth(440)
        text = "Give them one price now. You can change it in each draft later."
        self.lay_out(column(self._field, self._fee, gap=6), None, cancel, save, text=text)
        self._price.setFocus()

    @property
    def price_minor(self) -> int:
        return self._price.minor or 0

    @Slot()
    def _typed(self) -> None:
        self._field.show_problem("")
        self._fee.show_price(self._price.minor)

    @Slot()
    def _save(self) -> None:
        problem = self._price.problem()
        if problem:
            self._field.show_problem(problem)
            self._price.setFocus()
        else:
            self.accept()

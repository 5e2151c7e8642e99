"""A speed limit of one's own, in KB or MB a second."""

from __future__ import annotations

import math

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.layouts import column, holder, row

_UNITS = {"KB/s": 1_000, "MB/s": 1_000_000}
_LEAST, _MOST = 1_000, 100_000_000_000


class SpeedDialog(Dialog):
    """Accepted only with a speed; read ``bytes_per_second`` before the next await."""

    def __init__(self, theme: Theme, parent: QWidget | None, begun: int | None) -> None:
        super().__init__(parent, "Limit the speed of transfers", "speed-dialog")
        self._figure = QLineEdit()
        self._figure.setObjectName("speed-figure")
        self._figure.setAccessibleName("Speed")
        self._unit = Combo(theme, _UNITS, "speed-unit", "Unit")
        self._begin(begun)
        both = holder(row(self._figure, self._unit, gap=8))
        self._field = FormField("At most", both, "All uploads and downloads together.")
        cancel = Button(theme, "Cancel", "speed-cancel")
        save = Button(theme, "Set the limit", "speed-accept", kind=Kind.PRIMARY)
        cancel.clicked.connect(self.reject)
        save.clicked.connect(self._save)
        self._figure.returnPressed.connect(self._save)
        self.setFixedWidth(400)
        self.lay_out(column(self._field), None, cancel, save)
        self._figure.setFocus()

    def _begin(self, begun: int | None) -> None:
        unit = "MB/s" if begun is None or begun >= _UNITS["MB/s"] else "KB/s"
        self._unit.choose(unit)
        if begun is not None:
            self._figure.setText(f"{begun / _UNITS[unit]:g}")

    @property
    def bytes_per_second(self) -> int | None:
        """The speed that is typed; None while it is none."""
        try:
            figure = float(self._figure.text().strip().replace(",", "."))
        except ValueError:
            return None
        found = figure * _UNITS[self._unit.currentText()]
        return round(found) if math.isfinite(found) and _LEAST <= found <= _MOST else None

    @Slot()
    def _save(self) -> None:
        if self.bytes_per_second is None:
            self._field.show_problem("Write a figure, for example 2.5; 1 KB/s is the least.")
            self._figure.setFocus()
        else:
            self.accept()

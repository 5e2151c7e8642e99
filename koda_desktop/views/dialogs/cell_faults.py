"""The cells that a paste or a fill did not take in, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.format import count, counted
from koda_desktop.views.tables.listings_columns import COLUMNS, Column
from koda_desktop.views.tables.plain_table import Cell, Line, PlainTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column

if TYPE_CHECKING:
    from koda_desktop.sync.grid.planning import CellFault

_HEADINGS = ("Listing", "Column", "Wanted there", "Why not")
_WIDTHS = (0, 96, 0, 0)
_SHOWN = 1_000
_LEFT = 12


class CellFaultsDialog(Dialog):
    """``chosen`` carries the listing's key and the column of a cell to go to."""

    chosen = Signal(int, str)

    def __init__(self, theme: Theme, parent: QWidget | None, faults: Sequence[CellFault]) -> None:
        title = f"{counted(len(faults), 'cell')} not taken in"
        super().__init__(parent, title, "cell-faults-dialog")
        self._faults = faults[:_SHOWN]
        self.table = PlainTable(theme, _HEADINGS, _WIDTHS, "cell-faults", "Cells", _LEFT)
        self.table.show_lines([_line(n, one) for n, one in enumerate(self._faults)])
        self.table.pick(0)
        self.table.opened.connect(self._choose)
        words = "They stand as they were and are marked in the table; all else was saved."
        if len(faults) > _SHOWN:
            words += f" The first {count(_SHOWN)} are listed."
        go = Button(theme, "Go to the cell", "cell-faults-go")
        close = Button(theme, "Close", "cell-faults-close", kind=Kind.PRIMARY)
        go.clicked.connect(self._choose_current)
        close.clicked.connect(self.accept)
        body = column(label(words, "secondary", wrap=True), self.table, gap=12)
        self.resize(920, 460)
        self.setMinimumSize(600, 320)
        self.lay_out(body, None, go, close)

    @Slot()
    def _choose_current(self) -> None:
        self._choose(self.table.current_key())

    @Slot(object)
    def _choose(self, key: object) -> None:
        if isinstance(key, int):
            self.accept()
            self.chosen.emit(self._faults[key].key, self._faults[key].column)


def _line(number: int, fault: CellFault) -> Line:
    title = COLUMNS[Column[fault.column.upper()]].title
    written = Cell(fault.text) if fault.text.strip() else Cell("Nothing", "text-tertiary")
    name = Cell(fault.title, is_strong=True)
    return Line(number, (name, Cell(title), written, Cell(fault.reason, "danger-text", wraps=True)))

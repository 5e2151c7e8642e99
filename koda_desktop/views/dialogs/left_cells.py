"""What an undo left because it was changed since: kept, or set back all the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.rows import Side
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.format import count, counted
from koda_desktop.views.tables.plain_table import Cell, Line, PlainTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.value_words import field_name, value_words
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.layouts import column

if TYPE_CHECKING:
    from koda_desktop.sync.changesets.leftovers import LeftCell

_HEADINGS = ("Listing", "Field", "Now", "Before that change")
_WIDTHS = (0, 120, 0, 0)
_SHOWN = 1_000
_LEFT = 12


class LeftCellsDialog(Dialog):
    """``set_back_asked`` carries the LeftCells to be set back, ``chosen`` a listing to go to."""

    set_back_asked = Signal(object)
    chosen = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None, name: str, cells: Sequence[LeftCell]
    ) -> None:
        super().__init__(parent, f"Changed since “{name}”", "left-cells-dialog")
        self._cells = tuple(cells)
        self.table = PlainTable(theme, _HEADINGS, _WIDTHS, "left-cells", "Values", _LEFT)
        self.table.opened.connect(self._choose)
        self.table.show_lines([_line(n, one) for n, one in enumerate(self._cells[:_SHOWN])])
        self.table.pick(0)
        keep = Button(theme, "Keep all", "left-cells-keep")
        keep.clicked.connect(self.reject)
        one = Button(theme, "Set this back", "left-cells-one")
        one.clicked.connect(self._set_one)
        every = Button(
            theme, f"Set all {count(len(cells))} back", "left-cells-all", kind=Kind.PRIMARY
        )
        every.clicked.connect(self._set_all)
        words = (
            "These hold something newer, here or from the marketplace, and were left as they are. "
            "Setting them back is a change like any other, and can be undone."
        )
        if len(cells) > _SHOWN:
            words += f" The first {count(_SHOWN)} of {counted(len(cells), 'value')} are shown."
        self.resize(QSize(900, 460))
        self.setMinimumSize(QSize(620, 320))
        self.lay_out(column(self.table), None, keep, one, every, text=words)
        self.table.setFocus()

    @Slot()
    def _set_one(self) -> None:
        key = self.table.current_key()
        if isinstance(key, int):
            self._settle((self._cells[key],))

    @Slot()
    def _set_all(self) -> None:
        self._settle(self._cells)

    def _settle(self, cells: tuple[LeftCell, ...]) -> None:
        self.accept()
        self.set_back_asked.emit(cells)

    @Slot(object)
    def _choose(self, key: object) -> None:
        if isinstance(key, int):
            self.accept()
            self.chosen.emit(self._cells[key].listing_id)


def _line(number: int, cell: LeftCell) -> Line:
    name = Cell(cell.title or "A listing that is gone", is_strong=True)
    now, before = (_words(cell.field, value) for value in (cell.now, cell.before))
    field = Cell(field_name(cell.field), "text-secondary")
    return Line(number, (name, field, Cell(now), Cell(before, "text-secondary")))


def _words(field: str, value: object) -> str:
    is_set = value is not ABSENT
    return value_words(field, Side(is_set, value if is_set else None))

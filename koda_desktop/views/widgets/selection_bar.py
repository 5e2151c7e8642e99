"""The bar below the table while several listings are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from koda_desktop.sync.filters.terms import NumberColumn
from koda_desktop.views.format import count, counted, money, size
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind, side_before
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, row

if TYPE_CHECKING:
    from koda_desktop.sync.rows import Totals

_SIDE = 24


class SelectionBar(QWidget):
    """How many are selected, and what can be done to all of them."""

    publish_asked = Signal()
    edit_asked = Signal()
    clear_asked = Signal()
    everything_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("selection-bar")
        self.setProperty("surface", "footer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = label("", "strong")
        self._sums = label("", "secondary", name="selection-totals")
        self._everything = Button(theme, "Select all", "selection-all", kind=Kind.QUIET)
        self._everything.clicked.connect(self.everything_asked)
        clear = Button(theme, "Clear selection", "selection-clear", kind=Kind.QUIET)
        publish = Button(
            theme, "Publish selected", "selection-publish", kind=Kind.PRIMARY, icon="upload"
        )
        edit = Button(theme, "Edit…", "selection-edit", icon="edit")
        edit.setToolTip("Change all selected listings at once (Ctrl+Shift+B)")
        edit.clicked.connect(self.edit_asked)
        clear.clicked.connect(self.clear_asked)
        publish.clicked.connect(self.publish_asked)
        said = row(self._words, self._sums, None, gap=10, margins=(_SIDE, 0, _SIDE, 0))
        left = side_before(clear, _SIDE)
        acts = row(self._everything, clear, None, edit, publish, gap=8, margins=(left, 0, _SIDE, 0))
        self.setLayout(column(said, acts, gap=6, margins=(0, 10, 0, 10)))

    def show_count(self, selected: int, total: int, is_everything: bool) -> None:
        """``is_everything``: all that match, whatever comes to match."""
        words = f"All {counted(total, 'matching listing')} selected"
        if not is_everything or selected != total:
            words = f"{count(selected)} of {counted(total, 'listing')} selected"
        self._words.setText(words)
        self._everything.setText(f"Select all {count(total)} matching")
        self._everything.setVisible(not is_everything and total > selected)

    def show_totals(self, totals: Totals, cells: int) -> None:
        """What the selected prices or sizes come to, beside how many ``cells`` are selected."""
        words = [counted(cells, "cell")] if cells else []
        if totals.count:
            average = round(totals.total / totals.count)
            said = size if totals.of is NumberColumn.SIZE else money
            words += [f"Sum {said(totals.total)}", f"Average {said(average)}"]
        self._sums.setText("  ·  ".join(words))

"""The Conflicts page: fields that were changed here and in the marketplace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from koda_desktop.sync.conflict_rows import Choice, ConflictRow
from koda_desktop.views.format import counted
from koda_desktop.views.pages.conflict_panel import ConflictPanel
from koda_desktop.views.tables.conflicts_table import ConflictsModel, ConflictsTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.layouts import column
from koda_desktop.views.widgets.page_header import PageHeader


class ConflictsIntents(Protocol):
    """What the page asks of its controller."""

    def settle(self, rows: Sequence[ConflictRow], choice: Choice) -> None: ...
    async def settle_by(self, row: ConflictRow, value: Any) -> str: ...
    def undo(self) -> None: ...


class ConflictsPage(QWidget):
    """``opened`` carries a listing's id, ``edit_asked`` the ConflictRow to write a value for."""

    opened = Signal(str)
    edit_asked = Signal(object)

    def __init__(
        self, theme: Theme, now: Callable[[], datetime], intents: ConflictsIntents
    ) -> None:
        super().__init__()
        self._intents = intents
        self.setObjectName("conflicts-page")
        self.model = ConflictsModel(self)
        self.table = ConflictsTable(theme, self.model)
        self.panel = ConflictPanel(theme, now)
        self._make_head(theme)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.table)
        splitter.addWidget(self.panel)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([400, 320])
        self._empty_undo = Button(
            theme, "Undo the last choice", "conflicts-undo-empty", icon="undo"
        )
        self._empty_undo.clicked.connect(intents.undo)
        self._stack = QStackedWidget()
        self._stack.addWidget(_empty(theme, self._empty_undo))
        self._stack.addWidget(splitter)
        self.setLayout(column(self._header, self._stack, gap=0))
        self.table.selection_changed.connect(self._selected)
        self.table.opened.connect(self.panel.focus_choices)
        self.panel.chosen.connect(self._settle_selected)
        self.panel.edit_asked.connect(self._ask_edit)
        self.panel.open_asked.connect(self._ask_open)

    def _make_head(self, theme: Theme) -> None:
        self._undo = Button(
            theme, "Undo the last choice", "conflicts-undo", kind=Kind.QUIET, icon="undo"
        )
        self._all_mine = Button(theme, "Keep all mine", "conflicts-all-mine")
        self._all_theirs = Button(theme, "Keep all the marketplace’s", "conflicts-all-theirs")
        self._undo.clicked.connect(self._intents.undo)
        self._all_mine.clicked.connect(self._settle_all_mine)
        self._all_theirs.clicked.connect(self._settle_all_theirs)
        self._header = PageHeader("Conflicts", self._undo, self._all_mine, self._all_theirs)

    def show_conflicts(self, rows: Sequence[ConflictRow], undoable: int) -> None:
        """Show ``rows``; ``undoable`` fields of the last choice can be brought back."""
        self.model.set_rows(rows)
        self._stack.setCurrentIndex(1 if rows else 0)
        self._header.set_remark(_summary(rows))
        for button in (self._all_mine, self._all_theirs):
            button.setVisible(len(rows) > 1)
        self._undo.setVisible(bool(undoable and rows))
        self._empty_undo.setVisible(bool(undoable))
        self.table.select_first()
        self._selected()

    @Slot()
    def _selected(self) -> None:
        rows = self.table.selected()
        self.panel.setVisible(bool(rows))
        if rows:
            self.panel.show_rows(rows)

    @Slot(object)
    def _settle_selected(self, choice: Choice) -> None:
        self._intents.settle(self.table.selected(), choice)

    @Slot()
    def _settle_all_mine(self) -> None:
        self._intents.settle(self.model.rows, Choice.MINE)

    @Slot()
    def _settle_all_theirs(self) -> None:
        self._intents.settle(self.model.rows, Choice.THEIRS)

    @Slot()
    def _ask_edit(self) -> None:
        for row_ in self.table.selected()[:1]:
            self.edit_asked.emit(row_)

    @Slot()
    def _ask_open(self) -> None:
        for row_ in self.table.selected()[:1]:
            self.opened.emit(row_.listing_id)


def _empty(theme: Theme, undo: Button) -> EmptyState:
    return EmptyState(
        theme,
        "check-circle",
        "Nothing is in conflict",
        "When the same field is changed here and in the marketplace, both values are kept and you "
        "choose here. Changes to different fields, and to tags, are merged by themselves.",
        undo,
    )


def _summary(rows: Sequence[ConflictRow]) -> str:
    listings = len({row_.listing_id for row_ in rows})
    return f"{counted(len(rows), 'field')} of {counted(listings, 'listing')}" if rows else ""

"""Typing into a cell of the Listings table.

The field stands over its cell and follows the listing, not the line: whatever is scrolled, sorted,
filtered or pulled meanwhile, what was typed stays until it is saved or given up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from koda_desktop.views.tables.listings_columns import COLUMNS, Column, sheet_name
from koda_desktop.views.tables.listings_painter import FIRST, SIDE
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.labels import label, set_style_property

if TYPE_CHECKING:
    from koda_desktop.views.tables.listings_table import ListingsTable

Check = Callable[[str, str], str]
"""What is wrong with a text in a column, in a sentence; "" where nothing is."""
_NEAR = 20_000
_LEAST_WIDTH = 150
_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
_STEPS = {
    Qt.Key.Key_Return: (1, 0),
    Qt.Key.Key_Enter: (1, 0),
    Qt.Key.Key_Tab: (0, 1),
    Qt.Key.Key_Backtab: (0, -1),
}


class CellEditor(QObject):
    """One field at a time. ``saved`` carries key, column and text of what may be written.

    ``left`` carries the lines and columns to move on by; (0, 0) where the keyboard went elsewhere.
    """

    saved = Signal(int, int, str)
    left = Signal(int, int)

    def __init__(self, theme: Theme, table: ListingsTable, check: Check) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table
        self._check = check
        self._field: QWidget | None = None
        self._key = 0
        self._line = 0
        self._column = 0
        self._begun = ""
        self._problem = label("", "error", wrap=True, name="cell-problem")
        self._problem.setProperty("bubble", True)
        self._problem.setParent(table)
        self._problem.hide()
        self._follow()

    def _follow(self) -> None:
        table, model = self._table, self._table.listings
        for bar in (table.verticalScrollBar(), table.horizontalScrollBar()):
            bar.valueChanged.connect(self._place)
        table.head.sectionResized.connect(self._place)
        table.head.sectionMoved.connect(self._place)
        for moved in (model.modelReset, model.rearranged, model.rowsInserted, model.rowsRemoved):
            moved.connect(self._place_soon)

    @property
    def is_open(self) -> bool:
        return self._field is not None

    @property
    def place(self) -> tuple[int, int]:
        """The key and the column of what is typed into."""
        return self._key, self._column

    @property
    def line(self) -> QLineEdit | None:
        """The field, where one is open that takes any text."""
        return self._field if isinstance(self._field, QLineEdit) else None

    def open(
        self,
        line: int,
        column: int,
        text: str,
        choices: Sequence[str],
        typed: str | None,
        *,
        takes_focus: bool = True,
    ) -> None:
        """Edit the cell, which holds ``text``; ``typed`` replaces it unless it is None."""
        self._key = self._table.listings.key_at(line)
        self._line, self._column, self._begun = line, column, text
        made = self._make_combo(choices, text, typed) if choices else self._make_line(text, typed)
        title = str(self._table.listings.index(line, 0).data() or "")
        name = COLUMNS[column].title
        made.setAccessibleName(f"{name} of {title}")
        made.setProperty("cell", True)
        made.installEventFilter(self)
        self._field = made
        self._place()
        made.show()
        if takes_focus:
            made.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_line(self, text: str, typed: str | None) -> QLineEdit:
        made = QLineEdit(text if typed is None else typed, self._table.viewport())
        made.setObjectName("cell-editor")
        made.textEdited.connect(self._typed)
        if COLUMNS[self._column].is_right:
            made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            made.setFont(tabular(sans()))
        elif self._column == Column.TITLE:
            made.setTextMargins(FIRST - SIDE, 0, 0, 0)
        if typed is None:
            made.selectAll()
        return made

    def _make_combo(self, choices: Sequence[str], text: str, typed: str | None) -> QComboBox:
        made = Combo(self._theme, choices, "cell-editor", "")
        made.setParent(self._table.viewport())
        begun = [one for one in choices if typed and one.lower().startswith(typed.lower())]
        made.choose(begun[0] if begun else text)
        return made

    def text(self) -> str:
        """What stands in the field."""
        if isinstance(self._field, QComboBox):
            return self._field.currentText()
        return self._field.text() if isinstance(self._field, QLineEdit) else ""

    # -- saving and leaving --

    def commit(self) -> bool:
        """Save what was typed. Whether the field is closed: what is wrong stays in it."""
        if self._field is None:
            return True
        text = self.text()
        if text != self._begun:
            problem = self._check(sheet_name(self._column), text)
            if problem:
                self._tell(problem)
                return False
            self.saved.emit(self._key, self._column, text)
        self._close()
        return True

    def cancel(self) -> None:
        """Give up what was typed."""
        self._close()
        self.left.emit(0, 0)

    def drop(self) -> None:
        """Close the field, whatever was typed; the keyboard stays where it is."""
        self._close()

    def _close(self) -> None:
        field, self._field = self._field, None
        self._problem.hide()
        self._table.uncover(QRect())
        if field is not None:
            field.removeEventFilter(self)
            field.hide()
            field.deleteLater()

    def _tell(self, problem: str) -> None:
        assert self._field is not None
        self._problem.setText(problem)
        self._field.setAccessibleDescription(problem)
        set_style_property(self._field, "invalid", True)
        self._place()

    @Slot(str)
    def _typed(self, text: str) -> None:
        """What was wrong may be right by now; and what is typed can be seen."""
        if self._field is not None and self._problem.text():
            self._problem.setText("")
            set_style_property(self._field, "invalid", False)
        self._show_cell()
        self._place()

    def _show_cell(self) -> None:
        line = self._table.listings.line_of_key(self._key, self._line, _NEAR)
        if line >= 0:
            self._table.scrollTo(self._table.listings.index(line, self._column))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # The field has the keys that would do something to the whole window.
            if event.key() in _STEPS or event.key() == Qt.Key.Key_Escape:
                event.accept()
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _STAYS:
            self.commit()
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
            return True
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        lines, columns = (-step[0], step[1]) if is_back else step
        if self.commit():
            self.left.emit(lines, columns)
        return True

    # -- its place --

    @Slot()
    def _place_soon(self) -> None:
        """Once the view has laid its lines out anew."""
        if self._field is not None:
            QTimer.singleShot(0, self, self._place)

    @Slot()
    def _place(self) -> None:
        """Over the cell of the listing, wherever that is; where it was, if it is not shown."""
        if self._field is None:
            return
        table, model = self._table, self._table.listings
        line = model.line_of_key(self._key, self._line, _NEAR)
        if line >= 0:
            self._line = line
            cell = table.visualRect(model.index(line, self._column))
            self._field.setGeometry(self._field_rect(cell))
            if self._column == Column.TITLE:
                self._table.uncover(self._field.geometry())
        self._place_problem()

    def _field_rect(self, cell: QRect) -> QRect:
        is_number = COLUMNS[self._column].is_right
        width = cell.width() if is_number else max(cell.width(), _LEAST_WIDTH)
        right_end = self._table.viewport().width()
        left = max(min(cell.left(), right_end - width), 0) if cell.left() >= 0 else cell.left()
        return QRect(left, cell.top(), width, cell.height() - 1)

    def _place_problem(self) -> None:
        text, field = self._problem.text(), self._field
        self._problem.setVisible(bool(text) and field is not None)
        if not text or field is None:
            return
        width = min(280, self._table.width() - 24)
        self._problem.setFixedSize(width, self._problem.heightForWidth(width))
        below = field.mapTo(self._table, QPoint(0, field.height() + 4))
        top = below.y()
        if top + self._problem.height() > self._table.height():
            top -= field.height() + self._problem.height() + 8
        left = min(below.x(), self._table.width() - self._problem.width() - 12)
        self._problem.move(max(left, 8), max(top, 0))
        self._problem.raise_()

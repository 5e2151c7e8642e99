"""A row of small fields under the head of the Listings table, one for each column that is shown.

Each reads and writes one field of the filter's text (``sync.filters.writing``): the row is another
way to write the same filter, never a second one.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.sync.filters.writing import value_of, with_value
from koda_desktop.views.tables.header import TableHeader
from koda_desktop.views.tables.listings_columns import COLUMNS, Column, ColumnInfo
from koda_desktop.views.widgets.page_header import SIDE_MARGIN

BAND = 38
_HIGH = 28
_HINTS = {
    Column.TITLE: "A word",
    Column.STATE: "draft",
    Column.PLATFORM: "make",
    Column.CATEGORY: "sales",
    Column.PRICE: "<20",
    Column.UPDATED: "<7d",
    Column.TAGS: "crm",
    Column.VERSION: "1.2",
    Column.FILE: "*.json",
    Column.SIZE: ">1mb",
    Column.ACTIVE: "no",
    Column.DESCRIPTION: "invoice",
}


class RowField(QLineEdit):
    """Esc empties it, and goes to the listings when it is empty; so do Enter and Down."""

    left = Signal()

    def __init__(self, one: ColumnInfo, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = one.field
        self.setObjectName(f"filter-{one.field}")
        self.setAccessibleName(f"Filter by {one.title.lower()}")
        self.setPlaceholderText(_HINTS[one.column])
        self.setToolTip(f"As {one.field}:{_HINTS[one.column].lower()} in the search field")
        self.setProperty("small", True)
        self.setFixedHeight(_HIGH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.textEdited.emit("")
        elif event.key() in (
            *(Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Escape),
        ):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FilterRow(QObject):
    """``changed`` carries the filter's text after a change in one of the fields."""

    changed = Signal(str)
    left = Signal()

    def __init__(self, head: TableHeader) -> None:
        super().__init__(head)
        self._head = head
        self._text = ""
        self._fields = {one.column: RowField(one, head) for one in COLUMNS}
        for field in self._fields.values():
            field.textEdited.connect(self._edited)
            field.left.connect(self.left)
        self._chain()
        head.sectionResized.connect(self.place)
        head.sectionMoved.connect(self._chain)
        head.sectionMoved.connect(self.place)
        head.scrolled.connect(self.place)

    def _chain(self) -> None:
        """Tab goes through the fields as they stand."""
        places = map(self._head.logicalIndex, range(self._head.count()))
        fields = [self._fields[Column(column)] for column in places]
        for one, after in pairwise(fields):
            QWidget.setTabOrder(one, after)

    def set_shown(self, shown: bool) -> None:
        self._head.set_band(BAND if shown else 0)
        self.place()

    def show_text(self, text: str) -> None:
        """What the filter says now; a field that is typed into is left alone."""
        self._text = text
        for field in self._fields.values():
            if not field.hasFocus():
                value = value_of(text, field.name)
                if field.text() != value:
                    field.setText(value)

    def focus(self, column: int) -> None:
        """Put the keyboard into the field of ``column``."""
        field = self._fields[Column(column)]
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    @property
    def has_focus(self) -> bool:
        return any(field.hasFocus() for field in self._fields.values())

    @Slot()
    def place(self) -> None:
        """Each field under the words of its column."""
        top = self._head.band_top() + (BAND - _HIGH) // 2 - 2
        end = max(sum(self._head.span(column)) for column in self._fields)
        for column, field in self._fields.items():
            is_shown = self._head.has_band and not self._head.isSectionHidden(column)
            field.setVisible(is_shown)
            left, width = self._head.span(column)
            if column is Column.TITLE:
                # It stays in sight, as its column does.
                left = max(left, 0)
            air = 16 if column is Column.TITLE else 4
            # The last one ends where the page's other parts do.
            after = SIDE_MARGIN if left + width == end else 4
            field.setGeometry(left + air, top, width - air - after, _HIGH)
        if self._head.cover is not None:
            self._head.cover.raise_()
        self._fields[Column.TITLE].raise_()

    @Slot(str)
    def _edited(self, value: str) -> None:
        field = self.sender()
        if isinstance(field, RowField):
            self._text = with_value(self._text, field.name, value)
            self.changed.emit(self._text)

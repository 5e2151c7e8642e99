"""Moving and selecting in the Listings table by keyboard, as in a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView

if TYPE_CHECKING:
    from koda_desktop.views.tables.listings_table import ListingsTable

_Flag = QItemSelectionModel.SelectionFlag
_Move = QAbstractItemView.CursorAction
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
_MOVING = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)
_FIRST, _LAST = 0, -1


def command_of(
    event: QKeyEvent, usual: QItemSelectionModel.SelectionFlag
) -> QItemSelectionModel.SelectionFlag:
    """What a key does to the selection: Ctrl+arrows go there as plain ones do."""
    if event.key() not in _MOVING or not event.modifiers() & _CONTROL:
        return usual
    return _Flag.SelectCurrent if event.modifiers() & _SHIFT else _Flag.ClearAndSelect


def destination(
    table: ListingsTable, action: _Move, held: Qt.KeyboardModifier
) -> QModelIndex | None:
    """Where Home, End and keys with Ctrl go, as in a spreadsheet. None for other moves.

    Home and End stay in the line, with Ctrl they go to the first and the last cell; Ctrl+arrows go
    to the end in that direction.
    """
    control = bool(held & _CONTROL)
    line_at = {_Move.MoveUp: _FIRST, _Move.MoveDown: _LAST}.get(action) if control else None
    column_at = {_Move.MoveLeft: _FIRST, _Move.MoveRight: _LAST}.get(action) if control else None
    if action in (_Move.MoveHome, _Move.MoveEnd):
        column_at = _FIRST if action == _Move.MoveHome else _LAST
        line_at = column_at if control else None
    if line_at is None and column_at is None:
        return None
    model, current = table.listings, table.currentIndex()
    line, column = max(current.row(), 0), max(current.column(), 0)
    if line_at is not None:
        line = range(model.rowCount())[line_at] if model.rowCount() else 0
    if column_at is not None:
        column = table.columns.shown()[column_at]
    return model.index(line, column)


def act_by_key(table: ListingsTable, event: QKeyEvent) -> bool:
    """Enter opens, F2 and typing edit, Delete deletes, Esc lets go; copy, paste and fill down."""
    key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not held:
        table.opened.emit()
    elif key == Qt.Key.Key_F2 and not held:
        table.edit_asked.emit(None)
    elif key == Qt.Key.Key_Down and held == Qt.KeyboardModifier.AltModifier:
        _ask_column_menu(table)
    elif key == Qt.Key.Key_Delete:
        table.delete_asked.emit()
    elif key == Qt.Key.Key_Escape:
        table.clear_selection()
    elif _is_typed(event):
        table.edit_asked.emit(event.text())
    else:
        return _edit_block(table, event)
    return True


def _ask_column_menu(table: ListingsTable) -> None:
    """The menu of the column with the cursor, under its head."""
    column = max(table.currentIndex().column(), 0)
    left, _ = table.head.span(column)
    at = table.head.mapToGlobal(QPoint(max(left, 0), table.head.height()))
    table.column_menu_asked.emit(column, at)


def _is_typed(event: QKeyEvent) -> bool:
    """Whether the key writes something: nothing with Ctrl does, but for AltGr."""
    held = event.modifiers() & (_CONTROL | Qt.KeyboardModifier.AltModifier)
    is_alone = not held or held == (_CONTROL | Qt.KeyboardModifier.AltModifier)
    return is_alone and event.text().isprintable() and bool(event.text().strip())


def _edit_block(table: ListingsTable, event: QKeyEvent) -> bool:
    if event.matches(QKeySequence.StandardKey.Copy):
        table.copy_asked.emit()
    elif event.matches(QKeySequence.StandardKey.Paste):
        table.paste_asked.emit()
    elif event.key() == Qt.Key.Key_D and event.modifiers() == _CONTROL:
        table.fill_asked.emit()
    else:
        return False
    return True


def select_by_key(table: ListingsTable, event: QKeyEvent) -> bool:
    """Shift+Space selects whole rows, Ctrl+Space whole columns, Ctrl+Shift+A what is in sight."""
    control, shift = bool(event.modifiers() & _CONTROL), bool(event.modifiers() & _SHIFT)
    if event.key() == Qt.Key.Key_Space and shift:
        _select_rows(table)
    elif event.key() == Qt.Key.Key_Space and control:
        _select_columns(table)
    elif event.key() == Qt.Key.Key_A and control and shift:
        table.select_in_sight()
    else:
        return False
    return True


def _select_rows(table: ListingsTable) -> None:
    model, last = table.listings, table.listings.columnCount() - 1
    whole = QItemSelection()
    for part in table.picked.line_ranges():
        whole.select(model.index(part.start, 0), model.index(part.stop - 1, last))
    table.selectionModel().select(whole, _Flag.Select)


def _select_columns(table: ListingsTable) -> None:
    model, bottom = table.listings, table.listings.rowCount() - 1
    whole = QItemSelection()
    for column in range(model.columnCount()):
        if any(True for _ in table.picked.line_ranges(column)):
            whole.select(model.index(0, column), model.index(bottom, column))
    table.selectionModel().select(whole, _Flag.Select)

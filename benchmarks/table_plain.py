"""What one would write first, for ``bench_table``: an empty table, lists, a QSqlQueryModel."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QTableView

SIZE = (1280, 800)
FRAMES, JUMPS = 400, 60
Figures = dict[str, list[float]]
_SQL = (
    "SELECT title, state, platform, category, price_minor, updated_at FROM entity"
    " WHERE kind = 'listing'"
)
_SORTED = ("sort_title", "price_minor", "updated_at")


def ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def resident() -> float:
    """The memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def shown(view: QTableView) -> None:
    """Paint what there is to paint, now."""
    QApplication.processEvents()
    view.viewport().repaint()


def scrolled(view: QTableView) -> list[float]:
    """Frames: three rows on at a time, then jumps all over."""
    bar, chance, times = view.verticalScrollBar(), random.Random(7), []
    steps = [bar.value() + 3 * 40 * n for n in range(FRAMES)]
    for value in [*steps, *(chance.randrange(bar.maximum() + 1) for _ in range(JUMPS))]:
        began = time.perf_counter()
        bar.setValue(value)
        QApplication.processEvents()
        times.append(ms_since(began))
    bar.setValue(0)
    return times


def plain_view(model: Any) -> QTableView:
    view = QTableView()
    if model is not None:
        view.setModel(model)
        view.horizontalHeader().setSelectionModel(QItemSelectionModel(model, view))
    view.resize(*SIZE)
    view.show()
    return view


def all_selected(view: QTableView) -> list[float]:
    began = time.perf_counter()
    view.selectAll()
    shown(view)
    return [ms_since(began)]


def empty(store: Path) -> Figures:
    began = time.perf_counter()
    view = plain_view(None)
    shown(view)
    return {"first": [ms_since(began)], "memory": [resident()]}


class ListModel(QAbstractTableModel):
    """Every row in a Python list."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        super().__init__()
        self.rows = rows

    def rowCount(self, parent: Any = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Any = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else 6

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.rows[index.row()][index.column()]
        return None

    def show(self, rows: list[tuple[Any, ...]]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()


def lists(store: Path) -> Figures:
    import apsw

    connection = apsw.Connection(str(store), flags=apsw.SQLITE_OPEN_READONLY)
    began = time.perf_counter()
    every = connection.execute(f"{_SQL} ORDER BY updated_at DESC").fetchall()
    model = ListModel(every)
    view = plain_view(model)
    shown(view)
    figures = {"first": [ms_since(began)], "memory": [resident()], "keys": [], "sorts": []}
    for text in ("slack to", "bacodri"):
        for end in range(1, len(text) + 1):
            began = time.perf_counter()
            model.show([row for row in every if text[:end] in str(row[0]).lower()])
            shown(view)
            figures["keys"].append(ms_since(began))
    for column in (0, 4, 5):
        began = time.perf_counter()
        model.show(sorted(every, key=lambda row, column=column: row[column]))  # type: ignore[misc]
        shown(view)
        figures["sorts"].append(ms_since(began))
    return figures | {"select": all_selected(view), "frames": scrolled(view)}


def query(store: Path) -> Figures:
    from PySide6.QtSql import QSqlDatabase, QSqlQueryModel

    database = QSqlDatabase.addDatabase("QSQLITE")
    database.setDatabaseName(str(store))
    database.setConnectOptions("QSQLITE_OPEN_READONLY")
    database.open()
    model = QSqlQueryModel()

    def ask(sql: str) -> float:
        began = time.perf_counter()
        model.setQuery(sql, database)
        shown(view)
        return ms_since(began)

    began = time.perf_counter()
    model.setQuery(f"{_SQL} ORDER BY updated_at DESC", database)
    view = plain_view(model)
    shown(view)
    first = [ms_since(began)]
    keys = [
        ask(f"{_SQL} AND title LIKE '%{text[:end]}%' ORDER BY updated_at DESC")
        for text in ("slack to", "bacodri")
        for end in range(1, len(text) + 1)
    ]
    sorts = [ask(f"{_SQL} ORDER BY {column}") for column in _SORTED]
    ask(f"{_SQL} ORDER BY updated_at DESC")
    while model.canFetchMore():
        model.fetchMore()
    memory = [resident()]
    figures = {"first": first, "memory": memory, "keys": keys, "sorts": sorts}
    return figures | {"select": all_selected(view), "frames": scrolled(view)}

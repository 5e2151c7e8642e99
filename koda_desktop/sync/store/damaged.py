"""The rows of a damaged store, table by table, as far as they can be read.

A table is walked from its first page, as SQLite does. What a broken page hides is found among the
pages that no walk reached and that are not free. Every row is held to its table's declared types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.pages import Pages, Tree, schema_roots
from koda_desktop.sync.store.records import (
    INDEX_INTERIOR,
    INDEX_LEAF,
    TABLE_LEAF,
    Broken,
    Value,
    first_values,
    values,
)

Found = dict[str, Any]
"""One row by its columns' names."""

Wanted = Callable[[Sequence[Value], int], bool]
"""Says from the first values of a row and its key whether the rest is worth reading."""

_HEAD = 7

_TYPES: dict[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "REAL": (float, int),
    "TEXT": (str,),
    "": (int, float, str, bytes),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it was declared."""

    name: str
    types: tuple[type, ...]
    may_be_null: bool
    default: Value
    is_rowid: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the schema that this version of Koda writes."""

    name: str
    root: int
    has_rowid: bool
    columns: tuple[Column, ...]

    def row(self, found: list[Value], rowid: int) -> Found | None:
        """The row of those values; None where they are not such a row's.

        Columns that a later migration added are missing from older rows: they hold the default.
        """
        if len(found) > len(self.columns):
            return None
        row: Found = {}
        for number, column in enumerate(self.columns):
            value = found[number] if number < len(found) else column.default
            if column.is_rowid:
                value = rowid
            if value is None and not column.may_be_null:
                return None
            if value is not None and not isinstance(value, column.types):
                return None
            row[column.name] = value
        return row


def read_tables(db: Db) -> dict[str, Table]:
    """The tables of a sound store of this version."""
    roots: dict[str, int] = dict(
        db.rows("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'")
    )
    listed = db.rows("SELECT name, wr FROM pragma_table_list WHERE type IN ('table', 'shadow')")
    return {
        name: Table(name, roots[name], not without_rowid, _columns(db, name, not without_rowid))
        for name, without_rowid in listed
        if roots.get(name)
    }


def _columns(db: Db, table: str, has_rowid: bool) -> tuple[Column, ...]:
    sql = 'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)'
    return tuple(
        Column(
            name,
            _TYPES.get(kind, _TYPES[""]),
            not (must or key),
            db.value(f"SELECT {default}") if default is not None else None,
            has_rowid and bool(key) and kind == "INTEGER",
        )
        for name, kind, must, default, key in db.rows(sql, (table,))
    )


def _every(_: Sequence[Value], __: int) -> bool:
    return True


@dataclass(slots=True)
class Damaged:
    """A damaged file, seen through the tables of a sound one."""

    pages: Pages
    tables: dict[str, Table]
    is_whole: bool = True
    """Whether everything asked for so far was readable."""
    _trees: dict[str, Tree] = field(default_factory=dict)
    _spare: list[int] = field(default_factory=list)
    """Pages that nothing leads to and that are not known to be free."""
    _is_free_known: bool = False

    @classmethod
    def look(cls, pages: Pages, tables: dict[str, Table]) -> Damaged:
        """Walk every table and index of the file."""
        found = cls(pages, tables)
        known = {name: table.root for name, table in tables.items()}
        reached: set[int] = set()
        for name, root in (known | schema_roots(pages)).items():
            table = tables.get(name)
            tree = Tree(pages, root, is_table=table is not None and table.has_rowid)
            found._trees[name] = tree
            reached |= tree.seen
        free = pages.free()
        found._is_free_known = free is not None
        taken = reached | (free or set())
        found._spare = [number for number in range(1, pages.count + 1) if number not in taken]
        return found

    def rows(self, name: str, wanted: Wanted = _every) -> Iterator[Found]:
        """Every row of a table that can be read and of whose first values ``wanted`` says yes."""
        tree = self._trees[name]
        self.is_whole = self.is_whole and tree.is_whole
        fits = set[bool]()
        for number in tree.numbers:
            for row in self._rows_of(name, number, wanted):
                fits.add(row is not None)
                if row is not None:
                    yield row
                else:
                    self.is_whole = False
        # Without the list of free pages nobody knows whether a page was lost or given up. Where
        # none of the rows fits, this is not the table: it lies elsewhere in a migrated store.
        if self._is_free_known or not tree.is_whole or fits == {False}:
            yield from self._cut_off(name, wanted)

    def _cut_off(self, name: str, wanted: Wanted) -> Iterator[Found]:
        """The rows of pages that a broken one led to, told by their shape."""
        for number in self._spare:
            for row in self._rows_of(name, number, wanted):
                if row is not None:
                    yield row

    def _rows_of(self, name: str, number: int, wanted: Wanted) -> Iterator[Found | None]:
        """The rows of one page; None for each that cannot be read."""
        table = self.tables[name]
        kinds = (TABLE_LEAF,) if table.has_rowid else (INDEX_LEAF, INDEX_INTERIOR)
        try:
            cells = list(self.pages.cells(number)) if self.pages.page(number).kind in kinds else []
        except Broken:
            return
        for cell in cells:
            try:
                if cell is None:
                    yield None
                elif wanted(first_values(cell, _HEAD), cell.rowid):
                    yield table.row(values(self.pages.record(cell)), cell.rowid)
            except Broken:
                yield None

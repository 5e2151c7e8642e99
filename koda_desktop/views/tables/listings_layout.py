"""How the columns of the Listings table are laid out: which, in which order and how wide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import QHeaderView

from koda_desktop.views.tables.listings_columns import COLUMNS, Column

if TYPE_CHECKING:
    from koda_desktop.views.tables.header import TableHeader

Layout = Sequence[tuple[str, int]]
"""Names of the columns that are shown, in their order, with their widths."""

_LEAST_TITLE = 220
_LESS_TITLE = 140
"""Where nothing else can go any more."""

_FIRST_TO_GO = (Column.CATEGORY, Column.UPDATED, Column.PLATFORM)
_BY_NAME = {column.name.lower(): column for column in Column}


class Cell(NamedTuple):
    """A column with the place of its cells in each line, in pixels of the view."""

    column: int
    left: int
    width: int

    @property
    def end(self) -> int:
        return self.left + self.width


class ColumnLayout:
    """The title takes the room that the others leave.

    As long as nobody chose columns, those that matter least go where there is little room.
    """

    def __init__(self, head: TableHeader) -> None:
        self._head = head
        self._is_usual = False
        self._width = 0
        head.setSectionResizeMode(Column.TITLE, QHeaderView.ResizeMode.Fixed)
        self.show(())

    def show(self, layout: Layout) -> None:
        """Lay the columns out that way; an empty layout is the usual one."""
        known = [(_BY_NAME[name], width) for name, width in layout if name in _BY_NAME]
        if self._is_usual and not known:
            return  # Laying out what stands already has all of it painted again.
        self._is_usual = not known
        usual = [(one.column, one.width) for one in COLUMNS if one.is_shown]
        shown = known or usual
        wanted = [column for column, _ in shown if column is not Column.TITLE]
        rest = [one.column for one in COLUMNS if one.column not in wanted]
        rest.remove(Column.TITLE)
        for place, column in enumerate((Column.TITLE, *wanted, *rest)):
            self._head.moveSection(self._head.visualIndex(column), place)
        for one in COLUMNS:
            width = dict(shown).get(one.column, one.width)
            self._head.resizeSection(one.column, max(width, self._head.minimumSectionSize()))
            is_shown = one.column is Column.TITLE or one.column in wanted
            self._head.setSectionHidden(one.column, not is_shown)
        self.fit(self._width)

    def now(self) -> list[tuple[str, int]]:
        """The layout as it is; to be kept."""
        return [
            (Column(column).name.lower(), self._head.sectionSize(column)) for column in self.shown()
        ]

    def shown(self) -> list[int]:
        """The columns that are shown, in the order in which they stand."""
        places = map(self._head.logicalIndex, range(self._head.count()))
        return [column for column in places if not self._head.isSectionHidden(column)]

    def cells(self) -> list[Cell]:
        """Where the columns that are shown stand now, from left to right."""
        return [Cell(column, *self._head.span(column)) for column in self.shown()]

    def choose(self, column: Column, shown: bool) -> None:
        """Show or hide a column; from now on the layout is a person's own."""
        self._is_usual = False
        self._head.setSectionHidden(column, not shown)
        self.fit(self._width)

    def touched(self) -> None:
        """A person moved or sized a column."""
        self._is_usual = False
        self.fit(self._width)

    def fit(self, width: int, kept: int = -1) -> None:
        """Use ``width`` pixels; the column ``kept`` stays: somebody works in it."""
        self._width = width
        if self._is_usual:
            self._hide(kept)
        others = sum(self._head.sectionSize(column) for column in self.shown()[1:])
        least = _LESS_TITLE if self._is_usual else _LEAST_TITLE
        self._head.resizeSection(Column.TITLE, max(least, width - others))

    def _hide(self, kept: int) -> None:
        """Hide what leaves the title too little, and no more than that."""
        usual = {one.column: one.width for one in COLUMNS if one.is_shown}
        others = sum(usual.values()) - usual[Column.TITLE]
        for column in _FIRST_TO_GO:
            goes = self._width - others < _LEAST_TITLE and column != kept
            self._head.setSectionHidden(column, goes)
            if goes:
                others -= usual[column]

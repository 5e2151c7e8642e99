"""Which listings are selected: lines of the table as it is now, and keys from before it changed.

Qt knows selected cells by their lines, which mean other listings after each filter and each sort.
So before the lines change, what they hold is carried over as keys.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QItemSelectionRange

from koda_desktop.sync.marks import joined
from koda_desktop.views.tables.listings_model import ListingsModel
from koda_desktop.views.tables.marked_ahead import MarkedAhead

if TYPE_CHECKING:
    from koda_desktop.sync.rows import ListingQuery, Selection

_MOST_LEFT_OUT = 500
"""More listings than this taken out of "all that match" make it a list of the others."""


class KeySet:
    """A set of row keys, by ``sync.marks``."""

    def __init__(self) -> None:
        self._marks = bytearray()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: int) -> bool:
        return key < len(self._marks) and self._marks[key] == 1

    def marks(self) -> bytes:
        """A byte for each key from 0 on, 1 where it is in the set; empty where none is."""
        return bytes(self._marks) if self._count else b""

    def join(self, marks: bytearray) -> None:
        """Take in the keys that are marked; ``marks`` belongs to the set from now on."""
        self._marks = joined(self._marks, marks) if self._count else marks
        self._count = self._marks.count(1)

    def discard(self, key: int) -> None:
        if key in self:
            self._marks[key] = 0
            self._count -= 1

    def clear(self) -> None:
        self._marks = bytearray()
        self._count = 0

    def count_in(self, keys: Iterable[int]) -> int:
        """How many of ``keys``, each named once, are in the set."""
        if not self._count:
            return 0
        marks, end = self._marks, len(self._marks)
        return sum(marks[key] for key in keys if key < end)


class Picked:
    """``chosen`` is the view's selection model over ``model``."""

    def __init__(self, model: ListingsModel, chosen: QItemSelectionModel) -> None:
        self._model = model
        self._chosen = chosen
        self.carried = KeySet()
        self._query: ListingQuery | None = None
        """Set while all that match it are selected, but for some."""
        self._ahead = MarkedAhead(model, chosen, self.line_ranges)

    # -- what is selected --

    def holds(self, line: int) -> bool:
        """Whether the listing on ``line`` is selected, in whichever column."""
        if self._chosen.rowIntersectsSelection(line):
            return True
        return bool(self.carried) and self._model.key_at(line) in self.carried

    def count(self) -> int:
        """How many listings are selected, in sight or not; counted over ranges."""
        lines = list(self.line_ranges())
        here = sum(len(part) for part in lines)
        if not self.carried:
            return here
        keys = self._model.keys
        doubled = sum(self.carried.count_in(keys[part.start : part.stop]) for part in lines)
        return here + len(self.carried) - doubled

    def hidden(self) -> int:
        """How many of them the table does not show now."""
        return len(self.carried) - self.carried.count_in(self._model.keys)

    @property
    def is_everything(self) -> bool:
        """Whether all that match are selected, whatever comes to match."""
        return self._query is not None

    def selection(self, column: int | None = None) -> Selection:
        """What to act on; with ``column`` of what is in sight only where that is selected."""
        from koda_desktop.sync.rows import Selection

        if self._query is not None:
            left_out = self._left_out()
            if len(left_out) <= _MOST_LEFT_OUT:
                return Selection(query=self._query, without=frozenset(left_out))
        here, keys = array("q"), self._model.keys
        for part in self.line_ranges(column):
            here.extend(keys[part.start : part.stop])
        return Selection(keys=here, carried=self.carried.marks())

    def line_ranges(self, column: int | None = None) -> Iterator[range]:
        """The selected lines as ranges, in order and each once; only those of ``column``."""
        spans = sorted(
            (part.top(), part.bottom() + 1)
            for part in self.parts()
            if column is None or part.left() <= column <= part.right()
        )
        end = 0
        for start, stop in spans:
            if stop > end:
                yield range(max(start, end), stop)
                end = stop

    def parts(self) -> list[QItemSelectionRange]:
        """What Qt has of the selection: rectangles of lines and columns."""
        selection = self._chosen.selection()
        return [selection.at(place) for place in range(selection.count())]

    def _left_out(self) -> list[int]:
        keys, end = self._model.keys, 0
        found: list[int] = []
        for part in self.line_ranges():
            found += keys[end : part.start]
            end = part.stop
        return [*found, *keys[end:]]

    # -- changing it --

    def take_everything(self, query: ListingQuery) -> None:
        """All that match ``query`` are selected: the table's whole content."""
        self.carried.clear()
        self._query = query

    def start_anew(self) -> None:
        """Forget what was selected before; the table selects something else."""
        self.carried.clear()
        self._query = None

    def carry(self) -> None:
        """Before the lines change: keep what they hold, by keys."""
        self.carried.join(self._ahead.take())
        self._query = None
        self._chosen.clearSelection()

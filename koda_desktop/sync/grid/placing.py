"""Which cells of the table a block goes to, and which are copied: places only, no values.

As in spreadsheets: one cell fills whatever is selected, a block is repeated where the selection is
so many times its size, and goes from the selection's first cell on otherwise.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from koda_desktop.errors import InputError
from koda_desktop.tables.blocks import Block

MOST = 100_000
"""Listings that are copied or pasted over at once; files and the verbs take any number."""


class Area(NamedTuple):
    """Selected cells side by side. ``columns`` are places among those of a ``Place``, in order."""

    lines: range
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What is selected of a table as it was at that moment.

    ``keys`` are those of all its lines, ``columns`` the names of all that are shown; both in order.
    ``carried`` marks the listings that were selected before the lines changed, one byte for each
    key from 0 on: a selection of a million is taken along without a list of it being made.
    """

    keys: array[int]
    columns: tuple[str, ...]
    areas: tuple[Area, ...]
    carried: bytes = b""


class Put(NamedTuple):
    """``texts`` by the columns' names are to be written into the listing ``key``."""

    key: int
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pasting:
    """Where a block goes."""

    puts: list[Put]
    cut_rows: int = 0
    """Rows of the block that would come below the last line."""
    cut_columns: int = 0
    """Columns of the block that would come behind the last one shown."""


def lines_of(place: Place) -> list[int]:
    """The lines with a selected cell, each once and in order. Raises InputError for too many."""
    lines: set[int] = set()
    for area in place.areas:
        _check(len(area.lines))
        lines.update(area.lines)
    _check(len(lines))
    return sorted(lines)


def _check(number: int) -> None:
    if number > MOST:
        raise InputError(
            f"These are {number:,} listings; {MOST:,} can be copied or pasted over at once.",
            remedy="Export them, or change them with Edit….",
        )


def hidden_keys(place: Place) -> list[int]:
    """The listings that are selected and not among the lines now, the smallest key first."""
    marks, end = bytearray(place.carried), len(place.carried)
    for key in place.keys:
        if key < end:
            marks[key] = 0
    found, at = [], marks.find(1)
    while at >= 0:
        found.append(at)
        at = marks.find(1, at + 1)
    return found


def is_one_cell(block: Block) -> bool:
    """Whether it is a single value, which fills whatever is selected."""
    return len(block) == 1 and len(block[0]) == 1


def columns_of(place: Place) -> list[int]:
    """The columns with a selected cell, in order."""
    return sorted({column for area in place.areas for column in area.columns})


def selected_cells(place: Place) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Each line with the columns selected in it, in order. Raises InputError for too many."""
    chosen: dict[int, set[int]] = {line: set() for line in lines_of(place)}
    for area in place.areas:
        for line in area.lines:
            chosen[line].update(area.columns)
    for line, columns in chosen.items():
        yield line, tuple(sorted(columns))


def pasting(place: Place, block: Block) -> Pasting:
    """Where each cell of ``block`` goes. Raises InputError for too many listings."""
    _check(len(block))
    width = max(map(len, block), default=0)
    if not width or not place.areas:
        return Pasting([])
    if is_one_cell(block):
        return Pasting([*_filled(place, block[0][0])])
    lines, columns = lines_of(place), columns_of(place)
    if _is_repeated(place, (len(lines), len(columns)), (len(block), width)):
        return Pasting([*_repeated(place, block, lines, columns)])
    return _from_corner(place, block, lines[0], columns[0], width)


def _filled(place: Place, text: str) -> Iterator[Put]:
    """The same text in every selected cell, and in those columns of what is out of sight."""
    for line, columns in selected_cells(place):
        yield Put(place.keys[line], {place.columns[column]: text for column in columns})
    names = [place.columns[column] for column in columns_of(place)]
    for key in hidden_keys(place):
        yield Put(key, dict.fromkeys(names, text))


def _is_repeated(place: Place, size: tuple[int, int], block: tuple[int, int]) -> bool:
    """Whether one rectangle is selected that holds the block several times, or once."""
    is_whole = all(len(area.columns) == size[1] for area in place.areas)
    return is_whole and not (size[0] % block[0] or size[1] % block[1])


def _repeated(
    place: Place, block: Block, lines: Sequence[int], columns: Sequence[int]
) -> Iterator[Put]:
    width = max(map(len, block))
    for number, line in enumerate(lines):
        cells = block[number % len(block)]
        names = {column: n % width for n, column in enumerate(columns)}
        texts = {place.columns[at]: cells[n] for at, n in names.items() if n < len(cells)}
        yield Put(place.keys[line], texts)


def _from_corner(place: Place, block: Block, top: int, left: int, width: int) -> Pasting:
    names = place.columns[left : left + width]
    keys = place.keys[top : top + len(block)]
    puts = [
        Put(key, dict(zip(names, cells, strict=False)))
        for key, cells in zip(keys, block, strict=False)
    ]
    return Pasting(puts, len(block) - len(keys), width - len(names))


class Fill(NamedTuple):
    """The values of the listing ``source`` are to be written into the columns of ``key``."""

    key: int
    source: int
    columns: tuple[str, ...]


def filling(place: Place) -> list[Fill]:
    """Each selected cell gets what stands in the first line of its area.

    Where areas are one line high, that is the line above. Raises InputError for too many listings.
    """
    lines_of(place)
    is_flat = all(len(area.lines) == 1 for area in place.areas)
    found: list[Fill] = []
    for area in place.areas:
        names = tuple(place.columns[column] for column in area.columns)
        first = area.lines[0]
        source = first - 1 if is_flat else first
        if source >= 0:
            targets = area.lines if is_flat else area.lines[1:]
            found += [Fill(place.keys[line], place.keys[source], names) for line in targets]
    return found

"""A layout of our own, for graphs that bring none: columns from left to right, long chains folded
into rows like lines of text, AI helpers below their root, unconnected parts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from koda_desktop.workflows.drawing.blocks import Block, blocks_of
from koda_desktop.workflows.drawing.layering import (
    Pair,
    components,
    layers_of,
    ordered,
    without_cycles,
)
from koda_desktop.workflows.drawing.outline import Outline
from koda_desktop.workflows.drawing.shapes import Rect, bounds

_COLUMN_GAP, _ROW_GAP = 112.0, 40.0
_FOLD_GAP, _PART_GAP = 84.0, 120.0
_LONGEST_ROW, _WIDE_TO_HIGH = 7, 1.7
_SWEEPS = 9


@dataclass(slots=True)
class _Row:
    """A run of columns laid out together, and the edges inside it."""

    columns: list[list[int]]
    edges: list[Pair]


def layered(outline: Outline) -> tuple[Rect, ...]:
    """The rectangle of each node."""
    blocks = blocks_of(outline)
    block_of = {member: n for n, block in enumerate(blocks) for member in block.offsets}
    links = [(block_of[link.source], block_of[link.target]) for link in outline.links]
    links = [link for link in links if link[0] != link[1]]
    boxes: dict[int, Rect] = {}
    parts = [_part(group, links, blocks, outline) for group in components(len(blocks), links)]
    for part, (dx, dy) in zip(parts, _packed([bounds(p.values()) for p in parts]), strict=True):
        boxes |= {number: box.moved(dx, dy) for number, box in part.items()}
    return tuple(boxes[number] for number in range(len(outline.nodes)))


def _part(
    group: list[int], links: Sequence[Pair], blocks: list[Block], outline: Outline
) -> dict[int, Rect]:
    """One connected part, its top left corner somewhere near 0, 0."""
    local = {block: index for index, block in enumerate(group)}
    edges = [(local[a], local[b]) for a, b in links if a in local]
    forward = without_cycles(len(group), edges)
    layer = layers_of(len(group), forward)
    mine = [blocks[number] for number in group]
    boxes: dict[int, Rect] = {}
    top = 0.0
    for row in _rows(layer, forward):
        placed = _laid_out(row, mine, outline)
        area = bounds(placed.values())
        boxes |= {n: box.moved(-area.x, top - area.y) for n, box in placed.items()}
        top += area.height + _FOLD_GAP
    return boxes


def _rows(layer: list[int], edges: list[Pair]) -> list[_Row]:
    columns: list[list[int]] = [[] for _ in range(max(layer) + 1)]
    for node in _as_walked(len(layer), edges):
        columns[layer[node]].append(node)
    borders = [0, *_folds(layer, edges), len(columns)]
    rows = []
    for start, end in pairwise(borders):
        inside = [(a, b) for a, b in edges if start <= layer[a] and layer[b] < end]
        rows.append(_Row(columns[start:end], inside))
    return rows


def _as_walked(count: int, edges: list[Pair]) -> list[int]:
    """Nodes in the order the walk met them, so that a first output starts above a second."""
    met = dict.fromkeys(target for _, target in edges)
    return [*(n for n in range(count) if n not in met), *met]


def _folds(layer: list[int], edges: list[Pair]) -> list[int]:
    """Where to begin a new row: only between columns joined by a single edge."""
    count = max(layer) + 1
    longest = max(_LONGEST_ROW, round(sqrt(count * _WIDE_TO_HIGH)))
    if count <= longest + 2:
        return []
    crossing = _crossings(layer, edges, count)
    even = -(-count // -(-count // longest))
    folds: list[int] = []
    for column in range(1, count - 1):
        since = column - (folds[-1] if folds else 0)
        if since >= even and crossing[column] == 1:
            folds.append(column)
    return folds


def _crossings(layer: list[int], edges: list[Pair], count: int) -> list[int]:
    """How many edges cross the left border of each column."""
    change = [0] * (count + 1)
    for source, target in edges:
        change[layer[source] + 1] += 1
        change[layer[target] + 1] -= 1
    crossing, open_ = [], 0
    for step in change:
        open_ += step
        crossing.append(open_)
    return crossing


def _laid_out(row: _Row, blocks: list[Block], outline: Outline) -> dict[int, Rect]:
    columns = ordered(row.columns, row.edges)
    middle = _heights(columns, row.edges, blocks)
    boxes: dict[int, Rect] = {}
    left = 0.0
    for column in columns:
        width = max(blocks[n].width for n in column)
        for n in column:
            x = left + (width - blocks[n].width) / 2
            for member, (dx, dy) in blocks[n].offsets.items():
                boxes[member] = Rect(x + dx, middle[n] + dy, *outline.size(member))
        left += width + _COLUMN_GAP
    return boxes


def _heights(columns: list[list[int]], edges: list[Pair], blocks: list[Block]) -> dict[int, float]:
    """The y of each block's middle: near those before it and, on every other sweep, those after
    it. The last sweep goes forward, so that a chain runs straight on from where it branched."""
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for source, target in edges:
        before.setdefault(target, []).append(source)
        after.setdefault(source, []).append(target)
    middle: dict[int, float] = {}
    for column in columns:
        _stack(column, dict.fromkeys(column, 0.0), blocks, middle)
    for sweep in range(_SWEEPS):
        backward = sweep % 2 == 1
        beside = after if backward else before
        for column in reversed(columns) if backward else columns:
            wish = {n: _mean([middle[o] for o in beside.get(n, [n])]) for n in column}
            _stack(column, wish, blocks, middle)
    return middle


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _stack(
    column: list[int], wish: dict[int, float], blocks: list[Block], middle: dict[int, float]
) -> None:
    """Sets ``middle`` of the column in its order, as near to the wishes as room allows."""
    reached: float | None = None
    for n in column:
        needed = wish[n] if reached is None else reached + _ROW_GAP + blocks[n].above
        middle[n] = max(wish[n], needed)
        reached = middle[n] + blocks[n].below
    drift = _mean([middle[n] - wish[n] for n in column])
    for n in column:
        middle[n] -= drift


def _packed(areas: list[Rect]) -> list[tuple[float, float]]:
    """The move of each area, set in shelves from left to right and top to bottom."""
    room = sum((a.width + _PART_GAP) * (a.height + _PART_GAP) for a in areas)
    widest = max([sqrt(room * _WIDE_TO_HIGH), *(area.width for area in areas)], default=0.0)
    moves: list[tuple[float, float]] = []
    x = y = shelf = 0.0
    for area in areas:
        if x > 0 and x + area.width > widest:
            x, y, shelf = 0.0, y + shelf + _PART_GAP, 0.0
        moves.append((x - area.x, y - area.y))
        x += area.width + _PART_GAP
        shelf = max(shelf, area.height)
    return moves

"""Steps with their AI helpers below them, moved as one block by the layered layout."""

from __future__ import annotations

from dataclasses import dataclass

from koda_desktop.workflows.drawing.outline import Outline

_BESIDE, _BELOW, _LABEL = 72.0, 108.0, 48.0


@dataclass(frozen=True, slots=True)
class Block:
    """``offsets`` lead from the block's left edge and its root's middle to each box's corner.

    ``above`` and ``below`` are how far the block reaches from that middle, labels included.
    """

    width: float
    above: float
    below: float
    offsets: dict[int, tuple[float, float]]


def blocks_of(outline: Outline) -> list[Block]:
    """One block per step that helps no other, in the order of the file."""
    parent = _parents(outline)
    children: dict[int, list[int]] = {}
    for helper, root in sorted(parent.items()):
        children.setdefault(root, []).append(helper)
    built: dict[int, Block] = {}
    roots = [n for n in range(len(outline.nodes)) if n not in parent]
    for number in reversed(_roots_first(roots, children)):
        below = [built.pop(child) for child in children.get(number, ())]
        built[number] = _block(number, outline.size(number), below)
    return [built[number] for number in roots]


def _parents(outline: Outline) -> dict[int, int]:
    """The root each helper hangs below; a helper of several hangs below its first."""
    parent: dict[int, int] = {}
    for link in outline.helpers:
        above: int | None = link.target
        while above is not None and above != link.source:
            above = parent.get(above)
        if above is None:
            parent.setdefault(link.source, link.target)
    return parent


def _roots_first(roots: list[int], children: dict[int, list[int]]) -> list[int]:
    order = list(roots)
    for number in order:
        order += children.get(number, ())
    return order


def _block(number: int, size: tuple[float, float], below: list[Block]) -> Block:
    width, height = size
    row = sum(block.width for block in below) + _BESIDE * max(0, len(below) - 1)
    full = max(width, row)
    offsets = {number: ((full - width) / 2, -height / 2)}
    deepest, left = height / 2 + _LABEL, (full - row) / 2
    for block in below:
        middle = height / 2 + _BELOW + block.above
        offsets |= {n: (left + x, middle + y) for n, (x, y) in block.offsets.items()}
        deepest = max(deepest, middle + block.below)
        left += block.width + _BESIDE
    return Block(full, height / 2, deepest, offsets)

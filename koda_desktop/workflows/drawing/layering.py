"""Which column a step belongs in: cycles opened, then the longest path from a start.

After Sugiyama, Tagawa and Toda (1981): layering by longest path, then ordering by barycentre.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Pair = tuple[int, int]


def without_cycles(count: int, edges: Iterable[Pair]) -> list[Pair]:
    """``edges`` without those that lead back to where a walk in reading order came from."""
    following: list[list[int]] = [[] for _ in range(count)]
    for source, target in dict.fromkeys(edges):
        if source != target:
            following[source].append(target)
    state = bytearray(count)
    kept: list[Pair] = []
    for start in _starts_first(count, following):
        if not state[start]:
            _walk(start, following, state, kept)
    return kept


def _starts_first(count: int, following: Sequence[Sequence[int]]) -> list[int]:
    led_to = {target for targets in following for target in targets}
    return sorted(range(count), key=lambda n: (n in led_to, n))


def _walk(start: int, following: list[list[int]], state: bytearray, kept: list[Pair]) -> None:
    """Depth first, without recursion; an edge to a node still open closes a cycle."""
    opened, done = 1, 2
    state[start] = opened
    stack = [(start, iter(following[start]))]
    while stack:
        node, rest = stack[-1]
        target = next(rest, None)
        if target is None:
            state[node] = done
            stack.pop()
        elif state[target] != opened:
            kept.append((node, target))
            if not state[target]:
                state[target] = opened
                stack.append((target, iter(following[target])))


def layers_of(count: int, edges: Sequence[Pair]) -> list[int]:
    """The column of each node: one more than the furthest of those before it."""
    waiting = [0] * count
    following: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        following[source].append(target)
        waiting[target] += 1
    layer = [0] * count
    ready = [n for n in range(count) if not waiting[n]]
    for node in ready:
        for target in following[node]:
            layer[target] = max(layer[target], layer[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return layer


def components(count: int, edges: Iterable[Pair]) -> list[list[int]]:
    """The nodes that hang together, each group and the groups in the order of the file."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for source, target in edges:
        first, second = sorted((root(source), root(target)))
        parent[second] = first
    groups: dict[int, list[int]] = {}
    for node in range(count):
        groups.setdefault(root(node), []).append(node)
    return list(groups.values())


def ordered(columns: list[list[int]], edges: Sequence[Pair], sweeps: int = 6) -> list[list[int]]:
    """Each column sorted so that a node is near the middle of what it is connected to."""
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for source, target in edges:
        before.setdefault(target, []).append(source)
        after.setdefault(source, []).append(target)
    spot = {node: float(i) for column in columns for i, node in enumerate(column)}
    for sweep in range(sweeps):
        forward = sweep % 2 == 0
        for column in columns if forward else reversed(columns):
            _sort(column, before if forward else after, spot)
    return columns


def _sort(column: list[int], beside: dict[int, list[int]], spot: dict[int, float]) -> None:
    def middle(node: int) -> float:
        near = beside.get(node)
        return sum(spot[other] for other in near) / len(near) if near else spot[node]

    column.sort(key=lambda node: (middle(node), spot[node]))
    for index, node in enumerate(column):
        spot[node] = float(index)

"""A hash of what a workflow does, whatever its steps are called and wherever they stand.

Colour refinement (Weisfeiler and Leman): every step starts as its colour, then repeatedly takes in
the colours of its neighbours; the sorted colours are hashed. Renaming, moving or reordering steps
changes nothing; adding a step, changing its kind or its connections does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from koda_desktop.workflows.inspection import Edge

_ROUNDS = 12
_COLOUR_BITS = 32
_COLOUR_MASK = (1 << _COLOUR_BITS) - 1

Link = tuple[int, int, str]
"""Index of the source step, index of the target step, kind of connection with its ports."""


def of_graph(colours: Mapping[str, str], edges: Iterable[Edge]) -> str:
    """The fingerprint of a graph whose steps are given as name to colour."""
    index = {name: number for number, name in enumerate(colours)}
    links = [(index[e.source], index[e.target], f"{e.kind}:{e.output}:{e.input}") for e in edges]
    return fingerprint(list(colours.values()), links)


def fingerprint(colours: Sequence[str], links: Sequence[Link]) -> str:
    """SHA-256 in hex over steps given as colours (type and what else matters) and their links."""
    palette = _Palette()
    current = [palette.number(_hash(colour)) for colour in colours]
    around: list[list[tuple[int, int]]] = [[] for _ in colours]
    for source, target, kind in links:
        around[source].append((palette.kind(">" + kind), target))
        around[target].append((palette.kind("<" + kind), source))
    distinct = len(set(current))
    for _ in range(_ROUNDS):
        current, before = palette.refined(current, around), distinct
        distinct = len(set(current))
        if distinct == before:
            break
    return _hash("\n".join([f"{len(links)} links", *sorted(map(palette.hash, current))]))


class _Palette:
    """The hashes met so far by their numbers: what two steps see alike is hashed once.

    A neighbour is one number as well, its kind of link in the high bits and its colour in the low
    ones: a step is compared by those of all its neighbours in every round.
    """

    def __init__(self) -> None:
        self._hashes: list[str] = []
        self._numbers: dict[str, int] = {}
        self._kinds: dict[str, int] = {}
        self._seen: dict[tuple[int, ...], int] = {}

    def hash(self, number: int) -> str:
        return self._hashes[number]

    def number(self, colour: str) -> int:
        if colour not in self._numbers:
            self._numbers[colour] = len(self._hashes)
            self._hashes.append(colour)
        return self._numbers[colour]

    def kind(self, name: str) -> int:
        """What to add to a colour where it is met over this kind of link."""
        return self._kinds.setdefault(name, len(self._kinds) << _COLOUR_BITS)

    def refined(self, current: list[int], around: list[list[tuple[int, int]]]) -> list[int]:
        """The colours after every step took in those of its neighbours."""
        seen = self._seen
        after: list[int] = []
        for own, near in zip(current, around, strict=True):
            met = (own, *sorted([kind + current[other] for kind, other in near]))
            found = seen.get(met)
            after.append(self._refine(met) if found is None else found)
        return after

    def _refine(self, met: tuple[int, ...]) -> int:
        """The colour of a step that looks like this for the first time."""
        own, *near = met
        kinds = list(self._kinds)
        lines = sorted(
            f"{kinds[one >> _COLOUR_BITS]} {self._hashes[one & _COLOUR_MASK]}" for one in near
        )
        found = self._seen[met] = self.number(_hash("\n".join([self._hashes[own], *lines])))
        return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()

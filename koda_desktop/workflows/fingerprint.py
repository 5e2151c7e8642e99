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

Link = tuple[int, int, str]
"""Index of the source step, index of the target step, kind of connection with its ports."""


def of_graph(colours: Mapping[str, str], edges: Iterable[Edge]) -> str:
    """The fingerprint of a graph whose steps are given as name to colour."""
    index = {name: number for number, name in enumerate(colours)}
    links = [(index[e.source], index[e.target], f"{e.kind}:{e.output}:{e.input}") for e in edges]
    return fingerprint(list(colours.values()), links)


def fingerprint(colours: Sequence[str], links: Sequence[Link]) -> str:
    """SHA-256 in hex over steps given as colours (type and what else matters) and their links."""
    current = [_hash(colour) for colour in colours]
    around: list[list[tuple[int, str]]] = [[] for _ in colours]
    for source, target, kind in links:
        around[source].append((target, ">" + kind))
        around[target].append((source, "<" + kind))
    distinct = len(set(current))
    for _ in range(_ROUNDS):
        refined = [_refined(current[i], around[i], current) for i in range(len(current))]
        current, before = refined, distinct
        distinct = len(set(current))
        if distinct == before:
            break
    return _hash("\n".join([f"{len(links)} links", *sorted(current)]))


def _refined(own: str, around: list[tuple[int, str]], colours: list[str]) -> str:
    return _hash("\n".join([own, *sorted(f"{kind} {colours[other]}" for other, kind in around)]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()

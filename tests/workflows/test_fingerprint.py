from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.fingerprint import Link, fingerprint

_COLOURS = st.lists(st.sampled_from("abc"), min_size=1, max_size=8)


def _graphs(colours: list[str]) -> st.SearchStrategy[tuple[list[str], list[Link]]]:
    index = st.integers(0, len(colours) - 1)
    links = st.lists(st.tuples(index, index, st.sampled_from(["main:0:0", "ai_tool:0:0"])))
    return st.tuples(st.just(colours), links)


@given(_COLOURS.flatmap(_graphs), st.integers())
def test_the_order_of_steps_and_links_is_no_matter(
    graph: tuple[list[str], list[Link]], seed: int
) -> None:
    colours, links = graph
    order = list(range(len(colours)))
    random.Random(seed).shuffle(order)
    moved = [colours[i] for i in order]
    place = {old: new for new, old in enumerate(order)}
    relinked = [(place[a], place[b], kind) for a, b, kind in reversed(links)]
    assert fingerprint(moved, relinked) == fingerprint(colours, links)


def test_what_leads_to_a_step_matters() -> None:
    shared = fingerprint(["P", "Q", "T", "T"], [(0, 2, "main"), (1, 2, "main")])
    apart = fingerprint(["P", "Q", "T", "T"], [(0, 2, "main"), (1, 3, "main")])
    assert shared != apart


def test_ports_and_direction_matter() -> None:
    made = {
        fingerprint(["a", "a"], links)
        for links in ([], [(0, 1, "main:0:0")], [(0, 1, "main:1:0")], [(0, 1, "ai_tool:0:0")])
    }
    assert len(made) == 4
    assert fingerprint(["a", "b"], [(0, 1, "m")]) != fingerprint(["a", "b"], [(1, 0, "m")])


def test_steps_far_away_are_told_apart() -> None:
    chain: list[Link] = [(i, i + 1, "main") for i in range(5)]
    first = fingerprint(["x", "a", "a", "a", "a", "y"], chain)
    assert first != fingerprint(["y", "a", "a", "a", "a", "x"], chain)

"""Graphs for the tests of the picture: made up at random, and read from the project's samples."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Edge, Graph, Node, Note

SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"

NAMES = st.text(
    st.one_of(st.characters(), st.sampled_from("\x00\x0b\ud800\udfff\ufffe\u202e<>&\"']]")),
    max_size=40,
)
NUMBERS = st.one_of(
    st.integers(-30, 30).map(lambda step: step * 20.0),
    st.floats(allow_nan=True, allow_infinity=True),
)
PLACES = st.one_of(st.none(), st.tuples(NUMBERS, NUMBERS))
KINDS = st.sampled_from(["trigger", "action", "logic", "code", "ai", "ai-part"])
WIRES = st.sampled_from(["main", "ai_tool", "ai_languageModel", "error", ""])
LABELS = st.one_of(st.sampled_from(["Slack", "Google Sheets", "If", "Code"]), NAMES)


@st.composite
def graphs(draw: st.DrawFn, most: int = 14) -> Graph:
    """Any graph: cycles, self loops, parallel edges, edges to nowhere, absurd places."""
    nodes = tuple(
        Node(name, "any.type", label, place, off, starts, kind)
        for name, label, place, off, starts, kind in draw(
            st.lists(
                st.tuples(NAMES, LABELS, PLACES, st.booleans(), st.booleans(), KINDS), max_size=most
            )
        )
    )
    ends = st.sampled_from([node.name for node in nodes] or ["nowhere"])
    ports = st.integers(-2, 12)
    edges = draw(
        st.lists(st.builds(Edge, ends | NAMES, ends, WIRES, ports, ports), max_size=2 * most)
    )
    notes = draw(st.lists(st.builds(Note, NAMES, PLACES, PLACES, NAMES), max_size=3))
    return Graph(nodes, tuple(edges), tuple(notes))


def node(
    name: str,
    x: float | None = None,
    y: float = 0.0,
    *,
    label: str = "Slack",
    kind: str = "action",
    trigger: bool = False,
    disabled: bool = False,
) -> Node:
    """A node at ``x``, ``y``, or without a place."""
    place = None if x is None else (x, y)
    return Node(name, "any.type", label, place, disabled, trigger, kind)


def chain(count: int, step: float | None = None) -> Graph:
    """``count`` steps, one after the other; placed ``step`` apart if that is given."""
    nodes = [node(f"s{i}", None if step is None else i * step) for i in range(count)]
    return Graph(tuple(nodes), tuple(Edge(f"s{i}", f"s{i + 1}", "main") for i in range(count - 1)))


def sample(name: str) -> tuple[Graph, str]:
    """Graph and name of a sample workflow that ships with the program."""
    found = inspect_path(SAMPLES / name)
    return found.graph, found.name

"""Two versions of a workflow beside each other, in lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from koda_desktop.workflows.comparing import Change, Comparison, Difference
from koda_desktop.workflows.inspection import Edge

_MOST_NAMED = 12


def comparison_lines(found: Comparison) -> Iterator[str]:
    """A line for each difference, marked +, - or ~; of parameters only the names."""
    if found.platform:
        yield f"platform: {found.platform[0]} → {found.platform[1]}"
    yield from (f"+ step {node.name} ({node.label})" for node in found.added)
    yield from (f"- step {node.name} ({node.label})" for node in found.removed)
    yield from (f"~ step {was} is now called {name}" for was, name in found.renamed)
    yield from (f"~ step {change.name}: {change_words(change)}" for change in found.changed)
    yield from (f"+ connection {_arrow(edge)}" for edge in found.edges_added)
    yield from (f"- connection {_arrow(edge)}" for edge in found.edges_removed)
    for thing, difference in (
        ("trigger", found.triggers),
        ("credential", found.credentials),
        ("app", found.integrations),
        ("package", found.packages),
    ):
        yield from _signed(thing, difference)
    if found.is_same:
        yield "Both do the same." if found.renamed else "No difference in what they do."


def _signed(thing: str, difference: Difference) -> Iterable[str]:
    yield from (f"+ {thing} {name}" for name in difference.added)
    yield from (f"- {thing} {name}" for name in difference.removed)


def change_words(change: Change) -> str:
    """What is different of a step, in words; never a value."""
    said = []
    if change.type:
        said.append(f"{change.type[0]} → {change.type[1]}")
    if change.disabled is not None:
        said.append("switched off" if change.disabled else "switched on")
    if change.settings:
        said.append(f"changed {', '.join(change.settings)}")
    return "; ".join(said)


def _arrow(edge: Edge) -> str:
    kind = "" if edge.kind == "main" else f" ({edge.kind})"
    output = f" [{edge.output}]" if edge.output else ""
    return f"{edge.source}{output} → {edge.target}{kind}"

"""Names that stay apart: steps of one graph are told from each other by name."""

from __future__ import annotations


def unique(name: str, taken: dict[str, int]) -> str:
    """``name``, or ``name (2)`` and so on; ``taken`` remembers the last number given."""
    candidate = name
    while candidate in taken:
        taken[name] += 1
        candidate = f"{name} ({taken[name]})"
    taken[candidate] = 1
    return candidate

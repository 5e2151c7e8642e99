"""Limits that hold before a file is parsed, so that no file can exhaust memory or the stack."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024
_DEEPEST = 400


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is read at most.

    ``max_bytes`` of a file; ``max_depth`` of nested lists and objects (real exports stay under 30);
    ``max_values`` counts everything in a JSON document; ``max_nodes`` the nodes of all workflows in
    one file. ``max_entries`` of an archive are looked at and ``max_unpacked`` bytes unpacked, of
    one entry at most ``max_ratio`` times its packed size; ``max_source`` bytes of Python in a file
    or archive are parsed, the rest is read line by line. Depth is bounded by the interpreter's
    stack, hence the ValueError above 400.
    """

    max_bytes: int = 50 * MEBIBYTE
    max_depth: int = 200
    max_values: int = 1_000_000
    max_nodes: int = 20_000
    max_entries: int = 10_000
    max_unpacked: int = 100 * MEBIBYTE
    max_ratio: int = 200
    max_source: int = MEBIBYTE

    def __post_init__(self) -> None:
        if not 1 <= self.max_depth <= _DEEPEST:
            raise ValueError(f"max_depth must lie between 1 and {_DEEPEST}")

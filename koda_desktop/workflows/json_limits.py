"""Depth and number of values of a JSON text, counted on its bytes before any parser runs.

A parser would need the stack and memory that these limits are there to save.
"""

from __future__ import annotations

from itertools import accumulate

from koda_desktop.workflows.caps import Caps

_STRUCTURE = b'"[]{},'
_DROP = bytes(byte for byte in range(256) if byte not in _STRUCTURE)
_ALIKE = bytes.maketrans(b"{}", b"[]")
_STEP = {ord("["): 1, ord("]"): -1}


def broken_limit(data: bytes, caps: Caps) -> str | None:
    """``too-deep`` or ``too-many-values`` for UTF-8 JSON bytes beyond ``caps``, else None."""
    # Pairs of backslashes first: then a backslash before a quote always escapes it.
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    if unescaped.count(b'"') > 4 * caps.max_values:
        return "too-many-values"
    # Only the brackets and commas that stand outside strings.
    structure = b"".join(unescaped.translate(None, _DROP).split(b'"')[::2])
    values = structure.count(b",") + structure.count(b"[") + structure.count(b"{")
    if values > caps.max_values:
        return "too-many-values"
    return "too-deep" if _deeper_than(structure, caps.max_depth) else None


def _deeper_than(structure: bytes, limit: int) -> bool:
    brackets = structure.translate(_ALIKE, b",")
    rest, depth = brackets, 0
    # Each round takes the innermost pairs away: as many as are nested in a sound document.
    while depth <= limit and b"[]" in rest:
        rest, depth = rest.replace(b"[]", b""), depth + 1
    return depth > limit or (bool(rest) and _deepest(brackets) > limit)


def _deepest(brackets: bytes) -> int:
    """The greatest depth anywhere in brackets of which some have no other."""
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)

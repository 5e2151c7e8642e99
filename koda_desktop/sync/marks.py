"""A set of listings by their keys, one byte for each key there may be: a million are a megabyte.

Keys are small whole numbers that the store counts up from one. Nothing here takes more than a
millisecond in one step of the interpreter, so that whoever waits for its turn gets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_AT_ONCE = 10_000


def mark(marks: bytearray, keys: Sequence[int]) -> None:
    """Set the byte of each of ``keys`` to 1; ``marks`` grows as far as it takes."""
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        try:
            _set(marks, some)
        except IndexError:
            # To look for the largest takes as long as to mark them all, and is seldom needed.
            _grow(marks, max(some) + 1)
            _set(marks, some)


def joined(some: bytearray, others: bytearray) -> bytearray:
    """What is marked in either; one that marks nothing may be empty."""
    if not some or not others:
        return some or others
    both = int.from_bytes(some, "little") | int.from_bytes(others, "little")
    return bytearray(both.to_bytes(max(len(some), len(others)), "little"))


def _set(marks: bytearray, keys: Iterable[int]) -> None:
    for key in keys:
        marks[key] = 1


def _grow(marks: bytearray, size: int) -> None:
    """A quarter more than is asked for: keys that rise have it grow a few times in all."""
    marks.extend(bytes(max(size + size // 4 - len(marks), 0)))

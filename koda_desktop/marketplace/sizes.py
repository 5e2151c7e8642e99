"""How large a listing's file may be, and in which pieces it is stored. Imports nothing."""

from __future__ import annotations

MIB = 1024 * 1024

SINGLE_MAX = 16 * MIB
"""The largest file that goes out in a single PUT; anything larger goes in parts."""

PUT_MAX = 5 * 1024**3
"""The largest object a single PUT stores (Amazon S3, PutObject)."""

FILE_MAX = 5 * 1024**4
"""The largest file of a listing: what every S3 server that takes parts can hold."""

PARTS_MAX = 9_000
"""At most this many parts: S3 takes 10,000, and a round figure below leaves room."""

_PART_MIN = 8 * MIB
"""S3 takes parts of 5 MiB and more (all but the last). A crash costs a part at the least, and each
part costs a request: of 8 MiB a GiB goes out a quarter faster than of 5, and of 16 a tenth faster
still; but a hundred crashes of one limited upload cost 2.3 times its bytes then, not 1.01."""


def part_size(size: int) -> int:
    """Bytes of each part of a file of ``size`` bytes: a multiple of 1 MiB, 8 MiB at the least."""
    needed = max(_PART_MIN, -(-size // PARTS_MAX))
    return -(-needed // MIB) * MIB

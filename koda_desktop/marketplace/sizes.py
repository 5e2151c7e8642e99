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
"""S3 takes parts of 5 MiB and more (all but the last). A crash costs a part at the least."""

_PART_LARGE = 16 * MIB
"""Each part costs a request: of parts this large a GiB goes out a tenth faster."""

_FEW = 64
"""So many parts a file is cut into before they are larger than the least: what one crash costs
stays small beside the file."""


def part_size(size: int) -> int:
    """Bytes of each part of a file of ``size`` bytes: a multiple of 1 MiB, from 8 MiB to 16 unless
    that were more than ``PARTS_MAX`` parts.
    """
    wanted = min(max(_PART_MIN, size // _FEW), _PART_LARGE)
    needed = max(wanted, -(-size // PARTS_MAX))
    return -(-needed // MIB) * MIB

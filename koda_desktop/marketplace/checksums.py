"""CRC-32 of a whole from the CRC-32s of its parts.

S3 calls it a FULL_OBJECT checksum ("Checking object integrity", Amazon S3 User Guide). The CRC is
the one of ISO-HDLC (zlib, zip): polynomial 0x04C11DB7, reflected, all ones before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

_POLYNOMIAL = 0xEDB88320
_BITS = 32
_Matrix = tuple[int, ...]
"""A 32 x 32 matrix over GF(2): ``matrix[n]`` is what bit ``n`` of a register becomes."""


def crc32_combine(first: int, second: int, second_size: int) -> int:
    """The CRC-32 of two byte strings in a row, from the CRC-32 of each and the second's length.

    The register is linear over GF(2): ``second_size`` zero bytes are let pass behind ``first``,
    one squared matrix for each bit of their number.
    """
    power = 0
    while second_size:
        if second_size & 1:
            first = _times(_zero_bytes(power), first)
        second_size >>= 1
        power += 1
    return first ^ second


def whole_crc32(parts: Iterable[tuple[str, int]]) -> str:
    """The CRC-32 in 8 hex digits of parts given in order as (CRC-32 in hex, size in bytes)."""
    whole = 0
    for crc32, size in parts:
        whole = crc32_combine(whole, int(crc32, 16), size)
    return f"{whole:08x}"


def _times(matrix: Sequence[int], vector: int) -> int:
    product = 0
    for column in matrix:
        if vector & 1:
            product ^= column
        vector >>= 1
    return product


@lru_cache(maxsize=64)
def _zero_bytes(power: int) -> _Matrix:
    """What ``2 ** power`` zero bytes do to the register."""
    if power == 0:
        # One zero bit moves every bit down and folds the lowest one into the polynomial.
        matrix: _Matrix = (_POLYNOMIAL, *(1 << bit for bit in range(_BITS - 1)))
        for _ in range(3):
            matrix = _squared(matrix)
        return matrix
    return _squared(_zero_bytes(power - 1))


def _squared(matrix: _Matrix) -> _Matrix:
    return tuple(_times(matrix, column) for column in matrix)

from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.marketplace.checksums import crc32_combine, whole_crc32


@given(first=st.binary(max_size=2000), second=st.binary(max_size=2000))
def test_two_checksums_make_the_checksum_of_both(first: bytes, second: bytes) -> None:
    combined = crc32_combine(zlib.crc32(first), zlib.crc32(second), len(second))
    assert combined == zlib.crc32(first + second)


@given(parts=st.lists(st.binary(max_size=300), max_size=12))
def test_parts_make_the_whole(parts: list[bytes]) -> None:
    given_parts = [(f"{zlib.crc32(part):08x}", len(part)) for part in parts]
    assert whole_crc32(given_parts) == f"{zlib.crc32(b''.join(parts)):08x}"


def test_a_long_run_of_zeros_costs_no_time() -> None:
    # CRC-32 of 1 GiB of zeros, from zlib in blocks.
    block, whole = bytes(1 << 20), 0
    for _ in range(64):
        whole = zlib.crc32(block, whole)
    joined = 0
    for _ in range(64):
        joined = crc32_combine(joined, zlib.crc32(block), len(block))
    assert joined == whole

from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.marketplace.checksums import whole_crc32


@given(parts=st.lists(st.binary(max_size=300), max_size=12))
def test_parts_make_the_whole(parts: list[bytes]) -> None:
    given_parts = [(f"{zlib.crc32(part):08x}", len(part)) for part in parts]
    assert whole_crc32(given_parts) == f"{zlib.crc32(b''.join(parts)):08x}"

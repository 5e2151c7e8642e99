"""CRC-32 of a whole from the CRC-32s of its parts.

S3 calls it a FULL_OBJECT checksum ("Checking object integrity", Amazon S3 User Guide). The CRC is
the one of ISO-HDLC (zlib, zip): polynomial 0x04C11DB7, reflected, all ones before and after.
"""

from __future__ import annotations

from collections.abc import Iterable

from isal.isal_zlib import crc32_combine


def whole_crc32(parts: Iterable[tuple[str, int]]) -> str:
    """The CRC-32 in 8 hex digits of parts given in order as (CRC-32 in hex, size in bytes)."""
    whole = 0
    for crc32, size in parts:
        whole = crc32_combine(whole, int(crc32, 16), size)
    return f"{whole:08x}"

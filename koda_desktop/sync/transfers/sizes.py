"""How large the pieces of a transfer are, and how often one is tried; tests choose small ones."""

from __future__ import annotations

from dataclasses import dataclass

from koda_desktop.marketplace.sizes import MIB, SINGLE_MAX

_COUNTED_MAX = 64 * 1024 * MIB
"""A larger file is counted in whole ranges, so that its rows stay few."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes and seconds. The size of an upload's parts is the marketplace's to choose."""

    single_max: int = SINGLE_MAX
    """A file up to this size goes out in one request."""
    range_size: int = 4 * MIB
    """A download comes in ranges of this size; some are in memory until they are hashed."""
    count_size: int = MIB // 2
    """A download is written down in parts of this size: what a crash costs at the least."""
    sync_bytes: int = 32 * MIB
    """A download is flushed to the disk after so many bytes, or ``sync_seconds``."""
    sync_seconds: float = 1.0
    retry_seconds: float = 0.2
    """The first wait before a part that failed is tried again within the same attempt."""

    def part_size(self, size: int) -> int:
        """The size of the parts that a download of ``size`` bytes is counted in."""
        is_large = size > _COUNTED_MAX
        return self.range_size if is_large else min(self.count_size, self.range_size)

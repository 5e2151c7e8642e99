"""How large the pieces of a transfer are, and how often one is tried; tests choose small ones."""

from __future__ import annotations

from dataclasses import dataclass

from koda_desktop.marketplace.sizes import MIB, SINGLE_MAX


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes and seconds. The size of an upload's parts is the marketplace's to choose."""

    single_max: int = SINGLE_MAX
    """A file up to this size goes out in one request."""
    range_size: int = 8 * MIB
    """A download comes in ranges of this size."""
    sync_bytes: int = 32 * MIB
    """A download is flushed to the disk after so many bytes, or ``sync_seconds``."""
    sync_seconds: float = 1.0
    retry_seconds: float = 0.2
    """The first wait before a part that failed is tried again within the same attempt."""

"""Which ranges of a file that came wrong are to be fetched again."""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.marketplace.api import StoredPart
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.transfers.carrier import Span
from koda_desktop.sync.transfers.partial import PartialFile


def differing(
    file: PartialFile, stored: Sequence[StoredPart], cancel: CancelToken
) -> tuple[Span, ...]:
    """The ranges that have not the CRC-32 which the store has of them; empty when ``stored`` are
    not parts that make up this file.

    Raises Cancelled, and what reading the file raises.
    """
    spans, end = [], 0
    for part in stored:
        spans.append((Span(end, part.size), part.crc32))
        end += part.size
    if end != file.size or [part.number for part in stored] != list(range(1, len(stored) + 1)):
        return ()
    wrong: list[Span] = []
    for span, crc32 in spans:
        cancel.check()
        if crc32 != file.crc32_of(span):
            wrong.append(span)
    return tuple(wrong)

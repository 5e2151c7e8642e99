"""Several detectors see the same secret: which of them speaks."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from koda_desktop.workflows.secrets.shapes import Hit


def settled(hits: Iterable[Hit]) -> list[Hit]:
    """``hits`` without overlaps, in the order of the text: the lower rank wins, then the longer."""
    kept: list[tuple[int, int, Hit]] = []
    # A stable sort: of equal hits the detector that is listed first speaks.
    for hit in sorted(hits, key=lambda hit: (hit.rank, hit.start - hit.end, hit.start)):
        index = bisect_left(kept, hit.start, key=lambda entry: entry[0])
        free_before = index == 0 or kept[index - 1][1] <= hit.start
        free_after = index == len(kept) or hit.end <= kept[index][0]
        if free_before and free_after and hit.start < hit.end:
            insort(kept, (hit.start, hit.end, hit), key=lambda entry: entry[0])
    return [hit for _, _, hit in kept]

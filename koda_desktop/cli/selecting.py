"""From the SELECTOR of a command to the listings it means."""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.runtime.clock import SystemClock
from koda_desktop.sync.rows import ListingQuery, Selection


def selection_of(words: Sequence[str]) -> Selection:
    """What ``words`` mean in the filter language; all listings where there are none.

    Raises InputError for a field or value that is not known.
    """
    from koda_desktop.sync.filters.moments import Today
    from koda_desktop.sync.filters.parsing import parse_filter

    today = Today(SystemClock().now())
    return Selection(query=ListingQuery(filter=parse_filter(" ".join(words), today)))

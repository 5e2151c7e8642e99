"""From the SELECTOR of a command to the listings it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from koda_desktop.errors import NotFound
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.sync.rows import ListingQuery, Selection

if TYPE_CHECKING:
    from koda_desktop.workspace.facade import Workspace

_ID = re.compile(r"[0-9a-f]{4,24}\Z")


def selection_of(words: Sequence[str]) -> Selection:
    """What ``words`` mean in the filter language; all listings where there are none.

    As in the window, archived ones are meant only where ``archived:`` or an id asks for them.
    Raises InputError for a field or value that is not known.
    """
    from koda_desktop.sync.filters.moments import Today
    from koda_desktop.sync.filters.parsing import parse_filter
    from koda_desktop.sync.filters.terms import IdBegins, asks_for_archived

    today = Today(SystemClock().now())
    wanted = parse_filter(" ".join(words), today)
    names_ids = any(isinstance(test, IdBegins) for term in wanted.terms for test in term.tests)
    is_hidden = not names_ids and not asks_for_archived(wanted)
    return Selection(query=ListingQuery(filter=wanted, hides_archived=is_hidden))


def one_of(workspace: Workspace, words: Sequence[str]) -> str | None:
    """The id of the one listing that is meant by its id; None for a filter."""
    if len(words) != 1 or not _ID.match(words[0]):
        return None
    try:
        return workspace.listing(words[0]).row.id
    except NotFound:
        # Twenty-four hex digits are no word of anybody's.
        if len(words[0]) == 24:
            raise
        return None

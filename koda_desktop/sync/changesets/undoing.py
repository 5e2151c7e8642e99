"""What takes a change set back: its rows in reverse, each guarded by what the set left behind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from koda_desktop.sync.changesets import drafts, records
from koda_desktop.sync.changesets.rows import (
    Change,
    ChangeSetRow,
    DropDraft,
    Publish,
    RowChange,
    What,
    Withdraw,
)
from koda_desktop.sync.changesets.slicing import Read
from koda_desktop.sync.merge import ABSENT

_PAGE = 1_000


def changes_back(read: Read, set_id: int, total: int) -> Iterator[Change]:
    """The changes that restore what there was before the set, the last one first.

    The set is read as it was committed, wherever the iterator is asked.
    """
    end = total
    while end > 0:
        first = max(0, end - _PAGE)
        page = partial(records.untitled, set_id=set_id, first=first, limit=end - first)
        for row in reversed(read(page)):
            yield _back(row)
        end = first


def _back(row: ChangeSetRow) -> Change:
    match row.what:
        case What.FIELDS if row.before.keys() == row.after.keys():
            return RowChange(row.listing_id, row.before, row.after)
        case What.FIELDS:
            names = dict.fromkeys([*row.before, *row.after])
            return RowChange(
                row.listing_id,
                {name: row.before.get(name, ABSENT) for name in names},
                {name: row.after.get(name, ABSENT) for name in names},
            )
        case What.DRAFT:
            return DropDraft(row.listing_id, row.after["fingerprint"])
        case What.DROP:
            return drafts.draft_of(row.listing_id, row.before)
        case What.FILE:
            return drafts.file_of(row.listing_id, row.before, str(row.after["file"]["sha256"]))
        case What.PUBLISH:
            return Withdraw(row.listing_id)
        case What.WITHDRAW:
            return Publish(row.listing_id)

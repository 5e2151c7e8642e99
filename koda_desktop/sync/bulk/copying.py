"""The verb that makes drafts of listings: copies to go on from."""

from __future__ import annotations

from dataclasses import dataclass

from koda_desktop.models.vocabulary import TITLE_MAX
from koda_desktop.sync.bulk.proposing import BulkRow, EachRow, Proposal, Whole
from koda_desktop.sync.changesets.rows import CopyListing

_COPY = "Copy of "


@dataclass(frozen=True, slots=True)
class Duplicate(EachRow):
    """A new draft of each listing, with its fields, its file and its pictures."""

    reads = ("title",)
    name = "Duplicate"

    def change(self, row: BulkRow) -> Proposal:
        title = f"{_COPY}{row.title}"[:TITLE_MAX]
        return Whole(CopyListing(row.listing_id, title), {}, {"title": title})

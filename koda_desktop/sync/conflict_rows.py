"""Conflicts as the pages and commands hold them, and a person's answers. No SQL, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from koda_desktop.sync.rows import Side


class Choice(StrEnum):
    """How a person settles a field in conflict."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"
    """The union of tags; one text after the other."""
    VALUE = "value"
    """Another value that the person wrote."""


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One field that was changed here and in the marketplace."""

    listing_id: str
    listing_title: str
    field: str
    base: Side
    """The value both changes began from."""
    mine: Side
    theirs: Side
    mine_at: str
    """When it was changed here, ISO 8601."""
    theirs_at: str = ""
    """When the marketplace's copy was changed; empty where nobody said."""
    theirs_by: str = ""
    """Who or what changed it there, in words; empty where nobody said."""
    found_at: str = ""
    can_keep_both: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.listing_id, self.field


@dataclass(frozen=True, slots=True)
class Resolution:
    """A person's answer to one ConflictRow.

    ``seen`` is the marketplace's side as it was shown: when it has changed since, nothing is
    settled. None settles whatever stands there now.
    """

    listing_id: str
    field: str
    choice: Choice
    value: Any = None
    """For VALUE."""
    seen: Side | None = None

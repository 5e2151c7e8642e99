"""What taking a folder in would do, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from koda_desktop.sync.rows import Json


class FolderKind(StrEnum):
    """What becomes of a file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"
    """Its listing is here, and no file of the folder is its file any more."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FolderRow:
    """One file. ``path`` is from the folder on, with slashes."""

    path: str
    kind: FolderKind
    title: str = ""
    listing_id: str = ""
    """Empty for a new listing."""
    what: str = ""
    """What changed, why it is refused, or what becomes of a listing whose file is gone."""
    sha256: str = ""
    """Of the file as it was looked at."""
    has_new_file: bool = False
    before: Json = field(default_factory=dict)
    after: Json = field(default_factory=dict)
    """Fields that the folder's own list sets."""
    replaces: str = ""
    """The checksum of the listing's file that a new one takes the place of."""
    version: str = ""
    """What a published listing's new file is; empty where that stays as it is."""
    is_on_sale: bool = False
    """Of a listing whose file is gone."""


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """Every file of ``root`` that is a workflow, in the order of its paths."""

    root: Path
    rows: Sequence[FolderRow]
    notes: Sequence[str] = ()

    def count(self, kind: FolderKind) -> int:
        return sum(row.kind is kind for row in self.rows)

    @property
    def has_changes(self) -> bool:
        """Whether taking it in would do anything."""
        changing = (FolderKind.NEW, FolderKind.CHANGED)
        return any(row.kind in changing for row in self.rows)

"""Change sets as the rooms above hold them: what is to be changed, what became of it. No SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from koda_desktop.sync.rows import Json

if TYPE_CHECKING:
    from koda_desktop.sync.entities import NewEntity, StagedFile


class SetKind(StrEnum):
    """What made a change set."""

    EDIT = "edit"
    """A person changed one listing."""
    DRAFT = "draft"
    """A draft was made of a file."""
    BULK = "bulk"
    IMPORT = "import"
    PUBLISH = "publish"
    FOLDER = "folder"
    DELETE = "delete"
    UNDO = "undo"
    REDO = "redo"


class RowChange(NamedTuple):
    """Other values for fields of one listing.

    ``fields`` maps seller fields to values as the web application stores them (price: a Number of
    euros); ``merge.ABSENT`` takes a field away. Each field of ``expected`` must hold that value
    (``ABSENT``: no value) when the change is made, or it is left as it is and reported.
    """

    listing_id: str
    fields: Mapping[str, Any]
    expected: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A listing that is made. Its files must be staged before."""

    entity: NewEntity

    @property
    def listing_id(self) -> str:
        return self.entity.id


@dataclass(frozen=True, slots=True)
class CopyListing:
    """A new draft with the fields, the file and the pictures of a listing."""

    listing_id: str
    title: str
    """Of the new draft."""


@dataclass(frozen=True, slots=True)
class DropDraft:
    """A draft that is deleted; only while it has the fingerprint ``expected``, if one is given."""

    listing_id: str
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class NewFile:
    """Another file for a listing: a draft has it at once, for a published one it is queued.

    Its bytes must be staged before, unless ``key`` is that of its object in the marketplace.
    ``expected`` is the SHA-256 its file must have until then; None for any. Without a ``version``
    that stays as it is.
    """

    listing_id: str
    file: StagedFile
    inspection: Json | None = None
    expected: str | None = None
    version: str = ""
    changelog: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Publish:
    """Queue the publication of a draft, or of one that was refused."""

    listing_id: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a queued publication back to a draft."""

    listing_id: str


Change = RowChange | NewDraft | CopyListing | DropDraft | NewFile | Publish | Withdraw


class What(StrEnum):
    """What a row of a change set records."""

    FIELDS = "fields"
    DRAFT = "draft"
    """A draft was made: there is only an ``after``."""
    DROP = "drop"
    """A draft was deleted: there is only a ``before``."""
    FILE = "file"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


class Why(StrEnum):
    """Why something was left as it was."""

    REFUSED = "refused"
    """The rules say no; the reason says why."""
    CHANGED = "changed"
    """It was changed since: here, or in the marketplace."""
    CONFLICT = "conflict"
    """It is in conflict; a person chooses there."""
    GONE = "gone"
    """There is no such listing any more."""


@dataclass(frozen=True, slots=True)
class Left:
    """A cell, or with an empty ``field`` a whole listing, that was left as it was."""

    listing_id: str
    field: str
    why: Why
    reason: str
    """One sentence for people."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSetResult:
    """What became of a change set. Without a change there is none, and ``set_id`` is 0."""

    set_id: int
    name: str
    changed: int = 0
    """How many listings were changed."""
    same: int = 0
    """How many held those values already."""
    left: tuple[Left, ...] = ()


class SetState(StrEnum):
    """Where a change set stands, as the chip of the History page shows it."""

    DONE = "done"
    UNDONE = "undone"
    PARTLY_UNDONE = "partly-undone"
    """Undone, except for what was changed since."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One line of the History page."""

    id: int
    name: str
    kind: SetKind
    who: str
    """The account of this computer that did it."""
    at: str
    """ISO 8601."""
    count: int
    """How many listings it changed."""
    left: int
    """How many cells or listings were left as they were."""
    state: SetState = SetState.DONE
    undoes: int | None = None
    """For UNDO and REDO: the set it takes back."""
    undone_by: int | None = None

    @property
    def can_undo(self) -> bool:
        """Whether it stands, so that it can be taken back (an UNDO is taken back by a redo)."""
        return self.undone_by is None


@dataclass(frozen=True, slots=True)
class ChangeSetRow:
    """What a change set did to one listing; ``before`` and ``after`` hold what it touched."""

    listing_id: str
    title: str
    what: What
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class ChangeSetDetail:
    """One change set with the first of its rows, and what it left as it was."""

    set: ChangeSet
    rows: tuple[ChangeSetRow, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class UndoState:
    """What Ctrl+Z and Ctrl+Shift+Z would do now; None for nothing."""

    undo: ChangeSet | None = None
    redo: ChangeSet | None = None
    """The set that would be done again, as it is named in the menu."""

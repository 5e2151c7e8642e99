"""A filter as data: terms that all hold, each of them true where one of its tests is.

Numbers and moments are half-open spans, the low end included: an amount in minor units, bytes, or
a moment as ISO 8601 in UTC with milliseconds, which sorts as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from koda_desktop.sync.rows import ListingState


class TextColumn(StrEnum):
    """Texts whose words are indexed, by their names in the index."""

    TITLE = "title"
    DESCRIPTION = "description"
    INTEGRATIONS = "integrations"


class NumberColumn(StrEnum):
    """What holds whole numbers, by the names of the columns."""

    PRICE = "price_minor"
    SIZE = "file_size"


class Possession(StrEnum):
    """What a listing can have or lack."""

    FILE = "file"
    ERROR = "error"
    PREVIEW = "preview"
    TAGS = "tags"
    DESCRIPTION = "description"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that begins a word of the listing, or a phrase that stands in it as it is."""

    text: str
    is_phrase: bool = False
    column: TextColumn | None = None
    """The only text to look in; None for all."""


@dataclass(frozen=True, slots=True)
class TagIs:
    """One of the tags is ``text``, whatever the case; or begins with it."""

    text: str
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class PlatformIs:
    name: str


@dataclass(frozen=True, slots=True)
class CategoryIs:
    name: str


@dataclass(frozen=True, slots=True)
class StateIs:
    state: ListingState


@dataclass(frozen=True, slots=True)
class ActiveIs:
    active: bool


@dataclass(frozen=True, slots=True)
class ArchivedIs:
    """Whether its seller took it out of the catalogue."""

    archived: bool


@dataclass(frozen=True, slots=True)
class NumberIn:
    """A number from ``low`` on and below ``high``; None leaves that end open."""

    column: NumberColumn
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class UpdatedIn:
    """The last change is in ``[low, high)``."""

    low: str | None
    high: str | None


@dataclass(frozen=True, slots=True)
class CreatedIn:
    """The listing was made in ``[low, high)``: whole seconds since 1970, as ids carry them."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class FileLike:
    """The file's name holds ``text``; with ``*`` or ``?`` in it, the whole name is like it."""

    text: str


@dataclass(frozen=True, slots=True)
class VersionIs:
    """The version is ``text`` or begins with its numbers: 1.2 is 1.2.0 and 1.2.7, not 1.20.0."""

    text: str


@dataclass(frozen=True, slots=True)
class IdBegins:
    text: str


@dataclass(frozen=True, slots=True)
class Has:
    what: Possession


Test: TypeAlias = (
    Word
    | TagIs
    | PlatformIs
    | CategoryIs
    | StateIs
    | ActiveIs
    | ArchivedIs
    | NumberIn
    | UpdatedIn
    | CreatedIn
    | FileLike
    | VersionIs
    | IdBegins
    | Has
)


@dataclass(frozen=True, slots=True)
class Term:
    """True where one of ``tests`` is; ``is_excluded`` turns that round."""

    tests: tuple[Test, ...]
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Listings for which every term is true; without terms, all."""

    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)


EVERYTHING = Filter()


def asks_for_archived(wanted: Filter) -> bool:
    """Whether ``archived:`` stands in it. Where it does not, archived listings are not meant."""
    tests = (test for term in wanted.terms for test in term.tests)
    return any(isinstance(test, ArchivedIs) for test in tests)

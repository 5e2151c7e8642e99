"""From a filter's text to a Filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from koda_desktop.errors import InputError
from koda_desktop.models.vocabulary import Category, Platform
from koda_desktop.runtime.clock import iso
from koda_desktop.sync.filters.amounts import join_decimal_commas, read_price, read_size
from koda_desktop.sync.filters.faults import misunderstood, not_among
from koda_desktop.sync.filters.fields import BY_NAME, FIELDS, Field, Kind
from koda_desktop.sync.filters.moments import Today, read_moments
from koda_desktop.sync.filters.spans import read_span
from koda_desktop.sync.filters.terms import (
    ActiveIs,
    ArchivedIs,
    CategoryIs,
    CreatedIn,
    FileLike,
    Filter,
    Has,
    IdBegins,
    NumberColumn,
    NumberIn,
    PlatformIs,
    Possession,
    StateIs,
    TagIs,
    Term,
    Test,
    TextColumn,
    UpdatedIn,
    VersionIs,
    Word,
)
from koda_desktop.sync.filters.tokens import Piece, Token, tokens
from koda_desktop.sync.rows import ListingState

MOST_CHARACTERS = 4_000
MOST_TESTS = 200
"""SQLite takes expressions up to a depth of its own."""
_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
_QUOTE = " Put words that hold a colon in quotes."


def parse_filter(text: str, today: Today) -> Filter:
    """The Filter that ``text`` means; ``today`` says what its days and ages are.

    Raises InputError for a field or a value that is not known: ``facts`` hold where it stands
    (``at`` and ``length``, in characters) and what is ``known`` there.
    """
    # Half a character, as a broken file name brings it, can be in no listing.
    text = text.encode("utf-8", "replace").decode()
    read = [_term(token, today) for token in tokens(text[:MOST_CHARACTERS])]
    terms = tuple(term for term in read if term is not None)
    if len(text) > MOST_CHARACTERS or sum(len(term.tests) for term in terms) > MOST_TESTS:
        end = Piece("", 0, len(text))
        most = f"{MOST_CHARACTERS} characters and {MOST_TESTS} conditions"
        raise misunderstood(end, "The filter is too long", f"It can have {most}.")
    return Filter(terms)


def _term(token: Token, today: Today) -> Term | None:
    if token.field is None:
        return _words(token)
    field = BY_NAME.get(token.field.lower())
    if field is None:
        return _unknown(token)
    pieces = token.values
    if field.kind is Kind.PRICE:
        pieces = tuple(join_decimal_commas(pieces))
    tests = [test for piece in pieces for test in _tests(field, piece, today)]
    return Term(tuple(tests), token.is_excluded)


def _words(token: Token) -> Term | None:
    """Words without a letter or digit are in no index: they are left out."""
    piece = token.values[0]
    if not has_words(piece.text):
        return None
    return Term((Word(piece.text, piece.is_quoted),), token.is_excluded)


def has_words(text: str) -> bool:
    """Whether there is anything in ``text`` that the index could know."""
    return any(map(str.isalnum, text))


def _unknown(token: Token) -> Term | None:
    name = token.field or ""
    if not token.has_colon:
        # Nobody who writes a<b means a field.
        written = "".join((name, *(piece.text for piece in token.values[:1])))
        return Term((Word(written),), token.is_excluded)
    place = Piece(name, token.field_start, token.field_start + len(name))
    names = [field.name for field in FIELDS]
    raise not_among(place, f"There is no field “{name}”", names, _QUOTE)


def _tests(field: Field, piece: Piece, today: Today) -> Sequence[Test]:
    if field.kind is Kind.UPDATED:
        return [UpdatedIn(*map(_written, read_moments(piece, today)))]
    if field.kind is Kind.CREATED:
        return [CreatedIn(*map(_seconds, read_moments(piece, today)))]
    if not piece.text:
        raise misunderstood(piece, f"“{field.name}:” has no value", f"For example {field.hint}.")
    return _READERS[field.kind](field, piece)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _text_words(field: Field, piece: Piece) -> Sequence[Test]:
    if not has_words(piece.text):
        raise misunderstood(piece, f"“{piece.text}” holds no word", f"For example {field.hint}.")
    return [Word(piece.text, piece.is_quoted, _TEXTS[field.name])]


_TEXTS = {
    "title": TextColumn.TITLE,
    "description": TextColumn.DESCRIPTION,
    "uses": TextColumn.INTEGRATIONS,
}


def _tag(field: Field, piece: Piece) -> Sequence[Test]:
    is_beginning = piece.text.endswith("*") and not piece.is_quoted
    text = piece.text.removesuffix("*") if is_beginning else piece.text
    return [TagIs(text, is_beginning)]


def _platform(field: Field, piece: Piece) -> Sequence[Test]:
    return [PlatformIs(name) for name in _named(field, piece, [one.value for one in Platform])]


def _category(field: Field, piece: Piece) -> Sequence[Test]:
    return [CategoryIs(name) for name in _named(field, piece, [one.value for one in Category])]


def _state(field: Field, piece: Piece) -> Sequence[Test]:
    names = [one.value for one in ListingState]
    return [StateIs(ListingState(name)) for name in _beginning(field, piece, names)]


def _has(field: Field, piece: Piece) -> Sequence[Test]:
    names = [one.value for one in Possession]
    found = [Possession(name) for name in _beginning(field, piece, names)]
    return [test for what in found for test in _POSSESSED.get(what, (Has(what),))]


_POSSESSED: dict[Possession, Sequence[Test]] = {
    Possession.ERROR: (StateIs(ListingState.REFUSED), StateIs(ListingState.CONFLICT)),
    Possession.PRICE: (NumberIn(NumberColumn.PRICE, 1, None),),
}
"""What can be asked of columns that are indexed."""


def _named(field: Field, piece: Piece, names: Sequence[str]) -> Sequence[str]:
    """Of a list that the marketplace may make longer: what stands in quotes is taken as it is."""
    try:
        return _beginning(field, piece, names)
    except InputError:
        if piece.is_quoted:
            return [piece.text]
        raise


def _beginning(field: Field, piece: Piece, names: Sequence[str]) -> Sequence[str]:
    """The name that ``piece`` is, or all that begin with it, whatever the case."""
    text = piece.text.lower()
    found = [name for name in names if name.lower() == text]
    found = found or [name for name in names if name.lower().startswith(text)]
    if not found:
        raise not_among(piece, f"“{piece.text}” is no {field.name}", names)
    return found


def _active(field: Field, piece: Piece) -> Sequence[Test]:
    found = _YES_NO.get(piece.text.lower())
    if found is None:
        raise misunderstood(piece, f"“{piece.text}” is not yes or no", "Write active:yes or :no.")
    return [ActiveIs(found)]


def _archived(field: Field, piece: Piece) -> Sequence[Test]:
    found = _YES_NO.get(piece.text.lower())
    if found is None:
        what = f"“{piece.text}” is not yes or no"
        raise misunderstood(piece, what, "Write archived:yes or :no.")
    return [ArchivedIs(found)]


def _price(field: Field, piece: Piece) -> Sequence[Test]:
    return [NumberIn(NumberColumn.PRICE, *read_span(piece, read_price))]


def _size(field: Field, piece: Piece) -> Sequence[Test]:
    return [NumberIn(NumberColumn.SIZE, *read_span(piece, read_size))]


_READERS: dict[Kind, Callable[[Field, Piece], Sequence[Test]]] = {
    Kind.WORDS: _text_words,
    Kind.TAG: _tag,
    Kind.PLATFORM: _platform,
    Kind.CATEGORY: _category,
    Kind.STATE: _state,
    Kind.ACTIVE: _active,
    Kind.ARCHIVED: _archived,
    Kind.PRICE: _price,
    Kind.SIZE: _size,
    Kind.FILE: lambda field, piece: [FileLike(piece.text)],
    Kind.VERSION: lambda field, piece: [VersionIs(piece.text.removeprefix("v"))],
    Kind.ID: lambda field, piece: [IdBegins(piece.text.lower())],
    Kind.HAS: _has,
}

"""What can follow while a filter is typed: names of fields, then values that listings have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from koda_desktop.models.vocabulary import Category, Platform
from koda_desktop.sync.filters.fields import BY_NAME, FIELDS, Field, Kind
from koda_desktop.sync.filters.known import NOTHING_KNOWN, KnownValues
from koda_desktop.sync.filters.terms import Possession
from koda_desktop.sync.filters.tokens import Piece, Token, tokens
from koda_desktop.sync.filters.writing import quoted
from koda_desktop.sync.rows import ListingState

_MOST = 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``text`` is to stand in the place from ``start`` to ``end`` of what was typed."""

    text: str
    start: int
    end: int
    hint: str = ""
    """For a field, how it is used."""
    count: int | None = None
    """For a value, how many listings have it."""


def complete(
    text: str,
    cursor: int,
    known: KnownValues = NOTHING_KNOWN,
    most: int = _MOST,
) -> list[Suggestion]:
    """What may be meant at ``cursor``, the likeliest first. Empty where nothing can be told."""
    token = _token_at(text, cursor)
    if token is None:
        return _fields(Piece("", cursor, cursor), most)
    if token.field is None:
        word = token.values[0]
        if word.is_quoted:
            return []
        beginning = Piece(text[word.start : cursor], word.start, cursor)
        return _fields(beginning, most) if beginning.text else []
    field = BY_NAME.get(token.field.lower())
    piece = next((one for one in token.values if one.start <= cursor <= one.end), None)
    if field is None or piece is None:
        return []
    return _values(field, piece, text[piece.start : cursor], known, most)


def _token_at(text: str, cursor: int) -> Token | None:
    """The token that the cursor stands in or behind."""
    found = (token for token in tokens(text) if token.start < cursor <= token.end)
    return next(found, None)


def _fields(beginning: Piece, most: int) -> list[Suggestion]:
    written = beginning.text.lower()
    names = [field for field in FIELDS if _begins(field, written)]
    return [
        Suggestion(f"{field.name}:", beginning.start, beginning.end, field.hint)
        for field in names[:most]
    ]


def _begins(field: Field, written: str) -> bool:
    return any(name.startswith(written) for name in (field.name, *field.aliases))


def _values(
    field: Field, piece: Piece, written: str, known: KnownValues, most: int
) -> list[Suggestion]:
    beginning = written.strip('"').lower()
    counted = list(_known(field, known))
    first = [one for one in counted if one[0].lower().startswith(beginning)]
    inside = [one for one in counted if beginning in one[0].lower() and one not in first]
    return [
        Suggestion(quoted(value), piece.start, piece.end, count=count)
        for value, count in (*first, *inside)[:most]
    ]


def _known(field: Field, known: KnownValues) -> Iterator[tuple[str, int | None]]:
    """Values of the field with their counts, the most frequent first; then those nobody uses."""
    in_use: dict[Kind, Mapping[str, int]] = {
        Kind.TAG: known.tags,
        Kind.PLATFORM: known.platforms,
        Kind.CATEGORY: known.categories,
        Kind.STATE: known.states,
    }
    found = in_use.get(field.kind, {})
    yield from found.items()
    yield from ((name, None) for name in _NAMES.get(field.kind, ()) if name not in found)


_NAMES: dict[Kind, Sequence[str]] = {
    Kind.PLATFORM: [one.value for one in Platform],
    Kind.CATEGORY: [one.value for one in Category],
    Kind.STATE: [one.value for one in ListingState],
    Kind.HAS: [one.value for one in Possession],
    Kind.ACTIVE: ["yes", "no"],
    Kind.ARCHIVED: ["yes", "no"],
    Kind.UPDATED: ["today", "yesterday", "<7d", "<30d", ">1y"],
    Kind.CREATED: ["today", "yesterday", "<7d", "<30d", ">1y"],
    Kind.PRICE: ["free", "<20", "20..50", ">=50"],
}

"""A Filter as SQL conditions over ``entity``.

Words are looked up in the full-text index. A tag is looked up there too, because that narrows a
million rows to a few; whether it is the very tag is then asked of the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import singledispatch
from typing import Any, NamedTuple

from koda_desktop.sync.filters.terms import (
    ActiveIs,
    ArchivedIs,
    CategoryIs,
    CreatedIn,
    FileLike,
    Filter,
    Has,
    IdBegins,
    NumberIn,
    PlatformIs,
    Possession,
    StateIs,
    TagIs,
    Term,
    Test,
    UpdatedIn,
    VersionIs,
    Word,
)
from koda_desktop.sync.search import INDEXED, Words

_INACTIVE = "SELECT one.pk FROM entity AS one INDEXED BY entity_inactive WHERE one.is_active = 0"
_ARCHIVED = "SELECT one.pk FROM entity AS one INDEXED BY entity_archived WHERE one.is_archived = 1"
_THIS_ROW = "one.pk = entity.pk"

ANY_ARCHIVED = f"SELECT EXISTS({_ARCHIVED})"


class Condition(NamedTuple):
    """An SQL expression, and the values of its question marks."""

    sql: str
    values: tuple[Any, ...] = ()


class Lookup(NamedTuple):
    """How words are found: ``find`` answers the condition for an FTS5 expression.

    Without ``narrows``, each row is asked for its tags, and whether it is archived, and no list of
    all such listings is made for it: for those who look at a few rows anyway.
    """

    find: Callable[[str], Condition]
    narrows: bool = True


def conditions(wanted: Filter, lookup: Lookup) -> list[Condition]:
    """What holds for every listing of ``wanted``: conditions to be joined with AND."""
    found = _of_index(wanted, lookup)
    return [*found, *(_of_term(term, lookup) for term in wanted.terms if not _is_words(term))]


def matches(expression: str) -> Condition:
    """Listings that an FTS5 expression finds."""
    return Condition(INDEXED, (Words(expression),))


BY_INDEX = Lookup(matches)


def inactive(lookup: Lookup) -> Condition:
    """Listings that are not on sale."""
    return _among(_INACTIVE, lookup)


def archived(lookup: Lookup) -> Condition:
    """Listings that their seller took out of the catalogue."""
    return _among(_ARCHIVED, lookup)


def not_archived(lookup: Lookup) -> Condition:
    """All other listings."""
    return _negated(archived(lookup))


def _among(those: str, lookup: Lookup) -> Condition:
    return Condition(f"pk IN ({those})" if lookup.narrows else f"EXISTS ({those} AND {_THIS_ROW})")


def words_expression(text: str) -> str:
    """The FTS5 expression for plain words: each begins a word of the listing."""
    words = (Word(word) for word in text.split() if any(map(str.isalnum, word)))
    return " AND ".join(_word(word) for word in words)


def indexed_expression(wanted: Filter, text: str = "") -> str:
    """The FTS5 expression that every listing of ``wanted`` and of plain words is found by.

    Empty where there is none. The index knows best how to join and leave out.
    """
    plain = words_expression(text)
    needed = [f"({plain})"] if plain else []
    needed += filter(None, map(_any_of, _terms(wanted, is_excluded=False)))
    return _joined(needed, _unwanted(wanted)) if needed else ""


def beside_index(wanted: Filter) -> Filter:
    """What is left to ask of listings that ``indexed_expression`` finds."""
    return Filter(tuple(term for term in wanted.terms if not _is_words(term)))


def _of_index(wanted: Filter, lookup: Lookup) -> list[Condition]:
    """All words in one look-up, and tags with them where that narrows."""
    if lookup.narrows:
        expression = indexed_expression(wanted)
    else:
        terms = filter(_is_words, _terms(wanted, is_excluded=False))
        needed = list(map(_any_of, terms))
        expression = _joined(needed, _unwanted(wanted)) if needed else ""
    if expression:
        return [lookup.find(expression)]
    unwanted = _unwanted(wanted)
    return [_negated(lookup.find(" OR ".join(unwanted)))] if unwanted else []


def _terms(wanted: Filter, *, is_excluded: bool) -> Iterator[Term]:
    return (term for term in wanted.terms if term.is_excluded == is_excluded)


def _unwanted(wanted: Filter) -> list[str]:
    return [_any_of(term) for term in _terms(wanted, is_excluded=True) if _is_words(term)]


def _joined(needed: Sequence[str], unwanted: Sequence[str]) -> str:
    expression = " AND ".join(needed)
    return f"({expression}) NOT ({' OR '.join(unwanted)})" if unwanted else expression


def _is_words(term: Term) -> bool:
    return all(isinstance(test, Word) for test in term.tests)


def _any_of(term: Term) -> str:
    """The FTS5 expression for one of the words or tags of a term; empty where it asks for more."""
    parts = [_expression(test) for test in term.tests]
    return f"({' OR '.join(parts)})" if all(parts) else ""


def _expression(test: Test) -> str:
    if isinstance(test, TagIs) and any(map(str.isalnum, test.text)):
        return f"tags : {_quoted(test.text)}" + ("*" if test.is_beginning else "")
    return _word(test) if isinstance(test, Word) else ""


def _word(word: Word) -> str:
    text = _quoted(word.text) + ("" if word.is_phrase else "*")
    return f"{word.column.value} : {text}" if word.column else text


def _quoted(text: str) -> str:
    """``text`` as an FTS5 string, which ends at a zero character wherever that stands."""
    return '"' + text.replace("\0", " ").replace('"', '""') + '"'


def _of_term(term: Term, lookup: Lookup) -> Condition:
    possessions = [test for test in term.tests if isinstance(test, Has)]
    if len(possessions) == len(term.tests):
        return _possessing(possessions, is_excluded=term.is_excluded)
    found = _any([condition(test, lookup) for test in term.tests])
    if not term.is_excluded:
        return found
    if lookup.narrows and all(isinstance(test, TagIs) for test in term.tests) and _any_of(term):
        narrowed = lookup.find(_any_of(term))
        found = Condition(f"({narrowed.sql} AND {found.sql})", (*narrowed.values, *found.values))
    return _negated(found)


def _any(parts: Sequence[Condition]) -> Condition:
    if len(parts) == 1:
        return parts[0]
    sql = " OR ".join(part.sql for part in parts)
    return Condition(f"({sql})", tuple(value for part in parts for value in part.values))


def _negated(part: Condition) -> Condition:
    return Condition(f"NOT ({part.sql})", part.values)


@singledispatch
def condition(test: object, lookup: Lookup) -> Condition:
    """The condition for one test."""
    raise TypeError(f"no SQL for {test!r}")


@condition.register
def _(test: Word, lookup: Lookup) -> Condition:
    return lookup.find(_word(test))


@condition.register
def _(test: TagIs, _lookup: Lookup) -> Condition:
    """The tags of a row are a JSON list of texts."""
    if test.is_beginning:
        how, value = "LIKE ? ESCAPE '\\'", _escaped(test.text) + "%"
    else:
        how, value = "= ? COLLATE NOCASE", test.text
    return Condition(f"EXISTS (SELECT 1 FROM json_each(tags) WHERE value {how})", (value,))


@condition.register
def _(test: PlatformIs, _lookup: Lookup) -> Condition:
    return Condition("platform = ?", (test.name,))


@condition.register
def _(test: CategoryIs, _lookup: Lookup) -> Condition:
    return Condition("category = ?", (test.name,))


@condition.register
def _(test: StateIs, _lookup: Lookup) -> Condition:
    return Condition("state = ?", (test.state.value,))


@condition.register
def _(test: ActiveIs, lookup: Lookup) -> Condition:
    found = inactive(lookup)
    return _negated(found) if test.active else found


@condition.register
def _(test: ArchivedIs, lookup: Lookup) -> Condition:
    return archived(lookup) if test.archived else not_archived(lookup)


@condition.register
def _(test: NumberIn, _lookup: Lookup) -> Condition:
    return _between(test.column.value, test.low, test.high)


@condition.register
def _(test: UpdatedIn, _lookup: Lookup) -> Condition:
    return _between("updated_at", test.low, test.high)


@condition.register
def _(test: CreatedIn, _lookup: Lookup) -> Condition:
    """An id of the marketplace begins with the second it was made in, as eight hex digits."""
    low, high = (None if end is None else f"{max(end, 0):08x}" for end in (test.low, test.high))
    return _between("id", low, high)


def _between(column: str, low: object, high: object) -> Condition:
    ends = [(f"{column} >= ?", low), (f"{column} < ?", high)]
    kept = [(sql, end) for sql, end in ends if end is not None]
    sql = " AND ".join(sql for sql, _ in kept) or "1"
    return Condition(f"({sql})", tuple(end for _, end in kept))


@condition.register
def _(test: FileLike, _lookup: Lookup) -> Condition:
    if "*" in test.text or "?" in test.text:
        pattern = _escaped(test.text).replace("*", "%").replace("?", "_")
    else:
        pattern = f"%{_escaped(test.text)}%"
    return Condition("file_name LIKE ? ESCAPE '\\'", (pattern,))


def _escaped(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return text


@condition.register
def _(test: VersionIs, _lookup: Lookup) -> Condition:
    beginning = test.text.removesuffix("*").removesuffix(".")
    # For an index: "/" comes after ".", and so after all that can follow the beginning.
    sql = "(version >= ? AND version < ? AND (version = ? OR version >= ?))"
    return Condition(sql, (beginning, f"{beginning}/", test.text, f"{beginning}."))


@condition.register
def _(test: IdBegins, _lookup: Lookup) -> Condition:
    # Ids are hex digits, so that "g" comes after whatever can follow the beginning.
    return Condition("(id >= ? AND id < ?)", (test.text, test.text + "g"))


_POSSESSIONS = {
    Possession.FILE: 1,
    Possession.PREVIEW: 2,
    Possession.TAGS: 4,
    Possession.DESCRIPTION: 8,
}
"""The bits of ``entity.possessions``."""


@condition.register
def _(test: Has, _lookup: Lookup) -> Condition:
    return _possessing((test,))


def _possessing(tests: Iterable[Has], *, is_excluded: bool = False) -> Condition:
    """Listings that have one of these, or none: each number of which that is true, for an index."""
    bits = sum({_POSSESSIONS[test.what] for test in tests})
    found = (number for number in range(16) if bool(number & bits) is not is_excluded)
    return Condition(f"possessions IN ({', '.join(map(str, found))})")

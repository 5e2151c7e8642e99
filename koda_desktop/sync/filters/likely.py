"""What a text cannot lack if an index of its words is to find it: for a look before that is made.

To take a text into an index costs ten times as much as to look through it for some letters. The
tokenizer folds letters beyond ASCII into others, so that a text with such letters is never ruled
out, and a word with such letters rules nothing out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from koda_desktop.sync.filters.sql import Condition
from koda_desktop.sync.filters.terms import Filter, Term, Word

_RUN = re.compile("[0-9A-Za-z]+")
_ANY = Condition("1")


WORDS = "words"
"""The column that holds all texts of a row, with something between them that parts words."""


def may_be_found(wanted: Filter, plain: str = "") -> Condition:
    """A condition over ``WORDS`` and columns named as ``TextColumn``: whether to ask an index.

    Where ``wanted``, or the ``plain`` words, ask for words, a row for which it is false holds not
    all of them; where words are only unwanted, it holds none of those.
    """
    terms = [term for term in wanted.terms if any(isinstance(one, Word) for one in term.tests)]
    if not all(isinstance(one, Word) for term in terms for one in term.tests):
        return _ANY
    needed = [_one_of(term) for term in terms if not term.is_excluded]
    needed += [_word(Word(word)) for word in plain.split()]
    found = _joined("AND", needed) if needed else _joined("OR", [_one_of(term) for term in terms])
    return _joined("OR", [Condition(f"octet_length({WORDS}) <> length({WORDS})"), found])


def _one_of(term: Term) -> Condition:
    return _joined("OR", [_word(one) for one in term.tests if isinstance(one, Word)])


def _word(word: Word) -> Condition:
    """Every run of letters and digits stands in it: what is between them parts words."""
    if not word.text.isascii():
        return _ANY
    column = word.column.value if word.column else WORDS
    runs: Iterable[str] = _RUN.findall(word.text)
    return _joined("AND", [Condition(f"{column} LIKE ?", (f"%{run}%",)) for run in runs])


def _joined(by: str, parts: Sequence[Condition]) -> Condition:
    """All of ``parts``; without any, what rules nothing out."""
    if not parts:
        return _ANY
    sql = f" {by} ".join(part.sql for part in parts)
    return Condition(f"({sql})", tuple(value for part in parts for value in part.values))

"""What is ruled out before an index is asked is never what the index finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import apsw
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koda_desktop.errors import InputError
from koda_desktop.sync.filters.likely import WORDS, may_be_found
from koda_desktop.sync.filters.moments import Today
from koda_desktop.sync.filters.parsing import parse_filter
from koda_desktop.sync.filters.sql import indexed_expression
from koda_desktop.sync.filters.terms import Filter, Term, Word

TODAY = Today(datetime(2026, 3, 1, tzinfo=UTC), UTC)
COLUMNS = ("title", "description", "tags", "integrations")
LETTERS = st.text(alphabet="abABéÉ\u212aßﬁ0 -_.,\0'\"[]", max_size=8)
WORD = st.text(alphabet="abAé\u212akﬁ0-_.%", min_size=1, max_size=4)
FIELD = st.sampled_from(["", "title:", "description:", "uses:", "-", "-title:"])
TYPED = st.lists(st.tuples(FIELD, WORD).map("".join), min_size=1, max_size=3).map(" ".join)


@pytest.fixture(scope="module")
def database() -> Iterator[apsw.Connection]:
    """One row of texts, beside an index of its words."""
    made = apsw.Connection("")
    made.execute(f"CREATE TABLE listing({', '.join(COLUMNS)})")
    made.execute(
        f"CREATE VIRTUAL TABLE found USING fts5({', '.join(COLUMNS)},"
        " content='', tokenize=\"unicode61 remove_diacritics 2\")"
    )
    yield made
    made.close()


def finds(database: apsw.Connection, texts: tuple[str, ...], wanted: Filter) -> tuple[bool, bool]:
    """Whether the index finds the texts, and whether it has to be asked."""
    database.execute("DELETE FROM listing; INSERT INTO found(found) VALUES ('delete-all')")
    database.execute("INSERT INTO listing VALUES (?, ?, ?, ?)", texts)
    database.execute("INSERT INTO found VALUES (?, ?, ?, ?)", texts)
    expression = indexed_expression(wanted)
    sql = "SELECT count(*) FROM found WHERE found MATCH ?"
    [(hits,)] = database.execute(sql, (expression,)).fetchall()
    likely = may_be_found(wanted)
    words = " || ' ' || ".join(COLUMNS)
    sql = f"SELECT count(*) FROM (SELECT *, {words} AS {WORDS} FROM listing) WHERE {likely.sql}"
    [(asked,)] = database.execute(sql, likely.values).fetchall()
    return bool(hits), bool(asked)


@given(texts=st.tuples(LETTERS, LETTERS, LETTERS, LETTERS), typed=TYPED)
@example(texts=("\u212a", "", "", ""), typed="k")
@example(texts=("a\0b", "", "", ""), typed="b")
@example(texts=("x", "a b", "", ""), typed="a-b")
def test_what_the_index_finds_is_asked_for(
    database: apsw.Connection, texts: tuple[str, ...], typed: str
) -> None:
    try:
        wanted = parse_filter(typed, TODAY)
    except InputError:
        return
    if not indexed_expression(wanted):
        return
    is_found, is_asked = finds(database, texts, wanted)
    assert is_asked or not is_found


def test_what_lacks_a_letter_is_not_asked_for(database: apsw.Connection) -> None:
    texts = ("Invoice reminder", "Sends invoices.", "[]", "[]")
    wanted = Filter((Term((Word("invoice"),)), Term((Word("slack"),))))
    assert finds(database, texts, wanted) == (False, False)
    either = Filter((Term((Word("invoice"), Word("slack"))),))
    assert finds(database, texts, either) == (True, True)


def test_unwanted_words_are_asked_for_where_they_may_stand(database: apsw.Connection) -> None:
    texts = ("Invoice reminder", "", "[]", "[]")
    for word, may_stand in (("rem", True), ("slack", False)):
        likely = may_be_found(Filter((Term((Word(word),), is_excluded=True),)))
        database.execute("DELETE FROM listing")
        database.execute("INSERT INTO listing VALUES (?, ?, ?, ?)", texts)
        sql = f"SELECT count(*) FROM (SELECT *, title AS {WORDS} FROM listing) WHERE {likely.sql}"
        assert database.execute(sql, likely.values).fetchall() == [(int(may_stand),)]

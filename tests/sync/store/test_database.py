"""Questions that are put to the database in other shapes than row by row."""

from __future__ import annotations

from collections.abc import Iterator

import apsw
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koda_desktop.sync.outbox import encode
from koda_desktop.sync.store.database import Db, Tx, plain

TEXTS = st.none() | st.text()
NUMBERS = st.none() | st.integers(-(2**63), 2**63 - 1)


@pytest.fixture(scope="module")
def connection() -> Iterator[apsw.Connection]:
    made = apsw.Connection(":memory:")
    made.execute("CREATE TABLE t(place INTEGER PRIMARY KEY, words TEXT, number INTEGER)")
    yield made
    made.close()


@given(rows=st.lists(st.tuples(TEXTS, NUMBERS), max_size=20))
@example(rows=[('"\\\x00\x1f\u2028\U0001f600\x7f{}[],', 2**63 - 1), (None, None), ("", -(2**63))])
def test_rows_gathered_are_the_rows(
    connection: apsw.Connection, rows: list[tuple[str | None, int | None]]
) -> None:
    tx = Tx(connection)
    tx.run("DELETE FROM t")
    tx.run_rows("INSERT INTO t {rows}", [(place, *row) for place, row in enumerate(rows)])
    source = "(SELECT * FROM t ORDER BY place DESC)"
    assert tx.gathered(("words", "number"), source) == [list(row) for row in reversed(rows)]


@given(
    value=st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
def test_a_json_expression_is_gathered_as_its_text(
    connection: apsw.Connection, value: object
) -> None:
    document = encode({"x": value})
    asked = tuple(plain(f"v.doc -> '$.{name}'") for name in ("x", "y"))
    source = "(SELECT ? AS doc) AS v"
    db = Db(connection)
    assert db.gathered(asked, source, (document,)) == [
        [db.value("SELECT ? -> '$.x'", (document,)), None]
    ]

"""Documents are moved apart: what every listing showed, and what the server had of it, stays."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import apsw
from hypothesis import given, settings
from hypothesis import strategies as st

from koda_desktop.sync import documents, entities
from koda_desktop.sync.merge import overlay
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.projection import PROJECTED, project
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.document_schema import DOCUMENTS
from koda_desktop.sync.store.opening import connect
from koda_desktop.sync.store.schema import MIGRATIONS
from koda_desktop.sync.store.store import Store

AT = "2026-01-01T00:00:00.000Z"
BEFORE = MIGRATIONS[: MIGRATIONS.index(DOCUMENTS)]

VALUES: dict[str, list[Any]] = {
    "title": ["Invoices", "Rechnungen für „Ähren“", 'A "quoted" \\ title'],
    "description": ["", "Two\nlines", None],
    "price": [0, 9.99, 12, 1e-7],
    "tags": [[], ["a", "ü"]],
    "metadata": [None, {}, {"integrations": ["Slack", "Gmail"]}, {"integrations": "Slack"}],
    "deletedAt": [None, AT],
    "version": ["1.0.0"],
    "odd.name": [1],
    '"': [{"deep": [True, None]}],
}
FIELDS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(several) for name, several in VALUES.items()}
)
EDITED = FIELDS.map(
    lambda found: {name: value for name, value in found.items() if name.isidentifier()}
)


def old_row(
    connection: apsw.Connection, number: int, shown: dict[str, Any], text: str = ""
) -> None:
    """A listing in the table of before."""
    listing_id = f"{number:024x}"
    row = {
        "pk": number, "kind": "listing", "id": listing_id, "is_at_server": 1, "server_at": AT,
        "state": "published", "message": "", "updated_at": AT, "file_name": "", "file_size": 0,
        "file_sha256": "", "media_type": "", "doc": text or encode({"_id": listing_id, **shown}),
    }  # fmt: skip
    row |= dict(zip(PROJECTED, project(shown), strict=True))
    columns = {row[1] for row in connection.execute("PRAGMA table_info(entity)")}
    row = {name: value for name, value in row.items() if name in columns}
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO entity({', '.join(row)}) VALUES ({marks})", [*row.values()])


def keep_base(connection: apsw.Connection, number: int, base: dict[str, Any]) -> None:
    text = encode({"_id": f"{number:024x}", **base})
    connection.execute("INSERT INTO entity_base(pk, doc) VALUES (?, ?)", (number, text))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(FIELDS, st.none() | EDITED), min_size=1, max_size=6))
def test_what_is_shown_and_what_the_server_has_stay(
    listings: list[tuple[dict[str, Any], dict[str, Any] | None]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        connection = connect(path, BEFORE)
        for number, (base, edited) in enumerate(listings, 1):
            old_row(connection, number, overlay(base, edited or {}))
            if edited is not None:
                keep_base(connection, number, base)
        connection.close()
        connection = connect(path)
        db = Db(connection)
        for number, (base, edited) in enumerate(listings, 1):
            entity = entities.find(db, f"{number:024x}")
            copy = entities.base_document(db, entity)
            sql = f"SELECT edited, {', '.join(PROJECTED)} FROM entity WHERE pk = ?"
            [(laid_over, *columns)] = db.rows(sql, (number,))
            shown = {"_id": entity.id, **overlay(base, edited or {})}
            assert entity.document == documents.shown(encode(copy), laid_over) == shown
            assert copy == {"_id": entity.id, **base}
            assert (laid_over is None) is (shown == copy)
            assert tuple(columns) == project(shown)
        connection.close()


def test_the_tables_are_those_of_a_new_store_and_a_damaged_document_stops_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.sqlite"
    # Versions after this one let no such document in, and opened a store that had one.
    connection = connect(path, MIGRATIONS[:4])
    for number, text in ((1, "not JSON"), (2, ""), (3, "")):
        old_row(connection, number, {"title": "Shown"}, text)
        keep_base(connection, number, {"title": "Base"})
    connection.execute("UPDATE entity_base SET doc = 'not JSON' WHERE pk = 2")
    connection.close()
    connection = connect(path)
    found = connection.execute(
        "SELECT doc ->> '$.title', edited ->> '$.title'"
        " FROM entity JOIN document USING (pk) ORDER BY pk"
    )
    assert found.fetchall() == [("Base", None), ("Shown", None), ("Base", "Shown")]
    connection.close()
    Store(path, derive_touched).close()
    assert check_store(path) == ()


def test_rows_whose_words_change_are_noted_for_the_index_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    connection = connect(path)
    db = Db(connection)
    listing = entities.NewEntity(
        "1" * 24, {"_id": "1" * 24, "title": "A", "description": "B"}, entities.NO_FILE, AT, AT
    )
    store = Store(path, derive_touched)
    store.write(lambda tx: entities.insert(tx, [listing]))
    store.close()
    for sql, is_noted in (
        ("UPDATE entity SET title = 'C'", True),
        ("UPDATE entity SET edited = '{\"price\":1}', price_minor = 100", False),
        ('UPDATE entity SET inspection = \'{"sha256":""}\'', False),
        ('UPDATE entity SET inspection = \'{"integrations":["Slack"]}\'', True),
        ("UPDATE entity SET listed_integrations = '[\"Gmail\"]'", False),
        ("UPDATE document SET doc = json_set(doc, '$.price', 3)", False),
        ("UPDATE document SET doc = json_set(doc, '$.description', 'D')", True),
    ):
        connection.execute("DELETE FROM listing_fts_pending")
        connection.execute(sql)
        assert bool(db.rows("SELECT * FROM listing_fts_pending")) is is_noted, sql
    connection.close()

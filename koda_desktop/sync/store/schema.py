"""The tables of the store, as numbered migrations: ``PRAGMA user_version`` counts those applied.

A migration that was ever released is never changed; a new one is added at the end.

- ``entity``: one row a listing, with projections of what the pages show of it, by which they sort
  and filter. ``edited`` are the fields that wait in its lane, a JSON object, NULL for none.
  ``preview_…`` is the picture it is published with, ``drawing_…`` that of its workflow.
- ``document``: the server's copy of each listing, of a draft its own document. What the pages show
  is this with ``edited`` laid over it (see ``documents``), so that an edit writes no document.
- ``outbox``: what will go out, in order. ``lane`` is the document's id.
- ``outbox_dep``: an operation waits for another one.
- ``op_log``: what went out.
- ``cursor``: how far the marketplace was read: the place in its order of changes, or the resume
  token of its change stream; and when everything was last compared with it.
- ``transfer_part``: a part is done once the server confirmed it, or once its bytes are on the disk.
- ``removed``: copies of rows that were deleted at the server.
- ``heard``, of a row or a removed one: the number of the answer that last told of it (``meta`` has
  the last number given). An answer to a question asked before that says nothing new.
- ``doubt``: listings to be asked for one by one, because an answer about them was out of order or
  an audit found them different.
- ``typed``: what a person typed into a listing's fields and has not saved, with what the fields
  held when they began.
- ``change_set``: what a person did, one line of the History page; ``undone_by`` is the set that
  took it back. ``change_row``: what it did to each listing. ``change_left``: what it left alone.
- ``entity_updated`` holds most of what the pages sort and filter by, so that a look through all
  listings reads no row. ``entity_inactive`` and ``entity_archived`` have the few listings that are
  so. Indexes of listings are used by queries that say ``kind = 'listing'``.
- ``late_indexes`` are left out of a store while that is filled for the first time: a query that
  names one asks first whether it is there, a migration that replaces one must not rely on it.
- ``entity.possessions``: a bit each for a file, a preview (here or at an address), tags and a
  description; ``filters.sql`` reads it.
- ``entity.integrations``: a JSON array of the services its workflow talks to:
  ``found_integrations`` in its file (by triggers from ``inspection``), else those of its document.
- ``revision``: the versions of a listing's file that are known here, those that wait too.
- ``sale``: an order as far as it is this account's: what its own lines come to, in minor units;
  ``sale_line`` each of them. Times in seconds since 1970. ``processing`` (the payment provider's
  fee), ``payout`` and ``difference`` are filled in when the provider's books are read.
- ``sale_hour``, ``sale_product_day``: what they come to (see ``sale_sums``).
- ``listing_fts`` holds no copy of the texts, and is written when there is nothing else to do (see
  ``search``). ``listing_fts_pending`` names the rows whose words it does not hold as they are:
  noted with the change, by triggers, of ``edited`` by whoever changes it.
"""

from __future__ import annotations

from koda_desktop.sync.store.document_schema import DOCUMENTS
from koda_desktop.sync.store.index_schema import INDEXES
from koda_desktop.sync.store.possession_schema import POSSESSIONS
from koda_desktop.sync.store.revision_schema import ARCHIVED, REVISIONS
from koda_desktop.sync.store.sale_sums import SALE_SUMS
from koda_desktop.sync.store.standing_schema import STANDING
from koda_desktop.sync.store.update_schema import UPDATES

APPLICATION_ID = 0x4B6F6461
"""``PRAGMA application_id``: "Koda" in ASCII."""

_FIRST = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE entity(
  pk INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  is_at_server INTEGER NOT NULL,
  server_at TEXT,
  verified_at TEXT,
  state TEXT NOT NULL,
  message TEXT NOT NULL,
  title TEXT NOT NULL,
  sort_title TEXT NOT NULL,
  platform TEXT NOT NULL,
  category TEXT NOT NULL,
  tags TEXT NOT NULL,
  price_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  version TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_size INTEGER NOT NULL,
  file_sha256 TEXT NOT NULL,
  media_type TEXT NOT NULL,
  inspection TEXT,
  doc TEXT NOT NULL
);
CREATE INDEX entity_updated ON entity(kind, updated_at DESC);
CREATE INDEX entity_title ON entity(kind, sort_title);
CREATE INDEX entity_price ON entity(kind, price_minor);
CREATE INDEX entity_platform ON entity(kind, platform);
CREATE INDEX entity_category ON entity(kind, category);
CREATE INDEX entity_state ON entity(kind, state);
CREATE INDEX entity_file ON entity(file_sha256);

CREATE TABLE entity_base(
  pk INTEGER PRIMARY KEY REFERENCES entity(pk) ON DELETE CASCADE,
  doc TEXT NOT NULL
);

CREATE TABLE outbox(
  op_seq INTEGER PRIMARY KEY AUTOINCREMENT,
  op_id TEXT NOT NULL UNIQUE,
  lane TEXT NOT NULL REFERENCES entity(id),
  verb TEXT NOT NULL,
  payload TEXT NOT NULL,
  base_fields TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at TEXT,
  last_error TEXT,
  created_at TEXT NOT NULL
);
CREATE INDEX outbox_lane ON outbox(lane, op_seq);
CREATE INDEX outbox_state ON outbox(state);

CREATE TABLE outbox_dep(
  op_id TEXT NOT NULL REFERENCES outbox(op_id) ON DELETE CASCADE,
  needs_op TEXT NOT NULL REFERENCES outbox(op_id) ON DELETE CASCADE,
  PRIMARY KEY(op_id, needs_op)
) WITHOUT ROWID;
CREATE INDEX outbox_dep_needs ON outbox_dep(needs_op);

CREATE TABLE op_log(
  entry INTEGER PRIMARY KEY AUTOINCREMENT,
  op_seq INTEGER NOT NULL,
  op_id TEXT NOT NULL UNIQUE,
  lane TEXT NOT NULL,
  title TEXT NOT NULL,
  verb TEXT NOT NULL,
  fields TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  done_at TEXT NOT NULL
);

CREATE TABLE cursor(
  stream TEXT PRIMARY KEY,
  updated_at TEXT NOT NULL,
  last_id TEXT NOT NULL,
  saved_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE transfer(
  id TEXT PRIMARY KEY,
  op_id TEXT NOT NULL,
  lane TEXT NOT NULL,
  title TEXT NOT NULL,
  file_name TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  bytes_done INTEGER NOT NULL DEFAULT 0,
  bytes_per_second REAL NOT NULL DEFAULT 0,
  state TEXT NOT NULL,
  created_at TEXT NOT NULL,
  finished_at TEXT,
  error TEXT
);
CREATE INDEX transfer_op ON transfer(op_id);
CREATE INDEX transfer_state ON transfer(state, finished_at);

CREATE TABLE quarantine(
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  raw TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY(source, id)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE listing_fts USING fts5(
  title, description, tags,
  content='', contentless_delete=1, prefix='1 2 3',
  tokenize="unicode61 remove_diacritics 2"
);
CREATE TRIGGER entity_fts_update AFTER UPDATE OF doc ON entity
WHEN new.kind = 'listing' AND (
  old.title IS NOT new.title OR old.tags IS NOT new.tags
  OR old.doc ->> '$.description' IS NOT new.doc ->> '$.description')
BEGIN
  UPDATE listing_fts SET title = new.title,
    description = coalesce(new.doc ->> '$.description', ''), tags = new.tags
  WHERE rowid = new.pk;
END;
CREATE TRIGGER entity_fts_delete AFTER DELETE ON entity WHEN old.kind = 'listing'
BEGIN
  DELETE FROM listing_fts WHERE rowid = old.pk;
END;
"""

_SECOND = """
ALTER TABLE cursor ADD COLUMN mode TEXT NOT NULL DEFAULT 'paging';
ALTER TABLE cursor ADD COLUMN token TEXT;
ALTER TABLE cursor ADD COLUMN audited_at TEXT;

ALTER TABLE entity ADD COLUMN preview_name TEXT NOT NULL DEFAULT '';
ALTER TABLE entity ADD COLUMN preview_type TEXT NOT NULL DEFAULT '';
ALTER TABLE entity ADD COLUMN preview_size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entity ADD COLUMN preview_sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE entity ADD COLUMN drawing_name TEXT NOT NULL DEFAULT '';
ALTER TABLE entity ADD COLUMN drawing_type TEXT NOT NULL DEFAULT '';
ALTER TABLE entity ADD COLUMN drawing_size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entity ADD COLUMN drawing_sha256 TEXT NOT NULL DEFAULT '';

ALTER TABLE transfer ADD COLUMN direction TEXT NOT NULL DEFAULT 'up';
ALTER TABLE transfer ADD COLUMN target TEXT NOT NULL DEFAULT '';
ALTER TABLE transfer ADD COLUMN object_key TEXT NOT NULL DEFAULT '';
ALTER TABLE transfer ADD COLUMN upload_id TEXT NOT NULL DEFAULT '';
ALTER TABLE transfer ADD COLUMN etag TEXT NOT NULL DEFAULT '';
ALTER TABLE transfer ADD COLUMN part_size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE transfer ADD COLUMN crc32 TEXT NOT NULL DEFAULT '';
ALTER TABLE transfer ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE transfer ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0;

CREATE TABLE transfer_part(
  transfer_id TEXT NOT NULL REFERENCES transfer(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  size INTEGER NOT NULL,
  crc32 TEXT NOT NULL DEFAULT '',
  etag TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'todo',
  PRIMARY KEY(transfer_id, number)
) WITHOUT ROWID;

CREATE INDEX op_log_sequence ON op_log(op_seq);

CREATE TABLE removed(
  id TEXT PRIMARY KEY,
  doc TEXT NOT NULL,
  at TEXT NOT NULL
) WITHOUT ROWID;
"""

_THIRD = """
ALTER TABLE entity ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
ALTER TABLE removed ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
CREATE TABLE doubt(id TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_FOURTH = """
CREATE INDEX entity_inactive ON entity(pk)
  WHERE kind = 'listing' AND instr(doc, '"active":false') > 0;
"""

_FIFTH = """
ALTER TABLE entity ADD COLUMN integrations TEXT AS (CASE
  WHEN json_type(inspection, '$.integrations') = 'array' THEN inspection ->> '$.integrations'
  WHEN json_type(doc, '$.metadata.integrations') = 'array' THEN doc ->> '$.metadata.integrations'
  ELSE '[]' END) VIRTUAL;

DROP TRIGGER entity_fts_update;
DROP TRIGGER entity_fts_delete;
DROP TABLE listing_fts;
CREATE VIRTUAL TABLE listing_fts USING fts5(
  title, description, tags, integrations,
  content='', contentless_delete=1, prefix='1 2',
  tokenize="unicode61 remove_diacritics 2"
);
INSERT INTO listing_fts(listing_fts, rank) VALUES ('automerge', 0), ('crisismerge', 2000);

CREATE TABLE listing_fts_pending(pk INTEGER PRIMARY KEY);
INSERT INTO listing_fts_pending SELECT pk FROM entity WHERE kind = 'listing';
CREATE TRIGGER entity_fts_insert AFTER INSERT ON entity WHEN new.kind = 'listing'
BEGIN
  INSERT OR IGNORE INTO listing_fts_pending VALUES (new.pk);
END;
CREATE TRIGGER entity_fts_update AFTER UPDATE OF doc, inspection ON entity
WHEN new.kind = 'listing' AND (
  old.title IS NOT new.title OR old.tags IS NOT new.tags
  OR old.doc ->> '$.description' IS NOT new.doc ->> '$.description'
  OR old.integrations IS NOT new.integrations)
BEGIN
  INSERT OR IGNORE INTO listing_fts_pending VALUES (new.pk);
END;
CREATE TRIGGER entity_fts_delete AFTER DELETE ON entity WHEN old.kind = 'listing'
BEGIN
  INSERT OR IGNORE INTO listing_fts_pending VALUES (old.pk);
END;
"""

_SIXTH = """
CREATE TABLE change_set(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  who TEXT NOT NULL,
  at TEXT NOT NULL,
  total INTEGER NOT NULL,
  left_total INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  undoes INTEGER,
  undone_by INTEGER
);

CREATE TABLE change_row(
  set_id INTEGER NOT NULL REFERENCES change_set(id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  listing TEXT NOT NULL,
  what TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  PRIMARY KEY(set_id, place)
) WITHOUT ROWID;
CREATE INDEX change_row_files ON change_row(what) WHERE what IN ('drop', 'file');

CREATE TABLE change_left(
  set_id INTEGER NOT NULL REFERENCES change_set(id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  listing TEXT NOT NULL,
  title TEXT NOT NULL,
  field TEXT NOT NULL,
  why TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY(set_id, place)
) WITHOUT ROWID;
"""

_SEVENTH = """
CREATE TABLE typed(
  id TEXT PRIMARY KEY,
  changes TEXT NOT NULL,
  base TEXT NOT NULL,
  at TEXT NOT NULL
) WITHOUT ROWID;
"""

_EIGHTH = """
CREATE TABLE sale(
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  number TEXT NOT NULL,
  placed_at INTEGER NOT NULL,
  paid_at INTEGER,
  changed_at TEXT NOT NULL,
  status TEXT NOT NULL,
  payment TEXT NOT NULL,
  fulfillment TEXT NOT NULL,
  buyer TEXT NOT NULL,
  titles TEXT NOT NULL,
  units INTEGER NOT NULL,
  currency TEXT NOT NULL,
  gross INTEGER NOT NULL,
  fee INTEGER NOT NULL,
  refunded INTEGER NOT NULL,
  fee_refunded INTEGER NOT NULL,
  processing INTEGER,
  payout TEXT NOT NULL DEFAULT '',
  difference INTEGER,
  doc TEXT NOT NULL
);
CREATE INDEX sale_figures ON sale(
  currency, paid_at, gross, fee, refunded, fee_refunded, processing, units
) WHERE paid_at IS NOT NULL;
CREATE INDEX sale_placed ON sale(placed_at DESC);
CREATE INDEX sale_number ON sale(number);

CREATE TABLE sale_line(
  sale INTEGER NOT NULL REFERENCES sale(pk) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  item TEXT NOT NULL,
  product TEXT NOT NULL,
  title TEXT NOT NULL,
  units INTEGER NOT NULL,
  unit_amount INTEGER NOT NULL,
  currency TEXT NOT NULL,
  paid_at INTEGER,
  gross INTEGER NOT NULL,
  fee INTEGER NOT NULL,
  refunded INTEGER NOT NULL,
  fee_refunded INTEGER NOT NULL,
  PRIMARY KEY(sale, place)
) WITHOUT ROWID;
CREATE INDEX sale_line_figures ON sale_line(
  currency, paid_at, product, title, gross, fee, refunded, fee_refunded, units
) WHERE paid_at IS NOT NULL;
"""

_NINTH = """
DROP INDEX entity_updated;
CREATE INDEX entity_updated ON entity(
  kind, updated_at DESC, state, platform, category, price_minor, sort_title);
DROP INDEX entity_inactive;
CREATE INDEX entity_inactive ON entity(pk, CASE WHEN json_valid(doc) THEN doc ->> '$.active' END)
  WHERE kind = 'listing' AND instr(doc, '"active":false') > 0;
"""

_TENTH = """
DROP INDEX entity_file;
"""

_DIFFERING = """
CREATE INDEX sale_differing ON sale(placed_at DESC, pk DESC) WHERE coalesce(difference, 0) <> 0;
"""
"""The few sales that do not add up, in the words of the filter that asks for them: counted without
a look at the others."""

MIGRATIONS: tuple[str, ...] = (
    *(_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH, _SEVENTH, _EIGHTH),
    *(_NINTH, _TENTH, SALE_SUMS, REVISIONS, ARCHIVED, _DIFFERING, STANDING),
    *(DOCUMENTS, INDEXES, POSSESSIONS, UPDATES),
)
"""``MIGRATIONS[n]`` takes a store from version ``n`` to ``n + 1``."""

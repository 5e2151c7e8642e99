"""The tables of the store, as numbered migrations: ``PRAGMA user_version`` counts those applied.

A migration that was ever released is never changed; a new one is added at the end.

- ``entity``: one row a document. ``doc`` is what the pages show, local changes laid over the
  server's copy; the columns before it are projections of it that the pages sort by.
  ``preview_…`` is the picture it is published with, ``drawing_…`` that of its workflow.
- ``entity_base``: the server's copy, from the first local change to the last acknowledgement.
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
- ``entity_updated`` holds all that the pages sort by and most of what they filter by, so that a
  look through all listings reads no row.
- ``entity_inactive`` has the few listings that may be inactive; it must not fail on
  a ``doc`` that is damaged.
- ``listing_fts`` holds no copy of the texts. Rows are added by ``entities.insert`` (one statement
  for a whole batch is three times as fast as a trigger), changed and taken away by triggers.
"""

from __future__ import annotations

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
DROP INDEX entity_updated;
CREATE INDEX entity_updated ON entity(
  kind, updated_at DESC, state, platform, category, price_minor, sort_title);
CREATE INDEX entity_inactive ON entity(pk, CASE WHEN json_valid(doc) THEN doc ->> '$.active' END)
  WHERE kind = 'listing' AND instr(doc, '"active":false') > 0;
"""

MIGRATIONS: tuple[str, ...] = (_FIRST, _SECOND, _THIRD, _FOURTH)
"""``MIGRATIONS[n]`` takes a store from version ``n`` to ``n + 1``."""

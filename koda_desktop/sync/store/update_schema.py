"""What an UPDATE of listings does beside its rows: nothing that calls a function.

Where a statement calls one, in a trigger or a generated column of its table, SQLite takes it that
the statement can fail half way, and copies every page before it changes it, which was a third of
what it takes to write a set of 10,000. ``changesets.writing`` says ``UPDATE OR FAIL`` for the same
reason: a column that may not be NULL would else do so. What fails takes back its transaction.
"""

from __future__ import annotations

_FOUND = """CASE WHEN json_valid({0}.inspection) THEN
  CASE WHEN json_type({0}.inspection, '$.integrations') = 'array'
  THEN {0}.inspection ->> '$.integrations' END END"""

UPDATES = f"""
DROP TRIGGER entity_fts_edited;
DROP TRIGGER entity_fts_update;
DROP TRIGGER entity_fts_integrations;

ALTER TABLE entity DROP COLUMN integrations;
ALTER TABLE entity ADD COLUMN found_integrations TEXT;
UPDATE entity SET found_integrations = {_FOUND.format("entity")} WHERE inspection IS NOT NULL;
ALTER TABLE entity ADD COLUMN integrations TEXT AS (CASE
  WHEN found_integrations IS NULL THEN listed_integrations ELSE found_integrations END) VIRTUAL;

CREATE TRIGGER entity_found_insert AFTER INSERT ON entity WHEN new.inspection IS NOT NULL
BEGIN
  UPDATE entity SET found_integrations = {_FOUND.format("new")} WHERE pk = new.pk;
END;
CREATE TRIGGER entity_found_update AFTER UPDATE OF inspection ON entity
BEGIN
  UPDATE entity SET found_integrations = {_FOUND.format("new")} WHERE pk = new.pk;
END;
CREATE TRIGGER entity_fts_update AFTER UPDATE OF title, tags ON entity
WHEN old.title IS NOT new.title OR old.tags IS NOT new.tags
BEGIN
  INSERT INTO listing_fts_pending VALUES (new.pk) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER entity_fts_integrations AFTER UPDATE OF found_integrations, listed_integrations
ON entity WHEN old.integrations IS NOT new.integrations
BEGIN
  INSERT INTO listing_fts_pending VALUES (new.pk) ON CONFLICT DO NOTHING;
END;
"""
"""The triggers of ``found_integrations`` keep it what the inspection says. In those of the index
``OR IGNORE`` would give way to the ``OR FAIL`` of the statement (https://sqlite.org/lang_conflict.html).
Whoever writes ``edited`` notes rows whose description that changes (``search.note``)."""

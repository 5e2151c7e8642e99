"""The table of documents, apart from the rows that listings are found and sorted by."""

from __future__ import annotations

DOCUMENTS = """
CREATE TABLE document(
  pk INTEGER PRIMARY KEY REFERENCES entity(pk) ON DELETE CASCADE,
  doc TEXT NOT NULL
);
INSERT INTO document(pk, doc)
  SELECT e.pk, iif(json_valid(b.doc), b.doc, e.doc)
  FROM entity AS e LEFT JOIN entity_base AS b ON b.pk = e.pk ORDER BY e.pk;

ALTER TABLE entity ADD COLUMN edited TEXT;
UPDATE entity SET edited = (
  SELECT nullif(json_group_object(j.key, entity.doc -> ('$.' || j.key)), '{}')
  FROM entity_base AS b, json_each(entity.doc) AS j
  WHERE b.pk = entity.pk AND j.key NOT GLOB '*[^A-Za-z0-9_]*'
    AND b.doc -> ('$.' || j.key) IS NOT entity.doc -> ('$.' || j.key))
  WHERE pk IN (SELECT pk FROM entity_base WHERE json_valid(doc)) AND json_valid(doc);
DROP TABLE entity_base;

DROP TRIGGER entity_fts_update;
ALTER TABLE entity DROP COLUMN integrations;
ALTER TABLE entity ADD COLUMN listed_integrations TEXT NOT NULL DEFAULT '[]';
UPDATE entity SET listed_integrations = doc ->> '$.metadata.integrations'
  WHERE instr(doc, '"integrations"') > 0
    AND CASE WHEN json_valid(doc) THEN json_type(doc, '$.metadata.integrations') END = 'array';
ALTER TABLE entity ADD COLUMN integrations TEXT AS (CASE
  WHEN json_type(inspection, '$.integrations') = 'array' THEN inspection ->> '$.integrations'
  ELSE listed_integrations END) VIRTUAL;
ALTER TABLE entity DROP COLUMN doc;

CREATE TRIGGER entity_fts_update AFTER UPDATE OF title, tags, edited ON entity
WHEN new.kind = 'listing' AND (
  old.title IS NOT new.title OR old.tags IS NOT new.tags
  OR (old.edited IS NOT new.edited
    AND (instr(old.edited, '"description"') > 0 OR instr(new.edited, '"description"') > 0)
    AND old.edited -> '$.description' IS NOT new.edited -> '$.description'))
BEGIN
  INSERT OR IGNORE INTO listing_fts_pending VALUES (new.pk);
END;
CREATE TRIGGER entity_fts_integrations AFTER UPDATE OF inspection, listed_integrations ON entity
WHEN new.kind = 'listing' AND old.integrations IS NOT new.integrations
BEGIN
  INSERT OR IGNORE INTO listing_fts_pending VALUES (new.pk);
END;
CREATE TRIGGER document_fts_update AFTER UPDATE OF doc ON document
WHEN old.doc -> '$.description' IS NOT new.doc -> '$.description'
BEGIN
  INSERT OR IGNORE INTO listing_fts_pending VALUES (new.pk);
END;
"""
"""What a person edits changes a row and no document. The triggers note between them every row whose
words can have changed; that of ``edited`` reads JSON only where a description is in it."""

"""The columns that tell whether a listing is on sale and whether it is archived."""

from __future__ import annotations

STANDING = """
ALTER TABLE entity ADD COLUMN is_active INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entity ADD COLUMN is_archived INTEGER NOT NULL DEFAULT 0;
DROP INDEX entity_inactive;
DROP INDEX entity_archived;
UPDATE entity SET is_active = 0 WHERE instr(doc, '"active":false') > 0
  AND CASE WHEN json_valid(doc) THEN doc ->> '$.active' END = 0;
UPDATE entity SET is_archived = 1 WHERE instr(doc, '"deletedAt":"') > 0
  AND CASE WHEN json_valid(doc) THEN doc ->> '$.deletedAt' END IS NOT NULL;
CREATE INDEX entity_inactive ON entity(pk) WHERE is_active = 0;
CREATE INDEX entity_archived ON entity(pk) WHERE is_archived = 1;
"""
"""Columns of their own: to look for two words in each document made a pull a fifth slower."""

"""The table of the versions of listings' files, and the index of those that are archived."""

from __future__ import annotations

REVISIONS = """
CREATE TABLE revision(
  listing TEXT NOT NULL REFERENCES entity(id) ON DELETE CASCADE,
  version TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  at TEXT NOT NULL,
  changelog TEXT NOT NULL DEFAULT '',
  is_published INTEGER NOT NULL DEFAULT 1,
  inspection TEXT,
  UNIQUE(listing, sha256, version)
);
"""

ARCHIVED = """
CREATE INDEX entity_archived ON entity(
  pk, CASE WHEN json_valid(doc) THEN doc ->> '$.deletedAt' END)
  WHERE kind = 'listing' AND instr(doc, '"deletedAt":"') > 0;
"""

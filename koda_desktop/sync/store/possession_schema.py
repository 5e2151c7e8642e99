"""What a listing has and what its file is, indexed: so that what few listings have is found at once
among a million.
"""

from __future__ import annotations

_SHOWN = "coalesce(e.edited -> '$.{0}', d.doc -> '$.{0}')"
_HOLDING = """
  SELECT e.pk FROM entity AS e CROSS JOIN document AS d ON d.pk = e.pk
  WHERE json_valid(d.doc) AND {0} LIKE '"%' AND {0} <> '""'"""

_WITH_ADDRESS = _HOLDING.format(_SHOWN.format("previewImageUrl"))
_WITH_DESCRIPTION = _HOLDING.format(_SHOWN.format("description"))

POSSESSIONS = f"""
ALTER TABLE entity ADD COLUMN has_description INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entity ADD COLUMN has_preview_url INTEGER NOT NULL DEFAULT 0;
UPDATE entity SET has_description = 0 WHERE pk NOT IN ({_WITH_DESCRIPTION});
UPDATE entity SET has_preview_url = 1 WHERE pk IN ({_WITH_ADDRESS});
ALTER TABLE entity ADD COLUMN possessions INTEGER AS (
  (file_name <> '') + 2 * (preview_name <> '' OR has_preview_url) + 4 * (tags <> '[]')
  + 8 * has_description) VIRTUAL;
CREATE INDEX entity_possessions ON entity(possessions) WHERE kind = 'listing';
CREATE INDEX entity_version ON entity(version) WHERE kind = 'listing';
CREATE INDEX entity_file ON entity(file_size, file_name) WHERE kind = 'listing';
"""
"""Nearly every listing has a description: the rows of those that have none are written, and no
others. ``entity_file`` is looked through for a part of a name, which takes 50 ms for a million."""

"""Which listings there are to compare files with, and which file was whose the last time."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from koda_desktop.sync import documents
from koda_desktop.sync.local import meta, save_meta
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store.database import Db, Tx

_KEY = "folder:"


class KnownListing(NamedTuple):
    id: str
    title: str
    is_at_server: bool
    is_active: bool
    file_sha256: str
    source_sha256: str
    """Of the file it was made of, before it was cleaned; empty where that is not known."""
    fingerprint: str
    document: Json


@dataclass(slots=True)
class Known:
    """The listings by what tells their files."""

    by_id: dict[str, KnownListing] = field(default_factory=dict)
    by_source: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_package: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_fingerprint: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_path: dict[str, str] = field(default_factory=dict)

    def add(self, one: KnownListing) -> None:
        self.by_id[one.id] = one
        for index, value in (
            (self.by_source, one.source_sha256),
            (self.by_package, one.file_sha256),
            (self.by_fingerprint, one.fingerprint),
        ):
            if value:
                index[value].append(one.id)


def read_known(db: Db, root: Path) -> Known:
    """Every listing that has a file, and where its file was in ``root`` the last time."""
    known = Known()
    for row in db.rows(_SQL):
        document = documents.shown(row[6], row[7])
        is_active = bool(document.get("active", True)) and not document.get("deletedAt")
        sums = str(row[3]), str(row[4]), str(row[5])
        known.add(KnownListing(row[0], row[1], bool(row[2]), is_active, *sums, document))
    saved = meta(db, _key(root))
    paths: Mapping[str, str] = json.loads(saved) if saved else {}
    known.by_path = {path: one for path, one in paths.items() if one in known.by_id}
    return known


# The plus keeps SQLite from looking through all revisions that wait for each listing.
_SQL = """
  WITH known AS (
    SELECT e.id, e.title, e.is_at_server, d.doc, e.edited,
      coalesce(o.payload ->> '$.file.sha256', e.file_sha256) AS file_sha256,
      iif(o.op_id IS NULL, e.inspection, r.inspection) AS inspection
    FROM entity AS e JOIN document AS d ON d.pk = e.pk
    LEFT JOIN outbox AS o ON o.lane = e.id AND +o.verb = 'revise'
    LEFT JOIN revision AS r ON r.listing = e.id AND r.sha256 = o.payload ->> '$.file.sha256'
      AND r.version = o.payload ->> '$.version'
    WHERE e.kind = 'listing' AND e.file_sha256 <> '')
  SELECT id, title, is_at_server, file_sha256, coalesce(inspection ->> '$.sha256', ''),
    coalesce(inspection ->> '$.fingerprint', ''), doc, edited
  FROM known"""


def remember_paths(tx: Tx, root: Path, paths: Mapping[str, str]) -> None:
    """Keep which listing each file of ``root`` is."""
    save_meta(tx, _key(root), json.dumps(paths))


def _key(root: Path) -> str:
    name = str(root.resolve()).encode("utf-8", "surrogateescape")
    return _KEY + hashlib.sha256(name).hexdigest()[:24]

"""Whose a file may be: listings it looks like a new version of."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from koda_desktop.sync.outbox import encode
from koda_desktop.sync.store.database import Db

MOST = 5
"""Listings that are named for one file."""
_MOST_FOUND = 2_000


class Why(StrEnum):
    """What a file and a listing have in common, the surest first."""

    ASKED = "asked"
    """A person let the file go over the listing."""
    SAME_FILE = "same-file"
    SAME_STEPS = "same-steps"
    SAME_NAME = "same-name"
    """That of the file, or the title."""


class Signs(NamedTuple):
    """What a file is known by. ``asked`` is the id of a listing it was let go over, or ""."""

    source_sha256: str
    package_sha256: str
    fingerprint: str
    file_name: str
    title: str
    asked: str = ""


class Match(NamedTuple):
    """A listing that a file may be a new version of."""

    listing_id: str
    title: str
    version: str
    is_published: bool
    why: Why


class _Row(NamedTuple):
    listing_id: str
    title: str
    version: str
    is_published: bool
    file_sha256: str
    file_name: str
    source_sha256: str
    fingerprint: str


_SQL = f"""
  SELECT id, title, version, is_at_server, file_sha256, file_name,
    coalesce(inspection ->> '$.sha256', ''), coalesce(inspection ->> '$.fingerprint', '')
  FROM entity
  WHERE kind = 'listing' AND (
    id IN (SELECT value FROM json_each(?1))
    OR file_sha256 IN (SELECT value FROM json_each(?2))
    OR file_name IN (SELECT value FROM json_each(?3))
    OR title IN (SELECT value FROM json_each(?4))
    OR inspection ->> '$.sha256' IN (SELECT value FROM json_each(?2))
    OR inspection ->> '$.fingerprint' IN (SELECT value FROM json_each(?5)))
    AND (is_archived = 0 OR id IN (SELECT value FROM json_each(?1)))
  ORDER BY updated_at DESC LIMIT {_MOST_FOUND}"""


def matches(db: Db, files: Sequence[Signs]) -> list[tuple[Match, ...]]:
    """For each file the listings it may be a new version of, the surest first.

    One look through all listings answers for all files. Archived listings are left out, unless a
    person asked for one.
    """
    rows = [_Row(*row) for row in db.rows(_SQL, _values(files))]
    return [tuple(_sorted(one, rows)[:MOST]) for one in files]


def _values(files: Sequence[Signs]) -> list[str]:
    """What is looked for, as JSON: ids, checksums, names, titles and fingerprints."""
    wanted = (
        [one.asked for one in files],
        [sha256 for one in files for sha256 in (one.source_sha256, one.package_sha256)],
        [one.file_name for one in files],
        [one.title for one in files],
        [one.fingerprint for one in files],
    )
    return [encode(sorted({*some} - {""})) for some in wanted]


def _sorted(file: Signs, rows: Sequence[_Row]) -> list[Match]:
    found = [
        Match(row.listing_id, row.title, row.version, bool(row.is_published), why)
        for row in rows
        if (why := _why(file, row)) is not None
    ]
    order = [*Why]
    return sorted(found, key=lambda one: order.index(one.why))


def _why(file: Signs, row: _Row) -> Why | None:
    if file.asked == row.listing_id:
        return Why.ASKED
    sums = {file.source_sha256, file.package_sha256} - {""}
    if sums & {row.file_sha256, row.source_sha256}:
        return Why.SAME_FILE
    if file.fingerprint and file.fingerprint == row.fingerprint:
        return Why.SAME_STEPS
    is_called_so = bool(file.file_name) and file.file_name == row.file_name
    is_titled_so = bool(file.title) and file.title == row.title
    return Why.SAME_NAME if is_called_so or is_titled_so else None

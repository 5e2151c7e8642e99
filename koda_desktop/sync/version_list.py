"""The versions of a listing as a person sees them, and the version a new file of it would be."""

from __future__ import annotations

from dataclasses import dataclass

from koda_desktop.sync import entities, revision_rows, revisions
from koda_desktop.sync.entities import Entity, StagedFile
from koda_desktop.sync.revision_rows import Revision
from koda_desktop.sync.rows import Json
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.store.database import Db
from koda_desktop.workflows.inspection import Inspection
from koda_desktop.workflows.versions import Bump, Level, bumped, propose_bump

FIRST = "1.0.0"
"""For a listing whose version is no SemVer."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a listing's file."""

    version: str
    file: StagedFile
    at: str
    """When it was published, or queued to be, ISO 8601."""
    changelog: str = ""
    is_current: bool = False
    """It is the one that the listing has, or gets by what waits."""
    is_waiting: bool = False
    """It is queued, and buyers do not get it yet."""
    is_here: bool = False
    """Whether its file is on this computer."""
    inspection: Json | None = None


def versions_of(db: Db, listing_id: str, staging: Staging) -> tuple[Version, ...]:
    """What is known of a listing's versions, the one it has or gets first. Raises NotFound."""
    entity = entities.find(db, listing_id)
    current = current_of(db, listing_id, staging)
    known = [
        _version(one, staging)
        for one in revision_rows.of_listing(db, entity.id)
        if (one.file.sha256, one.version) != (current.file.sha256, current.version)
    ]
    if current.is_waiting and not any(_is_held(one, entity) for one in known):
        known.insert(0, _held(entity, staging))
    return (current, *known) if current.file.sha256 else tuple(known)


def current_of(db: Db, listing_id: str, staging: Staging) -> Version:
    """The file a listing has, or gets by what waits, with what is known of it. Raises NotFound."""
    entity = entities.find(db, listing_id)
    file, number = revisions.current(db, entity)
    is_waiting = file != entity.file
    known = {(one.file.sha256, one.version): one for one in revision_rows.of_listing(db, entity.id)}
    row = known.get((file.sha256, number))
    return Version(
        number,
        file,
        row.at if row else entity.server_at or entity.updated_at,
        row.changelog if row else "",
        is_current=True,
        is_waiting=is_waiting,
        is_here=staging.has(file.sha256, file.size),
        inspection=row.inspection if is_waiting and row else entity.inspection,
    )


def _version(one: Revision, staging: Staging) -> Version:
    is_here = staging.has(one.file.sha256, one.file.size)
    return Version(
        one.version,
        one.file,
        one.at,
        one.changelog,
        is_waiting=not one.is_published,
        is_here=is_here,
        inspection=one.inspection,
    )


def _is_held(version: Version, entity: Entity) -> bool:
    return version.file.sha256 == entity.file.sha256


def _held(entity: Entity, staging: Staging) -> Version:
    """What buyers get while another file waits."""
    return Version(
        str(entity.document.get("version") or ""),
        entity.file,
        entity.server_at or entity.updated_at,
        is_here=staging.has(entity.file.sha256, entity.file.size),
        inspection=entity.inspection,
    )


def propose_version(now: Version, old: Inspection | None, new: Inspection) -> Bump:
    """The version a listing is with the file ``new``; ``old`` is its file of now, where it is here.

    Without it the fingerprints alone tell whether the steps are the same.
    """
    try:
        if old is not None and old.packaged is not None:
            return propose_bump(old, new, now.version)
        before = (now.inspection or {}).get("fingerprint")
        level = Level.PATCH if before == new.fingerprint else Level.MINOR
        return Bump(bumped(now.version, level), (), level)
    except ValueError:
        return Bump(FIRST, (), Level.NONE)

"""Files of listings looked at again: where they are, and which may be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.sync import entities, gates
from koda_desktop.sync.entities import StagedFile
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.version_list import current_of

if TYPE_CHECKING:
    from koda_desktop.sync.rows import Json
    from koda_desktop.workflows.inspection import Inspection


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """The file a listing has, or gets by what waits; ``path`` is None where it is not here."""

    listing_id: str
    title: str
    file: StagedFile
    path: Path | None
    is_published: bool
    """Whether buyers get this file already."""
    is_blocked: bool
    """Whether the last look found what keeps it out of the marketplace."""


def scanned_files(
    db: Db, keys: Sequence[int], staging: Staging, downloads: Mapping[str, Sequence[Path]]
) -> list[ScannedFile]:
    """The files of these listings, in order; listings that are gone are left out.

    ``downloads`` are the files that were fetched, by their SHA-256.
    """
    sql = "SELECT e.id FROM json_each(?) AS j CROSS JOIN entity AS e ON e.pk = j.value"
    wanted = [row[0] for row in db.rows(f"{sql} WHERE e.kind = 'listing'", (encode(list(keys)),))]
    return [_scanned(db, one, staging, downloads) for one in wanted]


def _scanned(
    db: Db, listing_id: str, staging: Staging, downloads: Mapping[str, Sequence[Path]]
) -> ScannedFile:
    entity = entities.find(db, listing_id)
    version = current_of(db, listing_id, staging)
    path = _where(version.file, staging, downloads.get(version.file.sha256, ()))
    title = str(entity.document.get("title") or "")
    is_published = entity.is_at_server and not version.is_waiting
    is_blocked = not gates.is_sound(entity)
    return ScannedFile(listing_id, title, version.file, path, is_published, is_blocked)


def _where(file: StagedFile, staging: Staging, fetched: Iterable[Path]) -> Path | None:
    if staging.has(file.sha256, file.size):
        return staging.path(file.sha256)
    return next((path for path in fetched if _has_size(path, file.size)), None)


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def downloaded(db: Db) -> dict[str, list[Path]]:
    """Every file that was fetched, by its SHA-256, the newest first; it may be gone since."""
    found: dict[str, list[Path]] = {}
    sql = "SELECT sha256, target FROM transfer WHERE direction = 'down' AND state = 'done'"
    for sha256, target in db.rows(f"{sql} ORDER BY rowid DESC"):
        found.setdefault(sha256, []).append(Path(target))
    return found


def note_found(tx: Tx, listing_id: str, sha256: str, found: Inspection) -> bool:
    """Let ``found`` say whether a listing that is not in the marketplace may go there.

    What its file was known by before stays. False where the listing has another file by now.
    """
    entity = entities.find(tx, listing_id)
    if entity.is_at_server or entity.file.sha256 != sha256:
        return False
    report = found.as_json()
    kept: Json = {**report, **(entity.inspection or {})}
    for name in ("problems", "secrets", "publishable"):
        kept[name] = report[name]
    tx.run("UPDATE entity SET inspection = ? WHERE pk = ?", (encode(kept), entity.pk))
    tx.touch(entity.id)
    return True

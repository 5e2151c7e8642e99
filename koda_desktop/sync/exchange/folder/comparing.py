"""A folder compared with the listings here. Bytes and fingerprints decide; times never do.

A file is a listing's when its bytes are those the listing was made of, else when it was that
listing's the last time, else when its workflow has the same steps as that of one listing alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress
from koda_desktop.sync.exchange.folder.files import FolderFile, digest, named, workflow_files
from koda_desktop.sync.exchange.folder.known import Known, KnownListing, read_known
from koda_desktop.sync.exchange.folder.listed import NOTHING, Said, read_list
from koda_desktop.sync.exchange.folder.plan import FolderKind, FolderPlan, FolderRow
from koda_desktop.sync.exchange.understanding import is_same
from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.version_list import current_of, propose_version
from koda_desktop.workflows.inspection import Inspection, Severity

Inspect = Callable[[Path], Inspection]
"""Looks at a file; blocks."""

_TEXTS = "The file changed; the steps and their connections are the same."
_STEPS = "The file changed, and its steps with it."
_LISTED = "The folder’s list says something else."


def compare(
    store: Store,
    staging: Staging,
    root: Path,
    inspect: Inspect,
    *,
    cancel: CancelToken | None = None,
    progress: ProgressReport = ignore_progress,
) -> FolderPlan:
    """What taking ``root`` in would do; nothing is changed.

    Raises InputError for a list that cannot be read, LocalFaults, or Cancelled.
    """
    root = root.resolve()
    said = read_list(root)
    known = store.read(lambda db: read_known(db, root))
    work = _Comparing(known, inspect, said, store, staging)
    files, rows = _read(root, cancel, progress)
    rows += work.compared(files, cancel or CancelToken(), progress)
    rows += work.gone({file.name for file in files} | {row.path for row in rows})
    missing = sorted(set(said) - {row.path for row in rows})
    notes = [f"The list names “{name}”, which is not in the folder." for name in missing[:20]]
    return FolderPlan(root, sorted(rows, key=lambda row: row.path), notes)


def _read(
    root: Path, cancel: CancelToken | None, progress: ProgressReport
) -> tuple[list[FolderFile], list[FolderRow]]:
    """Every file with its checksum, and a refusal for each that cannot be read."""
    files: list[FolderFile] = []
    refused: list[FolderRow] = []
    for path in workflow_files(root):
        if cancel is not None:
            cancel.check()
        name = named(root, path)
        try:
            files.append(FolderFile(path, name, digest(path, cancel)))
        except LocalFault as fault:
            refused.append(FolderRow(name, FolderKind.REFUSED, what=str(fault)))
        progress(Progress(len(files), None, "read"))
    return files, refused


class _Comparing:
    def __init__(
        self,
        known: Known,
        inspect: Inspect,
        said: Mapping[str, Said],
        store: Store,
        staging: Staging,
    ) -> None:
        self._store = store
        self._staging = staging
        self._known = known
        self._inspect = inspect
        self._said = said
        self._taken: set[str] = set()

    def compared(
        self, files: Sequence[FolderFile], cancel: CancelToken, progress: ProgressReport
    ) -> list[FolderRow]:
        """The rows of all files; what is a listing's by its bytes is found first."""
        rows: list[FolderRow] = []
        others: list[FolderFile] = []
        for file in files:
            same = self._free(self._known.by_source.get(file.sha256, ()), file.name)
            if same is None:
                others.append(file)
            else:
                rows.append(self._unchanged(file, same))
        for number, file in enumerate(others, 1):
            cancel.check()
            rows.append(self._looked_at(file))
            progress(Progress(number, len(others), "inspect"))
        return rows

    def gone(self, present: set[str]) -> list[FolderRow]:
        """The listings whose file was in the folder the last time, and is no more."""
        rows: list[FolderRow] = []
        for path, listing_id in self._known.by_path.items():
            listing = self._known.by_id[listing_id]
            if path in present or listing_id in self._taken:
                continue
            is_on_sale = listing.is_at_server and listing.is_active
            what = "Its listing is on sale." if is_on_sale else "Its listing stays as it is."
            rows.append(
                FolderRow(
                    path, FolderKind.GONE, listing.title, listing_id, what, is_on_sale=is_on_sale
                )
            )
        return rows

    def _free(self, ids: Sequence[str], name: str) -> KnownListing | None:
        """One of these listings that no other file is; the one that was of this path before all."""
        free = [one for one in ids if one not in self._taken]
        if not free:
            return None
        remembered = self._known.by_path.get(name)
        chosen = remembered if remembered in free else free[0]
        self._taken.add(chosen)
        return self._known.by_id[chosen]

    def _unchanged(self, file: FolderFile, listing: KnownListing) -> FolderRow:
        """A file that is the listing's: the folder's list may still say something else."""
        said = self._said.get(file.name, NOTHING)
        if said.problem:
            return self._refused(file, said.problem, listing)
        before, after = self._differing(listing, said.fields)
        kind = FolderKind.CHANGED if after else FolderKind.SAME
        return FolderRow(
            file.name,
            kind,
            listing.title,
            listing.id,
            _LISTED if after else "",
            file.sha256,
            before=before,
            after=after,
        )

    def _looked_at(self, file: FolderFile) -> FolderRow:
        inspection = self._inspect(file.path)
        package = inspection.packaged
        if package is not None:
            same = self._free(self._known.by_package.get(package.sha256, ()), file.name)
            if same is not None:
                return self._unchanged(file, same)
        listing = self._owner(file, inspection)
        reason = _against(inspection) or self._said.get(file.name, NOTHING).problem
        if reason or package is None:
            return self._refused(file, reason, listing)
        if listing is None:
            return self._new(file, inspection)
        return self._replaced(file, inspection, listing)

    def _new(self, file: FolderFile, inspection: Inspection) -> FolderRow:
        fields = dict(self._said.get(file.name, NOTHING).fields)
        title = str(fields.get("title") or inspection.proposal.title or file.path.stem)
        return FolderRow(
            file.name,
            FolderKind.NEW,
            title,
            sha256=file.sha256,
            has_new_file=True,
            after=fields,
        )

    def _replaced(
        self, file: FolderFile, inspection: Inspection, listing: KnownListing
    ) -> FolderRow:
        before, after = self._differing(listing, self._said.get(file.name, NOTHING).fields)
        what = _TEXTS if inspection.fingerprint == listing.fingerprint else _STEPS
        version = ""
        if listing.is_at_server:
            version = str(after.get("version") or self._next_version(listing, inspection))
            before_it = listing.document.get("version") or "none"
            what += f" Buyers get it as version {version}; it was {before_it}."
        return FolderRow(
            file.name,
            FolderKind.CHANGED,
            listing.title,
            listing.id,
            what,
            file.sha256,
            has_new_file=True,
            before=before,
            after=after,
            replaces=listing.file_sha256,
            version=version,
        )

    def _next_version(self, listing: KnownListing, inspection: Inspection) -> str:
        """Proposed from the listing's file of now, where that is on this computer."""
        now = self._store.read(lambda db: current_of(db, listing.id, self._staging))
        old = self._inspect(self._staging.path(now.file.sha256)) if now.is_here else None
        return propose_version(now, old, inspection).version

    def _owner(self, file: FolderFile, inspection: Inspection) -> KnownListing | None:
        """The listing whose file this is, though its bytes changed."""
        remembered = self._known.by_path.get(file.name)
        if remembered is not None and remembered not in self._taken:
            self._taken.add(remembered)
            return self._known.by_id[remembered]
        alike = self._known.by_fingerprint.get(inspection.fingerprint, [])
        return self._free(alike, file.name) if len(alike) == 1 else None

    def _refused(self, file: FolderFile, what: str, listing: KnownListing | None) -> FolderRow:
        title, listing_id = (listing.title, listing.id) if listing else ("", "")
        return FolderRow(file.name, FolderKind.REFUSED, title, listing_id, what, sha256=file.sha256)

    def _differing(
        self, listing: KnownListing, fields: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        document = listing.document
        after = {
            name: value
            for name, value in fields.items()
            if not is_same(name, document.get(name, ABSENT), value)
        }
        return {name: document[name] for name in after if name in document}, after


def _against(inspection: Inspection) -> str:
    """Why a file cannot be a listing; empty for one that can. No secret is shown but masked."""
    if inspection.packaged is not None and inspection.publishable:
        return ""
    errors = [one.message for one in inspection.problems if one.severity is Severity.ERROR]
    secrets = len(inspection.secrets)
    if secrets:
        errors.append(f"It holds {secrets} {'secret' if secrets == 1 else 'secrets'}.")
    return " ".join(errors[:3]) or "It is not a workflow that can be sold."

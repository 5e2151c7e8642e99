"""The files of a listing through its versions: known ones, a new one, and an earlier one set back.

As for ``Workspace``: methods block, may be called from any thread but the window's, and raise
KodaErrors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.errors import NotFound

if TYPE_CHECKING:
    from koda_desktop.sync.bulk.attaching import Attach
    from koda_desktop.sync.bulk.proposing import BulkRow, Refusal, Whole
    from koda_desktop.sync.changesets.commands import ChangeSets
    from koda_desktop.sync.changesets.rows import ChangeSetResult
    from koda_desktop.sync.listings import ListingCommands
    from koda_desktop.sync.revision_matching import Match
    from koda_desktop.sync.staging import Staging
    from koda_desktop.sync.store.store import Store
    from koda_desktop.sync.version_list import Version
    from koda_desktop.workflows.inspection import Inspection

Inspect = Callable[[Path], "Inspection"]
"""Looks at a file; blocks."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The version a file would be, why, and what a changelog would say of it."""

    version: str
    reasons: tuple[str, ...] = ()
    changelog: str = ""


class Revisions:
    """See ``Workspace.revisions``."""

    def __init__(
        self, store: Store, staging: Staging, commands: ListingCommands, changes: ChangeSets
    ) -> None:
        self._store = store
        self._staging = staging
        self._commands = commands
        self._changes = changes

    def versions(self, listing_id: str) -> tuple[Version, ...]:
        """The versions of a listing's file that are known here, newest first. Raises NotFound."""
        from koda_desktop.sync.version_list import versions_of

        return self._store.read(lambda db: versions_of(db, listing_id, self._staging))

    def path(self, version: Version) -> Path | None:
        """Where the file of a version is on this computer, if it is."""
        file = version.file
        is_here = self._staging.has(file.sha256, file.size)
        return self._staging.path(file.sha256) if is_here else None

    def matching(
        self, files: Sequence[Inspection], asked: Sequence[str]
    ) -> list[tuple[Match, ...]]:
        """For each file the listings it may be a new version of, the surest first.

        ``asked`` holds for each the id of the listing it was let go over, or "". Blocks for a look
        through all listings, one for all files.
        """
        from koda_desktop.sync.revision_matching import Signs, matches

        signs = [
            Signs(
                one.sha256,
                one.packaged.sha256 if one.packaged else "",
                one.fingerprint,
                one.packaged.name if one.packaged else "",
                one.proposal.title,
                listing_id,
            )
            for one, listing_id in zip(files, asked, strict=True)
        ]
        return self._store.read(lambda db: matches(db, signs))

    def propose(self, listing_id: str, new: Inspection, inspect: Inspect) -> Proposal:
        """The version of a listing with the file ``new``. Raises NotFound and LocalFaults."""
        from koda_desktop.sync.version_list import current_of, propose_version
        from koda_desktop.workflows.changelog import proposed_changelog
        from koda_desktop.workflows.comparing import compare

        now = self._store.read(lambda db: current_of(db, listing_id, self._staging))
        path = self.path(now)
        old = inspect(path) if path is not None else None
        bump = propose_version(now, old, new)
        words = proposed_changelog(compare(old, new)) if old is not None else ""
        return Proposal(bump.version, bump.reasons, words)

    def revise(
        self, listing_id: str, inspection: Inspection, version: str, changelog: str = ""
    ) -> None:
        """Give a listing another file: a draft at once, a published one by its queue.

        Raises InputError with ``facts["fields"]`` or for a file that may not be sold, Refused while
        another file of it is on its way, NotFound, LocalFaults; then nothing was changed.
        """
        self._commands.revise(listing_id, inspection, version, changelog)

    def attaching(self, folder: Path, pattern: str, inspect: Inspect) -> Attach:
        """The bulk verb that gives listings the files of ``folder`` by their names.

        The folder is listed, and each file looked at and staged, when the verb is planned. Raises
        InputError for a pattern that tells no listings apart.
        """
        from koda_desktop.sync.bulk.attaching import Attach
        from koda_desktop.sync.exchange.folder.files import named, workflow_files

        def names() -> list[str]:
            return [named(folder, path) for path in workflow_files(folder)]

        return Attach(pattern, folder, names, lambda row, path: self._offered(row, path, inspect))

    def _offered(self, row: BulkRow, path: Path, inspect: Inspect) -> Whole | Refusal:
        from koda_desktop.sync.bulk.proposing import Refusal, Whole
        from koda_desktop.sync.changesets.rows import NewFile
        from koda_desktop.sync.entities import StagedFile
        from koda_desktop.sync.listings import saved_inspection

        inspection = inspect(path)
        package = inspection.packaged
        if package is None or not inspection.publishable:
            return Refusal("file", f"{path.name} has errors or secrets.")
        now = self.versions(row.listing_id)
        version = self.propose(row.listing_id, inspection, inspect).version
        self._staging.stage(package.data, package.sha256)
        file = StagedFile(package.name, package.media_type, len(package.data), package.sha256)
        held = now[0].file if now else None
        change = NewFile(
            row.listing_id,
            file,
            saved_inspection(inspection),
            held.sha256 if held is not None else None,
            version,
        )
        before = {"file": held.name} if held is not None else {}
        after = {"file": path.name, "version": version}
        return Whole(change, {**before, "version": row.fields.get("version", "")}, after)

    def set_back(self, listing_id: str, version: Version) -> ChangeSetResult:
        """Give a listing the file of an earlier version again. Raises NotFound, InputError."""
        from koda_desktop.sync.changesets.rows import NewFile, SetKind

        if not version.is_here:
            raise NotFound("The file of this version is not on this computer.")
        change = NewFile(
            listing_id, version.file, version.inspection, None, version.version, version.changelog
        )
        name = f"Back to version {version.version}"
        return self._changes.apply(name, SetKind.EDIT, [change], partial=False)

    def say(self, listing_id: str, version: Version, changelog: str) -> None:
        """Keep what the seller says of a version."""
        from koda_desktop.sync import revision_rows

        sha256, number = version.file.sha256, version.version
        self._store.write(
            lambda tx: revision_rows.say(tx, listing_id, sha256, number, changelog.strip())
        )

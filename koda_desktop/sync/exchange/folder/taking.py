"""A compared folder taken in: one change set, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.errors import InputError
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import (
    Change,
    ChangeSetResult,
    NewDraft,
    NewFile,
    RowChange,
    SetKind,
)
from koda_desktop.sync.entities import StagedFile
from koda_desktop.sync.exchange.folder.comparing import Inspect
from koda_desktop.sync.exchange.folder.known import remember_paths
from koda_desktop.sync.exchange.folder.plan import FolderKind, FolderPlan, FolderRow
from koda_desktop.sync.listings import new_entity, saved_inspection
from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.pictures import Pictures
from koda_desktop.sync.previews import staged_pictures
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.store import Store
from koda_desktop.workflows.inspection import Inspection, PackagedFile

Draw = Callable[[Inspection], bytes | None]
"""The picture of a workflow's graph, where there is one."""


def no_picture(_: Inspection) -> None:
    """A Draw for whoever cannot paint."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Takes folders in. ``inspect`` and ``draw`` block and are called off the window's thread."""

    store: Store
    staging: Staging
    stamps: Stamps
    changes: ChangeSets
    inspect: Inspect
    draw: Draw = no_picture

    def apply(
        self,
        plan: FolderPlan,
        *,
        deactivate_gone: bool = False,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        """Make the new drafts and change what changed; a second time changes nothing.

        ``deactivate_gone`` takes listings off sale whose files are gone. Raises InputError when a
        file or a listing was changed since it was compared, Cancelled or a LocalFault; then
        nothing was changed.
        """
        paths = {row.path: row.listing_id for row in plan.rows if row.listing_id}
        changes = list(
            self._changes(plan, deactivate_gone, paths, cancel or CancelToken(), progress)
        )
        result = self.changes.apply(
            f"Folder {plan.root.name}",
            SetKind.FOLDER,
            changes,
            partial=False,
            cancel=cancel,
            progress=progress,
        )
        self.store.write(lambda tx: remember_paths(tx, plan.root, paths))
        return result

    def _changes(
        self,
        plan: FolderPlan,
        deactivate_gone: bool,
        paths: dict[str, str],
        cancel: CancelToken,
        progress: ProgressReport,
    ) -> Iterator[Change]:
        for number, row in enumerate(plan.rows, 1):
            cancel.check()
            if row.has_new_file:
                inspection = self._inspected(plan.root, row)
                if row.kind is FolderKind.NEW:
                    draft = self._draft(inspection, row)
                    paths[row.path] = draft.listing_id
                    yield draft
                else:
                    yield self._new_file(inspection, row)
            if row.kind is FolderKind.CHANGED and row.after:
                # The version of a published listing goes with its new file.
                fields = {k: v for k, v in row.after.items() if k != "version" or not row.version}
                expected = {name: row.before.get(name, ABSENT) for name in fields}
                yield RowChange(row.listing_id, fields, expected)
            if row.kind is FolderKind.GONE and row.is_on_sale and deactivate_gone:
                yield RowChange(row.listing_id, {"active": False})
            progress(Progress(number, len(plan.rows), "stage"))

    def _inspected(self, root: Path, row: FolderRow) -> Inspection:
        inspection = self.inspect(root / row.path)
        if inspection.sha256 != row.sha256 or inspection.packaged is None:
            raise InputError(
                f"{row.path} was changed since it was compared.",
                remedy="Compare the folder again.",
            )
        return inspection

    def _draft(self, inspection: Inspection, row: FolderRow) -> NewDraft:
        entity = new_entity(inspection, row.after, self.stamps)
        self._stage(inspection)
        pictures = staged_pictures(self.staging, Pictures(self.draw(inspection)))
        return NewDraft(entity._replace(preview=pictures.preview, drawing=pictures.drawing))

    def _new_file(self, inspection: Inspection, row: FolderRow) -> NewFile:
        package = self._stage(inspection)
        file = StagedFile(package.name, package.media_type, len(package.data), package.sha256)
        return NewFile(
            row.listing_id, file, saved_inspection(inspection), row.replaces, row.version
        )

    def _stage(self, inspection: Inspection) -> PackagedFile:
        package = inspection.packaged
        assert package is not None
        self.staging.stage(package.data, package.sha256)
        return package

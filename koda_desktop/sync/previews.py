"""The preview picture of a draft: the workflow's own, one that the seller chose, or none.

The picture of the workflow stays staged beside the one chosen, so that it can be taken again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from koda_desktop.errors import InputError, Refused
from koda_desktop.models.picture import SUFFIXES, read_picture
from koda_desktop.runtime.files import disk_faults
from koda_desktop.sync import entities, outbox
from koda_desktop.sync.entities import NO_FILE, Entity, StagedFile
from koda_desktop.sync.pictures import Pictures, Preview, PreviewChoice
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store

_NAME = "preview"


@dataclass(frozen=True, slots=True)
class StagedPictures:
    """Pictures that are staged, and how to stage them again."""

    preview: StagedFile
    drawing: StagedFile
    stage: Callable[[], None]


def staged_pictures(staging: Staging, pictures: Pictures) -> StagedPictures:
    """Stage what a new draft needs.

    Raises InputError for bytes that no preview can be, and LocalFaults.
    """
    drawing = _facts(pictures.drawing) if pictures.drawing is not None else NO_FILE
    wanted = {drawing.sha256: pictures.drawing} if pictures.drawing is not None else {}
    preview = NO_FILE if pictures.preview is PreviewChoice.NONE else drawing
    if isinstance(pictures.preview, bytes):
        preview = _facts(pictures.preview)
        wanted[preview.sha256] = pictures.preview

    def stage() -> None:
        for sha256, data in wanted.items():
            assert data is not None
            if not staging.has(sha256, len(data)):
                staging.stage(data, sha256)

    stage()
    return StagedPictures(preview, drawing, stage)


def _facts(data: bytes) -> StagedFile:
    media_type = read_picture(data).media_type
    sha256 = hashlib.sha256(data).hexdigest()
    return StagedFile(_NAME + SUFFIXES[media_type], media_type, len(data), sha256)


class PreviewCommands:
    """Each command is one transaction. See ``workspace.Workspace`` for what each promises."""

    def __init__(self, store: Store, staging: Staging, stamps: Stamps) -> None:
        self._store = store
        self._staging = staging
        self._stamps = stamps

    def choose(self, listing_id: str, preview: Preview) -> None:
        """Give a draft another preview. Raises InputError, NotFound, Refused, LocalFaults."""
        chosen = staged_pictures(self._staging, Pictures(None, preview))
        self._store.write(lambda tx: self._choose(tx, listing_id, preview, chosen))
        self._staging.sweep(self._store)

    def _choose(self, tx: Tx, listing_id: str, preview: Preview, chosen: StagedPictures) -> None:
        entity = entities.find(tx, listing_id)
        _refuse_unless_draft(tx, entity)
        # A sweep that ran since it was staged took it away; none can run beside this.
        chosen.stage()
        picture = chosen.preview
        if preview is PreviewChoice.WORKFLOW:
            picture = entity.drawing
            if picture == NO_FILE:
                raise InputError(
                    "This listing has no picture of its workflow: its file has no graph.",
                    remedy="Choose a picture of your own, or none.",
                )
        entities.save_preview(tx, entity, picture, self._stamps.now())

    def read(self, listing_id: str) -> bytes | None:
        """The bytes of a listing's preview; None where it has none on this computer."""
        picture = self._store.read(lambda db: entities.find(db, listing_id)).preview
        if not self._staging.has(picture.sha256, picture.size):
            return None
        with disk_faults("The picture could not be read"):
            return self._staging.path(picture.sha256).read_bytes()


def _refuse_unless_draft(tx: Tx, entity: Entity) -> None:
    if entity.is_at_server:
        raise Refused("The picture of a published listing cannot be changed here.")
    if outbox.lane(tx, entity.id):
        raise Refused(
            "Only a draft’s picture can be changed.",
            remedy="Withdraw its publication first.",
        )

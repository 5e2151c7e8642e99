"""Clearing away after cancelled transfers: parts in the object store, partial files here."""

from __future__ import annotations

from pathlib import Path

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.api import OpenUpload
from koda_desktop.runtime.files import disk_faults
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import part_rows
from koda_desktop.sync.engine.parts import Apply, Session, must_wait
from koda_desktop.sync.part_rows import Plan
from koda_desktop.sync.places import part_path


def perform(session: Session, plan: Plan, cancel: CancelToken) -> Apply:
    """Clear away one of ``part_rows.abandoned``. Raises KodaErrors when the outside is in the way:
    then it is tried again. What is refused is left to the bucket's own rules, or on the disk.
    """
    cancel.check()
    try:
        _clear(session, plan)
    except KodaError as error:
        if must_wait(error):
            raise
    return lambda tx: part_rows.forget(tx, plan.id)


def _clear(session: Session, plan: Plan) -> None:
    if plan.upload_id:
        upload = OpenUpload(plan.object_key, plan.upload_id)
        session.marketplace.abort_parts(session.parts.actor, upload)
    if plan.direction == "down":
        part = part_path(Path(plan.target).parent, plan.file_name, plan.id)
        with disk_faults("A partial file could not be deleted"):
            part.unlink(missing_ok=True)

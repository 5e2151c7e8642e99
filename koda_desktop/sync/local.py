"""The reading half of a workspace: everything from the local store, never from the network."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import (
    activity,
    conflicts,
    entities,
    lane_parts,
    outbox,
    queries,
    transfer_commands,
    transfer_rows,
)
from koda_desktop.sync.conflict_rows import ConflictRow
from koda_desktop.sync.entities import NO_FILE, Entity
from koda_desktop.sync.filters.known import KnownValues, known_values
from koda_desktop.sync.filters.terms import NumberColumn
from koda_desktop.sync.first_page import first_keys
from koda_desktop.sync.gates import LocalGate, local_gates
from koda_desktop.sync.pictures import PreviewLine
from koda_desktop.sync.rows import (
    Json,
    Link,
    ListingDetail,
    ListingQuery,
    ListingRow,
    OperationPage,
    OperationRow,
    OperationState,
    QuarantineRow,
    Selection,
    SyncStatus,
    Totals,
    TransferRow,
)
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.store import Store

LAST_SYNC = "last_sync"
"""The key in ``meta`` of when a round last ended with nothing in its way."""


@dataclass(frozen=True, slots=True)
class EngineView:
    """What the engine of this process knows and the store does not."""

    link: Link = Link.UNKNOWN
    is_running: bool = False
    message: str = ""
    needs_keys: bool = False
    """The marketplace refuses the keys: nothing goes on before they are others."""
    mode: str = ""
    """How news arrives: "stream", "paging", or "" while nobody knows."""


def no_engine() -> EngineView:
    """For a workspace whose engine was not built."""
    return EngineView()


ACCOUNT_GATES = "account_gates"
"""The key in ``meta`` of the account's gates as the marketplace answered them last."""


class LocalReads:
    """See ``workspace.Workspace`` for what each method promises."""

    def __init__(
        self,
        store: Store,
        staging: Staging,
        engine_view: Callable[[], EngineView] = no_engine,
    ) -> None:
        self._store = store
        self._staging = staging
        self._engine_view = engine_view

    def count(self, query: ListingQuery, cancel: CancelToken | None = None) -> int:
        return self._store.read(lambda db: queries.count(db, query), cancel)

    def keys(self, query: ListingQuery, cancel: CancelToken | None = None) -> array[int]:
        return self._store.read(lambda db: queries.keys(db, query), cancel)

    def first_rows(
        self, query: ListingQuery, most: int, cancel: CancelToken | None = None
    ) -> list[ListingRow]:
        def read(db: Db) -> list[ListingRow]:
            return queries.rows(db, first_keys(db, query, most))

        return self._store.read(read, cancel)

    def selected(self, selection: Selection) -> array[int]:
        return self._store.read(lambda db: queries.selected(db, selection))

    def totals(self, selection: Selection, of: NumberColumn = NumberColumn.PRICE) -> Totals:
        return self._store.read(lambda db: queries.totals(db, selection, of))

    def known_values(self, cancel: CancelToken | None = None) -> KnownValues:
        return self._store.read(known_values, cancel)

    def rows(self, keys: Sequence[int]) -> list[ListingRow]:
        return self._store.read(lambda db: queries.rows(db, keys))

    def listing(self, listing_id: str) -> ListingDetail:
        return self._store.read(lambda db: _detail(db, listing_id))

    def staged_file(self, listing_id: str) -> Path | None:
        """The listing's file where it is staged on this computer. Raises NotFound."""
        file = self._store.read(lambda db: entities.find(db, listing_id)).file
        is_here = self._staging.has(file.sha256, file.size)
        return self._staging.path(file.sha256) if is_here else None

    def gates(self, listing_id: str) -> tuple[LocalGate, ...]:
        """The gates of publishing that this computer can see by itself. Raises NotFound."""
        entity = self._store.read(lambda db: entities.find(db, listing_id))
        return local_gates(entity, self._staging)

    def account_gates(self) -> list[Json] | None:
        """The account's gates as of the last round, each as ``Gate.as_json``; None: never asked."""
        saved = self._store.read(lambda db: meta(db, ACCOUNT_GATES))
        return None if saved is None else list(json.loads(saved))

    def operations(self, done: int = 50) -> list[OperationRow]:
        return self._store.read(lambda db: operation_rows(db, done))

    def transfers(self, done: int = 50) -> list[TransferRow]:
        return self._store.read(lambda db: transfer_rows.listed(db, done))

    def activity(self, waiting: int, done: int) -> OperationPage:
        return self._store.read(lambda db: activity.page(db, waiting, done))

    def conflicts(self) -> list[ConflictRow]:
        return self._store.read(conflicts.listed)

    def can_undo_resolve(self) -> int:
        return self._store.read(conflicts.can_undo)

    def quarantined(self, limit: int) -> list[QuarantineRow]:
        return self._store.read(lambda db: _quarantined(db, limit))

    def bandwidth_limit(self) -> int | None:
        return self._store.read(transfer_commands.bandwidth_limit)

    def status(self) -> SyncStatus:
        view = self._engine_view()
        return self._store.read(lambda db: _status(db, view))


def _status(db: Db, view: EngineView) -> SyncStatus:
    waiting, parked = outbox.counts(db)
    held, quarantined, is_paused = db.rows(_FIGURES, (outbox.SENDING_PAUSED,))[0]
    return SyncStatus(
        link=view.link,
        waiting=waiting,
        parked=parked,
        is_running=view.is_running,
        last_sync=meta(db, LAST_SYNC),
        message=view.message,
        held=held,
        conflicts=conflicts.count(db),
        needs_keys=view.needs_keys,
        mode=view.mode,
        quarantined=quarantined,
        is_paused=bool(is_paused),
    )


def meta(db: Db, key: str) -> str | None:
    """One value of ``meta``."""
    found = db.value("SELECT value FROM meta WHERE key = ?", (key,))
    return None if found is None else str(found)


def save_meta(tx: Tx, key: str, value: str) -> None:
    """Keep one value of ``meta``."""
    tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (key, value))
    tx.announce("status")


def operation_rows(db: Db, done: int) -> list[OperationRow]:
    """What will go out, in order; then the last ``done`` that went, newest first."""
    return [*activity.every(db), *activity.logged(db, done)]


def parked_rows(db: Db) -> list[OperationRow]:
    """The operations that need a person."""
    return activity.parked(db)


def _quarantined(db: Db, limit: int) -> list[QuarantineRow]:
    sql = "SELECT source, id, reason, at, raw FROM quarantine ORDER BY at DESC, id LIMIT ?"
    return [QuarantineRow(*row) for row in db.rows(sql, (limit,))]


_FIGURES = """
  SELECT (SELECT count(*) FROM outbox WHERE state = 'held'),
    (SELECT count(*) FROM quarantine),
    EXISTS (SELECT 1 FROM meta WHERE key = ?)"""


def _detail(db: Db, listing_id: str) -> ListingDetail:
    entity = entities.find(db, listing_id)
    operations = outbox.lane(db, entity.id)
    parked = [one.error for one in operations if one.state is OperationState.PARKED]
    return ListingDetail(
        row=queries.rows(db, [entity.pk])[0],
        document=entity.document,
        is_at_server=entity.is_at_server,
        verified_at=db.value("SELECT verified_at FROM entity WHERE pk = ?", (entity.pk,)),
        file_sha256=entity.file.sha256,
        inspection=entity.inspection,
        error=parked[0] if parked else None,
        pending_fields=tuple(lane_parts.of_lane(operations).changes),
        preview=_preview(entity),
        has_drawing=entity.drawing != NO_FILE,
    )


def _preview(entity: Entity) -> PreviewLine | None:
    picture = entity.preview
    if picture == NO_FILE:
        return None
    is_drawing = picture == entity.drawing
    return PreviewLine(picture.media_type, picture.size, picture.sha256, is_drawing)

"""``koda sync --watch``: keeps up in the background and tells each thing that happens."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from koda_desktop.cli.conflicts import conflict_record, conflict_text
from koda_desktop.cli.context import Context
from koda_desktop.cli.stopping import stopped_by_interrupt
from koda_desktop.errors import NotFound, Offline
from koda_desktop.sync.rows import (
    Changes,
    OperationRow,
    SyncStatus,
    TransferRow,
    TransferState,
    Verb,
)

if TYPE_CHECKING:
    from koda_desktop.workspace.facade import Workspace

_LOOK_SECONDS = 0.2
"""How soon a request to stop is noticed while nothing happens."""

Event = tuple[dict[str, Any], str]
"""What happened, for machines and for people."""


def watch(context: Context) -> bool:
    """Run until Ctrl+C or SIGTERM; ending so is success. Raises Offline, and StoreFaults."""
    workspace = context.workspace()
    if context.is_offline:
        raise Offline("`koda sync --watch` needs the marketplace.", remedy="Leave out --offline.")
    changed: SimpleQueue[Changes] = SimpleQueue()
    news = News(workspace)
    with stopped_by_interrupt() as stop:
        unsubscribe = workspace.subscribe(changed.put)
        workspace.start_sync()
        context.output.note("Watching; press Ctrl+C to stop.")
        while not stop.is_cancelled:
            try:
                changes = changed.get(timeout=_LOOK_SECONDS)
            except Empty:
                continue
            _tell(context, news.since(changes))
        unsubscribe()
    status = workspace.status()
    _tell(context, [_stopped(status)])
    return True


def _tell(context: Context, events: Iterator[Event] | list[Event]) -> None:
    for record, text in events:
        context.output.result(record, text)


class News:
    """Compares what is with what was told."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._link = ""
        page = workspace.activity(waiting=1, done=0)
        self._done = page.done_total
        self._parked = {row.operation_id for row in self._parked_rows()}
        self._conflicts = {row.key for row in workspace.conflicts()}
        self._transfers = {row.id: row.state for row in workspace.transfers()}
        self._states: dict[str, str] = {}

    def since(self, changes: Changes) -> Iterator[Event]:
        """What happened since the last call."""
        if changes.status:
            yield from self._status()
        if changes.operations:
            yield from self._operations()
            yield from self._new_conflicts()
        if changes.transfers:
            yield from self._ended_transfers()
        for listing_id in sorted(changes.listings):
            yield from self._listing(listing_id)

    def _status(self) -> Iterator[Event]:
        status = self._workspace.status()
        link = "keys-refused" if status.needs_keys else status.link.value
        if f"{link} {status.message}" != self._link:
            self._link = f"{link} {status.message}"
            record = {"event": "link", "link": link, "mode": status.mode, "message": status.message}
            yield record, f"{link}{f': {status.message}' if status.message else ''}"

    def _operations(self) -> Iterator[Event]:
        total = self._workspace.activity(waiting=0, done=0).done_total
        new = self._workspace.activity(waiting=0, done=max(total - self._done, 0)).done
        self._done = total
        yield from map(_sent, reversed(new))
        rows = self._parked_rows()
        yield from (_parked(row) for row in rows if row.operation_id not in self._parked)
        self._parked = {row.operation_id for row in rows}

    def _parked_rows(self) -> list[OperationRow]:
        page = self._workspace.activity(waiting=1_000, done=0)
        return [row for row in page.parked if not row.is_conflict]

    def _new_conflicts(self) -> Iterator[Event]:
        rows = self._workspace.conflicts()
        for row in rows:
            if row.key not in self._conflicts:
                yield (
                    {"event": "conflict", **conflict_record(row)},
                    f"conflict  {conflict_text(row)}",
                )
        self._conflicts = {row.key for row in rows}

    def _ended_transfers(self) -> Iterator[Event]:
        rows = self._workspace.transfers()
        for row in rows:
            before = self._transfers.get(row.id)
            ended = (TransferState.DONE, TransferState.CANCELLED, TransferState.PARKED)
            if row.state is not before and row.state in ended:
                yield _transfer(row)
        self._transfers = {row.id: row.state for row in rows}

    def _listing(self, listing_id: str) -> Iterator[Event]:
        try:
            row = self._workspace.listing(listing_id).row
        except NotFound:
            self._states.pop(listing_id, None)
            yield {"event": "removed", "id": listing_id}, f"removed  {listing_id}"
            return
        seen = f"{row.state} {row.updated_at} {row.title} {row.price_minor}"
        if self._states.get(listing_id) != seen:
            self._states[listing_id] = seen
            record = {
                "event": "listing",
                "id": row.id,
                "title": row.title,
                "state": row.state.value,
            }
            yield record, f"listing  {row.id}  {row.state.value:<10}  {row.title}"


def _sent(row: OperationRow) -> Event:
    name = "published" if row.verb is Verb.VERIFY else "sent"
    record = {
        "event": name,
        "verb": row.verb.value,
        "id": row.listing_id,
        "title": row.listing_title,
        "fields": list(row.fields),
        "at": row.finished_at,
    }
    fields = f"  ({', '.join(row.fields)})" if row.fields else ""
    return record, f"{name}  {row.verb.value}  {row.listing_id}  {row.listing_title}{fields}"


def _parked(row: OperationRow) -> Event:
    record = {
        "event": "parked",
        "verb": row.verb.value,
        "id": row.listing_id,
        "title": row.listing_title,
        "error": row.error,
    }
    what = (row.error or {}).get("what", "")
    return record, f"parked  {row.verb.value}  {row.listing_id}  {row.listing_title}: {what}"


def _transfer(row: TransferRow) -> Event:
    record = {
        "event": "transfer",
        "id": row.id,
        "direction": row.direction.value,
        "state": row.state.value,
        "listing": row.listing_id,
        "file": row.file_name,
        "target": row.target,
        "size": row.size,
    }
    return record, f"transfer  {row.direction.value}  {row.state.value}  {row.file_name}"


def _stopped(status: SyncStatus) -> Event:
    record = {
        "event": "stopped",
        "waiting": status.waiting,
        "parked": status.parked,
        "held": status.held,
        "conflicts": status.conflicts,
    }
    return record, f"Stopped: {status.waiting} waiting, {status.parked} need you."

"""What every page and every command talks to.

Every method blocks for at most a disk's time unless it says otherwise, may be called from any
thread but the window's, and raises KodaErrors. Controllers call them on worker pools; commands call
them as they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from koda_desktop.runtime.work import CancelToken, ProgressReport, ignore_progress
from koda_desktop.sync.conflict_rows import ConflictRow, Resolution
from koda_desktop.sync.filters.terms import NumberColumn
from koda_desktop.sync.pictures import NO_PICTURES
from koda_desktop.sync.rows import (
    Changes,
    ListingDetail,
    ListingQuery,
    ListingRow,
    OperationPage,
    OperationRow,
    QuarantineRow,
    Selection,
    SyncReport,
    SyncStatus,
    Totals,
    TransferRow,
)
from koda_desktop.workspace.bulk import Bulk
from koda_desktop.workspace.grid import Grid
from koda_desktop.workspace.history import History
from koda_desktop.workspace.info import GateState, WorkspaceInfo
from koda_desktop.workspace.rescan import Rescan
from koda_desktop.workspace.revisions import Revisions

if TYPE_CHECKING:
    from pathlib import Path

    from koda_desktop.runtime.paths import Paths
    from koda_desktop.sync.filters.known import KnownValues
    from koda_desktop.sync.pictures import Pictures, Preview
    from koda_desktop.sync.saved_views import SavedView
    from koda_desktop.workflows.inspection import Inspection
    from koda_desktop.workspace.known_money import KnownMoney
    from koda_desktop.workspace.parts import WorkspaceParts
    from koda_desktop.workspace.pending_refunds import PendingRefunds
    from koda_desktop.workspace.sales import Sales
    from koda_desktop.workspace.secrets import OpenVault
    from koda_desktop.workspace.selling import Selling

Unsubscribe = Callable[[], None]


class Workspace:
    """One marketplace on this computer: local reads, durable commands, and the engine."""

    def __init__(self, info: WorkspaceInfo, parts: WorkspaceParts) -> None:
        self.info = info
        self._parts = parts
        self._reads = parts.reads
        self._commands = parts.commands
        self._work = parts.work
        self._transfers = parts.transfers
        self._previews = parts.previews
        self.typed = parts.typed
        """What was typed into listings and not saved."""
        self.history = History(parts.changes)
        """What was done, and how to take it back."""
        self.bulk = Bulk(parts.store, parts.changes, parts.reads.selected)
        """Verbs over many listings at once."""
        self.revisions = Revisions(parts.store, parts.staging, parts.commands, parts.changes)
        """The files of listings through their versions."""
        self.rescan = Rescan(parts.store, parts.staging, parts.commands, parts.reads.selected)
        """Files looked at again."""
        self.grid = Grid(parts.store, parts.changes, parts.reads.rows, parts.reads.selected)
        """Cells copied, pasted, filled and typed into."""
        self.exchange = parts.exchange
        """Files of listings, written and read."""

    @staticmethod
    def open(
        paths: Paths,
        info: WorkspaceInfo,
        *,
        offline: bool = False,
        environ: Mapping[str, str] | None = None,
        vaults: OpenVault | None = None,
    ) -> Workspace:
        """Open the local store of ``info``; the marketplace is reached when the engine runs.

        Raises StoreFault, NoRights or DiskFull.
        """
        from koda_desktop.workspace.parts import open_parts

        parts = open_parts(paths, info, is_offline=offline, environ=environ, vaults=vaults)
        return Workspace(info, parts)

    @property
    def sales(self) -> Sales:
        """What was sold."""
        from koda_desktop.workspace.sales import Sales

        return Sales(self._parts.store)

    @property
    def selling(self) -> Selling:
        """The marketplace's own view of money: its methods block on the network."""
        return self._parts.engine.get().selling

    @property
    def pending_refunds(self) -> PendingRefunds:
        """Refunds that went out and whose outcome is not known."""
        from koda_desktop.workspace.pending_refunds import PendingRefunds

        return PendingRefunds(self._parts.store)

    @property
    def known_money(self) -> KnownMoney:
        """What ``selling`` last heard of the account's standing, balance and payouts."""
        from koda_desktop.workspace.known_money import KnownMoney

        return KnownMoney(self._parts.store)

    @property
    def notice(self) -> str:
        """What a person is to be told of the opening: a store that was damaged, and what was saved
        of it. Empty where all was well.
        """
        return self._parts.store.notice

    # -- reading: from the local store alone, never the network --

    def count(self, query: ListingQuery, cancel: CancelToken | None = None) -> int:
        """How many listings match. Raises Cancelled."""
        return self._reads.count(query, cancel)

    def keys(self, query: ListingQuery, cancel: CancelToken | None = None) -> array[int]:
        """The ``pk`` of every matching listing, in order: 8 bytes a listing. Raises Cancelled.

        A second or more for a million; ``first_rows`` has the beginning at once.
        """
        return self._reads.keys(query, cancel)

    def first_rows(
        self, query: ListingQuery, most: int, cancel: CancelToken | None = None
    ) -> list[ListingRow]:
        """The rows of the first ``most`` matching listings, in order. Raises Cancelled."""
        return self._reads.first_rows(query, most, cancel)

    def selected(self, selection: Selection) -> array[int]:
        """The keys of what was picked, in the order of its query; those that are gone left out."""
        return self._reads.selected(selection)

    def totals(self, selection: Selection, of: NumberColumn = NumberColumn.PRICE) -> Totals:
        """How many listings were picked, and what their prices or the sizes of files come to."""
        return self._reads.totals(selection, of)

    def known_values(self, cancel: CancelToken | None = None) -> KnownValues:
        """The tags, platforms, categories and states that listings have, each with how many.

        Reads every listing: seconds for a million. Raises Cancelled.
        """
        return self._reads.known_values(cancel)

    def views(self) -> tuple[SavedView, ...]:
        """The saved views of the Listings table, the built-in ones first."""
        from koda_desktop.sync import saved_views

        return self._parts.store.read(saved_views.views)

    def rows(self, keys: Sequence[int]) -> list[ListingRow]:
        """The rows of these keys, in the order given; keys that are gone are left out."""
        return self._reads.rows(keys)

    def listing(self, listing_id: str) -> ListingDetail:
        """One listing, whole. ``listing_id`` may be a unique beginning. Raises NotFound."""
        return self._reads.listing(listing_id)

    def preview(self, listing_id: str) -> bytes | None:
        """The preview picture of a listing, as it is staged on this computer. Raises NotFound."""
        return self._previews.read(listing_id)

    def staged_file(self, listing_id: str) -> Path | None:
        """The file of a listing where it is staged on this computer. Raises NotFound."""
        return self._reads.staged_file(listing_id)

    def checklist(self, listing_id: str) -> tuple[GateState, ...]:
        """Each gate of publishing for this listing, as far as it is known on this computer.

        The account's gates are the marketplace's answer of last time; unknown before the first.
        """
        from koda_desktop.workspace.checklist import checklist

        return checklist(self._reads, listing_id)

    def operations(self, *, done: int = 50) -> list[OperationRow]:
        """What will go out, in order; then the last ``done`` that went, newest first."""
        return self._reads.operations(done)

    def activity(self, *, waiting: int = 200, done: int = 100) -> OperationPage:
        """The work as a page shows it: the first ``waiting`` of each kind, the last ``done``."""
        return self._reads.activity(waiting, done)

    def conflicts(self) -> list[ConflictRow]:
        """Every field that was changed here and in the marketplace, the one found first first."""
        return self._reads.conflicts()

    def can_undo_resolve(self) -> int:
        """How many fields ``undo_resolve`` would bring back."""
        return self._reads.can_undo_resolve()

    def quarantined(self, *, limit: int = 200) -> list[QuarantineRow]:
        """Documents of the marketplace that cannot be read, newest first."""
        return self._reads.quarantined(limit)

    def bandwidth_limit(self) -> int | None:
        """The most bytes a second of all transfers together; None for no limit."""
        return self._reads.bandwidth_limit()

    def transfers(self, *, done: int = 50) -> list[TransferRow]:
        """Transfers under way or waiting, then the last ``done`` that ended, newest first."""
        return self._reads.transfers(done)

    def status(self) -> SyncStatus:
        """The engine in one glance. Cheap."""
        return self._reads.status()

    def subscribe(self, listener: Callable[[Changes], None]) -> Unsubscribe:
        """Have ``listener`` called, on the thread that changed something, after each commit."""
        return self._parts.store.subscribe(listener)

    # -- writing: committed and durable when the call returns --

    def draft(
        self, inspection: Inspection, fields: Mapping[str, Any], pictures: Pictures = NO_PICTURES
    ) -> str:
        """Stage the file of ``inspection`` and make a draft of it; answers the listing's id.

        ``fields`` are seller fields (see ``models.vocabulary.SELLER_FIELDS``; price as the web
        Number); what is missing is taken from the inspection's proposals. Raises InputError naming
        the field that is wrong. Unless ``pictures`` say otherwise, the picture of the workflow's
        graph is the listing's preview.
        """
        return self._commands.draft(inspection, fields, pictures)

    def choose_preview(self, listing_id: str, preview: Preview) -> None:
        """Give a draft another preview: the bytes of a picture, the workflow's own, or none.

        Raises InputError for what is no picture or has more than 5 MB, or where the workflow has no
        picture; Refused for what is queued or published.
        """
        self._previews.choose(listing_id, preview)

    def edit(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        """Change seller fields. A draft changes here alone; a published listing's change is queued.

        Raises InputError with ``facts["fields"]`` (field to sentence); then nothing was changed.
        """
        self._commands.edit(listing_id, changes)

    def save_views(self, views: Sequence[SavedView]) -> None:
        """Keep these views of the Listings table and no others."""
        from koda_desktop.sync import saved_views

        self._parts.store.write(lambda tx: saved_views.save(tx, views))

    def publish(self, listing_ids: Sequence[str]) -> None:
        """Queue the upload, registration and read-back of each. All or none are queued.

        Raises GatesUnmet when this computer already knows a gate that is not met (an incomplete
        document, a file with errors or secrets); account gates are decided by the marketplace.
        """
        self._commands.publish(listing_ids)

    def withdraw(self, listing_id: str) -> None:
        """Take a queued publication back to a draft. Refused once it has been registered."""
        self._commands.withdraw(listing_id)

    def retry(self, listing_id: str) -> None:
        """Send this listing's parked work again."""
        self._commands.retry(listing_id)

    def discard_changes(self, listing_id: str) -> None:
        """Drop the parked edit of a published listing and show the server's copy again."""
        self._commands.discard_changes(listing_id)

    def delete_draft(self, listing_id: str) -> None:
        """Delete a listing that never left this computer. Raises Refused otherwise."""
        self._commands.delete_draft(listing_id)

    # -- work that waits --

    def hold(self, operation_ids: Sequence[str]) -> int:
        """Keep back the queued work of the lanes of these operations; answers how many are held.

        What may have gone out already stays as it is.
        """
        return self._work.hold(operation_ids)

    def let_go(self, operation_ids: Sequence[str]) -> int:
        """Queue the held work of the lanes of these operations again; answers how many."""
        return self._work.let_go(operation_ids)

    def drop(self, operation_ids: Sequence[str]) -> None:
        """Take operations out before they go, all or none.

        A dropped change shows the marketplace's value again; a dropped publication leaves a draft
        with its file. Raises Refused for what may have gone out, or is in conflict.
        """
        self._work.drop(operation_ids)

    def pause_sending(self, paused: bool) -> None:
        """Send nothing more until sending is resumed; what is on its way now finishes, of a large
        file the parts that are.
        """
        self._work.pause_sending(paused)

    def resolve(self, resolutions: Sequence[Resolution]) -> int:
        """Settle fields in conflict, all or none; answers how many.

        Raises NotFound when one is in conflict no more, Refused when the marketplace's side has
        changed since it was shown, InputError with ``facts["fields"]`` for a value that is wrong.
        """
        return self._work.resolve(resolutions)

    def undo_resolve(self) -> int:
        """Bring back what was settled last and has not gone out. Raises Refused when none is."""
        return self._work.undo_resolve()

    # -- transfers --

    def download(self, listing_id: str, folder: Path) -> str:
        """Queue the download of a published listing's file into ``folder``; the transfer's id.

        A file that is there already is not replaced: the new one gets a number. Raises NotFound,
        and Refused for a listing that the marketplace does not hold.
        """
        return self._transfers.download(listing_id, folder)

    def cancel_transfer(self, transfer_id: str) -> None:
        """Stop a transfer; the listing of an upload goes back to a draft."""
        self._transfers.cancel(transfer_id)

    def retry_transfer(self, transfer_id: str) -> None:
        """Send or fetch a parked transfer again."""
        self._transfers.retry(transfer_id)

    def pause_transfer(self, transfer_id: str, paused: bool) -> None:
        """Stop a transfer, or let it go on; what was transferred is kept. Raises Refused."""
        self._transfers.pause(transfer_id, paused)

    def prioritise_transfer(self, transfer_id: str, priority: int) -> None:
        """Have a transfer go before those of a lower number; 0 is normal. Raises Refused."""
        self._transfers.prioritise(transfer_id, priority)

    def limit_bandwidth(self, bytes_per_second: int | None) -> None:
        """Keep all transfers together under this speed; None for no limit. Raises UsageError."""
        self._transfers.limit(bytes_per_second)

    # -- the engine --

    def start_sync(self) -> None:
        """Keep up in the background until ``close``: send what waits, pull what changed.

        First forgets what can be undone no more, and clears away staged files that nothing refers
        to any more.
        """
        self._parts.changes.forget_old()
        self._parts.staging.sweep(self._parts.store)
        self._parts.engine.start()

    def sync_now(
        self, cancel: CancelToken | None = None, progress: ProgressReport = ignore_progress
    ) -> SyncReport:
        """Send everything that waits and pull once; blocks on the network until that is done.

        Does not wait for back-off: each operation is tried now. Raises nothing but Cancelled: what
        stood in the way is in the report.
        """
        return self._parts.engine.get().engine.run_round(cancel, progress)

    def wake(self) -> None:
        """Have the background engine look again now (after an edit, a resume, F5)."""
        self._parts.engine.get().wake()

    def set_offline(self, offline: bool) -> None:
        """Stop or resume using the network."""
        self._parts.engine.get().engine.set_offline(offline)

    def close(self) -> None:
        """Stop the engine between two steps, flush and close. Safe to call twice."""
        self._parts.close()

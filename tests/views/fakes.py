"""A made-up workspace in memory and a desk of workspaces, for pictures and view tests."""

from __future__ import annotations

import threading
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from koda_desktop.errors import InputError, NotFound, ServerDown, UsageError
from koda_desktop.models.money import from_web_number
from koda_desktop.runtime.clock import iso
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress
from koda_desktop.sync.bulk.attaching import Attach
from koda_desktop.sync.bulk.planning import Plan
from koda_desktop.sync.bulk.proposing import BulkRow, Verb, Whole
from koda_desktop.sync.changesets.leftovers import LeftCell
from koda_desktop.sync.changesets.rows import (
    ChangeSet,
    ChangeSetDetail,
    ChangeSetResult,
    NewFile,
    UndoState,
)
from koda_desktop.sync.conflict_rows import Choice, ConflictRow, Resolution
from koda_desktop.sync.entities import StagedFile
from koda_desktop.sync.filters.known import KnownValues
from koda_desktop.sync.filters.terms import (
    ArchivedIs,
    IdBegins,
    NumberColumn,
    NumberIn,
    PlatformIs,
    StateIs,
    TagIs,
    Term,
    Word,
)
from koda_desktop.sync.grid.planning import CellPlan, GridRow
from koda_desktop.sync.pictures import NO_PICTURES, Pictures, Preview, PreviewChoice, PreviewLine
from koda_desktop.sync.revision_matching import Match, Why
from koda_desktop.sync.rows import (
    Changes,
    Link,
    ListingDetail,
    ListingQuery,
    ListingRow,
    ListingState,
    OperationPage,
    OperationRow,
    OperationState,
    QuarantineRow,
    Selection,
    SyncStatus,
    Totals,
    TransferRow,
)
from koda_desktop.sync.saved_views import BUILT_IN, SavedView
from koda_desktop.sync.typed import Typed
from koda_desktop.sync.version_list import Version
from koda_desktop.workspace.bulk import Bulk
from koda_desktop.workspace.facade import Unsubscribe, Workspace
from koda_desktop.workspace.grid import Grid
from koda_desktop.workspace.history import History
from koda_desktop.workspace.info import (
    GateState,
    NewWorkspace,
    Places,
    WorkspaceInfo,
    WorkspaceKind,
)
from koda_desktop.workspace.rescan import RescanReport
from koda_desktop.workspace.revisions import Proposal
from tests.pictures import png

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class StillClock:
    """It is always noon."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


def before(**ago: float) -> str:
    """The moment this long before NOW, as the store writes it."""
    return iso(NOW - timedelta(**ago))


def make_row(pk: int = 1, title: str = "Invoice reminder", **other: Any) -> ListingRow:
    """A listing with valid defaults."""
    row = ListingRow(
        pk=pk,
        id=f"{pk:024x}",
        title=title,
        platform="n8n",
        category="Productivity",
        tags=("gmail", "sheets"),
        price_minor=999,
        currency="EUR",
        version="1.0.0",
        state=ListingState.DRAFT,
        updated_at=before(minutes=5),
        file_name="invoice-reminder.json",
        file_size=14_210,
    )
    return replace(row, **other)


def gates(*unmet: str) -> tuple[GateState, ...]:
    """The publish checklist, with the gates named in ``unmet`` not met."""
    words = {
        "signed-in": ("Signed in", "Sign in, or correct the workspace's user id."),
        "not-banned": ("Account in good standing", "Write to the marketplace."),
        "onboarded": (
            "Payouts are set up with Stripe",
            "Finish setting up payouts, then publish.",
        ),
        "document-valid": ("The listing is complete", "Fill in the fields named above."),
        "file-clean": ("The file has no errors and no secrets", "Correct the file; drop it again."),
    }
    words_unmet = {"onboarded": "Payouts are not set up with Stripe yet"}
    return tuple(
        GateState(
            code,
            code not in unmet,
            words_unmet.get(code, what) if code in unmet else what,
            remedy if code in unmet else "",
        )
        for code, (what, remedy) in words.items()
    )


DRAWING = png(80, 50)


class FakeTyped:
    """What was typed, in a dictionary; nothing overtakes it but what a test says."""

    def __init__(self) -> None:
        self.kept: dict[str, Typed] = {}

    def of(self, listing_id: str) -> Typed | None:
        return self.kept.get(listing_id)

    def keep(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        self.kept[listing_id] = Typed(dict(changes), {}, iso(NOW))
        if not changes:
            del self.kept[listing_id]

    def forget(self, listing_id: str) -> None:
        self.kept.pop(listing_id, None)


class FakeHistory(History):
    """Change sets in a list. What is asked of it is written to ``calls``."""

    def __init__(self) -> None:
        self.sets: list[ChangeSet] = []
        self.details: dict[int, ChangeSetDetail] = {}
        self.cells: Sequence[LeftCell] = ()
        self.calls: list[tuple[Any, ...]] = []

    def listed(self, *, limit: int = 200) -> list[ChangeSet]:
        return self.sets[:limit]

    def detail(self, set_id: int, *, limit: int = 200) -> ChangeSetDetail:
        return self.details[set_id]

    def left_cells(self, set_id: int) -> list[LeftCell]:
        return list(self.cells)

    def set_back(self, set_id: int, cells: Sequence[LeftCell]) -> ChangeSetResult:
        self.calls.append(("set_back", set_id, tuple(cells)))
        return ChangeSetResult(99, "Set back: Add tag “sale”", len(cells))

    def undo_state(self) -> UndoState:
        standing = [one for one in self.sets if one.kind != "undo" and one.can_undo]
        undone = [one for one in self.sets[:1] if one.kind == "undo" and one.can_undo]
        return UndoState(standing[0] if standing else None, undone[0] if undone else None)


class FakeRescan:
    """Answers the report it was given, once ``may_end`` is set."""

    def __init__(self) -> None:
        self.report = RescanReport(0)
        self.may_end = threading.Event()
        self.may_end.set()
        self.asked: list[Selection] = []

    def look(
        self,
        selection: Selection,
        inspect: Any,
        *,
        cancel: CancelToken,
        progress: ProgressReport,
    ) -> RescanReport:
        self.asked.append(selection)
        progress(Progress(1, len(selection.keys)))
        while not self.may_end.wait(0.01):
            if cancel.is_cancelled:
                self.report.is_stopped = True
                break
        return self.report


class FakeBulk(Bulk):
    """Plans over the rows of a fake workspace; nothing is changed."""

    def __init__(self, workspace: FakeWorkspace) -> None:
        self._workspace = workspace

    def plan(
        self,
        selection: Selection | Sequence[int],
        verb: Verb,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> Plan:
        plan = Plan(verb.name)
        keys: Sequence[int] = (
            self._workspace.selected(selection) if isinstance(selection, Selection) else selection
        )
        plan.add([_bulk_row(self._workspace.all_rows[key]) for key in keys], verb)
        return plan


class FakeGrid(Grid):
    """Real plans over the rows of a fake workspace; what is planned is done to them."""

    def __init__(self, workspace: FakeWorkspace) -> None:
        self._workspace = workspace
        self._rows = workspace.rows
        self._select = workspace.selected
        self.applied: list[CellPlan] = []

    def _read(self, keys: Sequence[int], cancel: CancelToken | None) -> dict[int, GridRow]:
        rows = self._workspace.rows(keys)
        fields = {row.pk: {**_bulk_row(row).fields, "platform": row.platform} for row in rows}
        return {row.pk: GridRow(row.pk, row.id, row.title, fields[row.pk]) for row in rows}

    def apply(
        self,
        plan: CellPlan,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> ChangeSetResult:
        self.applied.append(plan)
        self._workspace.change({one.listing_id: one.fields for one in plan.changes})
        number = len(self.applied) if plan.changes else 0
        return ChangeSetResult(number, plan.name, len(plan.changes), plan.same, tuple(plan.left()))


def _changed(row: ListingRow, fields: Mapping[str, Any]) -> ListingRow:
    given = dict(fields)
    if "price" in given:
        given["price_minor"] = from_web_number(given.pop("price")).minor
    if "tags" in given:
        given["tags"] = tuple(given["tags"])
    return replace(row, **given)


def _bulk_row(row: ListingRow) -> BulkRow:
    fields = {
        "title": row.title,
        "description": "Words.",
        "price": row.price_minor / 100,
        "category": row.category,
        "tags": list(row.tags),
        "version": row.version,
        "active": row.active,
    }
    return BulkRow(row.id, row.title, fields)


class _Shown(NamedTuple):
    row: ListingRow
    archived: bool


def _holds(term: Term, shown: _Shown) -> bool:
    """As much of the filter language as the scenes use."""
    row = shown.row
    rules: dict[type, Callable[[Any], bool]] = {
        Word: lambda test: test.text.lower() in row.title.lower(),
        IdBegins: lambda test: row.id.startswith(test.text),
        StateIs: lambda test: row.state is test.state,
        PlatformIs: lambda test: row.platform == test.name,
        TagIs: lambda test: test.text in row.tags,
        ArchivedIs: lambda test: test.archived == shown.archived,
        NumberIn: lambda test: (test.low or 0) <= row.price_minor < (test.high or 10**9),
    }
    return any(rules[type(test)](test) for test in term.tests) != term.is_excluded


class FakeRevisions:
    """The versions of listings' files, with the path of each file that is here."""

    def __init__(self, workspace: FakeWorkspace) -> None:
        self._workspace = workspace
        self.known: dict[str, list[Version]] = {}
        self.paths: dict[str, Path] = {}
        self.names: list[str] = []
        """The files of whatever folder is chosen to attach from."""
        self.found: tuple[Match, ...] = ()
        """The listings that any file may be a version of."""
        self.proposal = Proposal("1.5.0", ("1 step added.",), "- Adds Slack.")

    def matching(self, files: Sequence[Any], asked: Sequence[str]) -> list[tuple[Match, ...]]:
        """Those of ``found``; what was asked for goes before."""
        return [(*self._asked(listing_id), *self.found) for listing_id in asked]

    def _asked(self, listing_id: str) -> list[Match]:
        if not listing_id:
            return []
        row = self._workspace._row(listing_id)
        is_published = row.state is ListingState.PUBLISHED
        return [Match(row.id, row.title, row.version, is_published, Why.ASKED)]

    def versions(self, listing_id: str) -> tuple[Version, ...]:
        return tuple(self.known.get(listing_id, ()))

    def path(self, version: Version) -> Path | None:
        return self.paths.get(version.file.sha256)

    def propose(self, listing_id: str, new: Any, inspect: Any) -> Proposal:
        return self.proposal

    def revise(self, listing_id: str, inspection: Any, version: str, changelog: str) -> None:
        self._workspace.calls.append(("revise", listing_id, version, changelog))

    def attaching(self, folder: Path, pattern: str, inspect: Any) -> Attach:
        return Attach(pattern, folder, lambda: self.names, self._offer)

    def _offer(self, row: BulkRow, path: Path) -> Whole:
        file = StagedFile(path.name, "", 1, "0" * 64)
        return Whole(NewFile(row.listing_id, file), {}, {"file": path.name, "version": "2.0.0"})

    def set_back(self, listing_id: str, version: Version) -> None:
        self._workspace.calls.append(("set_back", listing_id, version.version))

    def say(self, listing_id: str, version: Version, changelog: str) -> None:
        self._workspace.calls.append(("say", listing_id, version.version, changelog))


class FakeWorkspace(Workspace):
    """Rows in a list. What is asked of it is written to ``calls``."""

    sales: Any = None
    selling: Any = None
    known_money: Any = None
    pending_refunds: Any = None

    def __init__(self, rows: Sequence[ListingRow] = (), kind: str = "sandbox") -> None:
        self.info = WorkspaceInfo(kind, WorkspaceKind(kind), database="koda")
        self.all_rows = {row.pk: row for row in rows}
        self.documents: dict[str, dict[str, Any]] = {}
        self.details: dict[str, dict[str, Any]] = {}
        self.gates: tuple[GateState, ...] = gates()
        self.operation_rows: list[OperationRow] = []
        self.transfer_rows: list[TransferRow] = []
        self.conflict_rows: list[ConflictRow] = []
        self.settled: list[ConflictRow] = []
        self.unreadable: list[QuarantineRow] = []
        self.speed_limit: int | None = None
        self.sync_status = SyncStatus(Link.ONLINE, 0, 0, False, before(minutes=2))
        self.calls: list[tuple[Any, ...]] = []
        self.drafted: list[Any] = []
        """The inspections that drafts were made of."""
        self.drafted_with: list[Pictures] = []
        self.pictures: dict[str, bytes] = {}
        self.staged: dict[str, Path] = {}
        self.typed: Any = FakeTyped()
        self.saved_views: tuple[SavedView, ...] = BUILT_IN
        self.fault: Exception | None = None
        self.reading_threads: set[str] = set()
        self._listeners: list[Callable[[Changes], None]] = []
        self.history: Any = FakeHistory()
        self.revisions: Any = FakeRevisions(self)
        self.bulk = FakeBulk(self)
        self.rescan: Any = FakeRescan()
        self.grid: Any = FakeGrid(self)

    def tell(self, changes: Changes) -> None:
        for listener in self._listeners:
            listener(changes)

    def change(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Other values for fields of listings, by their ids."""
        for row in [row for row in self.all_rows.values() if row.id in changes]:
            self.all_rows[row.pk] = _changed(row, changes[row.id])
        self.tell(Changes(listings=frozenset(changes), history=True))

    def _read(self) -> None:
        self.reading_threads.add(threading.current_thread().name)
        if self.fault is not None:
            raise self.fault

    def _matching(self, query: ListingQuery) -> list[ListingRow]:
        self._read()
        words = query.text.lower().split()
        found = [
            row
            for row in self.all_rows.values()
            if (not query.states or row.state in query.states)
            and all(_holds(term, self._shown(row)) for term in query.filter.terms)
            and not (query.hides_archived and self._shown(row).archived)
            and all(word in row.title.lower() for word in words)
        ]
        for column, descending in reversed(query.sort):
            name = {"price": "price_minor", "updated": "updated_at"}.get(column, column.value)
            found.sort(key=lambda row: getattr(row, name), reverse=descending)
        return found

    def _shown(self, row: ListingRow) -> _Shown:
        return _Shown(row, bool(self.documents.get(row.id, {}).get("deletedAt")))

    def count(self, query: ListingQuery, cancel: CancelToken | None = None) -> int:
        return len(self._matching(query))

    def keys(self, query: ListingQuery, cancel: CancelToken | None = None) -> array[int]:
        return array("q", [row.pk for row in self._matching(query)])

    def first_rows(
        self, query: ListingQuery, most: int, cancel: CancelToken | None = None
    ) -> list[ListingRow]:
        return self._matching(query)[:most]

    def views(self) -> tuple[SavedView, ...]:
        return self.saved_views

    def save_views(self, views: Sequence[SavedView]) -> None:
        self.saved_views = tuple(views)

    def known_values(self, cancel: CancelToken | None = None) -> KnownValues:
        rows = self.all_rows.values()
        return KnownValues(
            tags=dict(Counter(tag for row in rows for tag in row.tags).most_common()),
            platforms=dict(Counter(row.platform for row in rows).most_common()),
            states=dict(Counter(row.state.value for row in rows).most_common()),
        )

    def totals(self, selection: Selection, of: NumberColumn = NumberColumn.PRICE) -> Totals:
        rows = self.rows(self.selected(selection))
        is_price = of is NumberColumn.PRICE
        return Totals(
            len(rows), sum(row.price_minor if is_price else row.file_size for row in rows), of
        )

    def selected(self, selection: Selection) -> array[int]:
        if selection.query is not None:
            every = self.keys(selection.query)
            return array("q", (key for key in every if key not in selection.without))
        carried = (key for key, is_in in enumerate(selection.carried) if is_in)
        return array("q", dict.fromkeys((*selection.keys, *carried)))

    def rows(self, keys: Sequence[int]) -> list[ListingRow]:
        self._read()
        return [self.all_rows[key] for key in keys if key in self.all_rows]

    def staged_file(self, listing_id: str) -> Path | None:
        return self.staged.get(listing_id)

    def _row(self, listing_id: str) -> ListingRow:
        for row in self.all_rows.values():
            if row.id == listing_id:
                return row
        raise NotFound(f"There is no listing {listing_id}.")

    def listing(self, listing_id: str) -> ListingDetail:
        self._read()
        row = self._row(listing_id)
        document = {
            "title": row.title,
            "description": "Sends a friendly reminder for each unpaid invoice.",
            "tags": list(row.tags),
            "category": row.category,
            "price": row.price_minor / 100,
            **self.documents.get(listing_id, {}),
        }
        extra: dict[str, Any] = {
            "is_at_server": row.state is ListingState.PUBLISHED,
            "verified_at": before(minutes=4) if row.state is ListingState.PUBLISHED else None,
            "file_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "inspection": None,
            "error": None,
            **self.details.get(listing_id, {}),
        }
        return ListingDetail(row=row, document=document, **extra)

    def checklist(self, listing_id: str) -> tuple[GateState, ...]:
        return self.gates

    def operations(self, *, done: int = 50) -> list[OperationRow]:
        return list(self.operation_rows)

    def activity(self, *, waiting: int = 200, done: int = 100) -> OperationPage:
        state = OperationState
        kinds: tuple[list[OperationRow], ...] = ([], [], [])
        for row in self.operation_rows:
            kinds[{state.PARKED: 0, state.DONE: 2}.get(row.state, 1)].append(row)
        parked, others, ended = kinds
        return OperationPage(
            tuple(parked[:waiting]),
            tuple(others[:waiting]),
            tuple(ended[:done]),
            len(parked),
            len(others),
            sum(row.state is state.HELD for row in others),
            len(ended),
        )

    def conflicts(self) -> list[ConflictRow]:
        return list(self.conflict_rows)

    def can_undo_resolve(self) -> int:
        return len(self.settled)

    def resolve(self, resolutions: Sequence[Resolution]) -> int:
        for one in resolutions:
            if one.choice is Choice.VALUE and one.value == "":
                raise InputError("Not accepted.", facts={"fields": {one.field: "This is needed."}})
        self.calls += [("resolve", one.listing_id, one.field, one.choice) for one in resolutions]
        wanted = {(one.listing_id, one.field) for one in resolutions}
        self.settled = [row for row in self.conflict_rows if row.key in wanted]
        self.conflict_rows = [row for row in self.conflict_rows if row.key not in wanted]
        self.tell(Changes(operations=True, status=True))
        return len(self.settled)

    def undo_resolve(self) -> int:
        self.conflict_rows = [*self.settled, *self.conflict_rows]
        count, self.settled = len(self.settled), []
        self.tell(Changes(operations=True))
        return count

    def quarantined(self, *, limit: int = 200) -> list[QuarantineRow]:
        return list(self.unreadable)

    def bandwidth_limit(self) -> int | None:
        return self.speed_limit

    def _move(self, ids: Sequence[str], before: OperationState, after: OperationState) -> int:
        lanes = {row.listing_id for row in self.operation_rows if row.operation_id in ids}
        moved = [row.listing_id in lanes and row.state is before for row in self.operation_rows]
        self.operation_rows = [
            replace(row, state=after) if is_moved else row
            for row, is_moved in zip(self.operation_rows, moved, strict=True)
        ]
        self.tell(Changes(operations=True))
        return sum(moved)

    def hold(self, operation_ids: Sequence[str]) -> int:
        self.calls.append(("hold", *operation_ids))
        return self._move(operation_ids, OperationState.QUEUED, OperationState.HELD)

    def let_go(self, operation_ids: Sequence[str]) -> int:
        self.calls.append(("let-go", *operation_ids))
        return self._move(operation_ids, OperationState.HELD, OperationState.QUEUED)

    def drop(self, operation_ids: Sequence[str]) -> None:
        self.calls.append(("drop", *operation_ids))
        rows = self.operation_rows
        self.operation_rows = [row for row in rows if row.operation_id not in operation_ids]
        self.tell(Changes(operations=True))

    def pause_sending(self, paused: bool) -> None:
        self.sync_status = replace(self.sync_status, is_paused=paused)
        self.tell(Changes(operations=True, status=True))

    def download(self, listing_id: str, folder: Path) -> str:
        self.calls.append(("download", listing_id, folder))
        return "t"

    def retry_transfer(self, transfer_id: str) -> None:
        self.calls.append(("retry", transfer_id))

    def pause_transfer(self, transfer_id: str, paused: bool) -> None:
        self.calls.append(("pause", transfer_id, paused))
        self.transfer_rows = [
            replace(row, is_paused=paused) if row.id == transfer_id else row
            for row in self.transfer_rows
        ]
        self.tell(Changes(transfers=True))

    def prioritise_transfer(self, transfer_id: str, priority: int) -> None:
        self.calls.append(("prioritise", transfer_id, priority))

    def limit_bandwidth(self, bytes_per_second: int | None) -> None:
        self.speed_limit = bytes_per_second
        self.tell(Changes(transfers=True))

    def transfers(self, *, done: int = 50) -> list[TransferRow]:
        return list(self.transfer_rows)

    def status(self) -> SyncStatus:
        return self.sync_status

    def subscribe(self, listener: Callable[[Changes], None]) -> Unsubscribe:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def preview(self, listing_id: str) -> bytes | None:
        return self.pictures.get(listing_id)

    def choose_preview(self, listing_id: str, preview: Preview) -> None:
        if self.fault is not None:
            raise self.fault
        self.calls.append(("choose_preview", listing_id, preview))
        self.have_preview(listing_id, preview)
        self.tell(Changes(listings=frozenset({listing_id})))

    def have_preview(self, listing_id: str, preview: Preview, drawing: bytes = DRAWING) -> None:
        """The listing has a picture of its workflow, and this preview."""
        data = preview if isinstance(preview, bytes) else drawing
        line = PreviewLine("image/png", len(data), "0" * 64, data is drawing)
        is_none = preview is PreviewChoice.NONE
        self.pictures[listing_id] = data
        extra = {"preview": None if is_none else line, "has_drawing": True}
        self.details[listing_id] = {**self.details.get(listing_id, {}), **extra}

    def draft(
        self, inspection: Any, fields: Mapping[str, Any], pictures: Pictures = NO_PICTURES
    ) -> str:
        self._read()
        if not fields.get("title"):
            problems = {"title": "This is needed."}
            raise InputError("The title is missing.", facts={"fields": problems})
        pk = max(self.all_rows, default=0) + 1
        cents = from_web_number(fields["price"]).minor
        row = make_row(pk, fields["title"], price_minor=cents, category=fields["category"])
        self.all_rows[pk] = row
        self.drafted.append(inspection)
        self.drafted_with.append(pictures)
        self.calls.append(("draft", row.id, dict(fields)))
        self.tell(Changes(listings=frozenset({row.id}), catalogue=True))
        return row.id

    def edit(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        if changes.get("title") == "":
            problems = {"title": "This is needed."}
            raise InputError("The title is missing.", facts={"fields": problems})
        self.calls.append(("edit", listing_id, dict(changes)))
        row = self._row(listing_id)
        self.documents.setdefault(listing_id, {}).update(changes)
        self.all_rows[row.pk] = replace(row, title=str(changes.get("title", row.title)))
        self.tell(Changes(listings=frozenset({listing_id})))

    def _set_state(self, listing_id: str, state: ListingState) -> None:
        row = self._row(listing_id)
        self.all_rows[row.pk] = replace(row, state=state)
        self.tell(Changes(listings=frozenset({listing_id}), operations=True))

    def publish(self, listing_ids: Sequence[str]) -> None:
        self._read()
        self.calls.append(("publish", tuple(listing_ids)))
        for listing_id in listing_ids:
            self._set_state(listing_id, ListingState.WAITING)

    def withdraw(self, listing_id: str) -> None:
        self.calls.append(("withdraw", listing_id))
        self._set_state(listing_id, ListingState.DRAFT)

    def retry(self, listing_id: str) -> None:
        self.calls.append(("retry", listing_id))

    def discard_changes(self, listing_id: str) -> None:
        self.calls.append(("discard", listing_id))

    def delete_draft(self, listing_id: str) -> None:
        self.calls.append(("delete", listing_id))
        del self.all_rows[self._row(listing_id).pk]
        self.tell(Changes(listings=frozenset({listing_id}), catalogue=True))

    def cancel_transfer(self, transfer_id: str) -> None:
        self.calls.append(("cancel", transfer_id))

    def wake(self) -> None:
        self.calls.append(("wake",))

    def set_offline(self, offline: bool) -> None:
        link = Link.OFFLINE if offline else Link.ONLINE
        self.sync_status = replace(self.sync_status, link=link)


class FakeDesk:
    """Workspaces in a list; the address ``down`` does not answer."""

    def __init__(self, known: Sequence[WorkspaceInfo] = ()) -> None:
        self.known = list(known)
        self.secrets: dict[str, Mapping[str, str]] = {}

    def all(self) -> list[WorkspaceInfo]:
        return list(self.known)

    def current(self) -> WorkspaceInfo | None:
        return self.known[0] if self.known else None

    def add(self, new: NewWorkspace) -> WorkspaceInfo:
        self.test(new)
        self.known.insert(0, new.info)
        self.secrets[new.info.name] = new.secrets
        return new.info

    def update_keys(self, name: str, secrets: Mapping[str, str]) -> WorkspaceInfo:
        given = {key: value for key, value in secrets.items() if value}
        if not given:
            raise UsageError("No key was given.")
        self.secrets[name] = given
        return next(info for info in self.known if info.name == name)

    def use(self, name: str) -> WorkspaceInfo:
        self.known.sort(key=lambda info: info.name != name)
        return self.known[0]

    def remove(self, name: str) -> WorkspaceInfo:
        gone = next(info for info in self.known if info.name == name)
        self.known.remove(gone)
        return gone

    def test(self, new: NewWorkspace) -> str:
        if "down" in new.secrets.get("mongodb-uri", ""):
            raise ServerDown("The database did not answer within 10 seconds.")
        return "The database, the bucket and the Stripe account answered."

    def places(self) -> Places:
        return Places("~/.local/share/Koda Desktop", "~/.local/share/Koda Desktop/logs", "Keyring")


def iso_after(seconds: float) -> str:
    """The moment this long after NOW, as the store writes it."""
    return iso(NOW + timedelta(seconds=seconds))

"""Made-up conflicts, work and transfers, and the scenes of the pages that show them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QWidget

from koda_desktop.sync.conflict_rows import ConflictRow
from koda_desktop.sync.rows import (
    Direction,
    FieldChange,
    FileLine,
    Link,
    OperationRow,
    OperationState,
    QuarantineRow,
    Side,
    SyncStatus,
    TransferState,
    Verb,
    Wait,
)
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.pages.activity_page import ActivityPage
from koda_desktop.views.pages.conflicts_page import ConflictsPage
from koda_desktop.views.widgets.banner import Banner
from tests.views.fakes import FakeWorkspace, before
from tests.views.gallery_data import activity_rows, catalogue, long_catalogue, transfer_rows
from tests.views.gallery_studio import SETTLE, Studio, opened, part

_OLD = (
    "Sends a friendly reminder for each unpaid invoice.\n\nEvery morning it looks for invoices "
    "that are overdue, writes a mail in the customer's language and tells your team in Slack."
)
_MINE = (
    "Sends a friendly reminder for each unpaid invoice, with the invoice attached.\n\nEvery "
    "morning it looks for invoices that are overdue and writes a mail in the customer's language."
)
_THEIRS = (
    "Sends a polite reminder for each unpaid invoice.\n\nEvery weekday morning it looks for "
    "invoices that are overdue, writes a mail in the customer's language and tells your team in "
    "Slack or Teams."
)
UNSET = Side(is_set=False)


def _is(value: Any) -> Side:
    return Side(True, value)


def _conflict(number: int, field: str, base: Side, mine: Side, theirs: Side) -> ConflictRow:
    row = catalogue()[number]
    return ConflictRow(
        listing_id=row.id,
        listing_title=row.title,
        field=field,
        base=base,
        mine=mine,
        theirs=theirs,
        mine_at=before(minutes=5),
        theirs_at=before(hours=3),
        theirs_by="the web application" if number % 2 else "",
        found_at=before(minutes=1),
        can_keep_both=field in ("tags", "description") and theirs.is_set,
    )


def conflict_rows() -> list[ConflictRow]:
    """A conflict of every kind."""
    tags = (["gmail", "sheets"], ["gmail", "sheets", "invoices"], ["gmail", "reminders"])
    return [
        _conflict(0, "description", _is(_OLD), _is(_MINE), _is(_THEIRS)),
        _conflict(5, "price", _is(19), _is(24.5), _is(15)),
        _conflict(5, "tags", *map(_is, tags)),
        _conflict(3, "title", _is("Newsletter to CRM"), _is("Newsletter sign-up to CRM"), UNSET),
        _conflict(7, "previewImageUrl", UNSET, _is("https://img.example/a.png"), _is(None)),
        _conflict(8, "active", _is(True), _is(False), _is(True)),
    ]


def long_conflicts() -> list[ConflictRow]:
    """Very long names and values, and many of them."""
    title = long_catalogue()[0].title
    text = _OLD * 30
    first = _conflict(0, "description", _is(text), _is(text + _MINE), _is(_THEIRS + text))
    tags = [f"a rather long tag number {n}" for n in range(20)]
    second = _conflict(0, "tags", _is(tags[:14]), _is(tags[:18]), _is(tags[4:]))
    rows = [replace(row, listing_title=title) for row in (first, second)]
    return [
        *rows,
        *(_conflict(n, f, _is(n), _is(n + 1), _is(n + 2)) for n in range(12) for f in ("price",)),
    ]


def work_rows() -> list[OperationRow]:
    """Work in every state, with its values."""
    title = FieldChange("title", _is("Customer mail"), _is("Customer birthday mail"))
    price = FieldChange("price", _is(4.9), _is(5.9))
    tags = FieldChange("tags", _is(["mail", "crm"]), _is(["mail", "birthday"]))
    text = FieldChange("description", _is(_OLD), _is(_MINE))
    rows = activity_rows()
    file = FileLine(
        "blog-post-to-five-networks.json", 12_034, "9f86d081884c7d659a2feaa0c55ad015" * 2
    )
    fields = tuple(
        FieldChange(name, UNSET, _is(value))
        for name, value in (
            ("title", "Blog post to five networks"),
            ("description", _OLD),
            ("price", 29),
            ("category", "Social Media"),
            ("tags", ["wordpress", "linkedin", "x"]),
        )
    )
    waits = {
        OperationState.SENDING: Wait.ANSWER,
        OperationState.PARKED: Wait.PERSON,
        OperationState.QUEUED: Wait.TURN,
    }
    dressed = []
    for row in rows:
        wait = waits.get(row.state, Wait.NOTHING)
        if row.next_at:
            wait = Wait.BACKOFF
        is_open = row.state is not OperationState.DONE
        changes = fields if row.verb is Verb.REGISTER and is_open else ()
        dressed.append(replace(row, wait=wait, file=file if is_open else None, changes=changes))
    base = rows[-1]
    edit = replace(
        base,
        operation_id="edit-held",
        verb=Verb.EDIT,
        state=OperationState.HELD,
        wait=Wait.HELD,
        finished_at=None,
        fields=("title", "price", "tags", "description"),
        changes=(title, price, tags, text),
    )
    queued = replace(
        edit,
        operation_id="edit-queued",
        state=OperationState.QUEUED,
        wait=Wait.NOTHING,
        listing_id=catalogue()[3].id,
        listing_title=catalogue()[3].title,
        fields=("price",),
        changes=(price,),
    )
    return [*dressed[:5], edit, queued, *dressed[5:]]


def unreadable_rows() -> list[QuarantineRow]:
    """One document that cannot be read."""
    raw = '{"_id": "64b7f3a2c9e77a001f3d9b12", "title": 12, "price": "a lot", "sellerId": "u1"}'
    reason = "title: Input should be a valid string; price: not a number"
    return [QuarantineRow("listings", "64b7f3a2c9e77a001f3d9b12", reason, before(hours=2), raw)]


async def _conflicts(studio: Studio, rows: list[ConflictRow], **options: int) -> MainWindow:
    workspace = FakeWorkspace(catalogue())
    workspace.conflict_rows = rows
    workspace.sync_status = SyncStatus(Link.ONLINE, 0, len(rows), False, before(minutes=2))
    window = await opened(studio, workspace, **options)
    window.go("conflicts")
    await asyncio.sleep(SETTLE)
    return window


async def conflicts(studio: Studio) -> QWidget:
    return await _conflicts(studio, conflict_rows())


async def _conflict_at(studio: Studio, *lines: int) -> MainWindow:
    window = await _conflicts(studio, conflict_rows())
    page = part(window, "conflicts-page")
    assert isinstance(page, ConflictsPage)
    flag = QItemSelectionModel.SelectionFlag
    page.table.selectionModel().clear()
    for line in lines:
        index = page.model.index(line, 0)
        page.table.selectionModel().setCurrentIndex(index, flag.Select | flag.Rows)
    await asyncio.sleep(0.1)
    return window


async def conflicts_tags(studio: Studio) -> QWidget:
    return await _conflict_at(studio, 2)


async def conflicts_missing(studio: Studio) -> QWidget:
    return await _conflict_at(studio, 3)


def _file_side(name: str, version: str, size: int) -> Side:
    sha256 = hashlib.sha256(version.encode()).hexdigest()
    file = {"name": name, "size": size, "sha256": sha256, "version": version}
    return Side(True, file)


def file_conflict() -> ConflictRow:
    return replace(
        conflict_rows()[0],
        field="file",
        base=_file_side("flow.json", "1.0.0", 12_400),
        mine=_file_side("flow.json", "1.1.0", 13_900),
        theirs=_file_side("flow-from-the-web.json", "2.0.0", 18_000),
        can_keep_both=False,
    )


async def conflicts_file(studio: Studio) -> QWidget:
    return await _conflicts(studio, [file_conflict()])


async def conflicts_many(studio: Studio) -> QWidget:
    return await _conflict_at(studio, 0, 1, 2)


async def conflicts_long_narrow(studio: Studio) -> QWidget:
    return await _conflicts(studio, long_conflicts(), width=880)


async def conflicts_empty(studio: Studio) -> QWidget:
    return await _conflicts(studio, [])


async def conflicts_value(studio: Studio) -> QWidget:
    window = await _conflict_at(studio, 1)
    window.work.asks.value(conflict_rows()[1])
    await asyncio.sleep(SETTLE)
    return part(window, "value-dialog")


async def conflicts_text_value(studio: Studio) -> QWidget:
    window = await _conflict_at(studio, 0)
    window.work.asks.value(conflict_rows()[0])
    await asyncio.sleep(SETTLE)
    return part(window, "value-dialog")


async def _activity(studio: Studio, line: int, **options: int) -> MainWindow:
    workspace = FakeWorkspace(catalogue())
    is_paused = bool(options.pop("paused", 0))
    workspace.operation_rows = _paused(work_rows()) if is_paused else work_rows()
    workspace.unreadable = unreadable_rows()
    workspace.sync_status = SyncStatus(
        Link.ONLINE,
        5,
        1,
        True,
        None,
        held=1,
        quarantined=1,
        is_paused=is_paused,
    )
    window = await opened(studio, workspace, **options)
    window.go("activity")
    await asyncio.sleep(SETTLE)
    page = part(window, "activity-page")
    assert isinstance(page, ActivityPage)
    if line >= 0:
        page.select(line)
        await asyncio.sleep(0.1)
    return window


def _paused(rows: list[OperationRow]) -> list[OperationRow]:
    return [
        replace(row, wait=Wait.PAUSED) if row.state is OperationState.QUEUED else row
        for row in rows
    ]


async def activity(studio: Studio) -> QWidget:
    return await _activity(studio, -1)


async def activity_held_open(studio: Studio) -> QWidget:
    return await _activity(studio, 7)


async def activity_frozen_open(studio: Studio) -> QWidget:
    return await _activity(studio, 3)


async def activity_register_open(studio: Studio) -> QWidget:
    return await _activity(studio, 4)


async def activity_refused_open(studio: Studio) -> QWidget:
    return await _activity(studio, 1)


async def activity_unreadable_open(studio: Studio) -> QWidget:
    return await _activity(studio, 10)


async def activity_paused_narrow(studio: Studio) -> QWidget:
    return await _activity(studio, 8, width=880, paused=1)


async def activity_drop(studio: Studio) -> QWidget:
    window = await _activity(studio, 7)
    window.work.asks.drop([row for row in work_rows() if row.operation_id == "edit-held"])
    await asyncio.sleep(SETTLE)
    return part(window, "confirm-dialog")


async def transfers(studio: Studio) -> QWidget:
    workspace = FakeWorkspace(catalogue())
    rows = transfer_rows()
    rows[1] = replace(rows[1], parts_done=11, parts_total=138)
    down = replace(
        rows[0],
        id="d0",
        direction=Direction.DOWN,
        bytes_done=4_100_000,
        target="/home/mia/Downloads/newsletter-sign-up-to-crm.json",
    )
    paused = replace(rows[1], id="p0", is_paused=True, state=TransferState.PAUSED)
    saved = replace(
        down, id="d1", state=TransferState.DONE, finished_at=before(minutes=1), bytes_done=down.size
    )
    workspace.transfer_rows = [*rows[:2], down, paused, *rows[2:4], saved, *rows[4:]]
    workspace.speed_limit = 5_000_000
    window = await opened(studio, workspace)
    window.go("transfers")
    return window


async def transfers_limit(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.work.asks.speed(2_500_000)
    await asyncio.sleep(SETTLE)
    return part(window, "speed-dialog")


async def keys_refused(studio: Studio) -> QWidget:
    workspace = FakeWorkspace(catalogue(), kind="direct")
    workspace.sync_status = SyncStatus(
        Link.UNREACHABLE, 3, 0, False, before(hours=1), needs_keys=True
    )
    window = await opened(studio, workspace)
    await asyncio.sleep(0.1)
    return window


async def keys_dialog(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.work.asks.keys("studio-nord")
    await asyncio.sleep(SETTLE)
    return part(window, "keys-dialog")


async def keys_not_taken(studio: Studio) -> QWidget:
    dialog = await keys_dialog(studio)
    banner = dialog.findChild(Banner)
    assert banner is not None
    banner.tell("danger", "The database refused the keys.", "Nothing was changed. " * 6)
    banner.show()
    await asyncio.sleep(SETTLE)
    return dialog


WORK_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    conflicts,
    conflicts_tags,
    conflicts_missing,
    conflicts_file,
    conflicts_many,
    conflicts_long_narrow,
    conflicts_empty,
    conflicts_value,
    conflicts_text_value,
    activity,
    activity_held_open,
    activity_frozen_open,
    activity_register_open,
    activity_refused_open,
    activity_unreadable_open,
    activity_paused_narrow,
    activity_drop,
    transfers,
    transfers_limit,
    keys_refused,
    keys_dialog,
    keys_not_taken,
)

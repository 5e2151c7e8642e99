"""The scenes of the editor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.sync.typed import Typed
from koda_desktop.views.preview_pictures import paint_preview
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.workflows.inspect import inspect_path
from tests.views.fakes import FakeWorkspace
from tests.views.gallery_data import catalogue, with_inspection
from tests.views.gallery_studio import SETTLE, Studio, opened, part

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
_TEXT = """## What it does
Every morning it looks for **unpaid invoices** and sends a friendly reminder.

1. Reads the sheet of invoices
2. Writes a mail with `gpt-5-mini`
3. Tells your team in Slack

> You need a Google account and ten minutes.

| Plan | Invoices |
|---|---|
| Free | 50 |
| Team | 5,000 |
"""


def _workspace(number: int = 0) -> FakeWorkspace:
    workspace = with_inspection(FakeWorkspace(catalogue()))
    listing_id = catalogue()[number].id
    workspace.staged[listing_id] = SAMPLES / "support-drafts.n8n.json"
    workspace.documents[listing_id] = {"description": _TEXT, "version": "1.4.0", "platform": "n8n"}
    picture = paint_preview(inspect_path(SAMPLES / "support-drafts.n8n.json"))
    assert picture is not None
    workspace.pictures[listing_id] = picture
    return workspace


async def _editor(studio: Studio, workspace: FakeWorkspace, number: int = 0) -> QWidget:
    window = await opened(studio, workspace)
    window.work.moving.edit_listing(catalogue()[number].id)
    await asyncio.sleep(2 * SETTLE)
    return window


async def editor(studio: Studio) -> QWidget:
    return await _editor(studio, _workspace())


async def editor_typed(studio: Studio) -> QWidget:
    workspace = _workspace()
    workspace.typed.kept[catalogue()[0].id] = Typed({"title": "Mine"}, {"title": "Old"}, "")
    return await _editor(studio, workspace)


async def editor_wrong(studio: Studio) -> QWidget:
    window = await _editor(studio, _workspace())
    price = part(window, "editor-price")
    assert isinstance(price, QLineEdit)
    price.setText("1.234,50")
    await asyncio.sleep(SETTLE)
    return window


async def editor_preview(studio: Studio) -> QWidget:
    window = await _editor(studio, _workspace())
    _choose(window, "editor-description-mode", 1)
    _choose(window, "editor-side", 1)
    await asyncio.sleep(SETTLE)
    return window


async def editor_as_buyer(studio: Studio) -> QWidget:
    window = await _editor(studio, _workspace())
    _choose(window, "editor-mode", 1)
    await asyncio.sleep(SETTLE)
    return window


async def editor_long_names(studio: Studio) -> QWidget:
    workspace = _workspace()
    tags = [f"a tag of some length {number}" for number in range(12)]
    title = "A name that is as long as a name may be, and then some more words " * 3
    listing_id = catalogue()[0].id
    workspace.documents[listing_id] |= {"title": title, "tags": tags, "description": "word " * 900}
    return await _editor(studio, workspace)


async def editor_long_as_buyer(studio: Studio) -> QWidget:
    window = await editor_long_names(studio)
    _choose(window, "editor-mode", 1)
    await asyncio.sleep(SETTLE)
    return window


async def editor_published(studio: Studio) -> QWidget:
    return await _editor(studio, _workspace(3), 3)


def _choose(window: QWidget, name: str, index: int) -> None:
    segments = part(window, name)
    assert isinstance(segments, Segments)
    segments.set_current(index)
    segments.chosen.emit(index)


EDITOR_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    editor,
    editor_typed,
    editor_wrong,
    editor_preview,
    editor_as_buyer,
    editor_long_names,
    editor_long_as_buyer,
    editor_published,
)

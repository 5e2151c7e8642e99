"""The scenes of the editor."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.sync.entities import StagedFile
from koda_desktop.sync.typed import Typed
from koda_desktop.sync.version_list import Version
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.preview_pictures import paint_preview
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.workflows.inspect import inspect_path
from tests.views.fakes import FakeWorkspace, before
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


async def _editor(studio: Studio, workspace: FakeWorkspace, number: int = 0) -> MainWindow:
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


def edited_sample(folder: Path) -> Path:
    """The sample with a step replaced, one taken out and another prompt."""
    content = json.loads((SAMPLES / "support-drafts.n8n.json").read_text())
    nodes = [node for node in content["nodes"] if node["name"] != "Conversation"]
    content["connections"].pop("Conversation")
    for node in nodes:
        if node["name"] == "Write answer":
            node["parameters"]["text"] = "Answer in the language of the mail."
        if node["name"] == "Ask the team":
            node |= {"name": "Tell the team", "type": "n8n-nodes-base.slack", "credentials": {}}
            node["id"] = "another"
    text = json.dumps({**content, "nodes": nodes}).replace('"Ask the team"', '"Tell the team"')
    path = folder / "edited.json"
    path.write_text(text)
    return path


def give_versions(workspace: FakeWorkspace, edited: Path) -> None:
    """The first listing has ``edited`` as its second version."""
    known = []
    paths = (edited, SAMPLES / "support-drafts.n8n.json")
    for number, (name, path) in enumerate(zip(("1.4.0", "1.3.2"), paths, strict=True)):
        file = StagedFile(path.name, "application/json", 9, str(number) * 64)
        at = before(minutes=60 * 24 * 30 * number)
        known.append(Version(name, file, at, is_current=not number, is_here=True))
        workspace.revisions.paths[file.sha256] = path
    workspace.revisions.known[catalogue()[0].id] = known


async def editor_versions(studio: Studio) -> QWidget:
    workspace = _workspace()
    give_versions(workspace, edited_sample(studio.data))
    window = await _editor(studio, workspace)
    _choose(window, "editor-side", 3)
    await asyncio.sleep(6 * SETTLE)
    return window


async def editor_one_version(studio: Studio) -> QWidget:
    window = await _editor(studio, _workspace())
    _choose(window, "editor-side", 3)
    await asyncio.sleep(SETTLE)
    return window


async def editor_new_file(studio: Studio) -> QWidget:
    workspace = _workspace()
    edited = edited_sample(studio.data)
    give_versions(workspace, edited)
    window = await _editor(studio, workspace)
    _choose(window, "editor-side", 3)
    versions = window.work.pages.versions
    assert versions is not None
    versions.offer(edited)
    await asyncio.sleep(6 * SETTLE)
    return window


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
    editor_versions,
    editor_one_version,
    editor_new_file,
)

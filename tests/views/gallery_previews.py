"""The scenes of the gallery that show preview pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QScrollArea, QWidget

from koda_desktop.sync.pictures import Preview, PreviewChoice
from koda_desktop.views.preview_pictures import paint_preview
from koda_desktop.workflows.inspect import inspect_path
from tests.pictures import png
from tests.views.fakes import FakeWorkspace
from tests.views.gallery_data import catalogue, dropped, with_inspection
from tests.views.gallery_studio import SETTLE, Studio, opened, part

_TALL = png(300, 900, 90)


async def _intake(studio: Studio, name: str, chosen: Preview | Path | None = None) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.open_files(dropped(studio.data, name))
    await asyncio.sleep(0.8)
    controller = window.work.intake.controller
    number = controller.files[0].number
    if isinstance(chosen, Path):
        controller.previews.choose(number, chosen)
    elif isinstance(chosen, PreviewChoice):
        controller.previews.take(number, chosen)
    await asyncio.sleep(SETTLE)
    dialog = part(window, "intake-dialog")
    _scroll(dialog, "intake-scroll", "intake-preview")
    return dialog


def _scroll(parent: QWidget, area_name: str, name: str) -> None:
    area = part(parent, area_name)
    assert isinstance(area, QScrollArea)
    area.ensureWidgetVisible(part(parent, name), 0, 60)


async def intake_preview(studio: Studio) -> QWidget:
    return await _intake(studio, "invoice-reminder.json")


async def intake_preview_none(studio: Studio) -> QWidget:
    return await _intake(studio, "invoice-reminder.json", PreviewChoice.NONE)


async def intake_preview_own(studio: Studio) -> QWidget:
    path = studio.data / "tall.png"
    path.write_bytes(_TALL)
    return await _intake(studio, "invoice-reminder.json", path)


async def intake_preview_refused(studio: Studio) -> QWidget:
    path = studio.data / "fake.png"
    path.write_text("no picture")
    return await _intake(studio, "notes.txt", path)


async def _listing(studio: Studio, number: int, chosen: Preview) -> QWidget:
    workspace = with_inspection(FakeWorkspace(catalogue()))
    [path] = dropped(studio.data, "invoice-reminder.json")
    drawing = paint_preview(inspect_path(path))
    assert drawing is not None
    listing_id = catalogue()[number].id
    workspace.have_preview(listing_id, chosen, drawing)
    window = await opened(studio, workspace)
    window.show_listing(listing_id)
    await asyncio.sleep(SETTLE)
    _scroll(window, "inspector-scroll", "listing-preview")
    return window


async def listing_preview(studio: Studio) -> QWidget:
    return await _listing(studio, 0, PreviewChoice.WORKFLOW)


async def listing_preview_own(studio: Studio) -> QWidget:
    return await _listing(studio, 0, _TALL)


async def listing_preview_none(studio: Studio) -> QWidget:
    return await _listing(studio, 0, PreviewChoice.NONE)


async def listing_preview_published(studio: Studio) -> QWidget:
    return await _listing(studio, 3, PreviewChoice.WORKFLOW)


PREVIEW_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    intake_preview,
    intake_preview_none,
    intake_preview_own,
    intake_preview_refused,
    listing_preview,
    listing_preview_own,
    listing_preview_none,
    listing_preview_published,
)

"""The preview of the open listing: read, made small on a pool, and changed while it is a draft."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.controllers.preview import PreviewController, ShownPreview
from koda_desktop.errors import Refused
from koda_desktop.sync.pictures import PreviewChoice
from koda_desktop.sync.rows import ListingState
from tests.controllers.support import Bench, Recorder, until
from tests.pictures import png
from tests.views.fakes import DRAWING, FakeWorkspace
from tests.views.gallery_data import catalogue

Scene = Callable[[PreviewController, Recorder, FakeWorkspace, str], Awaitable[None]]
SMALL = "small"


@pytest.fixture
def play(run_async: Any) -> Callable[[Scene], None]:
    async def staged(scene: Scene) -> None:
        bench, view = Bench(), Recorder()
        row = replace(catalogue()[0], state=ListingState.DRAFT)
        workspace = FakeWorkspace([row])
        threads = set()

        def shrink(data: bytes) -> object:
            threads.add(threading.current_thread())
            return SMALL, data

        controller = PreviewController(bench.tools, view, shrink)
        controller.use(workspace)
        try:
            await scene(controller, view, workspace, row.id)
        finally:
            await bench.close()
        assert threading.main_thread() not in threads

    return lambda scene: run_async(staged(scene))


async def shown(view: Recorder, work: Callable[[], None]) -> ShownPreview:
    before = view.times("show_preview")
    work()
    await until(lambda: view.times("show_preview") > before)
    found: ShownPreview = view.last("show_preview")[1]
    return found


def test_a_drafts_picture_is_shown_and_can_be_changed(play: Callable[[Scene], None]) -> None:
    async def scene(c: PreviewController, view: Recorder, w: FakeWorkspace, one: str) -> None:
        bare = await shown(view, lambda: c.show(w.listing(one)))
        assert bare == ShownPreview(can_change=True)
        w.have_preview(one, PreviewChoice.WORKFLOW)
        drawn = await shown(view, lambda: c.show(w.listing(one)))
        assert drawn == ShownPreview("workflow", (SMALL, DRAWING), True, True)
        w.have_preview(one, png())
        assert (await shown(view, lambda: c.show(w.listing(one)))).whose == "seller"

    play(scene)


@pytest.mark.parametrize("state", [ListingState.WAITING, ListingState.PUBLISHED])
def test_what_is_queued_or_published_keeps_its_picture(
    play: Callable[[Scene], None], state: ListingState
) -> None:
    async def scene(c: PreviewController, view: Recorder, w: FakeWorkspace, one: str) -> None:
        w.all_rows = {pk: replace(row, state=state) for pk, row in w.all_rows.items()}
        w.have_preview(one, PreviewChoice.WORKFLOW)
        found = await shown(view, lambda: c.show(w.listing(one)))
        assert (found.whose, found.can_change) == ("workflow", False)

    play(scene)


def test_a_picture_is_taken_of_a_file_or_refused_in_words(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    own, fake = tmp_path / "own.bin", tmp_path / "fake.png"
    own.write_bytes(png(grey=9))
    fake.write_text("<svg/>")

    async def scene(c: PreviewController, view: Recorder, w: FakeWorkspace, one: str) -> None:
        await shown(view, lambda: c.show(w.listing(one)))
        c.choose(one, own)
        await until(lambda: w.calls)
        assert w.calls == [("choose_preview", one, png(grey=9))]
        refused = await shown(view, lambda: c.choose(one, fake))
        assert "not a picture" in refused.problem
        assert "PNG, JPEG or WebP" in refused.problem
        w.fault = Refused("Only a draft’s picture can be changed.")
        refused = await shown(view, lambda: c.take(one, PreviewChoice.NONE))
        assert "Only a draft" in refused.problem
        assert len(w.calls) == 1

    play(scene)

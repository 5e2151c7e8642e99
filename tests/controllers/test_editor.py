"""The editor over a real store: what is typed is kept, and goes nowhere before it is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.controllers.editor import EditorController, Opened
from koda_desktop.controllers.listings import ListingsController
from koda_desktop.errors import DiskFull
from koda_desktop.runtime.paths import Paths
from koda_desktop.sync.rows import ListingState
from koda_desktop.workflows.drawing.scene import build_scene
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace.facade import Workspace
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from tests.controllers.support import Bench, Recorder, until
from tests.views.fakes import NOW

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "invoices.n8n.json"


class Desk:
    """The editor over a workspace that holds one draft."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.bench = Bench()
        self.view = Recorder()
        self._open()
        inspection = inspect_path(SAMPLE)
        fields = {"title": "Stored", "price": 9.99}
        self.listing_id = self.workspace.draft(inspection, fields)

    def _open(self) -> None:
        info = WorkspaceInfo("offline", WorkspaceKind.OFFLINE)
        self.workspace = Workspace.open(self.paths, info)
        self.beside = Recorder()
        self.listings = ListingsController(self.bench.tools, self.beside, lambda: NOW)
        self.listings.use(self.workspace)
        self.editor = EditorController(
            self.bench.tools,
            self.view,
            lambda path: build_scene(inspect_path(path).graph),
            len,
            self.listings,
        )
        self.bench.tools.feed.follow(self.workspace)
        self.editor.use(self.workspace)

    def reopen(self) -> None:
        """As after a crash: nothing of the editor is asked to say goodbye."""
        self.bench.tools.feed.follow(None)
        self.workspace.close()
        self._open()

    async def show(self) -> Opened:
        shown = self.view.times("show_scene")
        self.editor.open(self.listing_id)
        await until(lambda: self.view.times("show_picture") > shown)
        return self.last

    @property
    def last(self) -> Opened:
        opened = self.view.last("show_listing")[0]
        assert isinstance(opened, Opened)
        return opened

    def title(self) -> str:
        return str(self.workspace.listing(self.listing_id).document["title"])

    async def close(self) -> None:
        await self.bench.close()
        self.workspace.close()


Scene = Callable[[Desk], Awaitable[None]]
Play = Callable[[Scene], None]


@pytest.fixture
def play(run_async: Any, tmp_path: Path) -> Play:
    def run(scene: Scene) -> None:
        async def staged() -> None:
            desk = Desk(Paths(tmp_path))
            try:
                await scene(desk)
            finally:
                await desk.close()

        run_async(staged())

    return run


def test_a_listing_is_shown_with_its_workflow(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        opened = await desk.show()
        assert opened.detail.document["title"] == "Stored"
        assert opened.typed == {}
        scene = desk.view.last("show_scene")[1]
        assert scene.boxes
        assert scene == build_scene(inspect_path(SAMPLE).graph)

    play(scene)


def test_what_was_typed_survives_a_crash_and_is_in_no_listing(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()
        desk.editor.type({"title": "Half wri"})
        assert desk.view.last("show_kept") == (False,)
        await until(lambda: desk.view.last("show_kept") == (True,))
        desk.reopen()
        assert desk.title() == "Stored"
        opened = await desk.show()
        assert opened.typed == {"title": "Half wri"}

    play(scene)


def test_only_what_stands_at_the_pause_is_written(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()
        for text in ("H", "Ha", "Hal", "Half"):
            desk.editor.type({"title": text})
        await until(lambda: desk.view.last("show_kept") == (True,))
        typed = desk.workspace.typed.of(desk.listing_id)
        assert typed is not None
        assert typed.changes == {"title": "Half"}
        assert desk.view.times("show_kept") == 5

    play(scene)


def test_saving_puts_it_into_the_listing(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()
        desk.editor.type({"title": "New"})
        desk.editor.save()
        # The listing is shown once it has the words, and once more when nothing is typed any more.
        await until(lambda: desk.last.detail.document["title"] == "New" and not desk.last.typed)
        assert desk.workspace.typed.of(desk.listing_id) is None

    play(scene)


def test_a_wrong_field_is_told_and_stays_typed(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()
        desk.editor.type({"version": "one"})
        desk.editor.save()
        await until(lambda: desk.view.times("show_problems"))
        assert set(desk.view.last("show_problems")[0]) == {"version"}
        typed = desk.workspace.typed.of(desk.listing_id)
        assert typed is not None
        assert typed.changes == {"version": "one"}

    play(scene)


def test_discarding_shows_what_is_stored(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()
        desk.editor.type({"title": "Never mind"})
        await until(lambda: desk.view.last("show_kept") == (True,))
        shown = desk.view.times("show_listing")
        desk.editor.discard()
        await until(lambda: desk.workspace.typed.of(desk.listing_id) is None)
        await until(lambda: desk.view.times("show_listing") > shown and not desk.last.typed)
        assert desk.title() == "Stored"

    play(scene)


def test_leaving_saves_a_draft_without_a_pause(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()
        desk.editor.type({"title": "Typed and left"})
        await desk.editor.leave_now()
        assert desk.title() == "Typed and left"
        assert desk.workspace.typed.of(desk.listing_id) is None

    play(scene)


def test_a_newer_value_from_elsewhere_is_told(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()
        desk.editor.type({"title": "Mine"})
        await until(lambda: desk.view.last("show_kept") == (True,))
        desk.workspace.edit(desk.listing_id, {"title": "Elsewhere", "tags": ["new"]})
        await until(lambda: desk.last.overtaken == ("title",))
        assert desk.last.typed == {"title": "Mine"}
        assert desk.last.detail.document["tags"] == ["new"]

    play(scene)


def test_a_listing_that_goes_is_said_to_be_gone(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()
        desk.workspace.delete_draft(desk.listing_id)
        await until(lambda: desk.view.times("show_gone"))
        assert desk.view.last("show_gone") == ()

    play(scene)


def test_publishing_saves_first(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()
        desk.editor.type({"title": "Ready"})
        desk.editor.publish()
        await until(lambda: desk.last.detail.row.state is not ListingState.DRAFT)
        assert desk.last.detail.document["title"] == "Ready"

    play(scene)


def test_a_full_disk_is_told_and_the_words_are_still_to_be_kept(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(desk: Desk) -> None:
        await desk.show()

        def full(*_: object) -> None:
            raise DiskFull("The disk is full.")

        with monkeypatch.context() as patched:
            patched.setattr(desk.workspace.typed, "keep", full)
            desk.editor.type({"title": "Mine"})
            await until(lambda: desk.bench.told)
            assert desk.view.last("show_kept") == (False,)
        desk.editor.type({"title": "Mine still"})
        await until(lambda: desk.view.last("show_kept") == (True,))
        await asyncio.sleep(0)

    play(scene)

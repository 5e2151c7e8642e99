"""The versions of a listing over a real store: a file offered, taken, compared and set back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.controllers.versions import Compared, Offered, VersionsController
from koda_desktop.runtime.paths import Paths
from koda_desktop.sync.version_list import Version
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace.facade import Workspace
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from tests.cli.conftest import write_broken, write_workflow
from tests.controllers.support import Bench, Recorder, until
from tests.workflows.building import node


class Desk:
    """The versions of one draft."""

    def __init__(self, folder: Path) -> None:
        self.bench = Bench()
        self.view = Recorder()
        self.folder = folder
        info = WorkspaceInfo("offline", WorkspaceKind.OFFLINE)
        self.workspace = Workspace.open(Paths(folder), info)
        first = write_workflow(folder / "first.json", node("Start"))
        self.listing_id = self.workspace.draft(inspect_path(first), {"price": 5})
        self.controller = VersionsController(
            self.bench.tools, self.view, lambda path, kept: inspect_path(path, kept=kept)
        )
        self.bench.tools.feed.follow(self.workspace)
        self.controller.use(self.workspace)
        self.controller.open(self.listing_id)

    async def versions(self, count: int) -> tuple[Version, ...]:
        await until(lambda: self.view.times("show_versions") > 0)
        await until(lambda: len(self.view.last("show_versions")[0]) == count)
        found: tuple[Version, ...] = self.view.last("show_versions")[0]
        return found

    async def offered(self, path: Path) -> Offered:
        seen = self.view.times("show_offer")
        self.controller.offer(path)
        await until(lambda: self.view.times("show_offer") > seen)
        offered = self.view.last("show_offer")[0]
        assert isinstance(offered, Offered)
        return offered

    def said(self, words: str) -> bool:
        return any(words in message.text for message in self.bench.told)

    async def close(self) -> None:
        await self.bench.close()
        self.workspace.close()


Scene = Callable[[Desk], Awaitable[None]]
Play = Callable[[Scene], None]


@pytest.fixture
def play(run_async: Any, tmp_path: Path) -> Play:
    def run(scene: Scene) -> None:
        async def staged() -> None:
            desk = Desk(tmp_path)
            try:
                await scene(desk)
            finally:
                await desk.close()

        run_async(staged())

    return run


def test_a_file_is_offered_with_its_version_and_taken(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        second = write_workflow(desk.folder / "b.json", node("Start"), node("Tell", "n.slack"))
        offered = await desk.offered(second)
        assert (offered.name, offered.proposal.version) == ("b.json", "1.1.0")
        assert offered.is_queued is False
        desk.controller.take("2.0.0", "Tells more.")
        await until(lambda: desk.workspace.listing(desk.listing_id).row.version == "2.0.0")
        await until(lambda: desk.view.last("show_offer") == (None,))
        await until(lambda: desk.said("The file is version 2.0.0"))

    play(scene)


def test_two_versions_are_compared_and_the_earlier_one_is_set_back(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        (old,) = await desk.versions(1)
        second = write_workflow(desk.folder / "b.json", node("Start"), node("Tell", "n.slack"))
        path = desk.workspace.revisions.path(old)
        assert path is not None
        desk.workspace.revisions.revise(desk.listing_id, inspect_path(second), "1.1.0")
        new = desk.workspace.revisions.versions(desk.listing_id)[0]
        desk.controller.compare(old, new)
        await until(lambda: desk.view.times("show_comparison") > 0)
        compared = desk.view.last("show_comparison")[0]
        assert isinstance(compared, Compared)
        assert any(line.startswith("+ step Tell") for line in compared.lines)
        desk.controller.set_back(old)
        await until(lambda: desk.workspace.listing(desk.listing_id).row.version == "1.0.0")

    play(scene)


def test_a_file_that_may_not_be_sold_is_told(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.offered(write_broken(desk.folder / "broken.json"))
        desk.controller.take("2.0.0", "")
        await until(lambda: desk.said("cannot be the file of a listing"))
        assert desk.workspace.listing(desk.listing_id).row.version == "1.0.0"

    play(scene)

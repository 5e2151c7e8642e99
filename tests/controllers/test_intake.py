from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.controllers.intake import MOST_FILES, IntakeController
from koda_desktop.controllers.intake_state import IntakeStage
from koda_desktop.workflows.inspect import inspect_path
from tests.controllers.support import Bench, Recorder, until
from tests.views.fakes import FakeWorkspace
from tests.views.gallery_data import dropped

Scene = Callable[[IntakeController, Recorder, FakeWorkspace, Bench], Awaitable[None]]


@pytest.fixture
def play(run_async: Any) -> Callable[[Scene], None]:
    """Run a scene with a controller that really inspects files."""

    def run(scene: Scene) -> None:
        run_async(_staged(scene))

    return run


async def _staged(scene: Scene) -> None:
    bench, view, workspace = Bench(), Recorder(), FakeWorkspace()
    controller = IntakeController(bench.tools, view, inspect_path)
    controller.use(workspace)
    try:
        await scene(controller, view, workspace, bench)
    finally:
        await bench.close()


def _all_checked(controller: IntakeController, number: int) -> Callable[[], bool]:
    def is_so() -> bool:
        done = [file for file in controller.files if file.stage is IntakeStage.CHECKED]
        return len(done) == number

    return is_so


def test_a_dropped_export_is_checked_and_described(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        file = c.files[0]
        assert file.platform == "n8n"
        assert file.is_publishable
        assert dict(file.facts)["Steps"] == "5"
        assert "meta.instanceId" in {line.where for line in file.removals}
        assert all(line.before for line in file.removals)

    play(scene)


def test_the_files_in_a_dropped_folder_are_taken(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        folder = tmp_path / "exports"
        folder.mkdir()
        dropped(folder, "b.json", "a.json", ".hidden.json")
        c.add([folder])
        await until(_all_checked(c, 2))
        assert [file.path.name for file in c.files] == ["a.json", "b.json"]

    play(scene)


def test_files_dropped_one_after_the_other_are_all_taken(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        c.add(dropped(tmp_path, "b.json"))
        await until(_all_checked(c, 2))

    play(scene)


def test_an_empty_folder_is_said_to_be_empty(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        (tmp_path / "empty").mkdir()
        c.add([tmp_path / "empty"])
        await until(lambda: b.told)
        assert b.told[0].text == "There are no files in this folder."
        assert view.last("show_files") == ((),)

    play(scene)


def test_more_files_than_fit_are_left_out_and_that_is_said(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add([tmp_path / f"{number}.json" for number in range(MOST_FILES + 2)])
        await until(lambda: len(c.files) == MOST_FILES)
        assert b.told[0].text.startswith("2 files were left out")

    play(scene)


def test_saving_and_publishing_sends_the_form_and_wakes_the_engine(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        file = c.files[0]
        c.edit(file.number, replace(file.draft, title="Mine", price_minor=999))
        c.save([file.number], publish=True)
        await until(lambda: view.times("show_done"))
        (saved,), published = view.last("show_done")
        draft, publish, wake = w.calls
        assert draft[2]["title"] == "Mine"
        assert draft[2]["price"] == 9.99
        assert draft[2]["platform"] == "n8n"
        assert publish == ("publish", (saved,))
        assert wake == ("wake",)
        assert published is True
        assert c.files == ()

    play(scene)


def test_without_a_price_nothing_is_saved(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        c.save([c.files[0].number], publish=False)
        await until(lambda: c.files[0].wrong)
        assert set(c.files[0].wrong) == {"price"}
        assert w.calls == []

    play(scene)


def test_correcting_a_field_takes_its_problem_away_and_leaves_the_others(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        file = c.files[0]
        c.edit(file.number, replace(file.draft, title="", price_minor=100))
        c.save([file.number], publish=False)
        await until(lambda: c.files[0].wrong)
        assert set(c.files[0].wrong) == {"title"}
        c.edit(file.number, replace(c.files[0].draft, description="Other words"))
        assert set(c.files[0].wrong) == {"title"}
        c.edit(file.number, replace(c.files[0].draft, title="Named"))
        assert c.files[0].wrong == {}

    play(scene)


def test_a_broken_file_cannot_be_saved(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "broken.json"))
        await until(_all_checked(c, 1))
        file = c.files[0]
        assert not file.is_publishable
        assert file.blocking >= 1
        assert file.problems[0].severity == "error"

    play(scene)

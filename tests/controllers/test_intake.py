from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.controllers.intake import MOST_FILES, IntakeController
from koda_desktop.controllers.intake_becoming import Revised
from koda_desktop.controllers.intake_previews import IntakePreviews
from koda_desktop.controllers.intake_state import FILTERS, IntakeStage
from koda_desktop.controllers.keeping import Keeping
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.controllers.preview import ShownPreview
from koda_desktop.errors import InputError
from koda_desktop.runtime.settings import KEPT_REMOVALS, Settings
from koda_desktop.sync.pictures import Pictures, PreviewChoice
from koda_desktop.sync.revision_matching import Match, Why
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Inspection
from koda_desktop.workflows.kept import Kept
from koda_desktop.workflows.removal_kinds import RemovalKind
from koda_desktop.workspace.allowances import Allowances
from tests.controllers.support import Bench, Recorder, until
from tests.pictures import png
from tests.views.fakes import FakeWorkspace, StillClock, make_row
from tests.views.gallery_data import LEAKS, dropped
from tests.workflows.building import node, workflow

Scene = Callable[[IntakeController, Recorder, FakeWorkspace, Bench], Awaitable[None]]


@pytest.fixture
def play(run_async: Any, tmp_path: Path) -> Callable[[Scene], None]:
    """Run a scene with a controller that really inspects files."""

    def run(scene: Scene) -> None:
        (tmp_path / "data").mkdir()
        run_async(_staged(scene, tmp_path / "data"))

    return run


def _paint(inspection: Inspection) -> bytes | None:
    """A picture as many pixels wide as the workflow has steps; ``len`` stands for the small one."""
    return png(inspection.node_count) if inspection.graph.nodes else None


async def _staged(scene: Scene, folder: Path) -> None:
    bench, view = Bench(), Recorder()
    workspace = FakeWorkspace((make_row(1, "Leads", id="a" * 24),))
    allowances = Allowances(folder, StillClock())

    def inspect(path: Path, kept: Kept) -> Inspection:
        return inspect_path(path, allowed=allowances.digests(), kept=kept)

    preferences = Preferences(bench.tools, Settings.load(folder / "settings.json"))
    previews = IntakePreviews(bench.tools, view, _paint, len)
    controller = IntakeController(
        bench.tools, view, inspect, allowances, Keeping(preferences), previews
    )
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


def test_folders_are_looked_through_and_a_project_is_one(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        for name in ("exports/2025/may", "exports/bot", "exports/node_modules", "exports/.git"):
            (tmp_path / name).mkdir(parents=True)
        dropped(tmp_path / "exports/2025/may", "deep.json")
        dropped(tmp_path / "exports/node_modules", "library.json")
        (tmp_path / "exports/bot/requirements.txt").write_text("requests\n")
        (tmp_path / "exports/bot/main.py").write_text("import requests\n\nrequests.get('x')\n")
        c.add([tmp_path / "exports"])
        await until(_all_checked(c, 2))
        assert [(file.path.name, file.platform) for file in c.files] == [
            ("deep.json", "n8n"),
            ("bot", "Python"),
        ]
        (told,) = [message.text for message in b.told]
        assert told == "2 folders were not looked through: .git and node_modules."

    play(scene)


def test_a_folder_that_is_being_looked_through_is_left_when_the_intake_closes(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json", "b.json"))
        c.clear()
        c.add(dropped(tmp_path, "c.json"))
        await until(_all_checked(c, 1))
        assert [file.path.name for file in c.files] == ["c.json"]

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
        (saved,), published, _ = view.last("show_done")
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


def test_a_value_in_two_places_is_one_secret_and_is_never_shown_whole(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "leaky.json"))
        await until(_all_checked(c, 1))
        file = c.files[0]
        assert [len(secret.places) for secret in file.secrets] == [2, 1]
        assert file.blocking == 2
        assert file.can_save
        assert not file.is_publishable
        shown = repr(view.shown)
        assert not [value for value in LEAKS if value in shown]
        assert not [secret for secret in file.secrets if secret.digest in shown]

    play(scene)


def test_a_file_with_a_secret_is_saved_as_a_draft_but_never_published(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "leaky.json"))
        await until(_all_checked(c, 1))
        file = c.files[0]
        c.edit(file.number, replace(file.draft, price_minor=500))
        c.save([file.number], publish=True)
        await until(lambda: not b.tools.background.is_running("intake.save"))
        assert w.calls == []
        c.save([file.number], publish=False)
        await until(lambda: view.times("show_done"))
        assert [call[0] for call in w.calls] == ["draft"]

    play(scene)


def test_an_allowed_value_passes_in_every_file_and_the_form_keeps_what_was_typed(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "leaky-a.json", "leaky-b.json"))
        await until(_all_checked(c, 2))
        first = c.files[0]
        c.edit(first.number, replace(first.draft, title="Typed", price_minor=500))
        for secret in first.secrets:
            c.allow(first.number, secret.digest, " Of the sandbox ")
        await until(lambda: all(file.is_publishable for file in c.files))
        assert c.files[0].draft.title == "Typed"
        assert [file.secrets for file in c.files] == [(), ()]
        assert [len(file.allowed) for file in c.files] == [2, 2]
        kept = Allowances(tmp_path / "data", StillClock()).all()
        assert {one.reason for one in kept} == {"Of the sandbox"}
        assert {one.digest for one in kept} == {secret.digest for secret in first.secrets}

    play(scene)


def test_a_value_can_be_made_to_block_again(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "leaky.json"))
        await until(_all_checked(c, 1))
        secret = c.files[0].secrets[0]
        c.allow(c.files[0].number, secret.digest, "Of the sandbox")
        await until(lambda: c.files[0].allowed)
        assert secret.digest not in {one.digest for one in c.files[0].secrets}
        c.forbid(secret.digest)
        await until(lambda: not c.files[0].allowed)
        assert secret.digest in {one.digest for one in c.files[0].secrets}
        assert Allowances(tmp_path / "data", StillClock()).all() == ()

    play(scene)


def test_without_a_reason_nothing_is_allowed(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "leaky.json"))
        await until(_all_checked(c, 1))
        c.allow(c.files[0].number, c.files[0].secrets[0].digest, "  ")
        await until(lambda: b.told)
        assert len(c.files[0].secrets) == 2
        assert c.files[0].allowed == ()

    play(scene)


def test_a_damaged_list_of_allowed_values_stops_no_other_file(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        (tmp_path / "data" / "allowed-secrets.json").write_text("{", "utf-8")
        c.add(dropped(tmp_path, "a.json", "b.json"))
        await until(lambda: [file.stage for file in c.files] == [IntakeStage.FAILED] * 2)
        assert "damaged" in c.files[0].note
        assert not c.files[0].can_save

    play(scene)


def test_the_picture_is_built_off_the_loop_for_files_that_are_checked(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        c.draw(c.files[0].number)
        await until(lambda: view.times("show_scene"))
        number, drawn = view.last("show_scene")
        assert number == c.files[0].number
        assert len(drawn.boxes) == 5
        c.draw(99)
        await until(lambda: not b.tools.background.is_running("intake.draw.99"))
        assert view.times("show_scene") == 1

    play(scene)


def test_a_price_for_many_leaves_the_prices_that_were_set(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json", "b.json", "c.json"))
        await until(_all_checked(c, 3))
        first, second, _ = c.files
        c.edit(first.number, replace(first.draft, price_minor=0))
        c.set_price([first.number, second.number], 500)
        assert [file.draft.price_minor for file in c.files] == [0, 500, None]

    play(scene)


def test_files_are_sorted_into_ready_broken_and_leaking(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json", "broken.json", "leaky.json"))
        await until(_all_checked(c, 3))
        found = {
            name: [file.path.name for file in c.files if fits(file)]
            for name, fits in FILTERS.items()
        }
        assert found == {
            "All": ["a.json", "broken.json", "leaky.json"],
            "Problems": ["broken.json"],
            "Secrets": ["leaky.json"],
            "Ready": ["a.json"],
        }
        c.remove([file.number for file in c.files if file.is_broken])
        assert [file.path.name for file in view.last("show_files")[0]] == ["a.json", "leaky.json"]

    play(scene)


# -- what could be removed and is kept --

_ACTIVE = RemovalKind.N8N_ACTIVE


def test_a_kind_is_kept_and_removed_again(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        bare = c.files[0]
        assert (_ACTIVE, 0, 1) in {(one.kind, one.kept, one.total) for one in bare.choices}
        c.edit(bare.number, replace(bare.draft, title="Typed"))
        c.keep_kind([bare.number], _ACTIVE, True)
        assert c.files[0].is_rechecking
        assert not c.files[0].is_ready
        await until(lambda: not c.files[0].is_rechecking)
        kept = c.files[0]
        assert {line.where for line in kept.removals if line.is_kept} == {"active"}
        assert kept.removed == bare.removed - 1
        assert [line.where for line in kept.removals] == [line.where for line in bare.removals]
        assert kept.draft.title == "Typed"
        c.keep_kind([bare.number], _ACTIVE, False)
        await until(lambda: not c.files[0].is_rechecking)
        assert c.files[0].removals == bare.removals

    play(scene)


def test_only_the_last_of_quick_choices_counts(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        number = c.files[0].number
        for keep in (True, False, True, False, True):
            c.keep_kind([number], _ACTIVE, keep)
        await until(lambda: not c.files[0].is_rechecking)
        assert [line.is_kept for line in c.files[0].removals if line.kind == _ACTIVE] == [True]

    play(scene)


def test_a_late_report_on_an_earlier_choice_is_dropped(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        bare, inspect = c.files[0], c._inspect
        has_begun, may_end = threading.Event(), threading.Event()

        def slowly(path: Path, kept: Kept) -> Inspection:
            found = inspect(path, kept)
            has_begun.set()
            assert may_end.wait(5)
            return found

        c._inspect = slowly
        c.keep_kind([bare.number], _ACTIVE, True)
        await until(has_begun.is_set)
        c.keep_kind([bare.number], _ACTIVE, False)
        may_end.set()
        await until(lambda: not c.files[0].is_rechecking)
        assert c.files[0].removals == bare.removals

    play(scene)


def test_single_places_become_the_kind_once_all_are_kept(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "scenario.json"))
        await until(_all_checked(c, 1))
        file = c.files[0]
        hints = [line for line in file.removals if line.kind == RemovalKind.MAKE_UI_HINTS]
        assert len(hints) >= 2
        for count, line in enumerate(hints, 1):
            c.keep_place(file.number, line.kind, line.where, True)
            await until(lambda: not c.files[0].is_rechecking)
            assert sum(one.is_kept for one in c.files[0].removals) == count
        assert c.files[0].kept == Kept(frozenset({RemovalKind.MAKE_UI_HINTS}))
        c.keep_place(file.number, hints[0].kind, hints[0].where, False)
        await until(lambda: not c.files[0].is_rechecking)
        left = {line.where for line in c.files[0].removals if line.is_kept}
        assert left == {line.where for line in hints[1:]}

    play(scene)


def test_nothing_is_saved_while_a_choice_is_on_its_way(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        file = c.files[0]
        c.edit(file.number, replace(file.draft, price_minor=100))
        c.keep_kind([file.number], _ACTIVE, True)
        c.save([file.number], publish=False)
        await until(lambda: not b.tools.background.is_running("intake.save"))
        assert w.calls == []
        await until(lambda: not c.files[0].is_rechecking)
        c.save([file.number], publish=False)
        await until(lambda: view.times("show_done"))
        assert [one.where for one in w.drafted[0].kept] == ["active"]

    play(scene)


def test_a_kind_is_kept_in_later_files_only_when_it_is_remembered(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        settings = tmp_path / "data" / "settings.json"

        def remembered() -> str:
            return Settings.load(settings).get(KEPT_REMOVALS)

        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        c.keep_kind([c.files[0].number], _ACTIVE, True)
        await until(lambda: not c.files[0].is_rechecking)
        c.add(dropped(tmp_path, "b.json"))
        await until(_all_checked(c, 2))
        assert not any(line.is_kept for line in c.files[1].removals)
        assert remembered() == ""
        c.remember(_ACTIVE, True)
        await until(lambda: remembered() == _ACTIVE)
        c.add(dropped(tmp_path, "c.json"))
        await until(_all_checked(c, 3))
        assert [line.where for line in c.files[2].removals if line.is_kept] == ["active"]
        c.remember(_ACTIVE, False)
        await until(lambda: remembered() == "")

    play(scene)


def test_a_secret_in_what_is_kept_is_shown_among_the_secrets_only(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        token = "ghp_" + "q7Rk2Vx9Lm4Tz8Wb3Nc6Yd1Hf5Js0Gp2Aa4E"
        choice = {"value": token, "cachedResultName": token}
        path = tmp_path / "leak.json"
        path.write_text(json.dumps(workflow(node(parameters={"list": choice}))), "utf-8")
        c.add([path])
        await until(_all_checked(c, 1))
        view.shown.clear()
        c.keep_kind([c.files[0].number], RemovalKind.N8N_CHOICE_LABELS, True)
        await until(lambda: not c.files[0].is_rechecking)
        file = c.files[0]
        assert len(file.secrets[0].places) == 2
        assert [line.before for line in file.removals if line.is_kept] == ['"•••"']

    play(scene)


# -- many files --


def test_checking_is_stopped_and_gone_on_with(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        names = [f"{number}.json" for number in range(12)]
        c.add(dropped(tmp_path, *names))
        await until(lambda: any(file.stage is IntakeStage.CHECKED for file in c.files))
        c.stop()
        await until(lambda: not any(file.stage is IntakeStage.CHECKING for file in c.files))
        stages = [file.stage for file in c.files]
        assert IntakeStage.STOPPED in stages
        assert stages == sorted(stages)
        c.go_on()
        await until(_all_checked(c, 12))

    play(scene)


def test_closing_the_intake_ends_the_checking(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, *(f"{number}.json" for number in range(12))))
        await until(lambda: any(file.stage is IntakeStage.CHECKED for file in c.files))
        c.clear()
        await until(lambda: not b.tools.background.is_running("intake.add.1"))
        assert c.files == ()

    play(scene)


def test_a_draft_is_saved_with_the_workflows_picture_or_the_one_that_was_chosen(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    own = tmp_path / "own.png"
    own.write_bytes(png(grey=3))

    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json", "b.json", "c.json", "notes.txt"))
        await until(_all_checked(c, 4))
        first, second, third, text = (file.number for file in c.files)
        c.previews.choose(second, own)
        await until(lambda: view.times("show_preview"))
        assert view.last("show_preview")[1].whose == "seller"
        c.previews.take(third, PreviewChoice.NONE)
        await until(lambda: view.last("show_preview")[0] == third)
        assert view.last("show_preview")[1].whose == ""
        c.set_price([first, second, third, text], 100)
        c.save([first, second, third, text], publish=False)
        await until(lambda: view.times("show_done"))
        drawing = png(5)
        assert w.drafted_with == [
            Pictures(drawing),
            Pictures(drawing, own.read_bytes()),
            Pictures(drawing, PreviewChoice.NONE),
            Pictures(None),
        ]

    play(scene)


def test_the_preview_on_view_follows_what_is_chosen(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    own, fake = tmp_path / "own.png", tmp_path / "fake.png"
    own.write_bytes(png(grey=3))
    fake.write_text("<svg/>")

    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.add(dropped(tmp_path, "a.json"))
        await until(_all_checked(c, 1))
        number = c.files[0].number

        async def shown(work: Callable[[], None]) -> ShownPreview:
            before = view.times("show_preview")
            work()
            await until(lambda: view.times("show_preview") > before)
            assert view.last("show_preview")[0] == number
            found: ShownPreview = view.last("show_preview")[1]
            return found

        drawing = ShownPreview("workflow", len(png(5)), has_drawing=True, can_change=True)
        assert await shown(lambda: c.previews.show(number)) == drawing
        chosen = await shown(lambda: c.previews.choose(number, own))
        assert chosen == replace(drawing, whose="seller", image=len(own.read_bytes()))
        refused = await shown(lambda: c.previews.choose(number, fake))
        assert "not a picture" in refused.problem
        assert replace(refused, problem="") == chosen
        take = c.previews.take
        assert (await shown(lambda: take(number, PreviewChoice.NONE))).whose == ""
        assert await shown(lambda: take(number, PreviewChoice.WORKFLOW)) == drawing

    play(scene)


def _matched(why: Why, *, is_published: bool = False) -> Match:
    return Match("a" * 24, "Leads", "1.4.0", is_published, why)


def test_a_file_that_looks_like_a_version_becomes_one_only_when_that_is_chosen(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        w.revisions.found = (_matched(Why.SAME_STEPS, is_published=True),)
        c.add(dropped(tmp_path, "a.json"))
        await until(lambda: c.files and c.files[0].becomes.matches)
        file = c.files[0]
        assert file.becomes.match is None
        c.becoming.choose(file.number, "a" * 24)
        await until(lambda: c.files[0].becomes.version == "1.5.0")
        c.becoming.set_version(file.number, "2.0.0")
        c.save([file.number], publish=False)
        await until(lambda: view.times("show_done"))
        saved, published, [revised] = view.last("show_done")
        assert (saved, published) == ([], False)
        assert revised == Revised("a" * 24, "Leads", "2.0.0", True)
        assert w.calls == [("revise", "a" * 24, "2.0.0", "- Adds Slack."), ("wake",)]
        assert c.files == ()

    play(scene)


def test_a_file_that_goes_into_a_listing_shows_what_stays_there(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        w.revisions.found = (_matched(Why.SAME_NAME),)
        w.documents["a" * 24] = {"title": "Leads", "price": 12.5, "tags": ["crm"]}
        c.add(dropped(tmp_path, "a.json"))
        await until(lambda: c.files and c.files[0].becomes.matches)
        [file] = c.files
        c.becoming.choose(file.number, "a" * 24)
        await until(lambda: c.files[0].becomes.fields)
        shown = c.files[0].shown
        assert (shown.title, shown.price_minor, shown.tags) == ("Leads", 1250, ("crm",))
        c.becoming.choose(file.number, "")
        assert c.files[0].shown == file.draft

    play(scene)


def test_choosing_a_listing_of_its_own_again_saves_a_draft(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        w.revisions.found = (_matched(Why.SAME_NAME),)
        c.add(dropped(tmp_path, "a.json"))
        await until(lambda: c.files and c.files[0].becomes.matches)
        number = c.files[0].number
        c.becoming.choose(number, "a" * 24)
        c.becoming.choose(number, "")
        # Without a price it is no listing, and that is told as ever.
        c.save([number], publish=False)
        await until(lambda: c.files[0].wrong)
        c.edit(number, replace(c.files[0].draft, price_minor=100))
        c.save([number], publish=False)
        await until(lambda: view.times("show_done"))
        assert [call[0] for call in w.calls] == ["draft"]

    play(scene)


def test_a_draft_that_got_a_version_can_be_published_at_once(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        row = w.all_rows[1] = make_row(1, "Leads")
        w.revisions.found = (_matched(Why.SAME_STEPS)._replace(listing_id=row.id),)
        c.add(dropped(tmp_path, "a.json"))
        await until(lambda: c.files and c.files[0].becomes.matches)
        c.becoming.choose(c.files[0].number, row.id)
        c.save([c.files[0].number], publish=True)
        await until(lambda: view.times("show_done"))
        assert ("publish", (row.id,)) in w.calls
        assert [call[:3] for call in w.calls if call[0] == "revise"] == [
            ("revise", row.id, "1.5.0")
        ]

    play(scene)


def test_a_version_that_is_refused_says_why_and_stays_in_the_list(
    play: Callable[[Scene], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(c: IntakeController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        def revise(*_: object) -> None:
            raise InputError("No.", facts={"fields": {"version": "Three numbers."}})

        monkeypatch.setattr(w.revisions, "revise", revise)
        w.revisions.found = (_matched(Why.SAME_STEPS),)
        c.add(dropped(tmp_path, "a.json"))
        await until(lambda: c.files and c.files[0].becomes.matches)
        c.becoming.choose(c.files[0].number, "a" * 24)
        c.becoming.set_version(c.files[0].number, "two")
        c.save([c.files[0].number], publish=False)
        await until(lambda: c.files[0].wrong)
        assert c.files[0].wrong == {"version": "Three numbers."}
        assert not view.times("show_done")

    play(scene)

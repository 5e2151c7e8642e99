"""The preview picture in the window: in the intake and beside a draft."""

from __future__ import annotations

import struct
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QDialog, QFileDialog, QLabel, QWidget

from koda_desktop.controllers.preview import ShownPreview
from koda_desktop.sync.pictures import PreviewChoice
from koda_desktop.sync.rows import Changes, ListingQuery, ListingState
from koda_desktop.views import preview_pictures
from koda_desktop.views.preview_pictures import shrink
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.preview_part import PreviewPart
from tests.pictures import png
from tests.views.fakes import DRAWING
from tests.views.gallery_data import dropped
from tests.views.stage import Play, Stage


def words(stage: Stage, name: str) -> str:
    return stage.part(QLabel, f"{name}-words").text()


def offered(stage: Stage, name: str) -> set[str]:
    wanted = ("choose", "workflow", "none")
    return {one for one in wanted if stage.is_seen(f"{name}-{one}")}


async def click(stage: Stage, name: str) -> None:
    (await stage.seen(QAbstractButton, name)).click()


async def choose_file(stage: Stage, path: Path) -> None:
    dialog = await stage.seen(QFileDialog, "picture-dialog")
    dialog.selectFile(str(path))
    dialog.done(int(QDialog.DialogCode.Accepted))
    await stage.see(lambda: not stage.is_seen("picture-dialog"))


def test_a_dropped_workflow_shows_its_picture_and_is_saved_with_it(
    play: Play, tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.open_files(dropped(tmp_path, "invoice-reminder.json"))
        await stage.seen(QDialog, "intake-dialog")
        await stage.see(lambda: stage.is_seen("intake-preview"))
        await stage.see(lambda: words(stage, "intake-preview") == "Picture of the workflow")
        picture = stage.part(QWidget, "intake-preview-picture")
        assert picture.accessibleName() == "Preview: Picture of the workflow"
        assert offered(stage, "intake-preview") == {"choose", "none"}
        await click(stage, "intake-preview-none")
        await stage.see(lambda: words(stage, "intake-preview") == "No picture")
        assert offered(stage, "intake-preview") == {"choose", "workflow"}
        await click(stage, "intake-preview-workflow")
        await stage.see(lambda: words(stage, "intake-preview") == "Picture of the workflow")
        controller = stage.window.work.intake.controller
        controller.set_price([controller.files[0].number], 100)
        await click(stage, "intake-save")
        await stage.see(lambda: stage.workspace.drafted_with)
        [pictures] = stage.workspace.drafted_with
        assert pictures.preview is PreviewChoice.WORKFLOW
        assert pictures.drawing is not None
        assert struct.unpack(">II", pictures.drawing[16:24]) == (800, 500)

    play(scene)


def test_a_picture_of_ones_own_is_chosen_in_the_intake(play: Play, tmp_path: Path) -> None:
    own, fake = tmp_path / "own.png", tmp_path / "fake.png"
    own.write_bytes(png(640, 480))
    fake.write_text("no picture")

    async def scene(stage: Stage) -> None:
        stage.window.open_files(dropped(tmp_path, "notes.txt"))
        await stage.see(lambda: stage.is_seen("intake-preview"))
        await stage.see(lambda: words(stage, "intake-preview") == "No picture")
        await click(stage, "intake-preview-choose")
        await choose_file(stage, fake)
        problem = await stage.seen(QLabel, "intake-preview-problem")
        assert "not a picture" in problem.text()
        await click(stage, "intake-preview-choose")
        await choose_file(stage, own)
        await stage.see(lambda: words(stage, "intake-preview") == "Your own picture")
        assert not stage.is_seen("intake-preview-problem")
        assert offered(stage, "intake-preview") == {"choose", "none"}

    play(scene)


def test_a_drafts_picture_is_changed_beside_it(play: Play, tmp_path: Path) -> None:
    own = tmp_path / "own.png"
    own.write_bytes(png(640, 480))

    async def scene(stage: Stage) -> None:
        one = _first_as(stage, ListingState.DRAFT)
        stage.workspace.have_preview(one, PreviewChoice.WORKFLOW)
        await stage.open_first()
        await stage.see(lambda: stage.is_seen("listing-preview"))
        assert offered(stage, "listing-preview") == {"choose", "none"}
        await click(stage, "listing-preview-choose")
        await choose_file(stage, own)
        await stage.see(lambda: words(stage, "listing-preview") == "Your own picture")
        await click(stage, "listing-preview-workflow")
        await stage.see(lambda: words(stage, "listing-preview") == "Picture of the workflow")
        await click(stage, "listing-preview-none")
        await stage.see(lambda: words(stage, "listing-preview") == "No picture")
        taken = [call[2] for call in stage.workspace.calls if call[0] == "choose_preview"]
        assert taken == [own.read_bytes(), PreviewChoice.WORKFLOW, PreviewChoice.NONE]

    play(scene)


def test_nothing_is_offered_for_a_published_listing(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        one = _first_as(stage, ListingState.PUBLISHED)
        stage.workspace.have_preview(one, PreviewChoice.WORKFLOW)
        await stage.open_first()
        await stage.see(lambda: stage.is_seen("listing-preview"))
        assert offered(stage, "listing-preview") == set()
        stage.workspace.details[one].pop("preview")
        stage.workspace.tell(Changes(listings=frozenset({one})))
        await stage.see(lambda: not stage.is_seen("listing-preview"))

    play(scene)


def _first_as(stage: Stage, state: ListingState) -> str:
    """The first listing of the table, put in ``state``."""
    pk = stage.workspace.keys(ListingQuery())[0]
    row = stage.workspace.all_rows[pk]
    stage.workspace.all_rows[row.pk] = replace(row, state=state)
    return row.id


def test_large_pictures_are_read_small(qapp: object) -> None:
    small = shrink(png(4000, 1000))
    assert (small.width(), small.height()) == (480, 120)
    assert shrink(DRAWING).width() == 80
    assert shrink(DRAWING[:60]).isNull()


def test_pictures_are_painted_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two threads that used one of Qt's enumerations for the first time ended the program.
    inside, most = [0], [0]

    def slow(*_: object) -> QImage:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        inside[0] -= 1
        return QImage()

    monkeypatch.setattr(preview_pictures, "_read_small", slow)
    with ThreadPoolExecutor(4) as pool:
        assert all(one.isNull() for one in pool.map(shrink, [b""] * 8))
    assert most == [1]


def test_nothing_is_said_of_a_picture_before_it_is_known(theme: Theme) -> None:
    part = PreviewPart(theme, "preview")
    assert [one.text() for one in part.findChildren(QLabel) if one.text()] == []
    part.show_preview(ShownPreview())
    assert "No picture" in [one.text() for one in part.findChildren(QLabel)]
    part.deleteLater()

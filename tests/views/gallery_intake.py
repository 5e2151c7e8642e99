"""The scenes of the gallery that show the intake."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QScrollArea, QWidget

from koda_desktop.controllers.intake_state import IntakeFile, IntakeStage
from koda_desktop.sync.revision_matching import Match, Why
from koda_desktop.views.graph.graph_view import GraphView
from koda_desktop.views.tables.removals import RemovalList
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.workspace.allowances import Allowances
from koda_desktop.workspace.revisions import Proposal
from tests.controllers.support import until
from tests.views.fakes import FakeWorkspace, StillClock
from tests.views.gallery_data import (
    catalogue,
    dropped,
)
from tests.views.gallery_studio import SETTLE, Studio, opened, part

_NO_KEYS = Qt.KeyboardModifier.NoModifier


def _are_checked(files: Sequence[IntakeFile]) -> bool:
    return bool(files) and not any(file.stage is IntakeStage.CHECKING for file in files)


async def _intake(studio: Studio, *names: str) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.open_files(dropped(studio.data, *names))
    intake = window.work.intake.controller
    await until(lambda: _are_checked(intake.files))
    await asyncio.sleep(SETTLE)
    return part(window, "intake-dialog")


async def intake(studio: Studio) -> QWidget:
    return await _intake(studio, "invoice-reminder.json")


async def _known(studio: Studio, *, chosen: bool) -> QWidget:
    workspace = FakeWorkspace(catalogue())
    row, other = catalogue()[0], catalogue()[3]
    workspace.revisions.found = (
        Match(row.id, row.title, "1.4.0", True, Why.SAME_STEPS),
        Match(other.id, other.title, other.version, False, Why.SAME_NAME),
    )
    reason = "Parameters of 1 step changed; the steps are the same."
    workspace.revisions.proposal = Proposal("1.4.1", (reason,), "- Changes 1 step.")
    window = await opened(studio, workspace)
    window.open_files(dropped(studio.data, "invoice-reminder.json"))
    await asyncio.sleep(0.8)
    if chosen:
        becoming = window.work.intake.controller.becoming
        becoming.choose(window.work.intake.controller.files[0].number, row.id)
        await asyncio.sleep(0.4)
    return part(window, "intake-dialog")


async def intake_known(studio: Studio) -> QWidget:
    return await _known(studio, chosen=False)


async def intake_version(studio: Studio) -> QWidget:
    return await _known(studio, chosen=True)


async def intake_needs(studio: Studio) -> QWidget:
    dialog = await _intake(studio, "leaky-scoring.json")
    tabs = part(dialog, "intake-tabs")
    tabs.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Left, _NO_KEYS))
    area = part(dialog, "intake-scroll")
    assert isinstance(area, QScrollArea)
    await asyncio.sleep(0.1)
    area.verticalScrollBar().setValue(2000)
    return dialog


async def intake_needs_of_python(studio: Studio) -> QWidget:
    dialog = await _intake(studio, "sync.py")
    area = part(dialog, "intake-scroll")
    assert isinstance(area, QScrollArea)
    area.verticalScrollBar().setValue(2000)
    return dialog


async def intake_removed(studio: Studio) -> QWidget:
    dialog = await _intake(studio, "invoice-reminder.json")
    _show_tab(dialog, 3)
    return dialog


async def intake_keeping(studio: Studio) -> QWidget:
    """A scenario with three kinds of optional removals, nothing kept."""
    dialog = await _intake(studio, "scenario.json")
    _show_tab(dialog, 3)
    return dialog


async def intake_kept(studio: Studio) -> QWidget:
    """One kind kept as a whole and remembered, one place of another, more files beside it."""
    names = ("scenario-long-with-a-name-nobody-would-type-by-hand.json", *_MANY)
    dialog = await _intake(studio, *names)
    _show_tab(dialog, 3)
    _click(dialog, "keep-make-scheduling")
    await asyncio.sleep(SETTLE)
    _click(dialog, "keep-make-scheduling-remember")
    removals = part(dialog, "removals")
    assert isinstance(removals, RemovalList)
    removals.setCurrentIndex(removals.model().index(1, 0))
    removals.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, _NO_KEYS))
    await asyncio.sleep(SETTLE)
    _click(dialog, "keep-make-scheduling-remember")
    return dialog


async def intake_kept_narrow(studio: Studio) -> QWidget:
    dialog = await intake_kept(studio)
    dialog.resize(dialog.minimumSize())
    await asyncio.sleep(0.1)
    return dialog


async def intake_nothing_removed(studio: Studio) -> QWidget:
    dialog = await _intake(studio, "notes.txt")
    _show_tab(dialog, 3)
    return dialog


async def intake_workflow(studio: Studio) -> QWidget:
    dialog = await _intake(studio, "leaky-scoring.json")
    _show_tab(dialog, 2)
    await asyncio.sleep(0.8)
    view = part(dialog, "intake-graph-view")
    assert isinstance(view, GraphView)
    view.select(3)
    return dialog


async def intake_workflow_empty(studio: Studio) -> QWidget:
    dialog = await _intake(studio, "notes.txt")
    _show_tab(dialog, 2)
    await asyncio.sleep(0.5)
    return dialog


async def intake_secrets(studio: Studio) -> QWidget:
    return await _intake(studio, "leaky-scoring.json")


async def intake_no_secrets(studio: Studio) -> QWidget:
    dialog = await _intake(studio, "invoice-reminder.json")
    _show_tab(dialog, 1)
    return dialog


async def intake_allow(studio: Studio) -> QWidget:
    dialog = await _intake(studio, "leaky-scoring.json")
    _click(dialog, "secret-allow-0")
    await asyncio.sleep(SETTLE)
    return part(dialog, "allow-dialog")


async def intake_allowed(studio: Studio) -> QWidget:
    question = await intake_allow(studio)
    line = part(question, "allow-reason")
    assert isinstance(line, QLineEdit)
    line.setText("A made-up token of the sandbox account")
    _click(question, "allow-accept")
    await asyncio.sleep(0.8)
    for digest in (allowances := Allowances(studio.data, StillClock())).digests():
        allowances.forget(digest)
    return part(studio.widgets[0], "intake-dialog")


def _show_tab(dialog: QWidget, number: int) -> None:
    tabs = part(dialog, "intake-tabs")
    assert isinstance(tabs, Segments)
    for _ in range(number - tabs.current):
        tabs.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, _NO_KEYS))


def _click(parent: QWidget, name: str) -> None:
    button = part(parent, name)
    assert isinstance(button, QAbstractButton)
    button.click()


_MANY = (
    "invoice-reminder.json",
    "broken.json",
    "a-very-long-file-name-that-nobody-would-ever-type-by-hand-but-exports-have.json",
    "leaky-scoring.json",
    "notes.txt",
    "sync.py",
)


async def intake_many(studio: Studio) -> QWidget:
    return await _intake(studio, *_MANY)


async def intake_many_filtered(studio: Studio) -> QWidget:
    dialog = await _intake(studio, *_MANY)
    tabs = part(dialog, "intake-filter")
    for _ in range(2):
        tabs.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, _NO_KEYS))
    return dialog


async def intake_many_checking(studio: Studio) -> QWidget:
    names = [f"workflow-{number}.json" for number in range(1, 200)]
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.open_files(dropped(studio.data, *names))
    files = window.work.intake.controller
    await until(lambda: sum(file.stage == "checked" for file in files.files) >= 40)
    return part(window, "intake-dialog")


async def intake_many_stopped(studio: Studio) -> QWidget:
    """Two thousand files of three platforms, the checking stopped in the middle."""
    kinds = ("workflow-{}.json", "scenario-{}.json", "workflow-{}.json", "sync-{}.py")
    names = [kinds[number % 4].format(number) for number in range(1, 2001)]
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.open_files(dropped(studio.data, *names))
    controller = window.work.intake.controller
    await until(lambda: sum(file.stage == "checked" for file in controller.files) >= 60)
    dialog = part(window, "intake-dialog")
    _click(dialog, "intake-stop")
    await until(lambda: any(file.stage == "stopped" for file in controller.files))
    await asyncio.sleep(SETTLE)
    return dialog


async def intake_price(studio: Studio) -> QWidget:
    dialog = await _intake(studio, *_MANY)
    _click(dialog, "intake-save-all")
    await asyncio.sleep(SETTLE)
    return part(dialog, "price-dialog")


async def intake_broken(studio: Studio) -> QWidget:
    return await _intake(studio, "broken.json")


INTAKE_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    intake,
    intake_needs,
    intake_needs_of_python,
    intake_removed,
    intake_keeping,
    intake_kept,
    intake_kept_narrow,
    intake_nothing_removed,
    intake_workflow,
    intake_workflow_empty,
    intake_secrets,
    intake_no_secrets,
    intake_allow,
    intake_allowed,
    intake_known,
    intake_version,
    intake_many,
    intake_many_filtered,
    intake_many_checking,
    intake_many_stopped,
    intake_price,
    intake_broken,
)

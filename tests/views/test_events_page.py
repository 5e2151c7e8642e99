"""The Events page over a made-up marketplace, by real key presses, and who gets to see it."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QWidget

from koda_desktop.controllers.events import PAGE, EventsController, OperatorGate
from koda_desktop.errors import NotAllowed, ServerDown
from koda_desktop.sync.rows import Changes
from koda_desktop.views.actions import Act
from koda_desktop.views.event_words import replayed_words
from koda_desktop.views.pages.events_page import EventsPage
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.workspace.money_rows import Replayed
from tests.conftest import RunAsync
from tests.controllers.support import Bench, Recorder, until
from tests.views.fake_money import FakeSelling, event, some_events
from tests.views.fakes import FakeWorkspace, before
from tests.views.stage import Play, Stage, acted_on

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_ERROR = 4
Scene = Callable[[Stage, EventsPage], Awaitable[None]]


def _scene(scene: Scene, selling: FakeSelling) -> Callable[[Stage], Awaitable[None]]:
    async def run(stage: Stage) -> None:
        stage.workspace.selling = selling
        QTest.keyClick(stage.window, Qt.Key.Key_8, CTRL)
        page = await stage.seen(EventsPage, "events-page")
        await stage.see(lambda: stage.part(QAbstractButton, "events-refresh").isEnabled())
        await scene(stage, page)

    return run


def _texts(part: QWidget) -> list[str]:
    return [one.text() for one in part.findChildren(QLabel) if one.isVisible()]


def test_events_are_listed_filtered_and_searched(play: Play) -> None:
    async def scene(stage: Stage, page: EventsPage) -> None:
        rows = page.table.lines.rowCount
        assert rows() == 40
        states = [line.cells[3].text for line in page.table.lines.lines]
        assert (states[3], states[8], states[0]) == ("Failed", "Waits", "Done")
        part = stage.part(Segments, "events-filter")
        part.setFocus()
        QTest.keyClick(part, Qt.Key.Key_Right)
        await stage.see(lambda: rows() == 3)
        page.search_field.setText("no such order")
        await stage.see(lambda: rows() == 1)
        page.search_field.setText("nothing of the kind")
        await stage.see(lambda: "No event matches" in _texts(page))

    play(_scene(scene, FakeSelling(event_rows=some_events())))


def test_one_event_is_shown_with_its_payload_and_nobodys_name(play: Play) -> None:
    async def scene(stage: Stage, page: EventsPage) -> None:
        page.table.setFocus()
        page.table.selectRow(3)
        payload = await stage.seen(QPlainTextEdit, "event-payload")
        await stage.see(lambda: page.table.columnWidth(_ERROR) > page.table.width() // 3)
        assert '"email": "hidden"' in payload.toPlainText()
        assert payload.isReadOnly()
        await stage.see(lambda: any("KD-000512" in text for text in _texts(page.panel)))
        stage.part(QAbstractButton, "event-copy").click()
        assert QGuiApplication.clipboard().text() == payload.toPlainText()

    play(_scene(scene, FakeSelling(event_rows=some_events())))


def test_many_are_taken_in_again_once_with_a_report(play: Play) -> None:
    selling, gate = FakeSelling(event_rows=some_events()), threading.Event()

    async def scene(stage: Stage, page: EventsPage) -> None:
        button = stage.part(QAbstractButton, "events-replay")
        assert not button.isEnabled()
        page.table.setFocus()
        page.table.selectRow(3)
        for _ in range(2):
            QTest.keyClick(page.table, Qt.Key.Key_Down, SHIFT)
        assert button.text() == "Replay 3 events"
        selling.wait = lambda: _wait(gate)
        for _ in range(3):
            button.click()
        gate.set()
        await stage.see(lambda: "3 events were taken in again" in _texts(page))
        assert "2 done, 1 failed.\nevt_bad: The order is gone." in _texts(page)
        assert [call for call in selling.calls if call[0] == "replay"] == [
            ("replay", ("evt_000003", "evt_000004", "evt_bad"))
        ]
        await stage.see(lambda: page.table.lines.lines[3].cells[3].text == "Done")
        await stage.see(lambda: ("wake",) in stage.workspace.calls)

    play(_scene(scene, selling))


def _wait(gate: threading.Event) -> None:
    gate.wait(5)


def test_a_fault_is_told_and_the_way_on(play: Play) -> None:
    selling = FakeSelling(fault=ServerDown("The database does not answer."))

    async def scene(stage: Stage, page: EventsPage) -> None:
        await stage.see(lambda: "The database does not answer." in _texts(page))
        assert "Try again in a moment." in _texts(page)
        selling.fault = None
        stage.part(QAbstractButton, "events-refresh").click()
        await stage.see(lambda: "No events" in _texts(page))
        assert not stage.is_seen("events-banner")

    play(_scene(scene, selling))


def test_all_that_takes_input_has_a_name(play: Play) -> None:
    async def scene(stage: Stage, page: EventsPage) -> None:
        for part in acted_on(page):
            assert part.objectName(), part
            assert part.accessibleName(), part.objectName()

    play(_scene(scene, FakeSelling(event_rows=some_events())))


def test_events_are_for_operators_alone(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        assert stage.is_seen("nav-events")
        QTest.keyClick(stage.window, Qt.Key.Key_8, CTRL)
        await stage.see(lambda: stage.is_seen("events-page"))
        seller = FakeWorkspace(kind="direct")
        seller.selling = FakeSelling(runs_it=False)
        stage.window.use(seller)
        await stage.see(lambda: not stage.is_seen("events-page"))
        assert not stage.is_seen("nav-events")
        assert not stage.window.work.actions[Act.EVENTS].isEnabled()
        seller.tell(Changes(status=True))
        await stage.see(lambda: ("is_operator",) in seller.selling.calls)
        assert not stage.is_seen("nav-events")
        operator = FakeWorkspace(kind="direct")
        operator.selling = FakeSelling()
        stage.window.use(operator)
        operator.tell(Changes(status=True))
        await stage.see(lambda: stage.is_seen("nav-events"))
        assert stage.window.work.actions[Act.EVENTS].isEnabled()

    async def started(stage: Stage) -> None:
        stage.workspace.selling = FakeSelling()
        await scene(stage)

    play(started)


@pytest.mark.parametrize(
    ("fault", "asked"), [(ServerDown("No."), 3), (NotAllowed("No.", kept=""), 1), (None, 1)]
)
def test_a_role_is_asked_for_until_it_is_known(
    run_async: RunAsync, fault: Exception | None, asked: int
) -> None:
    async def scene() -> None:
        bench, told = Bench(), list[bool]()
        gate = OperatorGate(bench.tools, told.append)
        workspace = FakeWorkspace(kind="direct")
        selling = workspace.selling = FakeSelling(fault=fault)  # type: ignore[arg-type]
        bench.tools.feed.follow(workspace)
        gate.use(workspace)
        for number in range(1, 4):
            workspace.tell(Changes(status=True))
            wanted = min(number, asked)
            await until(lambda wanted=wanted: len(selling.calls) == wanted)  # type: ignore[misc]
            await until(lambda: not bench.tools.background.is_running("events.operator"))
        assert told[-1] is (fault is None)
        await bench.close()

    run_async(scene())


def test_older_pages_follow_without_a_gap_though_many_share_a_second(run_async: RunAsync) -> None:
    moment = before(hours=1)
    rows = [event(number, created=before(minutes=1)) for number in range(PAGE - 3)]
    rows += [event(PAGE + number, created=moment) for number in range(6)]
    rows += [event(PAGE + 10, created=before(hours=2))]

    async def scene() -> None:
        bench, view = Bench(), Recorder()
        controller = EventsController(bench.tools, view)
        workspace = FakeWorkspace()
        workspace.selling = FakeSelling(event_rows=rows)
        controller.use(workspace)
        controller.refresh()
        await until(lambda: view.times("show_events") == 2)
        assert len(view.last("show_events")[0]) == PAGE
        controller.more()
        await until(lambda: view.times("show_events") == 3)
        assert [one.id for one in view.last("show_events")[0]] == [one.id for one in rows]
        await bench.close()

    run_async(scene())


def test_a_report_is_told_in_words() -> None:
    tone, heading, text = replayed_words(Replayed(1, 0, 0, 0))
    assert (tone, heading, text) == ("success", "1 event was taken in again", "1 done.")
    many = {f"evt_{number}": "No." for number in range(5)}
    tone, heading, text = replayed_words(Replayed(2, 1, 5, 3, many))
    assert (tone, heading) == ("warning", "11 events were taken in again")
    assert replayed_words(Replayed(0, 0, 2, 0))[0] == "danger"
    assert text.splitlines()[0] == (
        "2 done, 1 waiting for another event, 5 failed, 3 of no concern here."
    )
    assert text.splitlines()[-1] == "and 2 more"


def test_what_stands_in_the_way_of_settling_is_told_above_the_events(play: Play) -> None:
    problem = ServerDown("Stripe does not answer.")

    async def scene(stage: Stage, page: EventsPage) -> None:
        assert page.table.lines.rowCount() == 40
        assert any("Stripe does not answer." in text for text in _texts(page))

    play(_scene(scene, FakeSelling(event_rows=some_events(), problem=problem)))

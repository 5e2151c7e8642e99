"""The feed, the messages, Activity's news, preferences and workspaces."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.controllers.activity import ActivityController
from koda_desktop.controllers.feed import ChangeFeed
from koda_desktop.controllers.messages import Level, Message, Messages
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.controllers.shell import ShellController
from koda_desktop.controllers.transfers import TransfersController
from koda_desktop.controllers.workspaces import WorkspacesController
from koda_desktop.errors import Cancelled, ServerDown
from koda_desktop.runtime.settings import THEME, Settings
from koda_desktop.sync.rows import Changes, Link, OperationState, Verb
from koda_desktop.workspace.info import NewWorkspace, WorkspaceInfo, WorkspaceKind
from tests.controllers.support import Bench, Recorder, until
from tests.views.fakes import FakeDesk, FakeWorkspace
from tests.views.gallery_data import activity_rows, transfer_rows


def test_changes_from_many_threads_arrive_bundled_on_the_loops_thread(run_async: Any) -> None:
    async def scene() -> None:
        # In debug mode the loop refuses calls from other threads that are not made for it.
        asyncio.get_running_loop().set_debug(True)
        feed, workspace = ChangeFeed(), FakeWorkspace()
        seen: list[tuple[Changes, str]] = []
        feed.subscribe(lambda changes: seen.append((changes, threading.current_thread().name)))
        feed.follow(workspace)
        threads = [
            threading.Thread(target=workspace.tell, args=(Changes(listings=frozenset({str(n)})),))
            for n in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        await until(lambda: seen)
        feed.follow(None)
        assert {name for _, name in seen} == {threading.current_thread().name}
        together = Changes()
        for changes, _ in seen:
            together = together.joined(changes)
        assert together.listings == {str(n) for n in range(20)}
        assert len(seen) < 20

    run_async(scene())


def test_a_workspace_left_behind_is_heard_no_more(run_async: Any) -> None:
    async def scene() -> None:
        feed, old, new = ChangeFeed(), FakeWorkspace(), FakeWorkspace()
        seen: list[Changes] = []
        feed.subscribe(seen.append)
        feed.follow(old)
        old.tell(Changes(operations=True))
        feed.follow(new)
        old.tell(Changes(transfers=True))
        new.tell(Changes(status=True))
        await until(lambda: seen)
        feed.follow(None)
        assert seen == [Changes(status=True)]

    run_async(scene())


def test_messages_wait_until_somebody_listens() -> None:
    messages = Messages()
    messages.tell(Level.INFO, "early")
    heard: list[Message] = []
    messages.listen(heard.append)
    messages.tell(Level.INFO, "late")
    assert [message.text for message in heard] == ["early", "late"]


def test_a_fault_is_told_in_three_parts_and_stopping_is_not() -> None:
    messages = Messages()
    heard: list[Message] = []
    messages.listen(heard.append)
    messages.report(ServerDown("The server is away.", kept="All is kept.", remedy="Wait."))
    messages.report(Cancelled("Stopped."))
    assert [(m.level, m.text, m.detail) for m in heard] == [
        (Level.WARNING, "The server is away.", "All is kept. Wait.")
    ]


def test_activity_tells_what_is_new_and_nothing_at_the_first_look(run_async: Any) -> None:
    async def scene() -> None:
        bench, view, workspace = Bench(), Recorder(), FakeWorkspace()
        opened: list[str] = []
        workspace.operation_rows = activity_rows()
        controller = ActivityController(bench.tools, view, opened.append)
        bench.tools.feed.follow(workspace)
        controller.use(workspace)
        await until(lambda: view.times("show_activity") == 1)
        assert bench.told == []
        waiting = next(row for row in workspace.operation_rows if row.verb is Verb.VERIFY)
        at = workspace.operation_rows.index(waiting)
        workspace.operation_rows[at] = replace(waiting, state=OperationState.DONE)
        workspace.tell(Changes(operations=True))
        await until(lambda: bench.told)
        assert bench.told[0].text == f"“{waiting.listing_title}” is published"
        bench.told[0].actions[0].run()
        assert opened == [waiting.listing_id]
        await bench.close()

    run_async(scene())


def test_transfers_are_read_again_when_they_changed(run_async: Any) -> None:
    async def scene() -> None:
        bench, view, workspace = Bench(), Recorder(), FakeWorkspace()
        controller = TransfersController(bench.tools, view)
        bench.tools.feed.follow(workspace)
        controller.use(workspace)
        await until(lambda: view.times("show_transfers"))
        workspace.transfer_rows = transfer_rows()
        workspace.tell(Changes(transfers=True))
        await until(lambda: len(view.last("show_transfers")[0]) == len(transfer_rows()))
        controller.cancel("t1")
        await until(lambda: ("cancel", "t1") in workspace.calls)
        await bench.close()

    run_async(scene())


def test_the_status_follows_the_engine_and_the_switch(run_async: Any) -> None:
    async def scene() -> None:
        bench, view, workspace = Bench(), Recorder(), FakeWorkspace()
        shell = ShellController(bench.tools, view)
        bench.tools.feed.follow(workspace)
        shell.use(workspace)
        await until(lambda: view.times("show_status"))
        shell.toggle_offline()
        await until(lambda: view.last("show_status")[0].link is Link.OFFLINE)
        shell.toggle_offline()
        await until(lambda: view.last("show_status")[0].link is Link.ONLINE)
        shell.use(None)
        assert view.last("show_workspace") == (None,)
        await bench.close()

    run_async(scene())


def test_a_choice_is_saved_and_then_told(run_async: Any, tmp_path: Path) -> None:
    async def scene() -> None:
        bench = Bench()
        file = tmp_path / "settings.json"
        preferences = Preferences(bench.tools, Settings(file, {}))
        changed: list[str] = []
        preferences.changed.connect(changed.append)
        preferences.choose(THEME, "dark")
        await until(lambda: changed)
        assert Settings.load(file).get(THEME) == "dark"
        await bench.close()

    run_async(scene())


def test_adding_a_workspace_opens_it_and_a_server_that_is_down_is_told(run_async: Any) -> None:
    async def scene() -> None:
        bench, view, desk = Bench(), Recorder(), FakeDesk()
        opened: list[WorkspaceInfo | None] = []

        async def open_workspace(info: WorkspaceInfo | None) -> None:
            opened.append(info)

        controller = WorkspacesController(bench.tools, desk, open_workspace)
        controller.add_view(view)
        info = WorkspaceInfo("shop", WorkspaceKind.DIRECT)
        with pytest.raises(ServerDown):
            await controller.add(NewWorkspace(info, {"mongodb-uri": "mongodb://down"}))
        assert opened == []
        await controller.add(NewWorkspace(info, {"mongodb-uri": "mongodb://up"}))
        assert opened == [info]
        controller.refresh_places()
        await until(lambda: view.times("show_places"))
        assert view.last("show_workspaces") == ([info], "shop")
        controller.remove("shop")
        await until(lambda: opened == [info, None])
        await bench.close()

    run_async(scene())


def test_a_new_workspaces_secrets_are_not_in_its_repr() -> None:
    new = NewWorkspace(WorkspaceInfo("a", WorkspaceKind.DIRECT), {"stripe-api-key": "rk_live_1"})
    assert "rk_live_1" not in repr(new)

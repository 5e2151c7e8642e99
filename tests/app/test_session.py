"""Whole sessions in a real window over real servers: published from a click, and left cleanly."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from koda_desktop.app import loop_runner
from koda_desktop.app.opening import Opening
from koda_desktop.app.session import Session
from koda_desktop.app.start import Options
from koda_desktop.controllers.messages import Message
from koda_desktop.runtime.paths import Paths
from koda_desktop.sync.rows import ListingState
from koda_desktop.sync.store.store import Store
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace.facade import Workspace
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry
from tests.app.test_garbage import allocate_elsewhere, leave_behind
from tests.journeys.desk import SELLER_ID, Market

SECONDS = 30.0


class NoOther:
    """Stands in for the lock on the data folder: nobody else starts here."""

    def listen(self, raise_window: Callable[[], None]) -> None: ...
    def release(self) -> None: ...


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def registered(folder: Path, market: Market, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A data folder whose workspace is ``market``, with its secrets in the environment."""
    monkeypatch.setenv("KODA_MONGODB_URI", market.database.uri)
    monkeypatch.setenv("KODA_S3_ACCESS_KEY_ID", market.bucket.access_key_id)
    monkeypatch.setenv("KODA_S3_SECRET_ACCESS_KEY", market.bucket.secret_access_key)
    paths = Paths(folder).ensure()
    info = WorkspaceInfo(
        "shop",
        WorkspaceKind.DIRECT,
        user_id=SELLER_ID,
        database=market.database.name,
        s3_endpoint=market.bucket.endpoint,
        bucket=market.bucket.name,
        region=market.bucket.region,
    )
    Registry(paths).add(info)
    return paths


def opened(application: QApplication, paths: Paths) -> Session:
    """A session whose window has been painted, as ``koda_desktop.app.run`` makes it."""
    opening = Opening(application, Options(paths))
    opening.paint()
    return Session(opening)


def shown_words(session: Session) -> list[str]:
    """What stands in the pages' place."""
    page = session.window.stack.currentWidget()
    assert page is not None
    return [one.text() for one in page.findChildren(QLabel)]


def run(session: Session, journey: Callable[[], Any], application: QApplication) -> None:
    """Run ``journey`` beside the session's own main, then quit as a person would."""

    async def both() -> None:
        main = asyncio.create_task(session.main(NoOther()))  # type: ignore[arg-type]
        try:
            await journey()
        finally:
            session.window.quit_asked.emit()
            await asyncio.wait_for(main, SECONDS)

    with loop_runner(application) as runner:
        runner.run(both())


def test_a_draft_is_published_from_the_window(
    tmp_path: Path,
    market: Market,
    sample: Path,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_the_windows_thread: list[str] = []
    watch(monkeypatch, on_the_windows_thread)
    qapp.setQuitOnLastWindowClosed(False)
    session = opened(qapp, registered(tmp_path / "data", market, monkeypatch))
    states: list[ListingState] = []

    async def journey() -> None:
        await until(lambda: session.workspace is not None)
        workspace = session.workspace
        assert workspace is not None
        pools = session.tools.pools
        inspection = await pools.run("disk", inspect_path, sample)
        listing = await pools.run("store", workspace.draft, inspection, {"price": 5})
        session.window.show_listing(listing)
        await until(lambda: session.window.listings_page.shown_id() == listing)
        session.window.listings_page.publish_selected()
        await until(lambda: bool(market.products()))

        async def state() -> ListingState:
            return (await pools.run("store", workspace.listing, listing)).row.state

        async with asyncio.timeout(SECONDS):
            while await state() is not ListingState.PUBLISHED:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        states.append(await state())

    run(session, journey, qapp)
    assert states == [ListingState.PUBLISHED]
    assert len(market.products()) == 1
    assert on_the_windows_thread == []


def watch(monkeypatch: pytest.MonkeyPatch, seen: list[str]) -> None:
    """Note each call of the store that runs on the window's thread."""
    window_thread = threading.get_ident()
    for name in ("read", "write", "__init__"):
        monkeypatch.setattr(Store, name, _watched(getattr(Store, name), name, window_thread, seen))


def _watched(method: Callable[..., Any], name: str, thread: int, seen: list[str]) -> Any:
    def watched(*arguments: Any, **named: Any) -> Any:
        if threading.get_ident() == thread:
            seen.append(name)
        return method(*arguments, **named)

    return watched


def test_a_session_without_a_workspace_shows_the_first_run_page(
    tmp_path: Path, qapp: QApplication
) -> None:
    qapp.setQuitOnLastWindowClosed(False)
    session = opened(qapp, Paths(tmp_path / "data").ensure())

    async def journey() -> None:
        await until(lambda: session.window.work.pages.is_first_run)

    run(session, journey, qapp)
    assert session.workspace is None


def test_garbage_of_qt_is_collected_on_the_windows_thread(
    tmp_path: Path, qapp: QApplication
) -> None:
    """Also where it is a pool's thread that allocates: see docs/decisions/0028."""
    qapp.setQuitOnLastWindowClosed(False)
    session = opened(qapp, Paths(tmp_path / "data").ensure())
    ended_on: list[int] = []
    kept: list[list[list[int]]] = []

    def one_has_ended() -> bool:
        leave_behind(ended_on)  # Again and again: what is there before the first look is left out.
        return ended_on != []

    async def journey() -> None:
        await until(one_has_ended)
        leave_behind(ended_on)
        kept.append(await session.tools.pools.run("disk", allocate_elsewhere))
        assert set(ended_on) == {threading.get_ident()}

    run(session, journey, qapp)


class SlowShop(NamedTuple):
    """A registered workspace, whose opening waits for ``may_open``."""

    paths: Paths
    may_open: threading.Event


@pytest.fixture
def slow_shop(
    tmp_path: Path, market: Market, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SlowShop]:
    event, open_now = threading.Event(), Workspace.open

    def open_late(*given: Any, **named: Any) -> Workspace:
        assert event.wait(SECONDS)
        return open_now(*given, **named)

    monkeypatch.setattr(Workspace, "open", open_late)
    yield SlowShop(registered(tmp_path / "data", market, monkeypatch), event)
    event.set()


def test_a_store_that_takes_its_time_to_open_is_said_to(
    slow_shop: SlowShop, qapp: QApplication
) -> None:
    qapp.setQuitOnLastWindowClosed(False)
    session = opened(qapp, slow_shop.paths)
    status = session.window.sidebar.status

    async def journey() -> None:
        try:
            await until(lambda: status.text() == "Opening")
            assert "Opening shop" in shown_words(session)
        finally:
            slow_shop.may_open.set()
        await until(lambda: session.workspace is not None)
        await until(lambda: status.text() != "Opening")
        assert session.window.listings_page.isVisible()

    run(session, journey, qapp)


def test_a_store_that_cannot_be_opened_is_not_said_to_be_opening(
    slow_shop: SlowShop, qapp: QApplication
) -> None:
    """The file of its store is another program's."""
    qapp.setQuitOnLastWindowClosed(False)
    store = slow_shop.paths.workspace("shop").store
    store.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(store)) as foreign:
        foreign.execute("CREATE TABLE theirs(x)")
    session = opened(qapp, slow_shop.paths)
    status = session.window.sidebar.status
    told: list[Message] = []
    session.tools.messages.posted.connect(told.append)

    async def journey() -> None:
        try:
            await until(lambda: status.text() == "Opening")
        finally:
            slow_shop.may_open.set()
        await until(lambda: any("of another program" in one.text for one in told))
        assert status.text() == "No workspace"
        assert session.window.listings_page.isVisible()

    run(session, journey, qapp)

"""A damaged store, as the window tells of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from koda_desktop.controllers.messages import Level, Message
from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry
from tests.app.test_session import opened, run, until
from tests.sync.store import damaging


def test_the_window_warns_of_what_was_saved_when_the_workspace_opens(
    tmp_path: Path, qapp: QApplication
) -> None:
    qapp.setQuitOnLastWindowClosed(False)
    paths = Paths(tmp_path / "data").ensure()
    Registry(paths).add(WorkspaceInfo("drafts", WorkspaceKind.OFFLINE))
    life = damaging.live(paths.workspace("drafts").ensure().store.parent, drafts=2, published=10)
    damaging.overwrite(life.store, 0, bytes(4096))
    session = opened(qapp, paths)
    told: list[Message] = []
    session.tools.messages.posted.connect(told.append)

    async def journey() -> None:
        await until(lambda: bool(told))
        draft = next(iter(life.drafts))
        session.window.show_listing(draft)
        await until(lambda: session.window.listings_page.shown_id() == draft)

    run(session, journey, qapp)
    assert [one.level for one in told] == [Level.WARNING]
    assert "3 drafts and" in told[0].text
    assert damaging.aside(life.store).name in told[0].text

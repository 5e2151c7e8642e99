"""The engine of a workspace: started once it is asked for, and never after it was closed."""

from __future__ import annotations

import threading
from pathlib import Path

from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.parts import open_parts

OFFLINE = WorkspaceInfo("drafts", WorkspaceKind.OFFLINE)


def loops() -> set[str]:
    return {one.name for one in threading.enumerate() if one.name.startswith("koda-")}


def test_it_runs_from_the_start_to_the_end(tmp_path: Path) -> None:
    before = loops()
    parts = open_parts(Paths(tmp_path).ensure(), OFFLINE)
    parts.engine.start()
    assert {"koda-engine", "koda-sales", "koda-settling"} <= loops()
    parts.close()
    assert loops() == before


def test_who_quits_while_it_starts_has_nothing_started_afterwards(tmp_path: Path) -> None:
    before = loops()
    parts = open_parts(Paths(tmp_path).ensure(), OFFLINE)
    parts.engine.get()
    parts.close()
    parts.engine.start()
    assert loops() == before

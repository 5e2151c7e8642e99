"""``koda sync --watch``: a line for each thing that happens, and a clean end when it is told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.cli.watching import News
from koda_desktop.errors import GatesUnmet
from koda_desktop.runtime.paths import Paths
from koda_desktop.sync.rows import Changes
from koda_desktop.workspace.facade import Workspace
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry
from tests.cli.conftest import Koda
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

INFO = WorkspaceInfo("shop", WorkspaceKind.OFFLINE)
ALL = Changes(operations=True, transfers=True, status=True)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths(tmp_path).ensure()
    Registry(made).add(INFO)
    return made


@pytest.fixture
def desk(paths: Paths, server: Server) -> Iterator[Desk]:
    made = Desk(paths.workspace("shop").ensure().store.parent, server)
    yield made
    made.close()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def workspace(paths: Paths, desk: Desk) -> Iterator[Workspace]:
    made = Workspace.open(paths, INFO)
    yield made
    made.close()


def told(news: News, changes: Changes = ALL) -> list[dict[str, Any]]:
    return [record for record, _ in news.since(changes)]


def test_each_thing_is_told_once_and_in_order(
    workspace: Workspace, desk: Desk, server: Server
) -> None:
    news = News(workspace)
    assert [one["event"] for one in told(news)] == ["link"]
    listing_id = desk.published(title="Base")
    events = told(news, Changes(frozenset({listing_id}), operations=True, transfers=True))
    assert [(one["event"], one.get("verb", "")) for one in events] == [
        ("sent", "upload"),
        ("sent", "register"),
        ("published", "verify"),
        ("transfer", ""),
        ("listing", ""),
    ]
    assert told(news) == []
    desk.commands.edit(listing_id, {"title": "Mine", "price": 7})
    server.web_edit(listing_id, title="Theirs")
    desk.engine.run_round()
    events = told(news)
    assert [one["event"] for one in events] == ["sent", "conflict"]
    assert events[0]["fields"] == ["price"]
    assert (events[1]["field"], events[1]["theirs"]) == ("title", "Theirs")


def test_a_refusal_is_told_with_its_reason(workspace: Workspace, desk: Desk) -> None:
    news = News(workspace)
    told(news)
    desk.commands.publish([desk.draft()])
    desk.faults.refuse("register", GatesUnmet("Payouts are not set up."))
    desk.engine.run_round()
    parked = next(one for one in told(news) if one["event"] == "parked")
    assert parked["error"]["what"] == "Payouts are not set up."
    assert told(news) == []


def test_a_listing_that_is_gone_is_told(workspace: Workspace, desk: Desk) -> None:
    news, listing_id = News(workspace), desk.draft()
    changes = Changes(frozenset({listing_id}), catalogue=True)
    assert [one["event"] for one in told(news, changes)] == ["listing"]
    desk.commands.delete_draft(listing_id)
    assert [one["event"] for one in told(news, changes)] == ["removed"]


def test_watching_needs_the_marketplace(koda: Koda, paths: Paths) -> None:
    said = koda("sync", "--watch", "--offline", "--json", "--data-dir", paths.root)
    assert (said.code, said.record["error"]["code"]) == (1, "offline")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_it_is_told_to(paths: Paths, number: signal.Signals) -> None:
    code = "import sys; from koda_desktop.cli import main; sys.exit(main())"
    words = ["sync", "--watch", "--json", "--data-dir", str(paths.root)]
    command = [sys.executable, "-c", code, *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stderr is not None
        assert child.stderr.readline().startswith("Watching")
        child.send_signal(number)
        out, err = child.communicate(timeout=30)
    assert child.returncode == 0, err
    assert json.loads(out.splitlines()[-1])["event"] == "stopped"

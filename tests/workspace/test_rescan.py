"""Files of listings looked at again, over a real store and with the real detectors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.errors import GatesUnmet, LocalFault
from koda_desktop.runtime.work import CancelToken, Progress
from koda_desktop.sync.rows import ListingQuery, ListingState, Selection
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Inspection, Problem, Severity
from koda_desktop.workspace.rescan import Rescan, RescanReport, Standing
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

KEY = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
ALL = Selection(query=ListingQuery())


def workflow(name: str, secret: str = "", *, starts: bool = True) -> bytes:
    """An n8n export; with ``secret`` in the header of a request. What never starts is warned of."""
    headers = {"parameters": [{"name": "Authorization", "value": f"Bearer {secret}"}]}
    node = {
        "parameters": {"url": "https://api.stripe.com/v1/charges", "headerParameters": headers},
        "id": "1",
        "name": "Ask",
        "type": "n8n-nodes-base.httpRequest",
        "typeVersion": 4.2,
        "position": [200, 0],
    }
    start = {
        "parameters": {},
        "id": "0",
        "name": "Start",
        "type": "n8n-nodes-base.manualTrigger",
        "typeVersion": 1,
        "position": [0, 0],
    }
    nodes = [start, node] if starts else [node]
    leads = {"Start": {"main": [[{"node": "Ask", "type": "main", "index": 0}]]}}
    return json.dumps(
        {"name": name, "nodes": nodes, "connections": leads if starts else {}}
    ).encode()


class Shelf:
    """Drafts whose files the detectors of yesterday took for sound."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder, Server())
        parts = self.desk.parts
        self.staging = parts.staging
        self.rescan = Rescan(
            parts.store, parts.staging, self.desk.commands, self.desk.reads.selected
        )

    def look(self, **options: Any) -> RescanReport:
        return self.rescan.look(ALL, inspect_path, **options)

    def draft(self, name: str, secret: str = "") -> str:
        return self.desk.draft(name, data=workflow(name, secret))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.desk.close()


def found(report: RescanReport) -> dict[str, Standing]:
    return {line.title: line.standing for line in report.lines}


def test_secrets_are_told_masked_and_hold_a_draft_back(shelf: Shelf) -> None:
    clean, leaky = shelf.draft("Clean"), shelf.draft("Leaky", KEY)
    before = shelf.desk.reads.listing(leaky)
    shelf.desk.draft("Odd", data=workflow("Odd", starts=False))
    report = shelf.look()
    assert report.counts == {Standing.SECRETS: 1, Standing.WARNINGS: 1, Standing.CLEAN: 1}
    line, odd = report.worst_first()
    assert "trigger" in odd.words[0]
    assert not odd.is_held
    assert (line.listing_id, line.is_held, line.is_published) == (leaky, True, False)
    assert line.words
    assert KEY not in "".join(line.words)
    with pytest.raises(GatesUnmet, match="errors or secrets"):
        shelf.desk.commands.publish([leaky])
    after = shelf.desk.reads.listing(leaky)
    assert after.document == before.document
    assert after.inspection is not None
    assert before.inspection is not None
    assert after.inspection["sha256"] == before.inspection["sha256"]
    assert KEY not in json.dumps(after.inspection)
    shelf.desk.commands.publish([clean])


def test_what_was_kept_out_is_free_once_nothing_stands_against_it(shelf: Shelf) -> None:
    leaky, clean = shelf.draft("Leaky", KEY), shelf.draft("Clean")
    assert shelf.look().held == 1

    def allow(path: Path) -> Inspection:
        return inspect_path(path, allowed=allowed)

    # Other values may be in the file than those a person allowed.
    allowed = frozenset({"0" * 64})
    assert shelf.rescan.look(ALL, allow).held == 1
    allowed = frozenset({hashlib.sha256(KEY.encode()).hexdigest()})
    report = shelf.rescan.look(ALL, allow)
    assert (report.freed, report.held) == (1, 0)
    [line] = [one for one in report.lines if one.is_freed]
    assert line.listing_id == leaky
    assert "may be published now" in line.words[0]
    shelf.desk.commands.publish([leaky, clean])
    assert shelf.rescan.look(ALL, allow).freed == 0


def test_errors_in_the_file_keep_it_out_though_the_secrets_are_gone(shelf: Shelf) -> None:
    leaky = shelf.draft("Leaky", KEY)
    assert shelf.look().held == 1

    def damaged(path: Path) -> Inspection:
        found = inspect_path(path)
        error = Problem(Severity.ERROR, "broken", "", "It does not start.")
        return replace(found, secrets=(), problems=(error,))

    assert shelf.rescan.look(ALL, damaged).freed == 0
    with pytest.raises(GatesUnmet):
        shelf.desk.commands.publish([leaky])


def test_a_publication_that_waits_is_taken_back(shelf: Shelf) -> None:
    leaky = shelf.draft("Leaky", KEY)
    shelf.desk.commands.publish([leaky])
    assert shelf.desk.reads.listing(leaky).row.state is ListingState.WAITING
    [line] = shelf.look().lines
    assert line.is_held
    assert shelf.desk.reads.listing(leaky).row.state is ListingState.DRAFT
    with pytest.raises(GatesUnmet):
        shelf.desk.commands.publish([leaky])


def test_what_buyers_have_already_is_told_and_left_as_it_is(shelf: Shelf) -> None:
    leaky = shelf.desk.published(title="Out", data=workflow("Out", KEY))
    before = shelf.desk.reads.listing(leaky)
    [line] = shelf.look().lines
    assert (line.standing, line.is_published, line.is_held) == (Standing.SECRETS, True, False)
    assert shelf.desk.reads.listing(leaky) == before


def test_files_that_are_not_here_are_named_with_what_to_do(shelf: Shelf, tmp_path: Path) -> None:
    data = workflow("Fetched")
    fetched = shelf.desk.published(title="Fetched", data=data)
    lost = shelf.draft("Lost")
    for listing_id in (fetched, lost):
        shelf.staging.path(shelf.desk.reads.listing(listing_id).file_sha256).unlink()
    report = shelf.look()
    assert found(report) == {"Fetched": Standing.ABSENT, "Lost": Standing.ABSENT}
    words = {line.title: line.words[0] for line in report.lines}
    assert "Save file" in words["Fetched"]
    assert "Give it the file again" in words["Lost"]
    target = tmp_path / "mine.json"
    sha256 = shelf.desk.reads.listing(fetched).file_sha256
    shelf.desk.parts.store.write(
        lambda tx: tx.run(
            "INSERT INTO transfer(id, op_id, lane, title, file_name, size, sha256, state,"
            " created_at, direction, target) VALUES ('d', 'd', ?, '', '', 0, ?, 'done', '',"
            " 'down', ?)",
            (fetched, sha256, str(target)),
        )
    )
    target.write_bytes(data)
    assert found(shelf.look()) == {"Lost": Standing.ABSENT}
    # A person wrote into it since: it is not the listing's file any more.
    target.write_bytes(data.replace(b"Ask", b"Ash"))
    assert found(shelf.look()) == {"Fetched": Standing.ABSENT, "Lost": Standing.ABSENT}


def test_one_file_that_cannot_be_looked_at_stops_no_other(shelf: Shelf) -> None:
    for name in "ABC":
        shelf.draft(name)
    lost = shelf.desk.reads.listing(shelf.draft("D")).file_sha256

    def inspect(path: Path) -> Inspection:
        if path.name == lost:
            raise LocalFault("The process was ended.", remedy="Close other programs.")
        return inspect_path(path)

    report = shelf.rescan.look(ALL, inspect, workers=3)
    assert report.counts == {Standing.FAILED: 1, Standing.CLEAN: 3}
    assert report.worst_first()[0].words == ("The process was ended. Close other programs.",)


def test_it_says_how_far_it_is_and_stops_where_it_is(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koda_desktop.workspace.rescan.AT_ONCE", 2)
    for number in range(7):
        shelf.draft(f"Number {number}")
    told: list[Progress] = []
    token = CancelToken()

    def report(progress: Progress) -> None:
        told.append(progress)
        if progress.done == 3:
            token.cancel()

    done = shelf.look(cancel=token, progress=report)
    assert (done.is_stopped, done.looked_at, done.total) == (True, 3, 7)
    assert [one.done for one in told] == [1, 2, 3]
    whole = shelf.look()
    assert (whole.is_stopped, whole.looked_at) == (False, 7)

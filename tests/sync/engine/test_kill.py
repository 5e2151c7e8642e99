"""Real kill -9 of a real process at every named step, then a restart: published exactly once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from koda_desktop.sync import queries
from koda_desktop.sync.rows import ListingQuery, ListingState
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.store import Store
from tests.pictures import png
from tests.sync.engine.wire import Wire
from tests.sync.fake_marketplace import ACTOR, Server

ROOT = Path(__file__).parents[3]
STEPS = (
    "queued",
    "upload.frozen",
    "upload.granted",
    "upload.sent",
    "upload.done",
    "preview.frozen",
    "preview.granted",
    "preview.sent",
    "preview.done",
    "register.frozen",
    "register.sent",
    "register.done",
    "verify.frozen",
    "verify.read",
    "verify.done",
    "edit.queued",
    "edit.frozen",
    "edit.sent",
    "edit.done",
    "revise.queued",
    "revise.frozen",
    "revise.sent",
    "revise.done",
    "pull.read",
    "pull.saved",
)


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    wire = Wire(server, ACTOR)
    yield wire
    wire.close()


def run_child(folder: Path, wire: Wire, step: str, times: int) -> int:
    command = [sys.executable, "-m", "tests.sync.engine.child", str(folder), wire.url, step]
    done = subprocess.run(
        [*command, str(times)], cwd=ROOT, timeout=60, capture_output=True, text=True
    )
    if done.returncode not in (0, -signal.SIGKILL):
        pytest.fail(done.stderr)
    return done.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_everything_happens_exactly_once(
    tmp_path: Path, server: Server, wire: Wire, step: str
) -> None:
    twice = ("upload", "preview", "register", "verify", "revise", "pull")
    times = 2 if step.partition(".")[0] in twice and step != "revise.queued" else 1
    assert run_child(tmp_path, wire, step, times) == -signal.SIGKILL, f"{step} was never reached"
    assert run_child(tmp_path, wire, "never", 1) == 0

    assert len(server.products) == 3
    assert Counter(server.inserts) == Counter(list(server.products))
    # The file, the picture and the other file of each.
    assert len(server.puts) == len(server.objects) == 9
    shown = [server.objects[one["previewImageUrl"]] for one in server.products.values()]
    assert sorted(shown) == sorted(png(grey=n) for n in range(3))
    changed = Counter(listing_id for listing_id, _ in server.applied)
    assert changed == Counter([*server.products, *server.products])
    assert sorted(server.objects[one["fileUrl"]] for one in server.products.values()) == [
        b"revised Edited T0",
        b"revised Edited T1",
        b"revised Edited T2",
    ]
    assert {one["version"] for one in server.products.values()} == {"2.0.0"}
    assert sorted(one["title"] for one in server.products.values()) == [
        "Edited T0",
        "Edited T1",
        "Edited T2",
    ]
    assert not check_store(tmp_path / "store.sqlite")
    store = Store(tmp_path / "store.sqlite", derive_touched)
    rows = store.read(lambda db: queries.rows(db, queries.keys(db, ListingQuery())))
    left = store.read(lambda db: db.value("SELECT count(*) FROM outbox"))
    store.close()
    assert [row.state for row in rows] == [ListingState.PUBLISHED] * 3
    assert left == 0

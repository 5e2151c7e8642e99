"""Stores put back from a copy at a random moment of a random history."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server
from tests.sync.restoring import back_up, put_back, settle

CALLS = ("push", "register", "request_upload", "put", "read_back")
LISTINGS = 3
EDITS = st.tuples(
    st.just("edit"), st.integers(0, LISTINGS - 1), st.sampled_from(["title", "description"])
)
ACTIONS = st.one_of(
    EDITS,
    EDITS,
    st.tuples(
        st.just("web"), st.integers(0, LISTINGS - 1), st.sampled_from(["title", "description"])
    ),
    st.tuples(st.sampled_from(["publish", "retry"]), st.integers(0, LISTINGS - 1)),
    st.tuples(st.just("sync")),
    st.tuples(st.just("lose"), st.sampled_from(CALLS)),
    st.tuples(st.just("crash"), st.integers(1, 8)),
)
HISTORY = st.lists(ACTIONS, max_size=6)
BUSY = 15
"""More numbers than an edit that is taken back again and again would catch up with by itself."""


class Crash(BaseException):
    """The process is gone: nothing after it runs, and memory is lost."""


class Timeline:
    """A seller's days. Every value is given once, so that where it is seen, it was not lost."""

    def __init__(self, folder: Path) -> None:
        self._count = 0
        self._left: int | None = None
        self.reached: set[str] = set()
        """Every value that was at the server at some moment."""
        self.server = Server()
        self.desk = Desk(folder / "desk", self.server, on_step=self._note)
        self.ids = [self.desk.draft(title=f"T{n}") for n in range(LISTINGS)]
        self.desk.commands.publish(self.ids[:1])
        self.desk.engine.run_round()
        self.accepted: dict[tuple[str, str], str] = {}
        """The last value that was accepted here for a field, as far as this timeline goes."""

    def live(self, history: list[tuple[Any, ...]]) -> None:
        for action in history:
            self._do(action)
            self._see()

    def _do(self, action: tuple[Any, ...]) -> None:
        match action:
            case "edit", number, field:
                self._edit(self.ids[number], field)
            case "web", number, field if self.ids[number] in self.server.products:
                self.server.web_edit(self.ids[number], **{field: self._value()})
            case "publish", number:
                self.desk.commands.publish([self.ids[number]])
            case "retry", number:
                self.desk.commands.retry(self.ids[number])
            case "lose", call:
                self.desk.faults.lose_reply(call)
                self.desk.engine.run_round()
                self.desk.faults.heal()
            case "crash", step:
                self._crash(step)
            case _:
                self.desk.engine.run_round()

    def _see(self) -> None:
        for document in self.server.products.values():
            self.reached |= {document["title"], document["description"]}

    def _note(self, _: str) -> None:
        self._see()
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                raise Crash

    def _value(self) -> str:
        self._count += 1
        return f"Value {self._count}"

    def _edit(self, listing_id: str, field: str) -> None:
        value = self._value()
        self.desk.commands.edit(listing_id, {field: value})
        self.accepted[listing_id, field] = value

    def _crash(self, step: int) -> None:
        self._left = step
        try:
            self.desk.engine.run_round()
        except Crash:
            self.desk.reopen()
        self._left = None

    def check(self) -> None:
        """What was accepted is in the row, which shows it until it is settled, or it arrived."""
        settle(self.desk)
        for (listing_id, field), value in self.accepted.items():
            shown = self.desk.reads.listing(listing_id).document[field]
            assert shown == value or value in self.reached
        for listing_id, document in self.server.products.items():
            detail = self.desk.reads.listing(listing_id)
            assert detail.is_at_server
            for field in {"title", "description"} - {*detail.pending_fields}:
                assert detail.document[field] == document[field]


@given(
    before=HISTORY,
    lost=HISTORY,
    after=HISTORY,
    raw=st.booleans(),
    is_busy=st.booleans(),
    again=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_whatever_happened_around_a_copy_nothing_is_lost_or_done_twice(
    before: list[tuple[Any, ...]],
    lost: list[tuple[Any, ...]],
    after: list[tuple[Any, ...]],
    raw: bool,
    is_busy: bool,
    again: bool,
) -> None:
    """What was only here since the copy is gone with it; all else is kept. ``again``: put back
    twice.
    """
    busy = [("edit", 0, "title"), ("sync",)] * (BUSY if is_busy else 0)
    folder = Path(tempfile.mkdtemp(prefix="koda-copies-"))
    time = Timeline(folder)
    try:
        time.live(before)
        copy = back_up(time.desk, folder / "copy", is_raw=raw)
        accepted = dict(time.accepted)
        for future in (lost, after) if again else (lost,):
            time.live([*future, *busy])
            put_back(time.desk, copy)
            time.accepted = dict(accepted)
        time.live([*after, ("edit", 0, "description")])
        time.check()
    finally:
        time.desk.close()
        shutil.rmtree(folder)

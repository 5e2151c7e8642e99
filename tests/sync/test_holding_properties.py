"""Whatever a person, the web application and the network do, no value that was typed is lost.

A value that was accepted is shown here, or has been at the server, until the person replaces,
drops or settles it otherwise; what is held never goes out; the store's invariants hold throughout.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from koda_desktop.errors import KodaError, ServerDown
from koda_desktop.sync.conflict_rows import Choice, ConflictRow, Resolution
from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.rows import OperationState
from koda_desktop.sync.store.invariants import check_invariants
from koda_desktop.sync.work import WorkCommands
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

FIELDS = st.sampled_from(("title", "description", "previewImageUrl"))
"""Tags merge by themselves: see ``test_merge``."""
ROUNDS = 3


class Holding(RuleBasedStateMachine):
    """One computer with one published listing, its person, and the web application."""

    @initialize()
    def publish(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.server = Server()
        self.desk = Desk(self.folder, self.server)
        self.work = WorkCommands(self.desk.store, self.desk.parts.stamps)
        self.id = self.desk.published()
        self.alive: dict[str, Any] = {}
        self.settled: dict[str, Any] = {}
        """What was typed of each field that was settled last, while nothing else was typed."""
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.close()
            shutil.rmtree(self.folder)

    def _fresh(self, who: str) -> str:
        self.number += 1
        return f"{who}-{self.number}"

    @property
    def _product(self) -> dict[str, Any]:
        return self.server.products[self.id]

    # -- the person --

    @rule(field=FIELDS)
    def edit(self, field: str) -> None:
        value = self._fresh("mine")
        is_held = bool(self._held())
        self.desk.commands.edit(self.id, {field: value})
        self.alive[field] = value
        self.settled.pop(field, None)
        assert not is_held or self._held()[field] == value

    @rule()
    def hold(self) -> None:
        self.work.hold([one.operation_id for one in self.desk.reads.operations(0)])

    @rule()
    def let_go(self) -> None:
        self.work.let_go([one.operation_id for one in self.desk.reads.operations(0)])
        assert self.desk.reads.status().held == 0

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.work.pause_sending(paused)

    @rule(place=st.integers(0, 2))
    def drop(self, place: int) -> None:
        waiting = self.desk.reads.operations(0)
        if place >= len(waiting):
            return
        row = waiting[place]
        try:
            self.work.drop([row.operation_id])
        except KodaError:
            assert not row.can_drop
            assert self.desk.reads.operations(0) == waiting
            return
        assert row.can_drop
        for change in row.changes:
            if self.alive.get(change.field) == change.after.value:
                del self.alive[change.field]

    @rule(choice=st.sampled_from(Choice), is_seen=st.booleans())
    def settle(self, choice: Choice, is_seen: bool) -> None:
        for row in self.desk.reads.conflicts()[:1]:
            value = self._fresh("other") if choice is Choice.VALUE else None
            seen = row.theirs if is_seen else None
            wanted = Resolution(self.id, row.field, choice, value, seen)
            if choice is Choice.BOTH and not row.can_keep_both:
                return
            assert self.work.resolve([wanted]) == 1
            self._settled(row, choice, value)

    def _settled(self, row: ConflictRow, choice: Choice, value: Any) -> None:
        self.settled = {row.field: row.mine.value}
        if choice is Choice.THEIRS:
            del self.alive[row.field]
        elif choice is not Choice.MINE:
            self.alive[row.field] = self._shown.get(row.field)
            assert value in (None, self.alive[row.field])

    @rule()
    def take_back(self) -> None:
        count = self.desk.reads.can_undo_resolve()
        try:
            assert self.work.undo_resolve() == count
        except KodaError:
            assert count == 0
            return
        for one in self.desk.reads.operations(0):
            for change in one.changes:
                if self.alive.get(change.field, ABSENT) != change.after.value:
                    assert change.after.value == self.settled[change.field]
                    self.alive[change.field] = change.after.value

    # -- the world --

    @rule(field=FIELDS, is_removed=st.booleans())
    def web_edit(self, field: str, is_removed: bool) -> None:
        if is_removed and field == "previewImageUrl":
            self._product.pop(field, None)
            self.server.web_edit(self.id)
        else:
            self.server.web_edit(self.id, **{field: self._fresh("theirs")})

    @rule(fault=st.sampled_from(("", "lost", "down", "unread")))
    def sync(self, fault: str) -> None:
        self.desk.faults.heal()
        if fault == "lost":
            self.desk.faults.lose_reply("push")
        elif fault:
            self.desk.faults.refuse("push" if fault == "down" else "listings", ServerDown("No."))
        before, applied = dict(self._product), len(self.server.applied)
        held = self._held()
        is_paused = self.desk.reads.status().is_paused
        self.desk.engine.run_round()
        assert not is_paused or len(self.server.applied) == applied
        for field, value in held.items():
            assert self._product.get(field) != value or before.get(field) == value
        self._arrive()

    def _held(self) -> dict[str, Any]:
        rows = self.desk.reads.operations(0)
        held = [one for one in rows if one.state is OperationState.HELD]
        return {change.field: change.after.value for one in held for change in one.changes}

    def _arrive(self) -> None:
        """What is at the server has arrived; it is the marketplace's to change from now on."""
        waiting = self._waiting()
        for field, value in [*self.alive.items()]:
            if self._product.get(field, ABSENT) == value and field not in waiting:
                del self.alive[field]

    def _waiting(self) -> set[str]:
        return {change.field for one in self.desk.reads.operations(0) for change in one.changes}

    # -- what matters most, often enough --

    @rule(field=FIELDS, is_more=st.booleans())
    def clash(self, field: str, is_more: bool) -> None:
        """The same field is changed on both sides, and more work may wait beside it."""
        self.let_go()
        self.work.pause_sending(False)
        self.edit(field)
        self.web_edit(field, is_removed=False)
        self.sync("")
        if is_more:
            self.edit("description" if field == "title" else "title")

    @rule(field=FIELDS)
    def hold_and_go_on(self, field: str) -> None:
        """Work is held, and then changed."""
        self.edit(field)
        self.hold()
        self.edit(field)

    @rule(choice=st.sampled_from(Choice), field=FIELDS)
    def settle_and_go_on(self, choice: Choice, field: str) -> None:
        """A conflict is settled, something is changed, and the settling is taken back."""
        self.settle(choice, is_seen=True)
        self.edit(field)
        self.take_back()

    # -- what must hold --

    @property
    def _shown(self) -> dict[str, Any]:
        return self.desk.reads.listing(self.id).document

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "desk"):
            shown, waiting = self._shown, self._waiting()
            for field, value in self.alive.items():
                assert shown.get(field, ABSENT) == value, field
                assert field in waiting or self._product.get(field) == value, field

    @invariant()
    def the_store_is_sound(self) -> None:
        if hasattr(self, "desk"):
            broken = self.desk.store.read(lambda db: check_invariants(db, self.desk.staging))
            assert broken == ()

    @invariant()
    def conflicts_keep_what_was_typed(self) -> None:
        if hasattr(self, "desk"):
            for row in self.desk.reads.conflicts():
                assert self.alive[row.field] == row.mine.value
                assert "theirs" in str(row.theirs.value) or not row.theirs.is_set

    @rule()
    def come_to_rest(self) -> None:
        """Let go, settle and heal everything: both sides agree within three rounds."""
        self.work.pause_sending(False)
        self.desk.faults.heal()
        for _ in range(ROUNDS):
            self.let_go()
            for row in self.desk.reads.conflicts():
                self.work.resolve([Resolution(self.id, row.field, Choice.MINE)])
                self.settled = {row.field: row.mine.value}
            self.desk.engine.run_round()
        assert self.desk.reads.operations(0) == []
        shown = self._shown
        assert all(self._product.get(field) == value for field, value in self.alive.items())
        assert {name: shown.get(name) for name in ("title", "description", "tags")} == {
            name: self._product.get(name) for name in ("title", "description", "tags")
        }
        self.alive.clear()


Holding.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestHolding = Holding.TestCase

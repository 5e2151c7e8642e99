"""Random work, faults, crashes and a foreign writer; DESIGN's invariants after every step."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from koda_desktop.errors import Refused, ServerDown
from koda_desktop.sync import outbox
from koda_desktop.sync.rows import ListingQuery, ListingState, OperationState, Verb
from koda_desktop.sync.states import derive
from koda_desktop.sync.store.database import Db
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

CALLS = ("request_upload", "put", "register", "read_back", "digest", "push", "listings", "gates")
FIELDS = ("title", "price", "tags")
VALUES = {
    "title": st.sampled_from(["Alpha", "Beta", "Gamma", "Delta"]),
    "price": st.integers(1, 4),
    "tags": st.lists(st.sampled_from("xyz"), unique=True, max_size=2),
}
CHANGES = st.fixed_dictionaries({}, optional=VALUES).filter(bool)
Key = tuple[str, str]


class Crash(BaseException):
    """The process is gone: nothing after it runs, and memory is lost."""


class SyncMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="koda-machine-"))
        self.server = Server()
        self.desk = Desk(self.folder, self.server)
        self.ids: list[str] = []
        self.last_edit: dict[Key, object] = {}
        """The newest local value of a field that a person saw accepted and did not drop."""
        self.at_server: defaultdict[Key, list[object]] = defaultdict(list)
        self.shown: defaultdict[Key, list[object]] = defaultdict(list)

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.desk.close()
            shutil.rmtree(self.folder)

    # -- what people and servers do --

    @precondition(lambda self: len(self.ids) < 4)
    @rule(changes=CHANGES)
    def draft(self, changes: dict[str, Any]) -> None:
        listing_id = self.desk.draft(**changes)
        self.ids.append(listing_id)

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), changes=CHANGES)
    def edit(self, data: st.DataObject, changes: dict[str, Any]) -> None:
        listing_id = data.draw(st.sampled_from(self.ids))
        self.desk.commands.edit(listing_id, changes)
        self.last_edit |= {(listing_id, name): value for name, value in changes.items()}

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), what=st.sampled_from(["publish", "withdraw", "retry"]))
    def command(self, data: st.DataObject, what: str) -> None:
        listing_id = data.draw(st.sampled_from(self.ids))
        try:
            if what == "publish":
                self.desk.commands.publish([listing_id])
            else:
                getattr(self.desk.commands, what)(listing_id)
        except Refused:
            assert what != "retry"

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def discard(self, data: st.DataObject) -> None:
        listing_id = data.draw(st.sampled_from(self.ids))
        dropped = set(self.desk.reads.listing(listing_id).pending_fields)
        try:
            self.desk.commands.discard_changes(listing_id)
        except Refused:
            return
        left = set(self.desk.reads.listing(listing_id).pending_fields)
        for name in dropped - left:
            self.last_edit.pop((listing_id, name), None)

    @precondition(lambda self: self.server.products)
    @rule(data=st.data(), changes=CHANGES)
    def web_edit(self, data: st.DataObject, changes: dict[str, Any]) -> None:
        listing_id = data.draw(st.sampled_from(sorted(self.server.products)))
        self.server.web_edit(listing_id, **changes)
        self.note_server()

    @rule(
        lost=st.sets(st.sampled_from(CALLS), max_size=2),
        down=st.sets(st.sampled_from(CALLS), max_size=1),
        crash_at=st.one_of(st.none(), st.integers(1, 12)),
    )
    def run_round(self, lost: set[str], down: set[str], crash_at: int | None) -> None:
        for call in sorted(down - lost):
            self.desk.faults.refuse(call, ServerDown("Down."), once=True)
        for call in sorted(lost):
            self.desk.faults.lose_reply(call)
        steps = iter(range(1, 1_000))

        def on_step(_: str) -> None:
            self.note_server()
            if next(steps) == crash_at:
                raise Crash

        self.desk.on_step = on_step
        try:
            self.desk.engine.run_round()
        except Crash:
            self.desk.reopen()
        self.desk.on_step = lambda _: None
        self.desk.faults.heal()
        self.note_server()

    @rule()
    def restart(self) -> None:
        self.desk.reopen()

    # -- what must be true --

    def note_server(self) -> None:
        for listing_id, document in self.server.products.items():
            for name in FIELDS:
                seen = self.at_server[listing_id, name]
                if not seen or seen[-1] != document[name]:
                    seen.append(document[name])

    def documents(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for listing_id in self.ids:
            yield listing_id, self.desk.reads.listing(listing_id).document

    @invariant()
    def what_was_accepted_is_somewhere(self) -> None:
        """1: in the row (and so in the outbox or a conflict), or it reached the server."""
        shown = dict(self.documents())
        for (listing_id, name), value in self.last_edit.items():
            reached = self.at_server[listing_id, name]
            assert shown[listing_id].get(name) == value or value in reached, (name, value, reached)

    @invariant()
    def nothing_happens_twice(self) -> None:
        """2: each operation changed the server once; each listing and object was made once."""
        for counted in (self.server.applied, self.server.inserts, self.server.puts):
            assert all(times == 1 for times in Counter(counted).values()), counted

    @invariant()
    def lanes_keep_their_order(self) -> None:
        """3: the receipts of a lane only grow, and a registration comes before every edit."""
        for listing_id in self.ids:
            numbers = self.server.collection.sequences[listing_id]
            assert numbers == sorted(set(numbers))

    @invariant()
    def the_cursor_is_never_ahead_of_the_rows(self) -> None:
        """4: every document the cursor has passed is here."""
        row = self.desk.store.read(lambda db: db.row("SELECT updated_at, last_id FROM cursor"))
        known = {row.id for row in self.desk.reads.rows(self.desk.reads.keys(ListingQuery()))}
        for listing_id, document in self.server.products.items():
            if row and (document["updatedAt"], listing_id) <= tuple(row):
                assert listing_id in known

    @invariant()
    def nobody_is_overwritten_unseen(self) -> None:
        """6: an edit replaces only a value that was shown here, never one nobody saw."""
        for listing_id, document in self.documents():
            detail = self.desk.reads.listing(listing_id)
            sides = ((detail.error or {}).get("facts") or {}).get("fields") or {}
            for name in FIELDS:
                self.shown[listing_id, name].append(document.get(name))
                self.shown[listing_id, name].append((sides.get(name) or {}).get("theirs"))
        for listing_id, replaced in self.server.collection.replaced:
            for name, value in replaced.items():
                assert value in self.shown[listing_id, name], (name, value)

    @invariant()
    def states_and_bases_follow_from_the_work(self) -> None:
        self.desk.store.read(self.check_rows)

    def check_rows(self, db: Db) -> None:
        for listing_id in self.ids:
            state, message, at_server, base = db.rows(
                "SELECT state, message, is_at_server, edited IS NOT NULL FROM entity WHERE id = ?",
                (listing_id,),
            )[0]
            lane = outbox.lane(db, listing_id)
            assert (state, message) == derive(bool(at_server), lane)
            edits = [one for one in lane if one.verb is Verb.EDIT]
            assert bool(edits) == bool(base)
            kinds = Counter(
                "frozen" if one.is_frozen else "conflict" if one.is_conflict else "open"
                for one in edits
            )
            assert all(times == 1 for times in kinds.values()), kinds
            fields = [name for one in edits if not one.is_frozen for name in one.changes]
            assert len(fields) == len(set(fields))

    def settle(self) -> None:
        """5: with no faults and no edits all is sent, or differs in open conflicts alone."""
        for listing_id in self.ids:
            self.desk.commands.retry(listing_id)
        for _ in range(3):
            report = self.desk.engine.run_round()
        assert report.problem is None
        assert report.waiting == 0
        assert {one.error and one.error["code"] for one in report.parked} <= {"conflict"}
        for listing_id, document in self.documents():
            detail = self.desk.reads.listing(listing_id)
            if detail.row.state is ListingState.DRAFT:
                assert listing_id not in self.server.products
                continue
            for name in FIELDS:
                if name not in detail.pending_fields:
                    assert document[name] == self.server.products[listing_id][name]
        states = {one.state for one in self.desk.reads.operations(0)}
        assert states <= {OperationState.PARKED}


TestSync = SyncMachine.TestCase
TestSync.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)

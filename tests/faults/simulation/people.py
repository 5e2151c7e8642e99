"""What people do at a device, drawn from the seed: each action is a real command of the program."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from koda_desktop.sync import outbox
from koda_desktop.sync.pictures import NO_PICTURES, Pictures
from koda_desktop.sync.rows import ListingQuery, ListingRow, Verb
from koda_desktop.sync.store.database import Db
from tests.faults.simulation import activity
from tests.faults.simulation.device import Device
from tests.faults.simulation.history import FILE, TRACKED, Atom, Key, atoms, value_of
from tests.faults.simulation.snapshot import Row, Snapshot
from tests.faults.simulation.truth import Truth
from tests.pictures import png
from tests.sync.desk import inspection

if TYPE_CHECKING:
    from tests.faults.simulation.world import World

LISTINGS_MAX = 6
FIELDS = ("title", "price", "tags", "description", "version")
Action = Callable[[], str]
FILES = {"draft": 8, "publish": 12, "revise": 6, "download": 12, "edit": 3, "delete draft": 2}
"""How often people do these where it is files that matter."""


class Person:
    """Sits at one device. What they saw accepted is kept in ``truth``."""

    def __init__(self, world: World, device: Device, rng: random.Random) -> None:
        self._world = world
        self.device = device
        self.rng = rng
        self.truth = Truth()
        self.conflicts: dict[Key, object] = {}
        """Open conflicts and my value in each, as of the last look."""
        self.touched: set[Key] = set()
        """Fields that this person acted on since the last look."""
        self.seen: defaultdict[Key, set[Atom]] = defaultdict(set)
        """Every value of a field that this device has shown or kept."""
        self._shown: dict[str, Row] = {}
        self.snapshot: Snapshot | None = None
        self.ready_since: dict[str, float] = {}
        """When each operation was first seen to wait although all is well."""
        self.copies: dict[str, int] = {}
        """Which of the server's copies of each listing the device has, at the least."""
        self.waiting: set[str] = set()
        """Listings of the marketplace with edits that wait, as of the last look."""
        self.deleted: set[str] = set()
        """Drafts that this person deleted: their files are gone for good."""
        self.is_restored = False
        self.is_paused = False
        self._actions: dict[str, tuple[float, Action]] = {
            "draft": (3, self._draft),
            "edit": (8, self._edit),
            "set back": (2, self._set_back),
            "revise": (2, self._revise),
            "publish": (5, self._publish),
            "withdraw": (0.4, self._withdraw),
            "retry": (2, self._retry),
            "discard": (0.5, self._discard),
            "delete draft": (0.4, self._delete),
            "hold": (0.4, partial(activity.hold, self)),
            "let go": (1.5, partial(activity.let_go, self)),
            "drop": (0.5, partial(activity.drop, self)),
            "pause all": (0.2, partial(activity.pause_all, self)),
            "resolve": (2, partial(activity.resolve, self)),
            "undo resolve": (0.3, partial(activity.undo_resolve, self)),
            "download": (2.5, partial(activity.download, self)),
            "transfer": (1, partial(activity.transfer, self)),
            "sync now": (2, self._ask),
        }

    def act(self) -> None:
        """Do something."""
        names = list(self._actions)
        weights = [self._actions[name][0] for name in names]
        if self._world.options.is_about_files:
            weights = [FILES.get(name, one) for name, one in zip(names, weights, strict=True)]
        name = self.rng.choices(names, weights)[0]
        if self.is_paused and self.rng.random() < 0.3:
            name = "pause all"
        outcome = self._actions[name][1]()
        self._world.trace.note(f"{self.device.name} person: {name}: {outcome}")
        self._world.trace.count(f"person {name}")

    # -- choosing --

    def rows(self) -> list[ListingRow]:
        """Every listing at this device, in the order of the ids."""
        reads = self.device.reads
        return sorted(reads.rows(reads.keys(ListingQuery())), key=lambda row: row.id)

    def _choose(self) -> str | None:
        rows = self.rows()
        return self.rng.choice(rows).id if rows else None

    def fields(self) -> dict[str, Any]:
        """New values for one field or two."""
        names = self.rng.sample(FIELDS, self.rng.choice([1, 1, 2]))
        return {name: self.value_for(name) for name in names}

    def value_for(self, name: str) -> Any:
        """A value that most often never was before; some come back, so that A-B-A happens."""
        fresh = self._world.new_value()
        if name == "title":
            return self.rng.choice(["Alpha", f"Title {fresh}", f"Title {fresh}"])
        if name == "price":
            return self.rng.choice([1, 2, fresh])
        if name == "version":
            return f"{fresh}.0.0"
        if name == "tags":
            return [f"t{fresh}", self.rng.choice(["x", "y"])]
        return f"Words {fresh}."

    def took_back(self, listing_id: str, names: Iterable[str]) -> None:
        """The person gave up changes of these fields."""
        self.truth.drop(listing_id, frozenset(names))
        self.touched |= {(listing_id, name) for name in names}

    def revises(self, listing_id: str) -> bool:
        """Whether another file of the listing waits."""
        lane = self.device.store.peek(lambda db: outbox.lane(db, listing_id))
        return any(one.verb is Verb.REVISE for one in lane)

    def took_back_file(self, listing_id: str, *, revised: bool) -> None:
        """The person gave up a revision, if there was one: a draft has its file for good.

        A listing that was deleted on the web is a draft after that.
        """
        self.touched.add((listing_id, FILE))
        if revised or listing_id in self.device.store.peek(_at_server):
            self.took_back(listing_id, (FILE, "version"))

    # -- acting --

    def _draft(self) -> str:
        if len(self.rows()) >= LISTINGS_MAX:
            return "enough"
        times = [100, 300, 500] if self._world.options.is_about_files else [1, 40, 300]
        data = f"file {self._world.new_value()}".encode() * self.rng.choice(times)
        fields = {"title": "A title", "price": 9, "description": "Words.", **self.fields()}
        picture = self.rng.choice([NO_PICTURES, Pictures(png(grey=data[-1]))])
        made: list[str] = []
        outcome = self.device.command(
            lambda: made.append(self.device.commands.draft(inspection(data), fields, picture))
        )
        if made:
            self.truth.accept(made[0], fields)
            self.truth.drafts.add(made[0])
        return outcome

    def _edit(self) -> str:
        listing_id = self._choose()
        return self._change(listing_id, self.fields()) if listing_id else "nothing"

    def _change(self, listing_id: str, fields: dict[str, Any]) -> str:
        edit = partial(self.device.commands.edit, listing_id, fields)
        self.touched |= {(listing_id, name) for name in fields}
        outcome = self.device.command(edit)
        if outcome == "done":
            self.truth.accept(listing_id, fields)
        elif outcome == "crashed":
            self.truth.perhaps(listing_id, fields)
        return f"{listing_id[-2:]} {sorted(fields)} {outcome}"

    def _revise(self) -> str:
        """Give a listing another file; some come back, as what is undone does."""
        listing_id = self._choose()
        if listing_id is None:
            return "nothing"
        number = self.rng.choice([7, 8, self._world.new_value()])
        looked_at = inspection(f"revised {number}".encode() * self.rng.choice([1, 40, 400]))
        version = f"{self.rng.choice([1, 2, self._world.new_value()])}.0.0"
        changes = {FILE: looked_at.sha256, "version": version}
        self.touched |= {(listing_id, name) for name in changes}
        revise = partial(self.device.commands.revise, listing_id, looked_at, version)
        outcome = self.device.command(revise)
        if outcome == "done":
            self.truth.accept(listing_id, changes)
        elif outcome == "crashed":
            self.truth.perhaps(listing_id, changes)
        return f"{listing_id[-2:]} {version} {outcome}"

    def _set_back(self) -> str:
        """Type the marketplace's value again."""
        listing_id = self._choose()
        document = self._world.server.documents.get(listing_id or "")
        if listing_id is None or document is None:
            return "nothing"
        name = self.rng.choice(["title", "price"])
        return self._change(listing_id, {name: document[name]}) if name in document else "nothing"

    def _publish(self) -> str:
        listing_id = self._choose()
        if listing_id is None:
            return "nothing"
        return self.device.command(lambda: self.device.commands.publish([listing_id]))

    def _withdraw(self) -> str:
        listing_id = self._choose()
        if listing_id is None:
            return "nothing"
        revised = self.revises(listing_id)
        outcome = self.device.command(lambda: self.device.commands.withdraw(listing_id))
        if outcome in ("done", "crashed"):
            self.took_back_file(listing_id, revised=revised)
        return outcome

    def _retry(self) -> str:
        listing_id = self._choose()
        if listing_id is None:
            return "nothing"
        return self.device.command(lambda: self.device.commands.retry(listing_id))

    def _discard(self) -> str:
        listing_id = self._choose()
        if listing_id is None:
            return "nothing"
        before = frozenset([*self.device.reads.listing(listing_id).pending_fields, FILE])
        outcome = self.device.command(lambda: self.device.commands.discard_changes(listing_id))
        if outcome in ("done", "crashed"):
            self.took_back(listing_id, before)
        return outcome

    def _delete(self) -> str:
        listing_id = self._choose()
        if listing_id is None:
            return "nothing"
        outcome = self.device.command(lambda: self.device.commands.delete_draft(listing_id))
        if outcome in ("done", "crashed"):
            self.truth.forget(listing_id)
            self.deleted.add(listing_id)
        return outcome

    def _ask(self) -> str:
        self.device.is_asked = True
        self.device.wake_at = self._world.time.seconds
        return "asked"

    # -- before the end --

    def tidy(self) -> None:
        """Let everything go that waits for a person, conflicts excepted."""
        activity.let_all_go(self)
        for row in self.rows():
            self.device.command(partial(self.device.commands.retry, row.id))

    def ask(self) -> None:
        """Press “Sync now”."""
        self._ask()

    def restored(self, truth: Truth) -> None:
        """The device's store is an older one again: so is what it promised."""
        self.truth = truth
        self.is_restored = True
        self.conflicts.clear()
        self.waiting.clear()
        self.copies.clear()
        self.snapshot = None

    def see(self, listing_id: str, row: Row) -> None:
        """The device has a row; most rows are the very same as at the last look."""
        if self._shown.get(listing_id) is row:
            return
        self._shown[listing_id] = row
        for document in (row.base, row.document):
            for name in TRACKED if document is not None else ():
                self.seen[listing_id, name].update(atoms(value_of(document, name)))


def _at_server(db: Db) -> set[str]:
    return {row[0] for row in db.rows("SELECT id FROM entity WHERE is_at_server")}

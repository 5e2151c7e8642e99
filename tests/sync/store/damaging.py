"""A store with everything in it that a person can lose, and ways to damage its file."""

from __future__ import annotations

import copy
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from koda_desktop.errors import Refused, ServerDown
from koda_desktop.sync import devices
from koda_desktop.sync.rows import ListingQuery, OperationState, Verb
from koda_desktop.sync.store.check import check_store, damaged_before
from koda_desktop.sync.store.damage import DamageMark
from koda_desktop.sync.store.invariants import check_invariants
from koda_desktop.sync.store.pages import PAGE_SIZE, Pages, Tree, schema_roots
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server


@dataclass
class Life:
    """What a seller did, and where it stands."""

    folder: Path
    server: Server
    drafts: dict[str, dict[str, Any]]
    """Only here: the fields as they were saved."""
    edits: dict[str, dict[str, Any]]
    """Changed here and not sent: the fields by listing."""
    device: str

    @property
    def store(self) -> Path:
        return self.folder / "store.sqlite"

    def copy(self, folder: Path) -> Life:
        """The same in another folder, to be damaged there."""
        shutil.copytree(self.folder, folder)
        return Life(folder, twin(self.server), self.drafts, self.edits, self.device)

    def open(self) -> Desk:
        return Desk(self.folder, self.server)


LONG = "Long words that fill more than one page. " * 300 + "End."
WORDS = "Words of a description. " * 60 + "End."


def live(folder: Path, *, drafts: int = 8, published: int = 24) -> Life:
    """Drafts, and waiting, frozen, refused and disputed work beside published listings."""
    server = Server()
    desk = Desk(folder, server)
    ids = [desk.draft(f"Published {n}", description=WORDS) for n in range(published)]
    desk.commands.publish(ids)
    assert desk.engine.run_round().is_clean
    here = [desk.draft(f"Draft {n}", description=WORDS, tags=[f"t{n}"]) for n in range(drafts)]
    here.append(desk.draft("Long draft", description=LONG))
    edits: dict[str, dict[str, Any]] = {}

    def edit(number: int, **fields: Any) -> None:
        desk.commands.edit(ids[number], fields)
        edits.setdefault(ids[number], {}).update(fields)

    edit(0, title="Refused")
    desk.faults.refuse("push", Refused("No."), once=True)
    desk.engine.run_round()
    edit(1, title="Mine")
    server.web_edit(ids[1], title="Theirs")
    desk.engine.run_round()
    desk.commands.publish(here[:1])
    desk.faults.refuse("register", ServerDown("Down."))
    desk.engine.run_round()
    # It is applied, and nobody here knows.
    edit(2, title="Sent")
    desk.faults.lose_reply("push")
    desk.engine.run_round()
    for number in range(3, 9):
        edit(number, title=f"Edited {number}", description=f"New {number}. {WORDS}")
    desk.index()
    edit(2, price=7)
    desk.commands.publish(here[1:2])
    documents = {one: dict(desk.reads.listing(one).document) for one in here}
    device = desk.store.read(devices.device_id)
    states = Counter((one.verb, one.state) for one in desk.reads.operations(0))
    desk.close()
    assert states[Verb.REGISTER, OperationState.SENDING] == 1
    assert states[Verb.EDIT, OperationState.SENDING] == 1
    assert states[Verb.EDIT, OperationState.PARKED] == 2
    assert states[Verb.EDIT, OperationState.QUEUED] == 7
    assert not check_store(folder / "store.sqlite")
    return Life(folder, server, documents, edits, device)


def twin(server: Server) -> Server:
    """Another server with the same in it."""
    other = Server()
    for listing_id, document in server.products.items():
        other.products[listing_id] = copy.deepcopy(document)
    for key, data in server.objects.items():
        other.bucket.put(key, data)
    other.collection.inserts += server.inserts
    other.collection.applied += server.applied
    other.puts += server.puts
    return other


def pages_of(path: Path) -> int:
    """How many pages the file has."""
    return path.stat().st_size // PAGE_SIZE


def overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def flip(path: Path, at: int, bit: int = 0) -> None:
    """Turn one bit over."""
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << bit]))


def mark(path: Path) -> None:
    """As if damage had been met while the store was in use."""
    DamageMark(path).set()


def hit_by(path: Path, number: int, table: str) -> set[str]:
    """The listings that lose something of ``table`` with a page."""
    with Pages(path) as pages:
        data = pages.raw(number)
        if number in Tree(pages, schema_roots(pages)[table], is_table=True).numbers:
            return {found.decode() for found in re.findall(rb"[0-9a-f]{24}", data)}
    return {"long"} if b"Long words" in data and table == "entity" else set()


def everything(desk: Desk) -> dict[str, dict[str, Any]]:
    rows = desk.reads.rows(desk.reads.keys(ListingQuery()))
    return {row.id: desk.reads.listing(row.id).document for row in rows}


def check_work(desk: Desk) -> None:
    """What must be true of a store between two transactions is true of this one."""
    assert desk.store.read(lambda db: check_invariants(db, desk.staging)) == ()


def aside(path: Path) -> Path:
    """The damaged file that was put aside."""
    (found,) = damaged_before(path)
    return found

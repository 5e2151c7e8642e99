"""What the children of ``victim`` said they would do, and what is not as they said."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from koda_desktop.sync import entities, queries, transfer_rows
from koda_desktop.sync.rows import ListingQuery, TransferState
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.store import Store
from tests.sync.fake_marketplace import PART, Server

IN_FLIGHT = 8
"""Parts that may be on their way when an upload is cut off."""

Json = dict[str, Any]


@dataclass(slots=True)
class Promises:
    """What the children said: the last accepted edit of each field, and those tried since."""

    made: set[str] = field(default_factory=set)
    values: dict[tuple[str, str], list[object]] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    """The downloads that were accepted."""
    steps: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)
    ends: list[Json] = field(default_factory=list)

    def hear(self, message: Json) -> None:
        """Take in one line."""
        if "made" in message:
            self.made.add(message["made"])
        elif "wanted" in message:
            self.wanted.add(message["wanted"])
        elif "tries" in message:
            self._each(message["tries"], lambda known, value: [*known, value])
        elif "accepted" in message:
            self._each(message["accepted"], lambda _, value: [value])
        elif "step" in message:
            self.steps[message["step"]] += 1
        elif "bug" in message:
            self.bugs.append(message["bug"])
        elif "waiting" in message:
            self.ends.append(message)

    def _each(self, edit: Any, fold: Callable[[list[object], object], list[object]]) -> None:
        listing_id, fields = edit
        for name, value in fields.items():
            key = (listing_id, name)
            self.values[key] = fold(self.values.get(key, []), value)

    def summary(self, server: Server) -> str:
        """How much there was that could have been lost or doubled."""
        return (
            f"{len(server.inserts)} listings, {len(server.applied)} edits, "
            f"{len(server.bucket.completions)} files in parts, {len(self.wanted)} downloads"
        )


def lost_and_doubled(
    folder: Path, server: Server, promises: Promises, cut_uploads: int
) -> list[str]:
    """What is not as it was promised, once everything is sent.

    ``cut_uploads`` is how often an upload was cut off, which may cost the parts in flight.
    """
    wrong = [f"a bug: {bug}" for bug in promises.bugs]
    wrong += [f"the store: {line}" for line in check_store(folder / "store.sqlite")]
    wrong += [f"left over: {end}" for end in promises.ends[-1:] if end["waiting"] or end["problem"]]
    for what, times in (
        ("listing", Counter(server.inserts)),
        ("object", Counter([*server.puts, *server.bucket.completions])),
        ("edit", Counter(operation for _, operation in server.applied)),
    ):
        wrong += [f"{what} {one} {n} times" for one, n in times.items() if n > 1]
    wrong += [f"upload {one} was left unfinished" for one in server.bucket.uploads]
    least = sum(len(server.objects[key]) for key in server.bucket.completions)
    if server.part_bytes > least + cut_uploads * IN_FLIGHT * PART:
        wrong.append(f"{server.part_bytes} bytes were sent for {least}")
    store = Store(folder / "store.sqlite", derive_touched)
    try:
        wrong += [*_not_kept(store, server, promises), *_not_pulled(store, server)]
        wrong += _not_fetched(store, server, promises)
    finally:
        store.close()
    return wrong


def _not_kept(store: Store, server: Server, promises: Promises) -> Iterator[str]:
    for listing_id in promises.made - set(server.products):
        yield f"listing {listing_id} never arrived"
    for (listing_id, name), values in promises.values.items():
        row = store.read(partial(entities.find, listing_id=listing_id)).document
        document = server.products.get(listing_id, {})
        if row.get(name) not in values or document.get(name) not in values:
            there = document.get(name)
            yield f"{name} of {listing_id}: {values}, here {row.get(name)}, there {there}"


def _not_pulled(store: Store, server: Server) -> Iterator[str]:
    rows = store.read(lambda db: queries.rows(db, queries.keys(db, ListingQuery())))
    for listing_id in {row.id for row in rows} ^ set(server.products):
        yield f"listing {listing_id} is on one side only"
    for listing_id, document in server.products.items():
        here = store.read(partial(entities.find, listing_id=listing_id)).document
        if here != document:
            yield f"listing {listing_id} is {here} here and {document} there"


def _not_fetched(store: Store, server: Server, promises: Promises) -> Iterator[str]:
    sound = {hashlib.sha256(data).hexdigest() for data in server.objects.values()}
    sql = "SELECT target FROM transfer WHERE direction = 'down'"
    # Some were asked for just before the child could say so.
    targets = {Path(row[0]) for row in store.read(lambda db: db.rows(sql))}
    for transfer_id in promises.wanted:
        row = store.read(partial(transfer_rows.find, transfer_id=transfer_id))
        path = Path(row.target)
        if row.state is not TransferState.DONE or not path.is_file():
            yield f"download {transfer_id} is {row.state}: {row.error}"
        elif hashlib.sha256(path.read_bytes()).hexdigest() not in sound:
            yield f"{path.name} is not a file of the marketplace"
    for path in {one for target in targets for one in target.parent.iterdir()} - targets:
        yield f"{path.name} was left behind"

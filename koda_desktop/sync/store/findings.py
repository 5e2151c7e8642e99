"""What a damaged store holds of a person's work, each row looked at before it is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from koda_desktop.runtime.clock import from_iso
from koda_desktop.sync.entities import LISTING, NO_FILE, NewEntity, StagedFile
from koda_desktop.sync.merge import overlay
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Json, ListingState, OperationState, TransferState, Verb
from koda_desktop.sync.store.damaged import Damaged, Found
from koda_desktop.sync.store.records import Value

_LISTING_ID = re.compile(r"[0-9a-f]{24}\Z")
_SHA256 = re.compile(r"([0-9a-f]{64})?\Z")
_HEAD = 7
"""So many values of a listing's row tell whether it has to be read: the last is its state."""
_EPOCH = "1970-01-01T00:00:00.000Z"
_NUMBERS = ("heard", "incarnation", "bandwidth_limit")
"""Keys of ``meta`` that hold a number."""

_TRANSFER_STATES = frozenset(state.value for state in TransferState)
ENDED = (TransferState.DONE.value, TransferState.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing's row. ``place`` is its old key, so that ties keep the order of creation."""

    new: NewEntity
    verified_at: str | None
    place: int


@dataclass(slots=True)
class Work:
    """What is only here."""

    listings: dict[str, Listing] = field(default_factory=dict)
    bases: dict[str, Json] = field(default_factory=dict)
    """The documents of listings: the server's copies, and those of drafts."""
    lanes: dict[str, list[Operation]] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    """By operation, those that it waits for."""
    transfers: list[Found] = field(default_factory=list)
    parts: dict[str, list[Found]] = field(default_factory=dict)
    """By transfer."""
    revisions: dict[str, list[Found]] = field(default_factory=dict)
    """By listing, oldest first, the versions of its file that are known here alone."""

    @property
    def last_place(self) -> int:
        """The highest sequence of an operation."""
        return max((lane[-1].sequence for lane in self.lanes.values()), default=0)

    @property
    def ids(self) -> list[str]:
        """Every listing, in the order of creation; those whose rows are lost come last."""
        lost = sorted(self.lanes.keys() - self.listings.keys())
        return [*sorted(self.listings, key=lambda one: self.listings[one].place), *lost]


def read_work(damaged: Damaged) -> Work:
    """Everything that is only here, as far as it can be read."""
    work = Work()
    for operation in _operations(damaged):
        work.lanes.setdefault(operation.lane, []).append(operation)
    for lane in work.lanes.values():
        lane.sort(key=lambda one: one.sequence)
    for row in damaged.rows("revision"):
        if _is_revision(row):
            work.revisions.setdefault(row["listing"], []).append(row)
    _read_listings(damaged, work)
    _read_needs(damaged, work)
    _read_transfers(damaged, work)
    return work


def read_meta(damaged: Damaged) -> dict[str, str]:
    """Every key of ``meta`` that can be read."""
    found: dict[str, str] = {}
    for row in damaged.rows("meta"):
        if row["key"].isidentifier() and _is_sound_value(row["key"], row["value"]):
            found.setdefault(row["key"], row["value"])
    return found


def _is_sound_value(key: str, value: str) -> bool:
    if key in _NUMBERS:
        return value.isdecimal()
    if not value.startswith(("[", "{")):
        return True
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


def read_removed(damaged: Damaged) -> list[Found]:
    """The copies of listings that were deleted at the server."""
    found: dict[str, Found] = {}
    for row in damaged.rows("removed"):
        if _LISTING_ID.match(row["id"]) and _json(row["doc"]) is not None:
            found.setdefault(row["id"], row)
    return list(found.values())


def read_typed(damaged: Damaged) -> list[Found]:
    """What was typed and not saved."""
    return [
        row
        for row in damaged.rows("typed")
        if _LISTING_ID.match(row["id"]) and _json(row["changes"]) and _json(row["base"]) is not None
    ]


def _json(text: str | None) -> Json | None:
    """The object in ``text``; None where there is none."""
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _moment(text: str | None) -> str | None:
    """``text`` where it is a time."""
    try:
        from_iso(text or "")
    except ValueError:
        return None
    return text


# -- operations --


def _operations(damaged: Damaged) -> Iterator[Operation]:
    done = {row["op_id"] for row in damaged.rows("op_log")}
    seen: set[object] = set()
    for row in damaged.rows("outbox"):
        operation = _operation(row)
        if operation is None:
            damaged.is_whole = False
        elif not {operation.operation_id, operation.sequence} & seen and row["op_id"] not in done:
            seen |= {operation.operation_id, operation.sequence}
            yield operation


def _operation(row: Found) -> Operation | None:
    payload, base, error = (_json(row[name]) for name in ("payload", "base_fields", "last_error"))
    if payload is None or base is None or (row["last_error"] and error is None):
        return None
    try:
        operation = Operation(
            sequence=row["op_seq"],
            operation_id=row["op_id"],
            lane=row["lane"],
            verb=Verb(row["verb"]),
            payload=payload,
            base=base,
            state=OperationState(row["state"]),
            attempts=row["attempts"],
            next_at=_moment(row["next_at"]),
            error=error,
            created_at=_moment(row["created_at"]) or _EPOCH,
        )
    except ValueError:
        return None
    return operation if _is_sound(operation) else None


def _is_sound(operation: Operation) -> bool:
    if not _LISTING_ID.match(operation.lane) or operation.state is OperationState.DONE:
        return False
    changes = operation.payload.get("changes", {})
    sides = operation.payload.get("conflicts", {})
    if not isinstance(changes, dict) or not isinstance(sides, dict):
        return False
    if not operation.is_frozen or operation.verb not in (Verb.EDIT, Verb.REGISTER):
        return True
    match operation.payload.get("receipt"):
        case [str(), int(), str()]:
            return True
        case _:
            return False


def _read_needs(damaged: Damaged, work: Work) -> None:
    """What waits for what. Nothing waits for what was queued later."""
    places = {one.operation_id: one.sequence for lane in work.lanes.values() for one in lane}
    for row in damaged.rows("outbox_dep"):
        after, before = row["op_id"], row["needs_op"]
        if after in places and before in places and places[before] < places[after]:
            work.needs.setdefault(after, []).append(before)


# -- listings --


def _read_listings(damaged: Damaged, work: Work) -> None:
    """Rows that are only here or have work, and their documents; those of lost rows as well."""
    wanted, passed = {*work.lanes, *work.revisions}, set[int]()

    def is_wanted(first: Sequence[Value], pk: int) -> bool:
        """What cannot be told is looked at."""
        is_clean = len(first) == _HEAD and first[3] == 1 and first[6] == ListingState.PUBLISHED
        if not is_clean or first[2] in wanted:
            return True
        passed.add(pk)
        return False

    rows = list(damaged.rows("entity", is_wanted))
    for found in damaged.rows("document", lambda _, pk: pk not in passed):
        document = _json(found["doc"])
        if document is not None and _LISTING_ID.match(str(document.get("_id"))):
            work.bases.setdefault(document["_id"], document)
        else:
            damaged.is_whole = False
    for row in rows:
        listing = _listing(row, work.bases.get(row["id"]))
        if listing is not None:
            work.listings.setdefault(listing.new.id, listing)
        else:
            damaged.is_whole = False


def _listing(row: Found, base: Json | None) -> Listing | None:
    if base is None or row["kind"] != LISTING:
        return None
    if not _LISTING_ID.match(row["id"]) or not _SHA256.match(row["file_sha256"]):
        return None
    file = StagedFile(row["file_name"], row["media_type"], row["file_size"], row["file_sha256"])
    new = NewEntity(
        id=row["id"],
        document=overlay(base, _json(row["edited"]) or {}),
        file=file,
        updated_at=_moment(row["updated_at"]) or _EPOCH,
        server_at=(_moment(row["server_at"]) or _EPOCH) if row["is_at_server"] else None,
        inspection=_json(row["inspection"]),
        preview=_picture(row, "preview"),
        drawing=_picture(row, "drawing"),
    )
    return Listing(new, _moment(row["verified_at"]), row["pk"])


def _picture(row: Found, which: str) -> StagedFile:
    name, kind, size, sha256 = (row[f"{which}_{x}"] for x in ("name", "type", "size", "sha256"))
    return StagedFile(name, kind, size, sha256) if _SHA256.match(sha256) else NO_FILE


def _is_revision(row: Found) -> bool:
    is_of_file = _LISTING_ID.match(row["listing"]) and _SHA256.match(row["sha256"])
    is_told = row["inspection"] is None or _json(row["inspection"]) is not None
    return bool(is_of_file and row["sha256"] and is_told and _moment(row["at"]))


# -- transfers --


def _read_transfers(damaged: Damaged, work: Work) -> None:
    """Transfers under way, and ended ones that left something behind at the server or on disk."""
    for row in damaged.rows("transfer"):
        left_behind = row["upload_id"] or (row["direction"] == "down" and row["part_size"])
        if row["state"] in _TRANSFER_STATES and (row["state"] not in ENDED or left_behind):
            work.transfers.append(row)
    wanted = {row["id"] for row in work.transfers}
    for row in damaged.rows("transfer_part"):
        if row["transfer_id"] in wanted:
            work.parts.setdefault(row["transfer_id"], []).append(row)

"""What truly happened at the server, kept beside it: the checkers' side of the story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from koda_desktop.marketplace.api import Json, Receipt
from koda_desktop.models.vocabulary import SELLER_FIELDS

ABSENT = "(absent)"
Atom = str
Key = tuple[str, str]
"""A listing and a field of it."""

FILE = "file"
TRACKED = (*SELLER_FIELDS, FILE)
"""What is followed of a document: the seller's fields, and the checksum of its file."""


def value_of(document: Json | None, name: str) -> Any:
    """One of TRACKED; None where the document lacks it."""
    if name != FILE or document is None:
        return (document or {}).get(name)
    files = document.get("files")
    return files[0]["sha256"] if isinstance(files, list) and files else None


@dataclass(frozen=True, slots=True)
class Write:
    """One change of one document. ``receipt`` is None for a writer that knows nothing of us."""

    listing_id: str
    receipt: Receipt | None
    before: Json | None
    after: Json | None
    place: int
    """How many events the stream had with this one."""

    @property
    def by(self) -> str:
        """The device that wrote; "" for the web."""
        return self.receipt.operation_id.partition("-")[0] if self.receipt else ""

    @property
    def operation_id(self) -> str:
        return self.receipt.operation_id if self.receipt else ""

    def replaced(self) -> list[tuple[str, str, object]]:
        """(listing, field, value) of each value that is not there any more."""
        if self.before is None or self.after is None:
            return []
        return [
            (self.listing_id, name, value_of(self.before, name))
            for name in TRACKED
            if value_of(self.before, name) != value_of(self.after, name)
        ]


@dataclass(slots=True)
class History:
    """Every change of the collection and the bucket, in order."""

    writes: list[Write] = field(default_factory=list)
    of_listing: defaultdict[str, list[Write]] = field(default_factory=lambda: defaultdict(list))
    atoms: defaultdict[Key, set[Atom]] = field(default_factory=lambda: defaultdict(set))
    """Every value that a field ever had at the server, in atoms."""
    files: set[str] = field(default_factory=set)
    """The SHA-256 of every object there ever was."""
    wrongs: list[tuple[int, str]] = field(default_factory=list)
    """What must never happen and did: the invariant's number, and what."""

    def changed_by_others(self, listing_id: str, name: str, device: str, known: set[str]) -> bool:
        """Whether anybody but this device ever changed that field of that listing.

        An attempt of its own that it gave up, and that arrived all the same, counts as another's.
        """
        return any(
            (write.by != device or write.operation_id not in known)
            and value_of(write.before, name) != value_of(write.after, name)
            for write in self.of_listing[listing_id]
        )

    def add(self, write: Write) -> None:
        """A document changed."""
        self.writes.append(write)
        self.of_listing[write.listing_id].append(write)
        for name in TRACKED:
            self.atoms[write.listing_id, name].update(atoms(value_of(write.after, name)))


def atoms(value: Any) -> Iterator[Atom]:
    """The parts of a value that may not be lost: each member of a list, or the value itself."""
    if isinstance(value, list):
        for member in value:
            yield repr(member)
    elif value is None:
        yield ABSENT
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield repr(float(value))
    else:
        yield repr(value)

"""What every verb is: rows in, new values of fields out, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from koda_desktop.sync.changesets.rows import Change
from koda_desktop.sync.merge import overlay
from koda_desktop.sync.rows import Json


class BulkRow(NamedTuple):
    """One listing as a verb sees it. ``fields`` holds those that the verb reads, as far as set."""

    listing_id: str
    title: str
    fields: Mapping[str, Any] = MappingProxyType({})
    currency: str = "EUR"
    is_at_server: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A verb makes nothing of a listing. ``reason`` is one sentence for people."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Whole:
    """More than other values of fields: a change of its own, and how a preview shows it."""

    change: Change
    before: Json
    after: Json


Proposal = Mapping[str, Any] | Refusal | Whole
"""New values by field; empty where the verb leaves the listing as it is."""


class Verb(Protocol):
    """One bulk verb with all it was told."""

    @property
    def name(self) -> str:
        """A phrase for the History page, such as "Price plus 10%"."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """The fields it needs to know, and those it sets. Names of SELLER_FIELDS."""
        ...

    def propose(self, rows: Sequence[BulkRow]) -> list[Proposal]:
        """One proposal a row. Raises InputError where the verb itself is wrong."""
        ...


class EachRow:
    """A verb that looks at one row at a time: ``change`` answers for it."""

    def change(self, row: BulkRow) -> Proposal:
        raise NotImplementedError

    def propose(self, rows: Sequence[BulkRow]) -> list[Proposal]:
        """See ``Verb``."""
        return [self.change(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Steps:
    """Several verbs, each going on from what the one before made; one change set."""

    verbs: tuple[Verb, ...]

    @property
    def name(self) -> str:
        first, *rest = [verb.name for verb in self.verbs]
        return ", ".join([first, *(name[:1].lower() + name[1:] for name in rest)])

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for verb in self.verbs for name in verb.reads))

    def propose(self, rows: Sequence[BulkRow]) -> list[Proposal]:
        """The values after the last step; the first refusal stands for the listing."""
        reached: list[Proposal] = [{} for _ in rows]
        for verb in self.verbs:
            seen = [_with(row, known) for row, known in zip(rows, reached, strict=True)]
            proposed = verb.propose(seen)
            reached = [_joined(*both) for both in zip(reached, proposed, strict=True)]
        return reached


def _with(row: BulkRow, known: Proposal) -> BulkRow:
    if isinstance(known, Refusal | Whole) or not known:
        return row
    return BulkRow(
        row.listing_id,
        row.title,
        overlay(dict(row.fields), dict(known)),
        row.currency,
        row.is_at_server,
    )


def _joined(known: Proposal, new: Proposal) -> Proposal:
    if isinstance(known, Refusal | Whole):
        return known
    return new if isinstance(new, Refusal | Whole) else {**known, **new}

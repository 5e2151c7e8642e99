"""The verb that gives listings files by the names of these: a pattern says whose each is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from koda_desktop.errors import InputError
from koda_desktop.sync.bulk.proposing import BulkRow, Proposal, Refusal, Whole

FIELDS = ("title", "id", "version")
"""What a pattern can name of a listing, in braces."""

_BRACES = re.compile(r"\{([^{}]*)\}")
_LOOSE = re.compile(r"-*([./])-*")
_MOST_NAMED = 3

Offer = Callable[[BulkRow, Path], Whole | Refusal]
"""Looks at a file for a listing: the change that gives it, or why it cannot be given. Blocks."""


def check_pattern(pattern: str) -> None:
    """Raise InputError unless ``pattern`` tells listings apart."""
    named = _BRACES.findall(pattern)
    unknown = [name for name in named if name not in FIELDS]
    if unknown:
        raise InputError(
            f"A pattern cannot name {{{unknown[0]}}}.",
            remedy="Use {title}, {id} or {version}, and * for anything.",
        )
    if not {"title", "id"} & set(named):
        raise InputError(
            "The pattern does not say whose a file is.",
            remedy="Write for example {title}.json or *{id}*.json.",
        )


def matching(pattern: str, row: BulkRow, names: Sequence[str]) -> list[str]:
    """Those of ``names`` (paths with slashes) that the pattern means for this listing.

    Case, spaces and punctuation make no difference; a pattern without a slash is about the last
    part of a path.
    """
    wanted = _plain(_BRACES.sub(lambda found: _value(row, found[1]), pattern), keeps="*?/")
    has_folder = "/" in wanted
    return [
        name
        for name in names
        if fnmatchcase(_plain(name if has_folder else name.rpartition("/")[2], keeps="/"), wanted)
    ]


def _value(row: BulkRow, name: str) -> str:
    given = {"title": row.title, "id": row.listing_id}.get(name)
    text = str(row.fields.get(name) or "") if given is None else given
    return _plain(text, keeps="")


def _plain(text: str, *, keeps: str) -> str:
    """``text`` in one case, with a hyphen for whatever is no letter, figure or dot."""
    hyphened = re.sub(rf"[^\w.{re.escape(keeps)}]+", "-", text.casefold())
    return _LOOSE.sub(r"\1", hyphened).strip("-")


@dataclass(frozen=True, slots=True)
class Attach:
    """Each listing gets the one file of ``folder`` that ``pattern`` means for it."""

    pattern: str
    folder: Path
    names: Callable[[], Sequence[str]]
    """Lists the files of the folder, from it on, with slashes. Blocks; raises LocalFaults."""
    offer: Offer

    reads = ("title", "version")

    def __post_init__(self) -> None:
        check_pattern(self.pattern)

    @property
    def name(self) -> str:
        return f"Attach {self.pattern}"

    def propose(self, rows: Sequence[BulkRow]) -> list[Proposal]:
        """See ``Verb``."""
        names = self.names()
        return [self._proposal(row, names) for row in rows]

    def _proposal(self, row: BulkRow, names: Sequence[str]) -> Proposal:
        found = matching(self.pattern, row, names)
        if not found:
            return Refusal("file", "No file of the folder is called like that.")
        if len(found) > 1:
            named = ", ".join(found[:_MOST_NAMED])
            return Refusal("file", f"{len(found)} files could be meant: {named}.")
        return self.offer(row, self.folder / found[0])

"""The part of the marketplace's interface that gives published listings another file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from koda_desktop.marketplace.api import Actor, EditAnswer, FileFacts, Receipt

REVISED = ("fileUrl", "files", "version")
"""What a revision sets in a document."""


@dataclass(frozen=True, slots=True)
class ReviseRequest:
    """Gives a listing another file that was stored before, in the place of the first of its files.

    ``base`` holds the value each of REVISED had at the server when the file was chosen; one that is
    absent here must be absent there.
    """

    listing_id: str
    file: FileFacts
    key: str
    version: str
    base: dict[str, Any]
    receipt: Receipt


class Revising(Protocol):
    """See ``api.Marketplace``, whose revisions these are."""

    def revise(self, actor: Actor, request: ReviseRequest) -> EditAnswer:
        """Give a listing another file and its version, if both are still what they were.

        The object that was there stays, for those who bought it. Raises GatesUnmet naming every
        gate of the account and of the stored file that is not met.
        """
        ...

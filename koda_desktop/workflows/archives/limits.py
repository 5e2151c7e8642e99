"""How much is unpacked: a budget in bytes and entries, and a ratio no honest file reaches."""

from __future__ import annotations

from koda_desktop.workflows.archives.entries import refusal
from koda_desktop.workflows.caps import MEBIBYTE, Caps
from koda_desktop.workflows.inspection import Problem

_UNSUSPICIOUS = MEBIBYTE
"""Small files may compress as well as they like: a megabyte of blanks harms nobody."""


class Budget:
    """Bytes still to be unpacked from one archive. Declared sizes are checked first, real ones
    while unpacking: a header may lie."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self.left = caps.max_unpacked

    def refuses(self, size: int, packed: int) -> Problem | None:
        """The problem of unpacking ``size`` bytes from ``packed``; None where that is in order."""
        if size > self.left:
            return self.exceeded()
        if size > _UNSUSPICIOUS and size > self.caps.max_ratio * max(packed, 1):
            return refusal(
                "archive-bomb",
                "",
                f"An entry unpacks to over {self.caps.max_ratio} times its size, as archives do "
                "that are meant to fill a disk. It was not opened further.",
            )
        return None

    def spend(self, size: int) -> None:
        """Take ``size`` unpacked bytes off the budget."""
        self.left -= size

    def exceeded(self) -> Problem:
        """The problem of an archive that holds more than is unpacked."""
        limit = self.caps.max_unpacked / MEBIBYTE
        return refusal(
            "archive-bomb",
            "",
            f"The archive unpacks to more than {limit:,.3g} MiB. It was not opened further. "
            "Leave out data, pictures and libraries, and pack it again.",
        )


def too_many_entries(caps: Caps) -> Problem:
    """The problem of an archive with more than ``caps.max_entries`` entries."""
    return refusal(
        "too-many-entries",
        "",
        f"The archive holds more than {caps.max_entries:,} entries. Leave out folders such as "
        ".git, node_modules and virtual environments, or split it.",
    )

"""The list of everything a scrub changed, in the order it was met."""

from __future__ import annotations

from typing import Any

from koda_desktop.workflows.inspection import Removal
from koda_desktop.workflows.json_writing import brief
from koda_desktop.workflows.where import Where

HIDDEN = '"•••"'


class Ledger:
    """Collects removals; nothing is taken out of a workflow without a line here."""

    def __init__(self) -> None:
        self.removals: list[Removal] = []

    def dropped(self, where: Where, reason: str, before: Any) -> None:
        self.removals.append(Removal(str(where), reason, brief(before), None))

    def changed(self, where: Where, reason: str, before: Any, after: Any) -> None:
        self.removals.append(Removal(str(where), reason, brief(before), brief(after)))

    def hid(self, where: Where, reason: str) -> None:
        """A dropped value that must not be shown, here either."""
        self.removals.append(Removal(str(where), reason, HIDDEN, None))

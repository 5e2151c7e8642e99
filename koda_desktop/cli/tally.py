"""What a run over many files came to, and how far it is."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from koda_desktop.cli.checking import Checked
from koda_desktop.cli.output import Output
from koda_desktop.cli.shown import files

_MANY = 50
_EVERY_SECONDS = 2.0


def fails(checked: Checked, fail_on: str) -> bool:
    """Whether ``checked`` fails the run. What could not be read fails always: nobody knows what
    is in it."""
    if not checked.was_read:
        return True
    if fail_on == "secrets":
        return bool(checked.record["secrets"])
    if fail_on == "warnings" and any(
        problem["severity"] == "warning" for problem in checked.record["problems"]
    ):
        return True
    return not checked.record["publishable"]


@dataclass(slots=True)
class Tally:
    """Counts of what was checked so far."""

    fail_on: str
    done: int = 0
    failing: int = 0
    unpublishable: int = 0
    with_secrets: int = 0

    def add(self, checked: Checked) -> None:
        self.done += 1
        self.failing += fails(checked, self.fail_on)
        self.unpublishable += not checked.record["publishable"]
        self.with_secrets += bool(checked.record["secrets"])

    def text(self) -> str:
        """The whole run in one line."""
        parts = [f"{self.done - self.unpublishable:,} can be published"]
        if self.unpublishable:
            parts.append(f"{self.unpublishable:,} cannot")
        if self.with_secrets:
            parts.append(f"{self.with_secrets:,} with secrets")
        return f"{files(self.done)} checked: {', '.join(parts)}."


@dataclass(slots=True)
class Pace:
    """Says every two seconds how far a run over many files is, on standard error."""

    output: Output
    total: int
    begun: float = field(default_factory=time.monotonic)
    said: float = field(default_factory=time.monotonic)

    def tell(self, done: int) -> None:
        now = time.monotonic()
        if self.total < _MANY or now - self.said < _EVERY_SECONDS:
            return
        self.said = now
        rate = done / (now - self.begun)
        self.output.note(f"Checked {done:,} of {files(self.total)}, {rate:,.0f} files/s")

"""What was done since somebody last asked, for the report and the status button."""

from __future__ import annotations

from dataclasses import dataclass, field

from koda_desktop.errors import KodaError


@dataclass(slots=True)
class Tally:
    """Counts, and what stood in the way."""

    sent: int = 0
    pulled: int = 0
    published: list[str] = field(default_factory=list)
    marketplace: KodaError | None = None
    """What the marketplace said."""
    storage: KodaError | None = None
    """What the object store said."""
    restless: KodaError | None = None
    """A listing that never held still."""

    @property
    def problem(self) -> KodaError | None:
        """The gravest of what stood in the way."""
        return self.marketplace or self.storage or self.restless

"""What goes wrong outside, and when: drawn from the seed, healed before the end.

A *spell* lasts a while (the server is down, the keys are refused); a *mishap* hits one call (its
reply is lost, it arrives late). Each seed has its own mix, so that some runs see one kind of fault
often and others see everything.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from koda_desktop.errors import (
    ClockWrong,
    KodaError,
    NotAllowed,
    Offline,
    ServerDown,
    WrongCredentials,
)
from koda_desktop.sync.backoff import RETRY_AFTER

WRITES = frozenset(
    {
        "products.insert",
        "products.edit",
        "bucket.create_upload",
        "bucket.complete_upload",
        "bucket.abort_upload",
        "put",
        "put_part",
    }
)
"""Calls that change something, so that arriving late is worse than not arriving."""

ASKS_RULES = "users.find"
"""The call from whose answer the rules refuse: the account."""

SPELLS: dict[str, Callable[[], KodaError]] = {
    "offline": lambda: Offline("There is no network."),
    "down": lambda: ServerDown("The server does not answer."),
    "slow-down": lambda: ServerDown("SlowDown.", facts={RETRY_AFTER: 20}),
    "keys": lambda: WrongCredentials("The keys are refused."),
    "clock": lambda: ClockWrong("This computer's clock is wrong."),
}
"""What every call of a device says while the spell lasts."""

MISHAPS = ("lost-reply", "before", "late", "error-in-200", "refused")
"""What a single call meets."""

OTHERS = (
    "banned",
    "stale-reads",
    "stream-lost",
    "no-streams",
    "lifecycle",
    "part-lost",
    "flipped-bit",
    "expired",
    "crash",
    "restore",
    "clock-jump",
    "disk-full",
    "sleep",
    "web",
    "web-delete",
    "poison",
)
"""Faults that the world works itself; here for the mix."""

ALL = (*SPELLS, *MISHAPS, *OTHERS)


@dataclass(slots=True)
class Mix:
    """Which faults a seed may meet. ``scale`` is how often a call meets a mishap."""

    kinds: frozenset[str]
    scale: float

    @classmethod
    def draw(cls, rng: random.Random, without: frozenset[str] = frozenset()) -> Mix:
        """Half of the kinds on average; now and then all, or none."""
        share = rng.choice([0.0, 0.25, 0.5, 0.5, 0.75, 1.0])
        chosen = frozenset(kind for kind in ALL if rng.random() < share)
        scale = rng.choice([0.03, 0.1, 0.25])
        return cls(chosen - without, scale)

    def has(self, kind: str) -> bool:
        return kind in self.kinds


@dataclass(slots=True)
class Weather:
    """The outside as one device meets it just now."""

    mix: Mix
    rng: random.Random
    spells: dict[str, float] = field(default_factory=dict)
    """Kind of spell, and the true time at which it ends."""
    is_healed: bool = False

    def begin(self, now: float) -> str | None:
        """A spell begins, if the mix has any; answers which."""
        kinds = [kind for kind in SPELLS if self.mix.has(kind)]
        if not kinds:
            return None
        kind = self.rng.choice(kinds)
        self.spells[kind] = now + self.rng.choice([0.1, 1.0, 1.0, 10.0, 90.0])
        return kind

    def heal(self) -> None:
        """No spell and no mishap any more."""
        self.is_healed = True
        self.spells.clear()

    def spell(self, now: float) -> str | None:
        """The spell that lasts at ``now``."""
        self.spells = {kind: end for kind, end in self.spells.items() if end > now}
        return next(iter(self.spells), None)

    def mishap(self, call: str) -> str | None:
        """What happens to this one call."""
        # What changes something is what matters most.
        odds = self.mix.scale * (3 if call in WRITES else 1)
        if self.is_healed or self.rng.random() >= odds:
            return None
        kinds = [kind for kind in MISHAPS if self.mix.has(kind)]
        if call not in WRITES:
            kinds = [kind for kind in kinds if kind != "late"]
        elif "late" in kinds and self.rng.random() < 0.5:
            return "late"
        if call != ASKS_RULES:
            kinds = [kind for kind in kinds if kind != "refused"]
        return self.rng.choice(kinds) if kinds else None

    def luck(self, kind: str, odds: float) -> bool:
        """Whether a fault of that kind strikes now."""
        return not self.is_healed and self.mix.has(kind) and self.rng.random() < odds


def refusal() -> KodaError:
    """A refusal by the rules that is over at the next attempt."""
    return NotAllowed("Not now: the account was being changed.")

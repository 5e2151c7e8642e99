"""Every call a device makes to the outside passes here: delayed, refused, lost, or let through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from koda_desktop.errors import KodaError, ServerDown
from tests.faults.simulation.baton import Baton
from tests.faults.simulation.clocks import TrueTime
from tests.faults.simulation.trace import Trace
from tests.faults.simulation.weather import SPELLS, Weather, refusal
from tests.sync.fake_marketplace import Faults

T = TypeVar("T")
LATE_MAX = 3


class Link(Faults):
    """One device's way to the servers; ``Faults`` is how the fakes ask it about each call."""

    def __init__(
        self,
        name: str,
        baton: Baton,
        time: TrueTime,
        weather: Weather,
        trace: Trace,
        late: list[Callable[[], object]],
    ) -> None:
        super().__init__()
        self.name = name
        self.weather = weather
        self.last_attempt = 0.0
        """True time of the last call that set out."""
        self._baton = baton
        self._time = time
        self._trace = trace
        self._late = late

    def around(self, call: str, work: Callable[[], T]) -> T:
        """One call: sets out, is carried out (or not), and its answer comes back (or not)."""
        self._baton.pause(f"{self.name} {call}")
        self.last_attempt = self._time.seconds
        self._meet_spell(call)
        mishap = self.weather.mishap(call)
        if mishap is not None:
            self._trace.count(mishap)
            self._trace.note(f"{self.name} {call} meets {mishap}")
            return self._unlucky(call, mishap, work)
        result = self._worked(call, work)
        self._baton.pause(f"{self.name} {call} answered")
        return result

    def strikes(self, kind: str, odds: float) -> bool:
        """Whether a fault of the bytes' way strikes now."""
        if not self.weather.luck(kind, odds):
            return False
        self._trace.count(kind)
        self._trace.note(f"{self.name} meets {kind}")
        return True

    def _meet_spell(self, call: str) -> None:
        spell = self.weather.spell(self._time.seconds)
        if spell is not None:
            self._trace.note(f"{self.name} {call} meets {spell}")
            make = SPELLS[spell]
            raise make()

    def _worked(self, call: str, work: Callable[[], T]) -> T:
        try:
            result = work()
        except KodaError as error:
            self._trace.note(f"{self.name} {call}: {type(error).__name__}")
            raise
        self._trace.note(f"{self.name} {call}")
        return result

    def _unlucky(self, call: str, mishap: str, work: Callable[[], T]) -> T:
        if mishap == "lost-reply":
            self._worked(call, work)
            self._baton.pause(f"{self.name} {call} reply is lost")
            raise ServerDown("The reply was lost.")
        if mishap == "late" and len(self._late) < LATE_MAX:
            self._late.append(work)
            raise ServerDown("No answer within the time.")
        if mishap == "refused":
            raise refusal()
        raise ServerDown(f"Failed: {mishap}.")


class Port:
    """A port of the marketplace of which every call passes over ``link``, whatever it offers."""

    def __init__(self, name: str, target: object, link: Link) -> None:
        self._name = name
        self._target = target
        self._link = link

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._target, name)

        def call(*arguments: Any, **named: Any) -> Any:
            return self._link.around(f"{self._name}.{name}", lambda: method(*arguments, **named))

        return call

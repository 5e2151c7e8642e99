"""What failed is left for a while, comes back, and is never lost or asked for early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import KodaError, Refused
from koda_desktop.marketplace.set_aside import SetAside

IDS = st.sampled_from("abcdef")
STEPS = st.lists(
    st.tuples(st.integers(0, 90), st.sets(IDS), st.sets(IDS), st.integers(1, 6)), max_size=30
)


@dataclass
class SomeClock:
    seconds: float = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


def faults(ids: set[str]) -> dict[str, KodaError]:
    return {one: Refused(one) for one in ids}


@given(STEPS)
def test_each_comes_back_when_its_time_has_come_and_not_before(
    steps: list[tuple[int, set[str], set[str], int]],
) -> None:
    """Against a plain dictionary of when each failed last."""
    clock = SomeClock()
    aside = SetAside(clock, 60.0)
    failed_at: dict[str, float] = {}
    for seconds, fresh, again_fails, limit in steps:
        clock.seconds += seconds
        due = aside.due(limit)
        ready = [one for one, at in failed_at.items() if at + 60 <= clock.seconds]
        assert set(due) <= set(ready)
        assert len(due) == min(limit, len(ready))
        oldest = sorted(failed_at[one] for one in ready)[: len(due)]
        assert [failed_at[one] for one in due] == oldest
        wrong = (fresh - failed_at.keys()) | (again_fails & set(due))
        aside.tried(due, faults(wrong))
        for one in due:
            del failed_at[one]
        failed_at |= dict.fromkeys(wrong, clock.seconds)
        assert aside.faults.keys() == failed_at.keys()


def test_whoever_hurries_gets_all_at_once() -> None:
    aside = SetAside(SomeClock(), 60.0)
    aside.tried((), faults({"a", "b"}))
    assert aside.due(9) == []
    aside.hurry()
    assert sorted(aside.due(9)) == ["a", "b"]
    assert aside.faults.keys() == {"a", "b"}

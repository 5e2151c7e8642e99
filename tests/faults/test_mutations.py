"""The list of guards fits the source, and a handful of them are taken away in every test run."""

from __future__ import annotations

import pytest

from tests.faults.guards import GUARDS, POWER_FILES, Guard, Suite
from tests.faults.mutations import Laboratory, Stale, check_fit, patched

QUICK = (
    "a staged file is synced before it gets its name",
    "bytes are synced before a part of a download counts",
)


def test_every_guard_is_where_the_list_says() -> None:
    assert check_fit() == []


def test_names_are_told_apart() -> None:
    names = [guard.name for guard in GUARDS]
    assert len(names) == len(set(names))
    assert set(QUICK) <= set(names)


def test_a_text_that_does_not_fit_fails_loudly() -> None:
    guard = Guard("gone", "some/file.py", "not there", "")
    with pytest.raises(Stale, match="gone"):
        patched("text", guard)
    with pytest.raises(Stale):
        patched("not there, not there", guard)


@pytest.mark.timeout(600)
def test_what_is_taken_away_is_missed_and_what_stands_is_not() -> None:
    stands = Guard("nothing", "koda_desktop/__init__.py", "", "", Suite((POWER_FILES,)))
    with Laboratory() as laboratory:
        assert laboratory.passes(stands)
        for guard in GUARDS:
            if guard.name in QUICK:
                assert laboratory.notices(guard), guard.name

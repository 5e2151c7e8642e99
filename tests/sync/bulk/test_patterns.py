"""A regular expression that would run for ever is stopped, and told so."""

from __future__ import annotations

import time

import pytest

from koda_desktop.errors import InputError
from koda_desktop.sync.bulk.patterns import Patterns
from koda_desktop.sync.bulk.replacing import Search


def test_a_catastrophic_pattern_is_stopped_and_the_next_one_runs() -> None:
    with Patterns(seconds=1) as patterns:
        begun = time.monotonic()
        with pytest.raises(InputError, match="takes too long"):
            patterns(Search("(a+)+$", "", is_regex=True), ["a" * 40 + "b"])
        # The pattern alone would need years.
        assert time.monotonic() - begun < 60
        found = patterns(Search(r"(\w)(\d)", r"\2\1", is_regex=True), ["a1 b2", "none"])
        assert found == ["1a 2b", "none"]


def test_plain_words_need_no_process() -> None:
    patterns = Patterns()
    assert patterns(Search("a", "b"), ["aa"]) == ["bb"]
    assert patterns._child is None
    patterns.close()


def test_a_wrong_pattern_is_told_from_the_process_too() -> None:
    with Patterns() as patterns, pytest.raises(InputError, match="not a regular expression"):
        patterns(Search("(", "", is_regex=True), ["a"])

"""Allowed values are kept by digest and reason, never as they are."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import pytest

from koda_desktop.errors import LocalFault, NotFound, UsageError
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.workspace.allowances import Allowances

DIGEST = hashlib.sha256(b"a public demo key").hexdigest()


@pytest.fixture
def allowances(tmp_path: Path) -> Allowances:
    return Allowances(tmp_path, SystemClock())


def test_a_value_is_allowed_once_with_its_latest_reason(allowances: Allowances) -> None:
    assert allowances.digests() == frozenset()
    allowances.allow(DIGEST, "API key", "first")
    allowances.allow(DIGEST, "API key", "  a public demo key  ")
    (only,) = allowances.all()
    assert (only.digest, only.reason, only.kind) == (DIGEST, "a public demo key", "API key")
    allowances.forget(DIGEST)
    assert allowances.all() == ()


def test_a_reason_is_needed(allowances: Allowances) -> None:
    with pytest.raises(UsageError):
        allowances.allow(DIGEST, "API key", "  ")
    assert allowances.all() == ()


def test_the_list_is_this_accounts_alone(allowances: Allowances, tmp_path: Path) -> None:
    allowances.allow(DIGEST, "API key", "demo")
    assert stat.S_IMODE((tmp_path / "allowed-secrets.json").stat().st_mode) == 0o600


def test_a_damaged_list_is_told(allowances: Allowances, tmp_path: Path) -> None:
    (tmp_path / "allowed-secrets.json").write_text("[]")
    with pytest.raises(LocalFault):
        allowances.digests()


def test_what_is_known_of_a_value_is_kept_with_it(allowances: Allowances) -> None:
    allowances.allow(DIGEST, "API key", "demo", masked="sk-…", seen="first.json, nodes[1]")
    allowances.allow(DIGEST, "API key", "still a demo", masked="sk-…", seen="second.json")
    (only,) = allowances.all()
    assert (only.masked, only.seen, only.reason) == ("sk-…", "first.json, nodes[1]", "still a demo")
    assert only.by
    assert only.as_json()["digest"] == DIGEST[:12]


def test_a_list_of_an_earlier_version_is_read(allowances: Allowances, tmp_path: Path) -> None:
    entry = {"digest": DIGEST, "reason": "demo", "kind": "API key", "at": "2026-01-01T00:00:00Z"}
    content = {"version": 1, "allowed": [entry]}
    (tmp_path / "allowed-secrets.json").write_text(json.dumps(content))
    (only,) = allowances.all()
    assert (only.reason, only.seen, only.masked) == ("demo", "", "")


def test_several_are_forgotten_in_one_write(allowances: Allowances) -> None:
    digests = [hashlib.sha256(bytes([number])).hexdigest() for number in range(4)]
    for digest in digests:
        allowances.allow(digest, "API key", "demo")
    allowances.forget(digests[0], digests[2], "unknown")
    assert [one.digest for one in allowances.all()] == [digests[1], digests[3]]


def test_a_prefix_that_names_several_values_names_none(allowances: Allowances) -> None:
    for digest in ("ab" * 32, "ab" * 31 + "cd"):
        allowances.allow(digest, "API key", "demo")
    with pytest.raises(UsageError, match="2 digests"):
        allowances.find(["ab" * 6])
    (found,) = allowances.find(["ab" * 32, " " + "AB" * 32])
    assert found.digest == "ab" * 32
    with pytest.raises(NotFound):
        allowances.find(["cd" * 6])


@pytest.mark.parametrize(
    ("words", "is_found"),
    [("", True), ("DEMO sk", True), ("json api", True), ("demo other", False)],
)
def test_words_are_looked_for_in_what_is_shown(
    allowances: Allowances, words: str, is_found: bool
) -> None:
    allowances.allow(DIGEST, "API key", "demo", masked="sk-…", seen="first.json")
    assert allowances.all()[0].matches(words) is is_found

"""Allowed values are kept by digest and reason, never as they are."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from koda_desktop.errors import LocalFault, UsageError
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

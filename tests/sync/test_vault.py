"""One contract for both vaults; the real keyring's part runs where dev.py unlocked one."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from koda_desktop.errors import UsageError, VaultFault
from koda_desktop.sync.vault import LONGEST_SECRET, KeyringVault, MemoryVault, Vault, open_vault

HAS_SERVICE = os.environ.get("KODA_TEST_SECRET_SERVICE") == "1"
needs_service = pytest.mark.skipif(not HAS_SERVICE, reason="no unlocked keyring was started")


@pytest.fixture(
    params=[
        "memory",
        pytest.param("keyring", marks=[needs_service, pytest.mark.secret_service]),
    ]
)
def vault(request: pytest.FixtureRequest) -> Vault:
    if request.param == "memory":
        return MemoryVault()
    opened = open_vault(f"test-{uuid.uuid4()}")
    assert isinstance(opened, KeyringVault)
    return opened


def test_a_secret_comes_back_as_it_was(vault: Vault) -> None:
    for secret in ("simple", "mongodb://a:p%40ss@h/?x=1", "ünï🔑", "x" * LONGEST_SECRET, " \n"):
        vault.set("mongodb-uri", secret)
        assert vault.get("mongodb-uri") == secret
    assert vault.problem is None
    vault.delete("mongodb-uri")


def test_a_secret_that_is_not_there_is_none(vault: Vault) -> None:
    assert vault.get("nothing") is None
    vault.delete("nothing")


def test_a_deleted_secret_is_gone(vault: Vault) -> None:
    vault.set("key", "one")
    vault.set("key", "two")
    vault.delete("key")
    assert vault.get("key") is None


def test_names_do_not_mix(vault: Vault) -> None:
    vault.set("a", "1")
    vault.set("b", "2")
    assert (vault.get("a"), vault.get("b")) == ("1", "2")
    vault.delete("a")
    vault.delete("b")


def test_what_a_keyring_cannot_hold_is_refused_and_changes_nothing(vault: Vault) -> None:
    vault.set("key", "kept")
    for secret in ("", "x" * (LONGEST_SECRET + 1)):
        with pytest.raises(UsageError) as caught:
            vault.set("key", secret)
        assert "xx" not in str(caught.value)
    assert vault.get("key") == "kept"
    vault.delete("key")


@needs_service
@pytest.mark.secret_service
def test_workspaces_do_not_see_each_others_secrets() -> None:
    first, second = open_vault(str(uuid.uuid4())), open_vault(str(uuid.uuid4()))
    first.set("key", "mine")
    assert second.get("key") is None
    first.delete("key")


def opened_in_a_child(**environment: str) -> str:
    """What ``open_vault`` says in a fresh process, where ``keyring`` has chosen nothing yet."""
    program = """
from koda_desktop.sync.vault import MemoryVault, open_vault
vault = open_vault("test")
assert isinstance(vault, MemoryVault), vault
vault.set("key", "for this session")
assert vault.get("key") == "for this session"
print(vault.problem)
"""
    environ = {**os.environ, **environment}
    if "DBUS_SESSION_BUS_ADDRESS" not in environment:
        environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have a keyring always")
def test_without_a_keyring_secrets_live_for_this_session_and_that_is_said() -> None:
    said = opened_in_a_child()
    assert "no keyring that Koda can use" in said
    assert "until Koda is closed" in said


def test_a_keyring_that_writes_plain_files_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "plainfile.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Keyring(KeyringBackend):\n"
        "    priority = 9\n"
        "    def get_password(self, s, u): raise AssertionError\n"
        "    def set_password(self, s, u, p): raise AssertionError\n"
        "    def delete_password(self, s, u): raise AssertionError\n"
    )
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    said = opened_in_a_child(PYTHON_KEYRING_BACKEND="plainfile.Keyring", PYTHONPATH=path)
    assert "plain file" in said


class _Stubborn:
    """A backend that answers each call with one exception."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self._error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self._error


class LockedException(Exception):
    """As SecretStorage names its own, which keyring lets through."""


@pytest.mark.parametrize("kind", ["locked", "own locked", "broken"])
def test_a_keyring_that_is_locked_later_says_so(kind: str) -> None:
    from keyring.errors import InitError, KeyringLocked

    kinds: dict[str, type[Exception]] = {
        "locked": KeyringLocked,
        "own locked": LockedException,
        "broken": InitError,
    }
    vault = KeyringVault(_Stubborn(kinds[kind]("x")), "w")  # type: ignore[arg-type]
    calls: list[Callable[[], object]] = [
        lambda: vault.get("a"),
        lambda: vault.set("a", "b"),
        lambda: vault.delete("a"),
    ]
    for call in calls:
        with pytest.raises(VaultFault, match="did not answer" if kind == "broken" else "locked"):
            call()


@needs_service
@pytest.mark.secret_service
@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is a Linux desktop's")
def test_a_locked_keyring_is_told_and_secrets_live_for_this_session() -> None:
    """Locks the real keyring of this session in a bus of its own, so that others keep theirs."""
    program = (
        "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; exec "
        f'"{sys.executable}" -c "$PROGRAM"'
    )
    script = (
        "from koda_desktop.sync.vault import MemoryVault, open_vault\n"
        "vault = open_vault('test', wait=3)\n"
        "assert isinstance(vault, MemoryVault)\n"
        "print(vault.problem)\n"
    )
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", program],
        env={**os.environ, "PROGRAM": script},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "keyring" in done.stdout
    assert "until Koda is closed" in done.stdout

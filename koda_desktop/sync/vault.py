"""Where secrets live: the operating system's keyring, one short entry each.

Without a usable keyring a secret is kept for this session, in memory, and the vault says so;
nothing weaker is ever used in its place. Asking a keyring may wait for a person: pools only.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, cast

from koda_desktop.errors import UsageError, VaultFault

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Koda Desktop"
LONGEST_SECRET = 1_200
"""Characters. The Windows Credential Manager takes 2,560 bytes of UTF-16, about 1,280."""

_TRUSTED = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Backends that keep secrets in the system's own keyring; others may write them to a file."""

_SESSION_ONLY = "Secrets are kept until Koda is closed, and only in memory."


PROMPT_SECONDS = 60.0
"""How long a person may take to answer the system's dialog."""


class Vault(Protocol):
    """The secrets of one workspace, by name."""

    @property
    def problem(self) -> VaultFault | None:
        """Why secrets will not outlive this session; None when they will."""
        ...

    def get(self, name: str) -> str | None:
        """The secret, or None when there is none. Raises VaultFault."""
        ...

    def set(self, name: str, secret: str) -> None:
        """Keep a secret. Raises UsageError for an empty or too long one, VaultFault."""
        ...

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none. Raises VaultFault."""
        ...


class MemoryVault:
    """Keeps secrets for this session."""

    def __init__(self, problem: VaultFault | None = None) -> None:
        self._problem = problem
        self._lock = threading.Lock()
        self._secrets: dict[str, str] = {}

    @property
    def problem(self) -> VaultFault | None:
        return self._problem

    def get(self, name: str) -> str | None:
        with self._lock:
            return self._secrets.get(name)

    def set(self, name: str, secret: str) -> None:
        _check(secret)
        with self._lock:
            self._secrets[name] = secret

    def delete(self, name: str) -> None:
        with self._lock:
            self._secrets.pop(name, None)


class KeyringVault:
    """Keeps secrets in the system's keyring, as ``<workspace>/<name>`` of ``Koda Desktop``."""

    problem: VaultFault | None = None

    def __init__(self, backend: KeyringBackend, workspace: str) -> None:
        self._backend = backend
        self._workspace = workspace

    def get(self, name: str) -> str | None:
        with _keyring_faults():
            return self._backend.get_password(SERVICE, self._entry(name))

    def set(self, name: str, secret: str) -> None:
        _check(secret)
        with _keyring_faults():
            self._backend.set_password(SERVICE, self._entry(name), secret)

    def delete(self, name: str) -> None:
        with _keyring_faults():
            if self._backend.get_password(SERVICE, self._entry(name)) is not None:
                self._backend.delete_password(SERVICE, self._entry(name))

    def _entry(self, name: str) -> str:
        return f"{self._workspace}/{name}"


def open_vault(workspace: str, wait: float = PROMPT_SECONDS) -> Vault:
    """The workspace's vault: the keyring, or this session's memory with ``problem`` saying why.

    May show the system's dialog that unlocks the keyring, for up to ``wait`` seconds: where nobody
    can answer it (no screen, no prompter), a keyring would wait for ever.
    """
    import keyring

    try:
        with _keyring_faults():
            backend = keyring.get_keyring()
        vault = KeyringVault(_trusted(backend), workspace)
        _ask(vault, wait)
    except VaultFault as fault:
        return MemoryVault(fault)
    return vault


def _ask(vault: KeyringVault, wait: float) -> None:
    """Ask for an entry that need not exist, which is what finds a locked keyring."""
    answers: queue.SimpleQueue[VaultFault | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            vault.get("opened")
        except VaultFault as fault:
            answers.put(fault)
        else:
            answers.put(None)

    threading.Thread(target=ask, name="koda-vault", daemon=True).start()
    try:
        fault = answers.get(timeout=wait)
    except queue.Empty:
        raise VaultFault(
            "The keyring of this computer is locked, and nobody unlocked it.",
            kept=_SESSION_ONLY,
            remedy="Unlock the keyring, then start Koda again.",
        ) from None
    if fault is not None:
        raise fault


def _trusted(backend: KeyringBackend) -> KeyringBackend:
    """The system's own keyring among what ``keyring`` found. Raises VaultFault for none."""
    parts = list(getattr(backend, "backends", None) or [backend])
    kinds = [type(part).__module__ for part in parts]
    for part, kind in zip(parts, kinds, strict=True):
        if kind.startswith(_TRUSTED):
            return cast("KeyringBackend", part)
    if set(kinds) <= {"keyring.backends.fail", "keyring.backends.null"}:
        what = "This computer has no keyring that Koda can use."
    else:
        what = f"The keyring in use ({', '.join(kinds)}) may keep secrets in a plain file."
    raise VaultFault(
        what,
        kept=_SESSION_ONLY,
        remedy="Install and unlock a keyring (GNOME Keyring, KWallet), then start Koda again.",
        facts={"backends": kinds},
    )


def _check(secret: str) -> None:
    if not secret:
        raise UsageError("A secret cannot be empty.")
    if len(secret) > LONGEST_SECRET:
        raise UsageError(
            f"This secret is too long: {LONGEST_SECRET} characters are the most a keyring holds.",
            facts={"length": len(secret)},
        )


@contextlib.contextmanager
def _keyring_faults() -> Iterator[None]:
    """Turn what a keyring raises into VaultFaults: each backend has exceptions of its own."""
    from keyring.errors import KeyringLocked

    try:
        yield
    except KeyringLocked as error:
        raise _locked(error) from error
    except Exception as error:
        if "lock" in type(error).__name__.lower():
            raise _locked(error) from error
        raise VaultFault(
            "The system’s keyring did not answer as it should.",
            kept=_SESSION_ONLY,
            remedy="Unlock or restart the keyring, then try again.",
            facts={"error": type(error).__name__},
        ) from error


def _locked(error: Exception) -> VaultFault:
    return VaultFault(
        "The system’s keyring is locked.",
        kept=_SESSION_ONLY,
        remedy="Unlock it, then try again.",
        facts={"error": type(error).__name__},
    )

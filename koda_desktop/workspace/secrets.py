"""The secrets of a workspace: the environment first, then the keyring; never a file."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from koda_desktop.runtime.logs import register_secret
from koda_desktop.sync.vault import Vault, open_vault
from koda_desktop.workspace.info import WorkspaceInfo


class Secret(StrEnum):
    """One keyring entry each; the values are their names there."""

    MONGODB_URI = "mongodb-uri"
    S3_ACCESS_KEY_ID = "s3-access-key-id"
    S3_SECRET_ACCESS_KEY = "s3-secret-access-key"
    STRIPE_API_KEY = "stripe-api-key"
    STRIPE_WEBHOOK_SECRET = "stripe-webhook-secret"

    @property
    def variable(self) -> str:
        """The environment variable that wins over the keyring and is never stored."""
        return "KODA_" + self.value.upper().replace("-", "_")


OpenVault = Callable[[str], Vault]
"""The vault of a workspace, by its name."""


class Vaults:
    """One vault per workspace for the whole process.

    So that where there is no keyring, what was typed into Settings serves until Koda is closed.
    """

    def __init__(self, open_one: OpenVault = open_vault) -> None:
        self._open_one = open_one
        self._opened: dict[str, Vault] = {}
        self._lock = threading.Lock()

    def __call__(self, workspace: str) -> Vault:
        """The vault of ``workspace``; may show the system's dialog that unlocks the keyring."""
        with self._lock:
            if workspace not in self._opened:
                self._opened[workspace] = self._open_one(workspace)
            return self._opened[workspace]


class Secrets:
    """Where the secrets of the workspace ``info`` come from. Blocking: a keyring may ask.

    The keyring is opened when the environment and the description hold no answer.
    """

    def __init__(
        self,
        info: WorkspaceInfo,
        vaults: OpenVault = open_vault,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._info = info
        self._vaults = vaults
        self._environ = os.environ if environ is None else environ

    def get(self, secret: Secret) -> str:
        """The secret, or "" where there is none; the log knows from now on what to strike out.

        Raises VaultFault when the keyring is locked.
        """
        value = self._find(secret)
        if value and secret is not Secret.MONGODB_URI:
            register_secret(value)
        return value

    def _find(self, secret: Secret) -> str:
        given = self._environ.get(secret.variable)
        if given:
            return given
        if secret is Secret.MONGODB_URI and self._info.mongodb_uri:
            return self._info.mongodb_uri
        return self._vaults(self._info.name).get(secret.value) or ""

    def store(self, values: Mapping[str, str]) -> None:
        """Keep ``values`` (by the names of ``Secret``). Raises UsageError or VaultFault."""
        vault = self._vaults(self._info.name)
        for name, value in values.items():
            vault.set(Secret(name).value, value)

    def forget(self) -> None:
        """Delete every secret of this workspace. Raises VaultFault."""
        vault = self._vaults(self._info.name)
        for secret in Secret:
            vault.delete(secret.value)


def holds_credentials(uri: str) -> bool:
    """Whether a ``mongodb://`` address carries a user or password, and so is a secret itself."""
    try:
        return "@" in urlsplit(uri).netloc
    except ValueError:
        return True

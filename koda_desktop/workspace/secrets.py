"""The secrets of a workspace: the environment first, then the keyring; never a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from koda_desktop.runtime.logs import register_secret
from koda_desktop.sync.vault import Vault
from koda_desktop.workspace.info import WorkspaceInfo


class Secret(StrEnum):
    """One keyring entry each; the values are their names there."""

    MONGODB_URI = "mongodb-uri"
    S3_ACCESS_KEY_ID = "s3-access-key-id"
    S3_SECRET_ACCESS_KEY = "s3-secret-access-key"
    STRIPE_API_KEY = "stripe-api-key"

    @property
    def variable(self) -> str:
        """The environment variable that wins over the keyring and is never stored."""
        return "KODA_" + self.value.upper().replace("-", "_")


class Secrets:
    """Where the secrets of the workspace ``info`` come from. Blocking: a keyring may ask."""

    def __init__(
        self, info: WorkspaceInfo, vault: Vault, environ: Mapping[str, str] | None = None
    ) -> None:
        self._info = info
        self._vault = vault
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
        return self._vault.get(secret.value) or ""

    def store(self, values: Mapping[str, str]) -> None:
        """Keep ``values`` (by the names of ``Secret``). Raises UsageError or VaultFault."""
        for name, value in values.items():
            self._vault.set(Secret(name).value, value)

    def forget(self) -> None:
        """Delete every secret of this workspace. Raises VaultFault."""
        for secret in Secret:
            self._vault.delete(secret.value)


def holds_credentials(uri: str) -> bool:
    """Whether a ``mongodb://`` address carries a user or password, and so is a secret itself."""
    try:
        return "@" in urlsplit(uri).netloc
    except ValueError:
        return True

"""Adding, trying, using and removing workspaces: the list on disk and the secrets together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from koda_desktop.errors import UsageError, VaultFault
from koda_desktop.runtime.clock import Clock, SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.services.stripe.keys import KeyKind, advice, kind_of
from koda_desktop.sync.vault import MemoryVault, Vault
from koda_desktop.workspace.info import NewWorkspace, Places, WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry
from koda_desktop.workspace.secrets import OpenVault, Secret, Secrets, Vaults, holds_credentials


class Desk:
    """The workspaces of one data folder. Every method blocks and may raise KodaErrors."""

    def __init__(
        self, paths: Paths, clock: Clock | None = None, vaults: OpenVault | None = None
    ) -> None:
        self._paths = paths
        self._clock = clock or SystemClock()
        self._vaults = vaults or Vaults()
        self._registry = Registry(paths)

    def all(self) -> list[WorkspaceInfo]:
        return self._registry.all()

    def current(self) -> WorkspaceInfo | None:
        return self._registry.current()

    def use(self, name: str) -> WorkspaceInfo:
        return self._registry.use(name)

    def add(self, new: NewWorkspace) -> WorkspaceInfo:
        """Remember ``new`` and use it; its secrets go to the keyring.

        Raises UsageError for what is missing or a name that is taken; then nothing is kept. Raises
        VaultFault when the workspace was added but its secrets will not outlive this session.
        """
        info, secrets = _sorted(new)
        _check(info, secrets)
        self._paths.ensure()
        self._registry.check_free(info.name)
        _check_key(secrets)
        if secrets:
            Secrets(info, self._vaults).store(secrets)
        self._registry.add(info)
        if secrets:
            _say_if_fleeting(self._vaults(info.name), info)
        return info

    def update_keys(self, name: str, secrets: Mapping[str, str]) -> WorkspaceInfo:
        """Keep new secrets for ``name``; empty ones stay as they were.

        Raises NotFound, UsageError when none is given, and VaultFault when they will not outlive
        this session.
        """
        before = self._registry.find(name)
        given = {key: value for key, value in secrets.items() if value}
        if not given:
            raise UsageError("No key was given.", remedy="Fill in the keys that changed.")
        # An address typed anew takes the place of the one in the description.
        described = replace(before, mongodb_uri="") if Secret.MONGODB_URI in given else before
        info, sorted_out = _sorted(NewWorkspace(described, given))
        _check_key(sorted_out)
        if sorted_out:
            Secrets(info, self._vaults).store(sorted_out)
        if info != before:
            self._registry.replace(info)
        _say_if_fleeting(self._vaults(name), info)
        return info

    def remove(self, name: str) -> WorkspaceInfo:
        """Forget the workspace and its secrets; its folder on disk stays. Raises NotFound."""
        info = self._registry.remove(name)
        Secrets(info, self._vaults).forget()
        return info

    def test(self, new: NewWorkspace) -> str:
        """Try every server; what was reached, in a sentence or two, with a word about a Stripe key
        that may do more than it needs to. Raises what stands in the way.
        """
        from koda_desktop.workspace.connect import Connector, actor_of

        info, secrets = _sorted(new)
        _check(info, secrets)
        typed = Secrets(info, Vaults(lambda _: MemoryVault()))
        typed.store(secrets)
        connector = Connector(info, typed, self._paths, self._clock)
        try:
            connected = connector.open()
            version = connected.database.ping()
            connected.objects.check_bucket()
            name = connected.marketplace.account(actor_of(info)).name
        finally:
            connector.close()
        reached = f"MongoDB {version} and the bucket answer; you are {name}."
        key = typed.get(Secret.STRIPE_API_KEY)
        return f"{reached} {advice(key)}".rstrip() if key else reached

    def places(self) -> Places:
        problem = self._vaults("-").problem
        secrets = "the keyring of this computer" if problem is None else f"memory: {problem.what}"
        return Places(str(self._paths.root), str(self._paths.logs), secrets)


def _sorted(new: NewWorkspace) -> tuple[WorkspaceInfo, Mapping[str, str]]:
    """An address with a password in it is a secret; one without is part of the description."""
    secrets = {name: value for name, value in new.secrets.items() if value}
    uri = secrets.get(Secret.MONGODB_URI) or new.info.mongodb_uri
    secrets.pop(Secret.MONGODB_URI, None)
    if uri and holds_credentials(uri):
        secrets[Secret.MONGODB_URI.value] = uri
        uri = ""
    return replace(new.info, mongodb_uri=uri), secrets


def _check(info: WorkspaceInfo, secrets: Mapping[str, str]) -> None:
    if info.kind is not WorkspaceKind.DIRECT:
        return
    uri = Secret.MONGODB_URI
    given = {
        f"the mongodb:// address (--mongodb-uri or {uri.variable})": info.mongodb_uri
        or secrets.get(uri)
        or os.environ.get(uri.variable),
        "the database’s name (--database)": info.database,
        "the bucket’s name (--bucket)": info.bucket,
        "your user id (--user-id)": info.user_id,
    }
    missing = [what for what, value in given.items() if not value]
    if missing:
        raise UsageError(
            f"A marketplace of your own needs {', '.join(missing)}.",
            remedy="Fill in what is missing, then add it again.",
        )


def _check_key(secrets: Mapping[str, str]) -> None:
    """Raise UsageError for what is no key that can settle, whatever else it is."""
    key = secrets.get(Secret.STRIPE_API_KEY)
    if key and kind_of(key) not in (KeyKind.RESTRICTED, KeyKind.SECRET):
        raise UsageError(advice(key), remedy="A restricted key, which begins with rk_, is enough.")


def _say_if_fleeting(vault: Vault, info: WorkspaceInfo) -> None:
    if vault.problem is None:
        return
    variables = ", ".join(secret.variable for secret in Secret)
    raise VaultFault(
        vault.problem.what,
        kept=f"“{info.name}” was saved, but its secrets last only until Koda is closed.",
        remedy=f"Set them in the environment each time ({variables}).",
    )

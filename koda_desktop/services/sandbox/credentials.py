"""The passwords and keys of one sandbox, made once.

They are in a file that only this account may read, not in the keyring: they protect made-up data
on a server that only this computer can reach, they have to be found by command line and window
alike, and a locked keyring must not keep anybody from trying the program out.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.files import disk_faults, write_atomically

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True, repr=False)
class SandboxCredentials:
    """Passwords of the database's three users, and the keys of the object store and of Stripe."""

    keeper_password: str
    operator_password: str
    app_password: str
    s3_access_key_id: str
    s3_secret_access_key: str
    stripe_key: str

    @classmethod
    def load_or_create(cls, path: Path) -> SandboxCredentials:
        """Those in ``path``, or fresh ones that are now in it. Raises LocalFault if damaged."""
        with disk_faults(f"{path.name} could not be read"):
            try:
                text = path.read_bytes()
            except FileNotFoundError:
                return cls._create(path)
        try:
            return cls._read(path, json.loads(text))
        except (ValueError, TypeError) as error:
            raise LocalFault(
                f"{path} is damaged, so the sandbox cannot be opened.",
                kept="What the sandbox holds is untouched.",
                remedy="Put the file back, or delete the sandbox’s folder to start anew.",
            ) from error

    @classmethod
    def _read(cls, path: Path, known: dict[str, str]) -> SandboxCredentials:
        """Those of a sandbox from before it had a Stripe get its key now."""
        if "stripe_key" in known:
            return cls(**known)
        made = cls(**known, stripe_key=_stripe_key())
        made._save(path)
        return made

    @classmethod
    def _create(cls, path: Path) -> SandboxCredentials:
        made = cls(
            keeper_password=secrets.token_urlsafe(24),
            operator_password=secrets.token_urlsafe(24),
            app_password=secrets.token_urlsafe(24),
            s3_access_key_id="KODA" + "".join(secrets.choice(_ALPHABET) for _ in range(16)),
            s3_secret_access_key=secrets.token_urlsafe(30),
            stripe_key=_stripe_key(),
        )
        made._save(path)
        return made

    def _save(self, path: Path) -> None:
        write_atomically(path, json.dumps(asdict(self), indent=1).encode(), mode=0o600)


def _stripe_key() -> str:
    return f"sk_test_sandbox{secrets.token_hex(16)}"

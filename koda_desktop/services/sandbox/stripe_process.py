"""The make-believe Stripe as a child process of this program, seen from outside."""

from __future__ import annotations

import contextlib
import http.client
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.files import write_atomically
from koda_desktop.services.sandbox.announced import AnnouncedServer

_MODULE = "koda_desktop.services.sandbox.stripe"
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0


class StripeProcess(AnnouncedServer):
    """One make-believe Stripe over one folder; its ``endpoint`` is the SDK's ``api`` base address.

    ``keys`` maps each key to what it may do; ``*`` is everything. One of them must have that.
    """

    def __init__(self, folder: Path, keys: Mapping[str, Sequence[str]]) -> None:
        self._keys = {key: list(allowed) for key, allowed in keys.items()}
        self._key = next(key for key, allowed in self._keys.items() if "*" in allowed)
        super().__init__(
            folder,
            "The sandbox’s Stripe",
            log="stripe.log",
            start_timeout=_START_SECONDS,
            stop_timeout=_STOP_SECONDS,
        )

    def act(self, action: str, **fields: Any) -> dict[str, Any]:
        """Have something happen that only a sandbox can order: see ``stripe.control``.

        Raises LocalFault when the server refuses or does not answer.
        """
        status, body = self._post(f"/sandbox/{action}", fields)
        if status != 200:
            message = body.get("error", {}).get("message", "no answer")
            raise LocalFault(f"{self._name} refused: {message}")
        return body

    def _answers(self) -> bool:
        with contextlib.suppress(LocalFault):
            self.act("clock")
            return True
        return False

    def _post(self, path: str, fields: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        address = urlsplit(self.endpoint)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
        with contextlib.closing(connection):
            try:
                connection.request("POST", path, json.dumps(fields).encode(), headers)
                answer = connection.getresponse()
                body: dict[str, Any] = json.loads(answer.read())
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise LocalFault(f"{self._name} does not answer.") from error
        return answer.status, body

    def _command(self, port: int) -> list[str]:
        keys = self._folder / "keys.json"
        write_atomically(keys, json.dumps(self._keys).encode(), mode=0o600)
        command = [sys.executable, "-P", "-m", _MODULE, "--data", str(self._folder / "data")]
        command += ["--keys", str(keys), "--announce", str(self._state), "--port", str(port)]
        return command

"""The object store as a child process of this program, seen from outside."""

from __future__ import annotations

import contextlib
import http.client
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from koda_desktop.runtime.files import write_atomically
from koda_desktop.services.sandbox.announced import AnnouncedServer

_MODULE = "koda_desktop.services.sandbox.objectstore"


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """``buckets`` are made sure of at every start; ``min_part`` is in bytes, for tests."""

    buckets: tuple[str, ...] = ()
    region: str = "us-east-1"
    min_part: int | None = None
    start_timeout: float = 30.0
    stop_timeout: float = 10.0


class ObjectStoreProcess(AnnouncedServer):
    """One store over one folder; its ``endpoint`` is for S3 clients, path style.

    ``keys`` maps access key ids to secrets.
    """

    def __init__(
        self, folder: Path, keys: Mapping[str, str], options: StoreOptions | None = None
    ) -> None:
        self._keys = dict(keys)
        self._options = options or StoreOptions()
        super().__init__(
            folder,
            "The sandbox’s file store",
            log="objectstore.log",
            start_timeout=self._options.start_timeout,
            stop_timeout=self._options.stop_timeout,
        )

    def _answers(self) -> bool:
        key, secret = next(iter(self._keys.items()))
        request = AWSRequest(method="GET", url=f"{self.endpoint}/")
        S3SigV4Auth(Credentials(key, secret), "s3", self._options.region).add_auth(request)
        address = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/", headers=dict(request.headers.items()))
            return connection.getresponse().status == 200
        return False

    def _command(self, port: int) -> list[str]:
        keys = self._folder / "keys.json"
        write_atomically(keys, json.dumps(self._keys).encode(), mode=0o600)
        options = self._options
        command = [sys.executable, "-P", "-m", _MODULE, "--data", str(self._folder / "data")]
        command += ["--credentials", str(keys), "--announce", str(self._state)]
        command += ["--port", str(port), "--region", options.region]
        for bucket in options.buckets:
            command += ["--bucket", bucket]
        if options.min_part is not None:
            command += ["--min-part-size", str(options.min_part)]
        return command

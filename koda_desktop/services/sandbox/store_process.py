"""The object store as a child process of this program, seen from outside."""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from koda_desktop.errors import LocalFault, MissingResource, ServerDown
from koda_desktop.runtime.files import disk_faults, write_atomically
from koda_desktop.services.sandbox.processes import ServerProcess
from koda_desktop.services.sandbox.state import ServerState, usable_port

_MODULE = "koda_desktop.services.sandbox.objectstore"
_TOO_LATE = {48, 49}  # exit codes: the port is taken, the folder is served by another process
_ATTEMPTS = 5
_POLL_SECONDS = 0.01
_NEEDS = ("starlette", "uvicorn")


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """``buckets`` are made sure of at every start; ``min_part`` is in bytes, for tests."""

    buckets: tuple[str, ...] = ()
    region: str = "us-east-1"
    min_part: int | None = None
    start_timeout: float = 30.0
    stop_timeout: float = 10.0


class ObjectStoreProcess:
    """One store over one folder. Starting it when it runs already adopts what runs.

    ``keys`` maps access key ids to secrets. Callers make sure that only one of them starts or
    stops it at a time (the sandbox's lock).
    """

    def __init__(
        self, folder: Path, keys: Mapping[str, str], options: StoreOptions | None = None
    ) -> None:
        self._folder = folder.absolute()
        self._keys = dict(keys)
        self._options = options or StoreOptions()
        self._state = self._folder / "state.json"
        self._log = self._folder / "objectstore.log"
        self._process: ServerProcess | None = None
        self._port = 0

    @property
    def endpoint(self) -> str:
        """The address to give to S3 clients, path style."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The process id. Raises LocalFault before start()."""
        return self._started().pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running

    def start(self) -> None:
        """Accept requests when this returns.

        Raises MissingResource (the extra is not installed), DiskFull, NoRights, LocalFault (it
        ended) or ServerDown (too slow).
        """
        _check_installed()
        with disk_faults("The sandbox's folder could not be made"):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._adopt():
            self._launch()

    def stop(self) -> None:
        """End it cleanly and keep the port for next time. Nothing to do if it does not run."""
        process = self._process or self._recorded()
        if process is not None:
            process.stop(self._options.stop_timeout)
        self._process = None
        known = ServerState.load(self._state)
        if known is not None and known.process is not None:
            ServerState(known.port, None).save(self._state)

    def kill(self) -> None:
        """End it as a power cut would. For tests of what survives one."""
        self._started().kill()
        self._process = None

    def release(self) -> None:
        """Leave it running for other programs."""
        if self._process is not None:
            self._process.release()
            self._process = None

    def _started(self) -> ServerProcess:
        if self._process is None:
            raise LocalFault("The sandbox's file store was not started.")
        return self._process

    def _recorded(self) -> ServerProcess | None:
        known = ServerState.load(self._state)
        if known is None or known.process is None or not known.process.is_alive:
            return None
        return ServerProcess(known.process)

    def _adopt(self) -> bool:
        """Take over a running store after a crash of whoever started it; end one that is deaf."""
        process, known = self._recorded(), ServerState.load(self._state)
        if process is None or known is None:
            return False
        self._port = known.port
        if not self._answers():
            process.stop(self._options.stop_timeout)
            return False
        self._process = process
        return True

    def _answers(self) -> bool:
        """Whether it answers a request signed with our key."""
        key, secret = next(iter(self._keys.items()))
        request = AWSRequest(method="GET", url=f"{self.endpoint}/")
        S3SigV4Auth(Credentials(key, secret), "s3", self._options.region).add_auth(request)
        address = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/", headers=dict(request.headers.items()))
            return connection.getresponse().status == 200
        return False

    def _launch(self) -> None:
        known = ServerState.load(self._state)
        preferred = known.port if known else None
        keys = self._folder / "keys.json"
        write_atomically(keys, json.dumps(self._keys).encode(), mode=0o600)
        for _ in range(_ATTEMPTS):
            command = self._command(usable_port(preferred), keys)
            if self._announced(ServerProcess.spawn(command, self._log)) or self._adopt():
                return
            preferred = None
        raise LocalFault("The sandbox's file store found no free port.", remedy="Try again.")

    def _command(self, port: int, keys: Path) -> list[str]:
        options = self._options
        command = [sys.executable, "-P", "-m", _MODULE, "--data", str(self._folder / "data")]
        command += ["--credentials", str(keys), "--announce", str(self._state)]
        command += ["--port", str(port), "--region", options.region]
        for bucket in options.buckets:
            command += ["--bucket", bucket]
        if options.min_part is not None:
            command += ["--min-part-size", str(options.min_part)]
        return command

    def _announced(self, process: ServerProcess) -> bool:
        """Wait until it accepts connections; False if another was quicker on port or folder."""
        end = time.monotonic() + self._options.start_timeout
        while not self._is_announced_by(process):
            if not process.is_running:
                if process.exit_code in _TOO_LATE:
                    return False
                raise self._ended(process)
            if time.monotonic() >= end:
                process.kill()
                raise ServerDown("The sandbox's file store took too long to start.")
            time.sleep(_POLL_SECONDS)
        return True

    def _is_announced_by(self, process: ServerProcess) -> bool:
        serving = self._recorded()
        known = ServerState.load(self._state)
        if serving is None or known is None:
            return False
        # On Windows a virtual environment's python.exe starts the real one, which has another id.
        self._process = process if serving.identity == process.identity else serving
        self._port = known.port
        return True

    def _ended(self, process: ServerProcess) -> LocalFault:
        lines = self._log.read_text(errors="replace").splitlines()
        return LocalFault(
            "The sandbox's file store ended while starting.",
            kept="What the sandbox holds is untouched.",
            remedy=f"The reason is in {self._log}.",
            facts={"exit_code": process.exit_code, "log": lines[-1:]},
        )


def _check_installed() -> None:
    if getattr(sys, "frozen", False):
        raise MissingResource(
            "This packaged build of Koda has no sandbox.",
            kept="Nothing was started.",
            remedy="Connect a marketplace, or install koda-desktop[sandbox] with pip.",
        )
    missing = [name for name in _NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingResource(
            f"The sandbox needs {' and '.join(missing)}, which are not installed.",
            kept="Nothing was started.",
            remedy="Install the extra koda-desktop[sandbox].",
        )

"""A real mongod in a folder of its own, as a child process on 127.0.0.1.

``<folder>/data`` is its data, ``key`` the replica set's key file, ``mongod.log`` its log,
``state.json`` the process and port, and ``founded`` marks that users exist: data without that mark
never held anything anybody could write, and is made anew.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from koda_desktop.errors import DiskFull, KodaError, LocalFault, ServerDown
from koda_desktop.runtime.files import disk_faults, write_atomically
from koda_desktop.services.sandbox import mongod_log
from koda_desktop.services.sandbox.binary import find_mongod
from koda_desktop.services.sandbox.mongo_faults import mongo_faults
from koda_desktop.services.sandbox.mongod_setup import (
    KEEPER,
    Patience,
    found_server,
    is_ours,
    rejoin_server,
)
from koda_desktop.services.sandbox.processes import ProcessId, ServerProcess, identify
from koda_desktop.services.sandbox.state import ServerState, usable_port

_PORT_TAKEN = 48  # mongod's exit code, "Exit Codes and Statuses" of the MongoDB manual
_ATTEMPTS = 5
_POLL_SECONDS = 0.01
_ADOPT_TIMEOUT_MS = 3000
_MIN_FREE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MongodOptions:
    """``replica_set`` None gives a standalone server, without change streams or transactions.

    ``parameters`` are passed as ``--setParameter``; times are in seconds.
    """

    replica_set: str | None = "koda"
    parameters: Mapping[str, str] = field(default_factory=dict)
    start_timeout: float = 60.0
    stop_timeout: float = 20.0


class Mongod:
    """One server over one folder. Starting it when it runs already adopts what runs.

    Callers make sure that only one of them starts or stops it at a time (the sandbox's lock).
    """

    def __init__(
        self,
        folder: Path,
        password: str,
        options: MongodOptions | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder.absolute()
        self._password = password
        self._options = options or MongodOptions()
        self._environ = os.environ if environ is None else environ
        self._data = self._folder / "data"
        self._log = self._folder / "mongod.log"
        self._output = self._folder / "mongod.out"
        self._state = self._folder / "state.json"
        self._founded = self._folder / "founded"
        self._process: ServerProcess | None = None
        self._port = 0

    @property
    def port(self) -> int:
        return self._port

    @property
    def pid(self) -> int:
        """The process id. Raises LocalFault before start()."""
        return self._started().pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running

    @property
    def uri(self) -> str:
        """The address for the keeper, who may do everything. It holds the password."""
        return self.uri_for(KEEPER, self._password)

    def uri_for(self, user: str, password: str) -> str:
        """The address for another user of this server."""
        return (
            f"mongodb://{quote(user, safe='')}:{quote(password, safe='')}@{self._address}"
            "/?authSource=admin&directConnection=true"
        )

    def start(self) -> None:
        """Be writable when this returns.

        Raises MissingResource (no program), DiskFull, NoRights, LocalFault (it ended, with its
        reasons), ServerDown (too slow) or WrongCredentials (the data has another password).
        """
        self._prepare_folder()
        with mongo_faults("The sandbox’s database could not be started"):
            if self._adopt():
                self._make_usable()
            else:
                self._end_leftover()
                self._start_anew()

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

    @property
    def _address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def _started(self) -> ServerProcess:
        if self._process is None:
            raise LocalFault("The sandbox’s database was not started.")
        return self._process

    def _prepare_folder(self) -> None:
        with disk_faults("The sandbox’s folder could not be made"):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            free = shutil.disk_usage(self._folder).free
        if free < _MIN_FREE_BYTES:
            raise DiskFull("The sandbox’s database needs 64 MB of free disk space.")
        key = self._folder / "key"
        if not key.exists():
            write_atomically(key, base64.b64encode(secrets.token_bytes(96)), mode=0o600)

    def _recorded(self) -> ServerProcess | None:
        """The process the state file names, if it is the same one and alive."""
        known = ServerState.load(self._state)
        if known is None or known.process is None or not known.process.is_alive:
            return None
        return ServerProcess(known.process)

    def _adopt(self) -> bool:
        """Take over a running server after a crash of whoever started it; True if it is usable."""
        process, known = self._recorded(), ServerState.load(self._state)
        if process is None or known is None or not self._founded.exists():
            return False
        self._port = known.port
        # mongo_faults turns a refused or silent connection into a KodaError.
        with contextlib.suppress(KodaError), mongo_faults("adopting"):
            if is_ours(self.uri, str(self._data), _ADOPT_TIMEOUT_MS):
                self._process = process
                return True
        return False

    def _end_leftover(self) -> None:
        """End a server that holds our data but cannot be used: half founded, or unrecorded."""
        leftover = self._recorded() or self._lock_holder()
        if leftover is not None:
            leftover.stop(self._options.stop_timeout)
        if not self._founded.exists():
            shutil.rmtree(self._data, ignore_errors=True)
        with disk_faults("The sandbox’s folder could not be made"):
            self._data.mkdir(exist_ok=True, mode=0o700)

    def _lock_holder(self) -> ServerProcess | None:
        """The process that holds mongod's own lock on our data, whoever started it."""
        identity = _holder_of(self._data / "mongod.lock")
        return ServerProcess(identity) if identity else None

    def _start_anew(self) -> None:
        try:
            self._launch()
            self._make_usable()
        except BaseException:
            self.stop()
            raise

    def _launch(self) -> None:
        known = ServerState.load(self._state)
        preferred = known.port if known else None
        for _ in range(_ATTEMPTS):
            self._port = usable_port(preferred)
            if self._launched_on_port():
                return
            preferred = None
        raise LocalFault("The sandbox’s database found no free port.", remedy="Try again.")

    def _launched_on_port(self) -> bool:
        """Start on the chosen port; False if another program was quicker to take it."""
        program = find_mongod(self._environ)
        with disk_faults("The sandbox’s log could not be turned over"):
            if self._log.exists():
                self._log.replace(self._folder / "mongod.old.log")
        process = ServerProcess.spawn([str(program), *self._flags()], self._output)
        ServerState(self._port, process.identity).save(self._state)
        self._process = process
        return self._listens(process)

    def _flags(self) -> list[str]:
        options = self._options
        flags = ["--dbpath", str(self._data), "--logpath", str(self._log)]
        flags += ["--port", str(self._port), "--bind_ip", "127.0.0.1"]
        flags += ["--wiredTigerCacheSizeGB", "0.25"]
        # Without these the empty folder takes 300 MB instead of 17, and starting twice the time.
        flags += ["--wiredTigerEngineConfigString", "log=(prealloc=false,file_max=16MB)"]
        parameters = {"diagnosticDataCollectionEnabled": "false", **options.parameters}
        flags += [f"--setParameter={name}={value}" for name, value in parameters.items()]
        if os.name == "posix":
            flags += ["--nounixsocket"]
        if options.replica_set is None:
            return [*flags, "--auth"]
        return [*flags, "--replSet", options.replica_set, "--keyFile", str(self._folder / "key")]

    def _listens(self, process: ServerProcess) -> bool:
        end = time.monotonic() + self._options.start_timeout
        while not mongod_log.is_ready(self._log):
            if not process.is_running:
                if process.exit_code == _PORT_TAKEN:
                    return False
                raise self._ended(process)
            if time.monotonic() >= end:
                process.kill()
                raise ServerDown(
                    "The sandbox’s database took too long to start.",
                    facts={"log": mongod_log.summary(self._log)},
                )
            time.sleep(_POLL_SECONDS)
        return True

    def _ended(self, process: ServerProcess) -> LocalFault:
        reasons = mongod_log.summary(self._log) or mongod_log.summary(self._output)
        facts = {"exit_code": process.exit_code, "log": reasons}
        if mongod_log.is_disk_full(self._log):
            return DiskFull(
                "The sandbox’s database could not start: the disk is full.", facts=facts
            )
        return LocalFault(
            "The sandbox’s database ended while starting.",
            kept="What the sandbox holds is untouched.",
            remedy=f"The reason is in {self._log}.",
            facts=facts,
        )

    def _make_usable(self) -> None:
        replica_set = self._options.replica_set
        patience = Patience(self._options.start_timeout, lambda: self.is_running)
        if self._founded.exists():
            rejoin_server(self.uri, self._address, replica_set, patience)
            return
        found_server(self._address, replica_set, self._password, patience)
        write_atomically(self._founded, b"")


if sys.platform == "win32":

    def _holder_of(lock: Path) -> ProcessId | None:
        """Windows lets nobody read the lock of a running server; the state file has to do."""
        return None

else:
    import fcntl

    def _holder_of(lock: Path) -> ProcessId | None:
        """The living process that mongod's lock file names, if the lock is really held."""
        try:
            with lock.open("rb") as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    text = stream.read().strip()
                    return identify(int(text)) if text.isdigit() else None
        except FileNotFoundError:
            return None
        return None

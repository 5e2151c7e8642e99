"""A server of ours as a child process that announces itself in a file, seen from outside."""

from __future__ import annotations

import importlib.util
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path

from koda_desktop.errors import LocalFault, MissingResource, ServerDown
from koda_desktop.runtime.files import disk_faults
from koda_desktop.services.sandbox.processes import ServerProcess
from koda_desktop.services.sandbox.state import ServerState, usable_port

_TOO_LATE = {48, 49}  # exit codes: the port is taken, the folder is served by another process
_ATTEMPTS = 5
_POLL_SECONDS = 0.01
_NEEDS = ("starlette", "uvicorn")


class AnnouncedServer(ABC):
    """One server over one folder. Starting it when it runs already adopts what runs.

    ``name`` is what people call it, with an article. Callers make sure that only one of them starts
    or stops it at a time (the sandbox's lock).
    """

    def __init__(
        self, folder: Path, name: str, *, log: str, start_timeout: float, stop_timeout: float
    ) -> None:
        self._folder = folder.absolute()
        self._name = name
        self._state = self._folder / "state.json"
        self._log = self._folder / log
        self._start_timeout = start_timeout
        self._stop_timeout = stop_timeout
        self._process: ServerProcess | None = None
        self._port = 0

    @property
    def endpoint(self) -> str:
        """The address to give to clients."""
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
        with disk_faults("The sandbox’s folder could not be made"):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._adopt():
            self._launch()

    def stop(self) -> None:
        """End it cleanly and keep the port for next time. Nothing to do if it does not run."""
        process = self._process or self._recorded()
        if process is not None:
            process.stop(self._stop_timeout)
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

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it answers a request made with our key."""

    @abstractmethod
    def _command(self, port: int) -> list[str]:
        """How to start it on ``port``, with whatever files it needs written before."""

    def _started(self) -> ServerProcess:
        if self._process is None:
            raise LocalFault(f"{self._name} was not started.")
        return self._process

    def _recorded(self) -> ServerProcess | None:
        known = ServerState.load(self._state)
        if known is None or known.process is None or not known.process.is_alive:
            return None
        return ServerProcess(known.process)

    def _adopt(self) -> bool:
        """Take over a running server after a crash of whoever started it; end one that is deaf."""
        process, known = self._recorded(), ServerState.load(self._state)
        if process is None or known is None:
            return False
        self._port = known.port
        if not self._answers():
            process.stop(self._stop_timeout)
            return False
        self._process = process
        return True

    def _launch(self) -> None:
        known = ServerState.load(self._state)
        preferred = known.port if known else None
        for _ in range(_ATTEMPTS):
            command = self._command(usable_port(preferred))
            if self._announced(ServerProcess.spawn(command, self._log)) or self._adopt():
                return
            preferred = None
        raise LocalFault(f"{self._name} found no free port.", remedy="Try again.")

    def _announced(self, process: ServerProcess) -> bool:
        """Wait until it accepts connections; False if another was quicker on port or folder."""
        end = time.monotonic() + self._start_timeout
        while not self._is_announced_by(process):
            if not process.is_running:
                if process.exit_code in _TOO_LATE:
                    return False
                raise self._ended(process)
            if time.monotonic() >= end:
                process.kill()
                raise ServerDown(f"{self._name} took too long to start.")
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
            f"{self._name} ended while starting.",
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

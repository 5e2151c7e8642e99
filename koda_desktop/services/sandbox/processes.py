"""Child processes that outlive the code that started them.

A process is named by its id *and* its start, because ids are used again. That name is written to
disk, so that the next program to use the sandbox can find, adopt or end what a crash left behind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.files import disk_faults

_POLL_SECONDS = 0.02
_KILL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ProcessId:
    """One process. ``started`` is the system's own mark of its start, compared as text."""

    pid: int
    started: str

    @property
    def is_alive(self) -> bool:
        return identify(self.pid) == self


class ServerProcess:
    """A server we started, or one that was found running and is ours."""

    def __init__(self, identity: ProcessId, child: subprocess.Popen[bytes] | None = None) -> None:
        self.identity = identity
        self._child = child

    @classmethod
    def spawn(cls, command: Sequence[str], log: Path) -> ServerProcess:
        """Start ``command`` apart from our terminal, its output going to ``log``.

        In a session (or process group) of its own, so that Ctrl+C reaches the application only,
        which then stops its servers in order. Raises LocalFault if it cannot be started.
        """
        with disk_faults(f"{Path(command[0]).name} could not be started"), log.open("wb") as output:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=log.parent,  # so as not to hold on to whatever folder the user stands in
                start_new_session=os.name == "posix",
                creationflags=_creation_flags(),
            )
        identity = identify(child.pid) or ProcessId(child.pid, "ended at once")
        return cls(identity, child)

    @property
    def pid(self) -> int:
        return self.identity.pid

    @property
    def is_running(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self.identity.is_alive

    @property
    def exit_code(self) -> int | None:
        """The exit code of an ended child; None while it runs or when it was adopted."""
        return self._child.poll() if self._child is not None else None

    def stop(self, timeout: float) -> None:
        """Ask it to end, wait up to ``timeout`` seconds, then kill it. Raises LocalFault."""
        self._signal(signal.SIGTERM)
        if not self._wait(timeout):
            self.kill()

    def kill(self) -> None:
        """End it at once. Raises LocalFault if even that does not help."""
        self._signal(_KILL)
        if not self._wait(_KILL_SECONDS):
            raise LocalFault("A server of the sandbox could not be ended.", facts={"pid": self.pid})

    def release(self) -> None:
        """Leave it running for others; it is no longer ours to wait for."""
        if self._child is not None and self._child.poll() is None:
            # Popen would otherwise warn of a child that is still running, which is the intention.
            self._child.returncode = 0
        self._child = None

    def _signal(self, number: int) -> None:
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _wait(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        while self.is_running:
            if time.monotonic() >= end:
                return False
            time.sleep(_POLL_SECONDS)
        return True


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _KILL = signal.SIGTERM  # os.kill ends a process at once there, whichever signal is named

    _QUERY_LIMITED = 0x1000
    _STILL_ACTIVE = 259

    def _creation_flags() -> int:
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW

    def identify(pid: int) -> ProcessId | None:
        """The living process with this id, or None."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        handle = kernel.OpenProcess(_QUERY_LIMITED, False, pid)
        if not handle:
            return None
        try:
            return _identify_handle(kernel, wintypes.HANDLE(handle), pid)
        finally:
            kernel.CloseHandle(wintypes.HANDLE(handle))

    def _identify_handle(
        kernel: ctypes.WinDLL, handle: wintypes.HANDLE, pid: int
    ) -> ProcessId | None:
        code = wintypes.DWORD()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        if code.value != _STILL_ACTIVE:
            return None
        times = [wintypes.FILETIME() for _ in range(4)]
        if not kernel.GetProcessTimes(handle, *(ctypes.byref(moment) for moment in times)):
            return None
        return ProcessId(pid, f"{times[0].dwHighDateTime}.{times[0].dwLowDateTime}")

else:
    _KILL = signal.SIGKILL

    def _creation_flags() -> int:
        return 0

    if sys.platform == "linux":
        _BOOT = Path("/proc/sys/kernel/random/boot_id")

        def identify(pid: int) -> ProcessId | None:
            """The living process with this id, or None; one that waits to be reaped is dead."""
            try:
                # The name in parentheses may hold anything, so fields are counted after its end:
                # state is field 3, the threads are field 20, the start in clock ticks since boot
                # is field 22 (proc(5)). The first thread is a zombie as soon as it ended itself:
                # while others have not, the process holds its files and cannot be reaped.
                text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                return None
            fields = text.rpartition(")")[2].split()
            if fields[0] in "ZX" and int(fields[17]) <= 1:
                return None
            return ProcessId(pid, f"{_BOOT.read_text().strip()}.{fields[19]}")

    else:

        def identify(pid: int) -> ProcessId | None:
            """The living process with this id, or None; one that waits to be reaped is dead."""
            answer = subprocess.run(
                ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
                capture_output=True,
                text=True,
                env={**os.environ, "LC_ALL": "C"},
                check=False,
            )
            state, _, started = answer.stdout.strip().partition(" ")
            if not started or state.startswith("Z"):
                return None
            return ProcessId(pid, started.strip())

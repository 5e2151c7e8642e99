"""Bugs: written to a report that a person can read and send, never shown as a stack trace.

A KodaError that reaches here is a bug too: somebody should have told it to the person.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from koda_desktop import __version__

Reported = Callable[[Path], None]
"""Called, on the thread that failed, with the file of the report."""

_log = logging.getLogger(__name__)


class CrashReports:
    """Writes a report for every error that nobody caught, and for crashes of the interpreter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listener: Reported | None = None
        self._fault_log: TextIO | None = None

    def install(self) -> None:
        """Become the process's handler of uncaught errors, in every thread."""
        self._fault_log = (self._folder / "fault.log").open("a", encoding="utf-8")
        faulthandler.enable(self._fault_log)
        sys.excepthook = self.report
        threading.excepthook = lambda args: self.report(
            args.exc_type, args.exc_value, args.exc_traceback
        )

    def uninstall(self) -> None:
        """Give the handlers back, for a process that goes on."""
        faulthandler.disable()
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        if self._fault_log is not None:
            self._fault_log.close()

    def listen(self, listener: Reported) -> None:
        """Have ``listener`` told of each report from now on."""
        self._listener = listener

    def report(
        self,
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write one report. Never raises: there is nobody left to tell."""
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            return
        from datetime import UTC, datetime

        text = report_text(kind, error, trace)
        _log.critical("An unexpected error: %s", kind.__name__)
        path = self._folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            _log.exception("The crash report could not be written")
            return
        if self._listener is not None:
            self._listener(path)


def report_text(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> str:
    """The report: versions and the stack, with secrets redacted and no values of variables."""
    # Not needed to open a window; the program has long imported both when a bug shows.
    import platform

    from koda_desktop.runtime.logs import redact

    lines = traceback.format_exception(kind, error, trace)
    python = f"Python {platform.python_version()}"
    header = f"Koda Desktop {__version__}, {python}, {platform.platform()}"
    return redact("\n".join([header, "", "".join(lines)]))

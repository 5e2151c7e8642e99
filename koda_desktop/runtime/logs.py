"""The log: one rotating file in the data folder, and never a secret in it.

Redaction happens when a record of whatever logger becomes text, so that messages, arguments,
exceptions and stacks all pass through it. Logging is one per process; so are the secrets it knows.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
from io import TextIOWrapper
from typing import TextIO

from koda_desktop.runtime.files import disk_faults
from koda_desktop.runtime.paths import Paths, make_private
from koda_desktop.runtime.redaction import Redactor

FILE_NAME = "koda.log"
BYTES_PER_FILE = 1_000_000
OLDER_FILES = 5

_LINE = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_SHORT_LINE = "%(levelname)s %(name)s: %(message)s"
_REDACTOR = Redactor()

register_secret = _REDACTOR.register_secret
redact = _REDACTOR.redact


class RedactingFormatter(logging.Formatter):
    """Formats a record, then strikes the secrets out of the whole text."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _PrivateRotatingFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only this account can read, from its first byte."""

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        if os.name == "posix":
            os.fchmod(stream.fileno(), 0o600)
        return stream


def configure(
    paths: Paths, level: int | str = logging.INFO, stream: TextIO | None = None
) -> logging.Handler:
    """Send the records of all loggers to the log file, and to ``stream`` if one is given.

    Called again, it replaces what it set up before. Returns the file's handler.
    Raises DiskFull, NoRights or LocalFault where the file cannot be opened.
    """
    make_private(paths.logs)
    with disk_faults(f"The log {FILE_NAME} could not be opened"):
        handler = _PrivateRotatingFile(
            paths.logs / FILE_NAME,
            maxBytes=BYTES_PER_FILE,
            backupCount=OLDER_FILES,
            encoding="utf-8",
            errors="backslashreplace",
        )
    handler.setFormatter(RedactingFormatter(_LINE))
    close()
    root = logging.getLogger()
    root.addHandler(handler)
    if stream is not None:
        console = logging.StreamHandler(stream)
        console.setFormatter(RedactingFormatter(_SHORT_LINE))
        root.addHandler(console)
    root.setLevel(level)
    return handler


def close() -> None:
    """Take away and close what configure() set up; handlers of others stay."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler.formatter, RedactingFormatter):
            root.removeHandler(handler)
            handler.close()

"""Source text to a syntax tree, within limits, or the reason why there is none.

``ast`` only reads: nothing of the file is compiled to code, imported or run.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from dataclasses import dataclass

from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.python.dialects import Dialect, dialect_of
from koda_desktop.workflows.python.nesting import too_deep
from koda_desktop.workflows.python.places import snippet
from koda_desktop.workflows.texts import one_line

_FILE = "inspected-source"
_READ_BY = f"Python {sys.version_info.major}.{sys.version_info.minor}"
_PLACE = re.compile(r"\s*\(inspected-source, line \d+\)\Z")


@dataclass(frozen=True, slots=True)
class Parsed:
    """``tree`` is None where the text could not be parsed; ``problem`` then says why."""

    tree: ast.Module | None
    problem: Problem | None = None
    dialect: Dialect = Dialect.CURRENT


def parse(text: str, most_bytes: int) -> Parsed:
    """Parse ``text``. Never raises; what is too long, too deep or wrong gives a problem."""
    if len(text) > most_bytes:
        return Parsed(None, _too_long(len(text)))
    if too_deep(text):
        return Parsed(None, _too_deep())
    # What the parser remarks on (an odd escape) is no business of this program's own log. The
    # filter stays: taking it back would race with other threads.
    warnings.filterwarnings("ignore", module=re.escape(_FILE))
    try:
        return Parsed(ast.parse(text.lstrip("\ufeff"), _FILE))
    except SyntaxError as error:
        return _broken(text, error)
    except (RecursionError, MemoryError):
        return Parsed(None, _too_deep())
    except ValueError:
        return Parsed(None, _zero_bytes())


def _broken(text: str, error: SyntaxError) -> Parsed:
    line = max(1, error.lineno or 1)
    column = max(1, error.offset or 1)
    if "null bytes" in str(error.msg):
        return Parsed(None, _zero_bytes())
    dialect = dialect_of(text, line)
    severity, code, message = _told(dialect, error, line, column)
    shown = snippet(text, line, column)
    return Parsed(None, Problem(severity, code, "", message, line, column, shown), dialect)


def _told(
    dialect: Dialect, error: SyntaxError, line: int, column: int
) -> tuple[Severity, str, str]:
    if dialect is Dialect.TWO:
        return Severity.WARNING, "python-2", (
            f"The code is written for Python 2, which ended in 2020; line {line} is not Python 3. "
            "It was read line by line. Convert it, or say that it needs Python 2."
        )  # fmt: skip
    if dialect is Dialect.NEWER:
        return Severity.WARNING, "newer-python", (
            f"Line {line} is written for a newer Python than {_READ_BY}, which checks it here, so "
            "the file was read line by line. Name the version it needs in the description."
        )  # fmt: skip
    if dialect is Dialect.NOTEBOOK:
        return Severity.ERROR, "notebook-command", (
            f"Line {line} is a command of a notebook, which Python itself does not run. Take it "
            "out, or list what it installs in a requirements.txt."
        )  # fmt: skip
    if dialect is Dialect.TEMPLATE:
        return Severity.WARNING, "python-template", (
            f"Line {line} holds a template’s placeholder, so the file is not Python yet. It was "
            "read line by line."
        )  # fmt: skip
    reason = one_line(_PLACE.sub("", str(error.msg)), 150)
    return Severity.ERROR, "python-syntax", (
        f"Python cannot read line {line}, column {column}: {reason}. Correct it there; "
        "a buyer could not start the program."
    )  # fmt: skip


def _too_long(size: int) -> Problem:
    message = (
        f"The Python source has {size:,} characters, which is data rather than a program. It was "
        "read line by line and not checked for errors. Keep data in a file of its own."
    )
    return Problem(Severity.WARNING, "python-too-long", "", message)


def _too_deep() -> Problem:
    message = (
        "Expressions are nested or chained deeper than any program needs, so the source was read "
        "line by line and not checked for errors."
    )
    return Problem(Severity.WARNING, "python-too-deep", "", message)


def _zero_bytes() -> Problem:
    message = (
        "The source holds zero bytes, which Python refuses: the file is damaged or was saved in "
        "another encoding. Save it as UTF-8."
    )
    return Problem(Severity.ERROR, "python-syntax", "", message)

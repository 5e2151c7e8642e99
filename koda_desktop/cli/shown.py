"""File names as people may see them: on one line, with nothing in them a terminal would obey."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from koda_desktop.workflows.texts import counted

_LONGEST = 400


def shown(path: Path | str) -> str:
    """``path`` with line breaks, control characters and undecodable bytes escaped.

    A path past 400 characters loses its middle; its end, which tells files apart, stays.
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    text = "".join(char if char.isprintable() else escaped(char) for char in text)
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}…{text[-half:]}"


def escaped(char: str) -> str:
    """``char`` as Python writes it in a text: ``\\x1b``."""
    return char.encode("unicode_escape").decode("ascii")


def files(count: int) -> str:
    """``1 file``, ``2,000 files``."""
    return counted(count, "file")


def joined(names: Iterable[str]) -> str:
    """Names separated by commas."""
    return ", ".join(names)

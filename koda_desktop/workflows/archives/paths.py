"""Names of entries: which are refused, because a path in an archive is an order to write there."""

from __future__ import annotations

import re
import unicodedata

from koda_desktop.workflows.archives.entries import refusal
from koda_desktop.workflows.inspection import Problem
from koda_desktop.workflows.texts import one_line

_DRIVE = re.compile(r"[A-Za-z]:")
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.[^/]*)?\Z", re.IGNORECASE
)
_LONGEST_STEP = 200
_LONGEST_PATH = 400
_DEEPEST = 40


def clean(name: str) -> str:
    """``name`` without the empty and ``.`` steps that tools write before and inside it."""
    return "/".join(step for step in name.split("/") if step not in ("", "."))


def shown(name: str) -> str:
    """``name`` fit to be shown, however it is spelled."""
    return one_line(name.encode("utf-8", "backslashreplace").decode(), 200)


def fault(name: str) -> Problem | None:
    """Why an entry may not be called ``name``; None where it may (after ``clean``)."""
    where = shown(name)
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        return refusal("absolute-path", where, "The path starts at the root of a disk. Unpacked, "
                       "the file would be written outside the buyer’s folder. Pack it again with "
                       "paths inside the folder.")  # fmt: skip
    if ".." in re.split(r"[/\\]", name):
        return refusal("path-outside", where, "The path leads out of the archive with “..”, so the "
                       "file would be written somewhere else. Pack it again.")  # fmt: skip
    if "\\" in name:
        return refusal("backslash-path", where, "The path is written with backslashes, which most "
                       "tools take as a part of the name. Pack the folder again with another "
                       "program.")  # fmt: skip
    reason = _not_everywhere(clean(name))
    if reason:
        message = f"Not every computer can store a file under this name: {reason}. Rename it."
        return refusal("unportable-name", where, message)
    return None


def _not_everywhere(path: str) -> str:
    if not path:
        return "it is empty"
    if len(path) > _LONGEST_PATH or path.count("/") > _DEEPEST:
        return "it is too long"
    if any("\ud800" <= char <= "\udfff" for char in path):
        return "it is not valid UTF-8"
    return next(filter(None, map(_odd_step, path.split("/"))), "")


def _odd_step(step: str) -> str:
    found = _NOT_ON_WINDOWS.search(step)
    if found:
        return f"Windows has no “{found[0]}” in names" if found[0].isprintable() else (
            "it holds a control character"
        )  # fmt: skip
    if _DEVICES.match(step):
        return f"“{step}” is a device of Windows"
    if step[-1] in ". ":
        return "Windows drops a dot or blank at the end"
    return "it is too long" if len(step.encode()) > _LONGEST_STEP else ""


def folded(path: str) -> str:
    """What Windows and macOS compare: two paths alike in this are one file there."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())

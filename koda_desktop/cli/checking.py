"""The look at one file for ``koda check``: small enough to be handed between processes."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from koda_desktop.cli.finding import Found
from koda_desktop.cli.report import brief_text, report_text
from koda_desktop.cli.shown import shown
from koda_desktop.runtime.child import ChildEnded, answer_questions
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Inspection
from koda_desktop.workflows.kept import NOTHING_KEPT, Kept

_BUG = "internal-error"
_ENDED = "check-ended"


@dataclass(frozen=True, slots=True)
class Question:
    """A file, the platform chosen by hand, digests of values that are no secrets, and what is
    kept of what could be removed."""

    found: Found
    platform: str | None = None
    allowed: frozenset[str] = frozenset()
    kept: Kept = NOTHING_KEPT


@dataclass(frozen=True, slots=True)
class Checked:
    """``record`` is the object of ``--json``, ``text`` the report for people. ``was_read`` is
    False where nothing is known of the content. ``bug`` is a stack trace, for the crash report."""

    path: Path
    record: dict[str, Any]
    text: str
    was_read: bool = True
    bug: str = ""


def check_file(question: Question) -> Checked:
    """Look at one file. Never raises: a bug met on the way is one file's trouble."""
    path = question.found.path
    try:
        inspection = inspect_path(
            path, platform=question.platform, allowed=question.allowed, kept=question.kept
        )
        return _checked(question.found, inspection)
    except Exception:  # noqa: BLE001 - told with its stack trace; the other files go on
        message = (
            "Koda failed on this file, which is a fault of Koda. The other files are not "
            "concerned. Please send the crash report to the developers."
        )
        return _failed(path, _BUG, message, traceback.format_exc())


def _checked(found: Found, inspection: Inspection) -> Checked:
    record = {**inspection.as_json(), "file": str(found.path)}
    is_brief = found.is_walked and _is_no_workflow(inspection)
    write = brief_text if is_brief else report_text
    return Checked(
        found.path, record, write(inspection, shown(found.path)), was_read=bool(inspection.sha256)
    )


def _is_no_workflow(inspection: Inspection) -> bool:
    """A picture, a font: nothing to say of it, unless it is refused."""
    return inspection.sub_kind == "binary" and inspection.publishable


def ended(path: Path, end: ChildEnded) -> Checked:
    """What is told of a file whose process ended over it."""
    message = (
        f"The process that looked at this file was ended (code {end.code}), probably for want of "
        "memory. The other files are not concerned. Try this one by itself with --jobs 1."
    )
    return _failed(path, _ENDED, message)


def _failed(path: Path, code: str, message: str, bug: str = "") -> Checked:
    problem = {"severity": "error", "code": code, "where": "", "message": message}
    record = {
        "file": str(path), "platform": "Other", "confidence": 0.0, "name": "", "nodes": 0,
        "integrations": [], "triggers": [], "credentials": [], "problems": [problem],
        "secrets": [], "removed": [], "publishable": False, "ai_models": [],
        "code_languages": [], "setup_steps": [],
        "kept": [],
    }  # fmt: skip
    text = f"{shown(path)}: could not be checked\n  error: {message}"
    return Checked(path, record, text, was_read=False, bug=bug)


def serve() -> int:
    """Be a child that checks files."""
    return answer_questions(check_file)

"""The intake: any file in, one Inspection out, never an exception for anything a file may hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Set
from dataclasses import replace
from functools import partial
from pathlib import Path

from koda_desktop.runtime.garbage import no_garbage_search
from koda_desktop.workflows.archives import inspect_archive
from koda_desktop.workflows.caps import MEBIBYTE, Caps
from koda_desktop.workflows.examining import examine
from koda_desktop.workflows.folder_packing import PackedFolder, pack_folder
from koda_desktop.workflows.folders import is_project
from koda_desktop.workflows.inspection import (
    Graph,
    Inspection,
    Problem,
    Proposal,
    Severity,
)
from koda_desktop.workflows.kept import NOTHING_KEPT, Kept
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.screening import screen
from koda_desktop.workflows.source import Form, Source, read_source
from koda_desktop.workflows.texts import one_line
from koda_desktop.workflows.titles import proposed_title, workflow_name

__all__ = ["Caps", "inspect_bytes", "inspect_path"]

_MOST_PROBLEMS = 500
_ARCHIVES = (Form.ZIP, Form.GZIP, Form.TAR)
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
# A pipe that was put in the file's place after it was checked must not make the open wait.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def inspect_path(
    path: Path,
    *,
    platform: str | None = None,
    caps: Caps | None = None,
    allowed: Set[str] = frozenset(),
    kept: Kept = NOTHING_KEPT,
) -> Inspection:
    """Inspect the file at ``path``. Its size is checked before a byte of it is read.

    The folder of a Python project is packed as a zip and inspected as one. A file that is missing,
    too large, not a regular file or not readable gives an Inspection with an error saying so.
    ``allowed`` holds digests of values that are no secrets (see ``screening``), ``kept`` what the
    seller keeps of what could be removed. Raises ValueError only for an unknown ``platform``.
    """
    caps = caps or Caps()
    try:
        found = path.stat()
        packed = pack_folder(path, caps) if _is_project(found, path) else None
        refusal = None if packed else _refusal(found, caps)
        if refusal:
            return _unread(path.name, found.st_size, refusal)
        data = packed.data if packed else _read(path, caps)
    except (OSError, ValueError) as error:
        return _unread(path.name, 0, _unreadable(error))
    look = partial(inspect_bytes, platform=platform, caps=caps, allowed=allowed, kept=kept)
    return look(data, path.name) if packed is None else _of_folder(path, packed, look)


def _is_project(found: os.stat_result, path: Path) -> bool:
    return stat.S_ISDIR(found.st_mode) and is_project(path)


def _of_folder(
    path: Path, packed: PackedFolder, look: Callable[[bytes, str], Inspection]
) -> Inspection:
    if not packed.data:
        return _unread(path.name, 0, packed.problems[0])
    inspection = look(packed.data, f"{path.resolve().name}.zip")
    return replace(inspection, problems=_bounded((*inspection.problems, *packed.problems)))


def inspect_bytes(
    data: bytes,
    file_name: str,
    *,
    platform: str | None = None,
    caps: Caps | None = None,
    allowed: Set[str] = frozenset(),
    kept: Kept = NOTHING_KEPT,
) -> Inspection:
    """Inspect ``data``; ``file_name`` is for names and messages only, never for detection.

    Never raises for any bytes. Raises ValueError for an unknown ``platform`` (see PLATFORMS).
    """
    caps = caps or Caps()
    if len(data) > caps.max_bytes:
        return _unread(file_name, len(data), _too_large(len(data), caps))
    with no_garbage_search():
        source = replace(read_source(data, file_name, caps), kept=kept)
        return _inspected(source, platform, allowed)


def _inspected(source: Source, platform: str | None, allowed: Set[str]) -> Inspection:
    reads = inspect_archive if source.form in _ARCHIVES else examine
    examined = reads(source, platform)
    fingerprint = examined.findings.fingerprint or source.sha256
    findings = replace(examined.findings, fingerprint=fingerprint)
    found = _assembled(
        source.file_name, len(source.data), source.sha256, examined.detection, findings
    )
    return screen(found, allowed)


def _assembled(
    file_name: str,
    size: int,
    sha256: str,
    detection: Detection,
    findings: Findings,
) -> Inspection:
    return Inspection(
        file_name=one_line(file_name, 255),
        size=size,
        sha256=sha256,
        platform=detection.platform,
        sub_kind=detection.sub_kind,
        confidence=round(detection.confidence, 2),
        reasons=detection.reasons,
        name=findings.name,
        node_count=findings.node_count,
        integrations=findings.integrations,
        triggers=findings.triggers,
        credentials=findings.credentials,
        problems=_bounded(findings.problems),
        secrets=findings.secrets,
        removed=findings.removed,
        graph=findings.graph,
        proposal=findings.proposal,
        fingerprint=findings.fingerprint,
        packaged=findings.packaged,
        ai_models=findings.ai_models,
        code_languages=findings.code_languages,
        setup_steps=findings.setup_steps,
        packages=findings.packages,
        platform_version=findings.platform_version,
        kept=findings.kept,
    )


def _bounded(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The gravest first and, in a wreck of a file, not more than anyone can read."""
    ordered = sorted(problems, key=lambda problem: _ORDER[problem.severity])
    if len(ordered) <= _MOST_PROBLEMS:
        return tuple(ordered)
    left_out = len(ordered) - _MOST_PROBLEMS
    message = f"{left_out:,} more problems are not listed; correct these first."
    return (*ordered[:_MOST_PROBLEMS], Problem(Severity.INFO, "more-problems", "", message))


def _unread(file_name: str, size: int, problem: Problem) -> Inspection:
    name = workflow_name(None, file_name)
    proposal = Proposal(proposed_title((name,), ""), "", (), "Other")
    detection = Detection("Other", "binary", 0.0, ("the file was not read",))
    findings = Findings(name=name, proposal=proposal, problems=(problem,), graph=Graph())
    return _assembled(file_name, size, "", detection, findings)


def _read(path: Path, caps: Caps) -> bytes:
    with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError("it changed while it was opened")
        # One byte more than allowed: a file that grew after the check is still refused.
        return stream.read(caps.max_bytes + 1)


def _refusal(found: os.stat_result, caps: Caps) -> Problem | None:
    if stat.S_ISDIR(found.st_mode):
        message = "This is a folder, and no Python project. Add the workflow files inside it."
        return Problem(Severity.ERROR, "not-a-file", "", message)
    if not stat.S_ISREG(found.st_mode):
        message = "This is a device, pipe or socket, not a file. Save the workflow to a file first."
        return Problem(Severity.ERROR, "not-a-file", "", message)
    return _too_large(found.st_size, caps) if found.st_size > caps.max_bytes else None


def _too_large(size: int, caps: Caps) -> Problem:
    limit = caps.max_bytes / MEBIBYTE
    message = (
        f"The file has {size / MEBIBYTE:,.1f} MiB; at most {limit:,.3g} MiB are read. It was not "
        "opened. Export single workflows, without pinned data, and add those."
    )
    return Problem(Severity.ERROR, "too-large", "", message)


def _unreadable(error: OSError | ValueError) -> Problem:
    if isinstance(error, FileNotFoundError):
        code = "file-missing"
        message = "The file is no longer there: it was moved, renamed or deleted. Add it again."
    elif isinstance(error, PermissionError):
        code = "no-rights"
        message = (
            "This account may not read the file. Change its permissions, "
            "or copy it to a folder of your own."
        )
    else:
        code = "unreadable-file"
        reason = getattr(error, "strerror", None) or error
        message = f"The file could not be read ({reason}). Copy it to this computer and try again."
    return Problem(Severity.ERROR, code, "", message)

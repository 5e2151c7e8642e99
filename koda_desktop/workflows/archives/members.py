"""The files of an archive sorted: workflows, Python, and what comes along as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from koda_desktop.workflows.archives.entries import refusal
from koda_desktop.workflows.archives.paths import shown
from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.examining import Examined, examine
from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.kept import Kept
from koda_desktop.workflows.python.detecting import detection_of
from koda_desktop.workflows.python.modules import Module, read_by_lines, read_module
from koda_desktop.workflows.source import Form, Source, archive_form, read_source
from koda_desktop.workflows.wrong_files import unread_archive

_JSON = (Form.JSON, Form.BROKEN_JSON)
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xcf")
_MAYBE_PYTHON = 100_000


@dataclass(frozen=True, slots=True)
class Part:
    """A file that reaches the buyer, by its path and as it came."""

    path: str
    source: Source


@dataclass(slots=True)
class Members:
    """``kept`` are files of no platform; ``unparsed`` counts modules beyond the parser's budget."""

    workflows: list[tuple[str, Examined]] = field(default_factory=list)
    modules: list[tuple[str, Module]] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unparsed: int = 0

    @property
    def is_python(self) -> bool:
        """Whether any module is Python by its content, not just by its name."""
        return any(detection_of(module) for _, module in self.modules)


def sorted_members(files: Mapping[str, bytes], caps: Caps, kept: Kept) -> Members:
    """Every file of ``files`` read as what it is, without what ``kept`` leaves to be removed.
    Never raises."""
    members = Members()
    budget = caps.max_source
    for path in sorted(files):
        data = files[path]
        nested = _unopened(path, data)
        if nested:
            members.problems.append(nested)
            continue
        source = read_source(data, path, caps)
        members.parts.append(Part(path, source))
        if _is_module(path, source):
            budget = _add_module(members, path, source, budget)
        elif source.form in _JSON:
            _add_json(members, path, replace(source, kept=kept.within(f"{shown(path)}: ")))
        else:
            members.kept[path] = data
            members.problems += _of_programs(path, data)
    return members


def _is_module(path: str, source: Source) -> bool:
    if source.form not in (Form.TEXT, Form.EMPTY, Form.BINARY):
        return False
    if path.lower().endswith((".py", ".pyw")):
        return source.form is not Form.BINARY or source.text is not None
    head = (source.text or "")[:2]
    return head == "#!" and len(source.data) < _MAYBE_PYTHON and (
        examine(source).detection.platform == "Python"
    )  # fmt: skip


def _add_module(members: Members, path: str, source: Source, budget: int) -> int:
    """Reads one module; returns how much may still be parsed."""
    text = source.text or ""
    if budget < len(text) <= source.caps.max_source:
        members.modules.append((path, read_by_lines(text)))
        members.unparsed += 1
        return budget
    members.modules.append((path, read_module(text, source.caps.max_source)))
    return max(0, budget - len(text))


def _add_json(members: Members, path: str, source: Source) -> None:
    examined = examine(source)
    if examined.recognised:
        members.workflows.append((path, examined))
        return
    members.kept[path] = source.data
    broken = next((p for p in source.problems if p.severity is Severity.ERROR), None)
    if broken and path.lower().endswith(".json"):
        message = f"This file is not read: {broken.message}"
        members.problems.append(
            Problem(
                Severity.WARNING, "unread-json", shown(path), message,
                broken.line, broken.column, broken.snippet,
            )
        )  # fmt: skip


def _unopened(path: str, data: bytes) -> Problem | None:
    """The refusal of an archive inside the archive: what is in it would not be searched."""
    if unread_archive(data) is None and (archive_form(data) is None or _is_document(data)):
        return None
    message = (
        "This is an archive inside the archive, which is not opened, so nothing in it is checked. "
        "Put its files in its place, or leave it out."
    )
    return refusal("nested-archive", shown(path), message)


def _is_document(data: bytes) -> bool:
    """Office files are zips of XML that nobody takes for archives."""
    return data.startswith(b"PK") and (
        b"[Content_Types].xml" in data[:4000] or data[30:38] == b"mimetype"
    )


def _of_programs(path: str, data: bytes) -> list[Problem]:
    if not data.startswith(_PROGRAMS) or (data.startswith(b"MZ") and b"\0" not in data[:400]):
        return []
    message = (
        "This is a compiled program, which cannot be checked here. Buyers rightly distrust such "
        "files; leave it out and say where to get it."
    )
    return [Problem(Severity.WARNING, "compiled-program", shown(path), message)]

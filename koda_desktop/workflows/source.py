"""One file as every platform sees it: read, decoded and parsed once.

Decides by content what form the bytes have; the file's name only helps to say what went wrong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar, cast

from koda_desktop.workflows import wrong_files
from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.declared_encoding import declared_text
from koda_desktop.workflows.decoding import DAMAGED, Decoded, decode
from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.json_limits import broken_limit
from koda_desktop.workflows.json_reading import Duplicate, JsonError, parse
from koda_desktop.workflows.kept import NOTHING_KEPT, Kept
from koda_desktop.workflows.texts import counted


class Form(StrEnum):
    """What the bytes are, whatever they mean."""

    EMPTY = "empty"
    JSON = "json"
    BROKEN_JSON = "broken-json"
    TEXT = "text"
    ZIP = "zip"
    GZIP = "gzip"
    TAR = "tar"
    BINARY = "binary"


_Found = TypeVar("_Found")

_MAGIC = ((b"PK\x03\x04", Form.ZIP), (b"PK\x05\x06", Form.ZIP), (b"\x1f\x8b\x08", Form.GZIP))
_TAR_MAGIC = b"ustar"
DECLARED = "declared"
_LIST_START = re.compile(
    r"""\[\s*(?:["{\['\]]|\Z|//|/\*|(?:-?\d[\d.eE+-]{0,40}|true|false|null|NaN|Infinity)\s*[,\]])"""
)
_OBJECT_START = re.compile(r"""\{\s*(?:["}']|\Z|//|/\*|[A-Za-z_$][\w$]{0,60}\s*:)""")


@dataclass(frozen=True)
class Source:
    """The bytes of a file with what they turned out to be.

    ``document`` is the parsed value where ``form`` is JSON. ``problems`` are those of the file
    itself; a platform adds its own. ``encoding`` is as people know it, or ``declared`` where the
    text names it itself. In ``memo`` a platform keeps, under its own name, what it worked out while
    detecting and needs again to inspect. ``kept`` is what the seller keeps of what a scrub removes.
    """

    data: bytes
    file_name: str
    caps: Caps
    form: Form
    text: str | None = None
    document: Any = None
    duplicates: tuple[Duplicate, ...] = ()
    problems: tuple[Problem, ...] = ()
    encoding: str = "UTF-8"
    memo: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    kept: Kept = NOTHING_KEPT

    def worked_out(self, work: Callable[[Any], _Found]) -> _Found | None:
        """What ``work`` makes of the document, asked once; None where this is not JSON."""
        if self.form is not Form.JSON:
            return None
        if work not in self.memo:
            self.memo[work] = work(self.document)
        return cast("_Found", self.memo[work])

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def read_source(data: bytes, file_name: str, caps: Caps) -> Source:
    """Sniff, decode and, where it is JSON, parse ``data``. Never raises."""
    form = archive_form(data)
    if form:
        return Source(data, file_name, caps, form)
    unread = wrong_files.unread_archive(data)
    if unread:
        return Source(data, file_name, caps, Form.BINARY, problems=(unread,))
    decoded = _decoded(data)
    if decoded.text is None:
        return Source(data, file_name, caps, Form.BINARY, problems=decoded.problems)
    if not decoded.text.strip().strip("\ufeff\0"):
        return Source(data, file_name, caps, Form.EMPTY, problems=(wrong_files.empty(len(data)),))
    return _read_text(data, file_name, caps, decoded)


def archive_form(data: bytes) -> Form | None:
    """ZIP, GZIP or TAR where ``data`` begins as one of these does."""
    if data[257:262] == _TAR_MAGIC:
        return Form.TAR
    return next((form for magic, form in _MAGIC if data.startswith(magic)), None)


def _decoded(data: bytes) -> Decoded:
    decoded = decode(data)
    if decoded.encoding == "UTF-8" or decoded.text is None:
        return decoded
    declared = declared_text(data)
    return decoded if declared is None else Decoded(declared, DECLARED)


def _read_text(data: bytes, file_name: str, caps: Caps, decoded: Decoded) -> Source:
    text = decoded.text or ""
    wrong = wrong_files.mistaken_text(text)
    if wrong:
        return Source(data, file_name, caps, Form.TEXT, text, problems=(wrong,))
    if _looks_like_json(text) or file_name.lower().endswith(".json"):
        return _read_json(data, file_name, caps, decoded)
    # Without a single sound reading there is nothing to show: such bytes are kept as they are.
    form = Form.BINARY if decoded.encoding == DAMAGED else Form.TEXT
    return Source(data, file_name, caps, form, text, encoding=decoded.encoding)


def _looks_like_json(text: str) -> bool:
    start = text.lstrip("\ufeff \t\r\n")
    return bool(_LIST_START.match(start) or _OBJECT_START.match(start))


def _read_json(data: bytes, file_name: str, caps: Caps, decoded: Decoded) -> Source:
    text = (decoded.text or "").lstrip("\ufeff")
    limit = broken_limit(data if decoded.encoding == "UTF-8" else text.encode(), caps)
    problems = decoded.problems
    if limit:
        problems += (_beyond(limit, caps),)
        return Source(data, file_name, caps, Form.BROKEN_JSON, text, problems=problems)
    try:
        parsed = parse(text)
    except JsonError as fault:
        problems += (_broken(fault),)
        return Source(data, file_name, caps, Form.BROKEN_JSON, text, problems=problems)
    problems += tuple(_doubled(duplicate) for duplicate in parsed.duplicates)
    return Source(
        data, file_name, caps, Form.JSON, text, parsed.document, parsed.duplicates, problems
    )


def _beyond(limit: str, caps: Caps) -> Problem:
    if limit == "too-deep":
        message = (
            f"Lists and objects are nested more than {caps.max_depth} deep, which no export of a "
            "workflow is. The file was not read further."
        )
    else:
        values = counted(caps.max_values, "value")
        message = f"The file holds more than {values}. Split it into single workflows."
    return Problem(Severity.ERROR, limit, "", message)


def _broken(fault: JsonError) -> Problem:
    if fault.cut_off:
        code = "truncated-json"
        message = (
            f"The file ends in the middle. {fault.reason} It was probably cut off while "
            "downloading or copying; export the workflow again."
        )
    else:
        code = "not-json"
        message = (
            f"The file is not valid JSON: line {fault.line}, column {fault.column}. {fault.reason} "
            "Correct it there, or export the workflow again."
        )
    return Problem(Severity.ERROR, code, "", message, fault.line, fault.column, fault.snippet)


def _doubled(duplicate: Duplicate) -> Problem:
    message = "This key is given twice. The last value counts; the earlier one is never read."
    return Problem(Severity.WARNING, "duplicate-key", str(duplicate.where), message)

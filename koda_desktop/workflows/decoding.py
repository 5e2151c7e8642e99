"""Bytes to text: which encoding a file is in, and what is wrong where it is in none.

JSON is UTF-8 (RFC 8259, section 8.1). Windows tools also write UTF-16, a byte order mark, or a
legacy code page; these are converted and told about.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from koda_desktop.workflows.inspection import Problem, Severity

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_LOOKED_AT = 4096
_LEGACY = "cp1252"
DAMAGED = "damaged UTF-8"


@dataclass(frozen=True, slots=True)
class Decoded:
    """``text`` is None for bytes that are no text. ``encoding`` is named as people know it."""

    text: str | None
    encoding: str
    problems: tuple[Problem, ...] = ()


def decode(data: bytes) -> Decoded:
    """Find the encoding of ``data`` and decode it. Never raises."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], codec, name)
    unmarked = _utf16_without_mark(data)
    if unmarked:
        return _strictly(data, unmarked, "UTF-16")
    if _is_binary(data):
        return Decoded(None, "binary")
    try:
        return Decoded(data.decode(), "UTF-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, error)


def _utf16_without_mark(data: bytes) -> str | None:
    head = data[:_LOOKED_AT]
    if len(head) < 4 or len(data) % 2:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.7 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd == 0 else None


def _is_binary(data: bytes) -> bool:
    head = data[:_LOOKED_AT]
    control = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head)
    return b"\0" in head or control * 20 > len(head)


def _strictly(data: bytes, codec: str, name: str) -> Decoded:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        message = (
            f"The file begins as {name} but byte {error.start:,} does not belong there: it is "
            "damaged or was put together from two files. Export the workflow again."
        )
        return Decoded(None, name, (Problem(Severity.ERROR, "wrong-encoding", "", message),))
    if name == "UTF-8":
        return Decoded(text, name)
    message = f"The file is in {name} where UTF-8 is usual; it was converted to be read."
    return Decoded(text, name, (Problem(Severity.INFO, "converted-encoding", "", message),))


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Decoded:
    if not data.decode("utf-8", "ignore").isascii():
        return _damaged(data, error)
    try:
        text = data.decode(_LEGACY)
    except UnicodeDecodeError:
        return _damaged(data, error)
    message = (
        "The file is not in UTF-8; it was read as Windows-1252 (Latin-1). "
        "Check accented letters in the names before publishing."
    )
    problem = Problem(Severity.WARNING, "converted-encoding", "", message)
    return Decoded(text, "Windows-1252", (problem,))


def _damaged(data: bytes, error: UnicodeDecodeError) -> Decoded:
    line = data.count(b"\n", 0, error.start) + 1
    before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
    column = len(before.decode("utf-8", "ignore")) + 1
    message = (
        f"The text is UTF-8 up to line {line}, column {column}, and then is not: the file is "
        "damaged or mixes encodings. Export the workflow again, or save it as UTF-8."
    )
    problem = Problem(Severity.ERROR, "wrong-encoding", "", message, line, column)
    return Decoded(data.decode("utf-8", "replace"), DAMAGED, (problem,))

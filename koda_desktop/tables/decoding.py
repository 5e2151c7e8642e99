"""In which encoding a text file is: told by its first bytes, else by what can be decoded."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import BinaryIO

_BLOCK = 1024 * 1024
_LOOK = 4096

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec of Python's, and what to tell the person of it."""

    codec: str
    note: str = ""
    is_exact: bool = True
    """Whether every byte could be read; else U+FFFD stands for what could not."""


def detect(stream: BinaryIO) -> Encoding:
    """The encoding of ``stream``, which is read through and set back to its beginning.

    UTF-8 unless a byte order mark or the zeros of UTF-16 say otherwise; what is no UTF-8 is taken
    for Windows-1252, in which every spreadsheet of western Europe saves its CSV files.
    """
    head = stream.read(_LOOK)
    stream.seek(0)
    marked = _by_mark(head) or _by_zeros(head)
    if marked is not None and _decodes(stream, marked.codec):
        return marked
    if marked is not None:
        note = f"{marked.note} Some characters could not be read."
        return Encoding(marked.codec, note.strip(), is_exact=False)
    if _decodes(stream, "utf-8"):
        return Encoding("utf-8")
    note = "The file is not UTF-8; it was read as Windows-1252. Check letters with accents."
    return Encoding("cp1252", note, is_exact=_decodes(stream, "cp1252"))


def _by_mark(head: bytes) -> Encoding | None:
    for mark, codec, name in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, "" if name == "UTF-8" else f"The file is {name}.")
    return None


def _by_zeros(head: bytes) -> Encoding | None:
    """UTF-16 of mostly Latin letters has a zero in every second byte."""
    half = len(head) // 2
    if half and head[1::2].count(0) > half * 0.4 and not head[0::2].count(0):
        return Encoding("utf-16-le", "The file is UTF-16.")
    if half and head[0::2].count(0) > half * 0.4 and not head[1::2].count(0):
        return Encoding("utf-16-be", "The file is UTF-16.")
    return None


def _decodes(stream: BinaryIO, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        while block := stream.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    finally:
        stream.seek(0)
    return True

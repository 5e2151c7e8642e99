"""JSON Lines: one object a line, its names the columns."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from koda_desktop.errors import UnreadableFile
from koda_desktop.tables.decoding import Encoding, detect
from koda_desktop.tables.rows import CELL_MAX, NO_FAULTS, WHOLE_ROW, Format, Record, Table
from koda_desktop.tables.values import as_text

_COLUMNS_MAX = 1_000
_HALF = re.compile(r"\\ud[89a-f]", re.IGNORECASE)
"""Halves of a surrogate pair: alone, one is no character and cannot be stored."""


def read_jsonl(stream: BinaryIO) -> Table:
    """The table in ``stream``; read through once for its names, and once more for its rows.

    Raises UnreadableFile when no line is an object.
    """
    encoding = detect(stream)
    names: dict[str, None] = {}
    text = _text(stream, encoding)
    for _, found in _objects(text, encoding):
        if isinstance(found, dict) and len(names) < _COLUMNS_MAX:
            names.update(dict.fromkeys(found))
    text.detach()
    if not names:
        raise UnreadableFile(
            "No line of the file is a JSON object.",
            remedy="Write one object on each line, or choose a CSV or XLSX file.",
        )
    notes = [encoding.note] if encoding.note else []
    header = tuple(names)
    stream.seek(0)
    text = _text(stream, encoding)
    return Table(Format.JSONL, header, _records(text, encoding, header), notes, text=text)


def _text(stream: BinaryIO, encoding: Encoding) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, encoding.codec, errors="replace", newline="\n")


def _records(
    text: io.TextIOWrapper, encoding: Encoding, header: tuple[str, ...]
) -> Iterator[Record]:
    for line, found in _objects(text, encoding):
        if isinstance(found, str):
            yield Record(line, [""] * len(header), {WHOLE_ROW: found})
            continue
        cells = [as_text(found.get(name)) for name in header]
        yield Record(line, cells, _too_long(cells))


def _too_long(cells: list[str]) -> Mapping[int, str]:
    if max(map(len, cells)) <= CELL_MAX:
        return NO_FAULTS
    long = [number for number, cell in enumerate(cells) if len(cell) > CELL_MAX]
    return dict.fromkeys(long, "This is too long.")


def _objects(
    text: io.TextIOWrapper, encoding: Encoding
) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each line's object, or a sentence on why it is none. Empty lines are skipped."""
    for number, line in enumerate(text, 1):
        if line.strip():
            yield number, _object(line, encoding)


def _object(line: str, encoding: Encoding) -> dict[str, Any] | str:
    if not encoding.is_exact and "\ufffd" in line:
        return "This line has characters that could not be read: save the file as UTF-8."
    try:
        found = _DECODER.decode(line)
        if "\\u" in line and _HALF.search(line):
            json.dumps(found, ensure_ascii=False).encode()
    except _Twice as error:
        return f"The name “{error}” stands in this line more than once."
    except (ValueError, RecursionError):
        return "This line is not valid JSON."
    if not isinstance(found, dict):
        return "This line is not a JSON object."
    return found


class _Twice(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for place, name in enumerate(names) if name in names[:place]))
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_once)
"""Made once: ``json.loads`` makes one for each line that is read in another way than usual."""

"""Where words go: results to standard output, progress and faults to standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from koda_desktop.cli.shown import escaped
from koda_desktop.errors import KodaError

_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tabs and line ends, and those that turn the direction of a text."""


@dataclass(frozen=True, slots=True)
class Output:
    """One command's voice. ``is_json`` prints each result as one JSON object a line."""

    is_json: bool
    out: TextIO
    err: TextIO

    def result(self, record: Mapping[str, Any], text: str) -> None:
        """One result: ``record`` for machines, ``text`` (may be several lines) for people."""
        if self.is_json:
            text = json.dumps(record, ensure_ascii=True, separators=(", ", ": "))
        print(_readable(text, self.out), file=self.out, flush=True)

    def document(self, text: str) -> None:
        """A whole document in place of results."""
        print(_printable(text, self.out), file=self.out, end="", flush=True)

    def note(self, text: str) -> None:
        """Progress, for people."""
        print(_readable(text, self.err), file=self.err, flush=True)

    def fault(self, error: KodaError) -> None:
        """What happened, what is kept, what to do next."""
        if self.is_json:
            print(json.dumps({"error": error.as_json()}), file=self.out, flush=True)
        self.note(fault_text(error.as_json()))


def fault_text(error: Mapping[str, Any]) -> str:
    """A fault as the lines a person reads."""
    lines = [f"koda: {error['what']}"]
    lines += [f"      {error[part]}" for part in ("kept", "remedy") if error.get(part)]
    return "\n".join(lines)


def standard_output(*, is_json: bool) -> Output:
    """The terminal, or whatever stands in its place."""
    return Output(is_json, sys.stdout, sys.stderr)


def _readable(text: str, stream: TextIO) -> str:
    """``text`` with what a terminal would obey escaped: titles and names come from strangers."""
    return _printable(_OBEYED.sub(lambda found: escaped(found.group()), text), stream)


def _printable(text: str, stream: TextIO) -> str:
    """``text`` with what ``stream`` cannot encode escaped, so that no name stops a command."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)

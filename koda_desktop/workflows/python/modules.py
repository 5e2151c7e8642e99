"""One Python file read: parsed where possible, by lines where not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.python.dialects import Dialect
from koda_desktop.workflows.python.facts import Facts
from koda_desktop.workflows.python.lines import read_lines
from koda_desktop.workflows.python.parsing import parse
from koda_desktop.workflows.python.personal_paths import personal_paths
from koda_desktop.workflows.python.reading import read_tree

_SPDX = re.compile(
    r"^#.{0,20}SPDX-License-Identifier:[ \t]*([A-Za-z0-9.+() -]{2,80})", re.MULTILINE
)
_MODELINE = re.compile(r"\A(?:[^\n]*\n)?#[^\n]{0,40}coding[:=]")


@dataclass(frozen=True, slots=True)
class Module:
    """A file of source with what was read in it. ``problems`` carry lines, but no path."""

    text: str
    facts: Facts
    problem: Problem | None
    dialect: Dialect
    parsed: bool

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the file, and the paths in it that tell of its author."""
        own = (self.problem,) if self.problem else ()
        return (*own, *personal_paths(self.text))


def read_module(text: str, most_bytes: int) -> Module:
    """Read ``text`` as Python. At most ``most_bytes`` characters are parsed. Never raises."""
    parsed = parse(text, most_bytes)
    facts = read_tree(parsed.tree) if parsed.tree is not None else read_lines(text)
    has_tree = parsed.tree is not None
    return Module(text, _licensed(facts, text), parsed.problem, parsed.dialect, has_tree)


def read_by_lines(text: str) -> Module:
    """Read ``text`` without parsing it, where many files together are too much to parse."""
    return Module(text, _licensed(read_lines(text), text), None, Dialect.CURRENT, parsed=False)


def _licensed(facts: Facts, text: str) -> Facts:
    spdx = _SPDX.search(text[:4000])
    return replace(facts, license=spdx[1].strip()) if spdx and not facts.license else facts


def encoding_problems(text: str, encoding: str) -> Iterator[Problem]:
    """A warning where Python 3 itself would refuse to decode the file (PEP 3120)."""
    if encoding not in ("UTF-8", "declared") and not _MODELINE.match(text):
        message = (
            f"The file is in {encoding} and does not say so, so Python 3 refuses to read it. "
            "Save it as UTF-8."
        )
        yield Problem(Severity.WARNING, "python-encoding", "", message, 1, 1)

"""The place of a value inside a JSON document, written as ``nodes[3].credentials.gmail.id``."""

from __future__ import annotations

import re
from functools import lru_cache

_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*\Z", re.ASCII)
_LONGEST_KEY = 80
_new = object.__new__


class Where:
    """A path as a chain of steps: adding a step costs one small object, text only when asked."""

    __slots__ = ("parent", "step")

    parent: Where | None
    step: str | int

    def __init__(self) -> None:
        self.parent = None
        self.step = ""

    def __truediv__(self, step: str | int) -> Where:
        # Made by hand, as a large file has half a million of them and a call costs half as much.
        made = _new(Where)
        made.parent = self
        made.step = step
        return made

    def __str__(self) -> str:
        steps: list[str] = []
        place: Where = self
        while place.parent is not None:
            steps.append(_written(place.step))
            place = place.parent
        return "".join(reversed(steps)).removeprefix(".")


ROOT = Where()


@lru_cache(maxsize=4096)
def _written(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN.match(step):
        return "." + step[:_LONGEST_KEY]
    # Keys may hold anything, half a surrogate pair too; a path must always be printable.
    safe = step[:_LONGEST_KEY].encode("utf-8", "backslashreplace").decode()
    quoted = safe.replace("\\", "\\\\").replace('"', '\\"')
    return '["' + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in quoted) + '"]'

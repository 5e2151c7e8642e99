"""Writes the place of a finding so that the place itself tells nothing of a secret.

An object may have a secret as a key, and a path through it would show it: a step that shares
eight characters in a row with any secret of the file is written as an ellipsis.
"""

from __future__ import annotations

from collections.abc import Iterable

from koda_desktop.workflows.secrets.tree import Place
from koda_desktop.workflows.where import ROOT, Where

WINDOW = 8
"""So many characters of a secret in a row are never shown."""

_HIDDEN = "…"


class PlaceWriter:
    """Turns places into text. ``hide`` must have been told of all secrets before."""

    def __init__(self, prefix: str, *, always_lines: bool = False) -> None:
        self._prefix = prefix
        self._always_lines = always_lines
        self._windows: frozenset[str] = frozenset()

    def hide(self, secrets: Iterable[str]) -> None:
        """From now on show no WINDOW characters in a row of any of ``secrets``."""
        self._windows = frozenset(
            secret[start : start + WINDOW]
            for secret in set(secrets)
            for start in range(max(1, len(secret) - WINDOW + 1))
        )

    def is_telling(self, text: str) -> bool:
        """Whether ``text`` shows a part of a secret."""
        if not self._windows:
            return False
        ends = range(max(1, len(text) - WINDOW + 1))
        return any(text[start : start + WINDOW] in self._windows for start in ends)

    def where(self, place: Place, start: int) -> str:
        """``prefix`` and path, and line and column from 1 where the text has several lines."""
        path = _joined(self._prefix, str(self._covered(place.where)))
        if not (self._always_lines or "\n" in place.text):
            return path
        line = place.text.count("\n", 0, start) + 1
        column = start - place.text.rfind("\n", 0, start)
        spot = f"line {line}, column {column}"
        return f"{path}, {spot}" if path else spot

    def _covered(self, where: Where) -> Where:
        steps: list[str | int] = []
        while where.parent is not None:
            steps.append(where.step)
            where = where.parent
        covered = ROOT
        for step in reversed(steps):
            told = isinstance(step, str) and self.is_telling(step)
            covered = covered / (_HIDDEN if told else step)
        return covered


def _joined(prefix: str, path: str) -> str:
    if not prefix or not path:
        return prefix + path
    return prefix + path if path.startswith("[") else f"{prefix}.{path}"

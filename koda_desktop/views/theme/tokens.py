"""Colour tokens: read from a theme file, handed out by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtGui import QColor

_HEX = re.compile(r"#(?:[0-9A-Fa-f]{6})(?:[0-9A-Fa-f]{2})?\Z")
_ENTRY = re.compile(r'^([a-z-]+) = "([^"]*)"', re.MULTILINE)


class Tokens:
    """The colours of one theme by token name, as ``#RRGGBB`` or ``#RRGGBBAA``."""

    def __init__(self, colours: Mapping[str, str]) -> None:
        wrong = [name for name, value in colours.items() if not _HEX.match(value)]
        if wrong:
            raise ValueError(f"not a colour: {', '.join(sorted(wrong))}")
        self._colours = dict(colours)
        self._parsed: dict[str, QColor] = {}

    def names(self) -> frozenset[str]:
        return frozenset(self._colours)

    def hex(self, name: str) -> str:
        """The colour as written in the theme file. Raises KeyError for an unknown token."""
        return self._colours[name]

    def color(self, name: str) -> QColor:
        """The colour of token ``name``; the same object each time, so that painting stays cheap."""
        found = self._parsed.get(name)
        if found is None:
            found = self._parsed[name] = _parse(self._colours[name])
        return found

    def css(self, name: str) -> str:
        """The colour as a style sheet spells it."""
        color = self.color(name)
        if color.alpha() == 255:
            return color.name()
        return f"rgba({color.red()},{color.green()},{color.blue()},{color.alpha()})"


def _parse(text: str) -> QColor:
    color = QColor(text[:7])
    if len(text) == 9:
        color.setAlpha(int(text[7:], 16))
    return color


def read_tokens(path: Path) -> Tokens:
    """The tokens of the TOML file at ``path``: every table's entries, flattened.

    Theme files hold nothing but ``name = "#colour"`` lines, so they are read by one expression:
    importing a TOML parser would cost more than the whole theme, before the first paint. A test
    reads them with the real parser. Raises OSError, or ValueError for a value that is no colour.
    """
    return Tokens(dict(_ENTRY.findall(path.read_text("utf-8"))))

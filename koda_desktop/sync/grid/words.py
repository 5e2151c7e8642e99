"""What pastes and fills are called in the History, and what of a block found no place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from koda_desktop.sync.grid.cells import EDITED
from koda_desktop.sync.grid.placing import Fill, Pasting, Put
from koda_desktop.sync.grid.planning import names_of


def pasted_name(puts: Sequence[Put]) -> str:
    return _named("Paste into", puts)


def filled_name(fills: Sequence[Fill]) -> str:
    return _named("Fill down", fills)


def _named(verb: str, puts: Iterable[Put | Fill]) -> str:
    found = {name: None for name in names_of(puts) if name in EDITED}
    return f"{verb} {', '.join(found)}" if found else verb.removesuffix(" into")


def notes_of(found: Pasting) -> list[str]:
    """What is left out of a paste, in sentences."""
    fixed = {name: None for name in names_of(found.puts) if name not in EDITED}
    notes = []
    if fixed:
        be = "is" if len(fixed) == 1 else "are"
        notes.append(f"{', '.join(fixed).capitalize()} {be} not for editing and stayed.")
    if found.cut_rows:
        rows = "1 row" if found.cut_rows == 1 else f"{found.cut_rows:,} rows"
        notes.append(f"{rows} had no line left to go to.")
    if found.cut_columns:
        columns = "1 column" if found.cut_columns == 1 else f"{found.cut_columns:,} columns"
        notes.append(f"{columns} had no column left to go to.")
    return notes

"""The command palette: everything the window can do and every listing, found by a few letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from koda_desktop.controllers.matching import score
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.runtime.settings import RECENT_COMMANDS
from koda_desktop.sync.filters.terms import Filter, IdBegins, Term, TextColumn, Word
from koda_desktop.sync.rows import ListingQuery, ListingRow
from koda_desktop.workspace.facade import Workspace

LISTING = "listing:"
"""The name of a command that opens a listing begins so; its id follows."""
_MOST_LISTINGS = 8
_MOST_RECENT = 12
_ID = re.compile(r"[0-9a-fA-F]{4,24}")


class Command(NamedTuple):
    """``name`` tells it apart from others; ``text`` is found and shown, ``hint`` only shown."""

    name: str
    text: str
    group: str
    hint: str = ""
    icon: str = ""


class PaletteView(Protocol):
    def show_found(self, found: Sequence[Command]) -> None: ...


class PaletteController:
    """What one opened palette finds among ``commands`` and the listings of the workspace."""

    def __init__(
        self,
        tools: Tools,
        preferences: Preferences,
        view: PaletteView,
        commands: Sequence[Command],
        workspace: Workspace | None,
    ) -> None:
        self._tools = tools
        self._preferences = preferences
        self._view = view
        self._commands = commands
        self._workspace = workspace
        self._asked = Latest()

    def search(self, text: str) -> None:
        """Show the commands that match at once, and the listings as soon as they are read.

        That nothing matches is shown only when the listings were asked, too.
        """
        number = self._asked.next()
        found = self._matching(text)
        workspace = self._workspace if text.strip() else None
        if found or workspace is None:
            self._view.show_found(found)
        if workspace is not None:
            work = self._with_listings(workspace, text, found, number)
            self._tools.spawn(work, f"palette.{number}")

    def remember(self, command: Command) -> None:
        """Put ``command`` before the others the next time; listings are not remembered."""
        if command.name.startswith(LISTING):
            return
        names = [command.name, *(n for n in self._recent() if n != command.name)]
        self._preferences.choose(RECENT_COMMANDS, " ".join(names[:_MOST_RECENT]))

    def _recent(self) -> list[str]:
        return self._preferences.text(RECENT_COMMANDS).split()

    def _matching(self, text: str) -> list[Command]:
        recent = {name: place for place, name in enumerate(self._recent())}
        scored = [
            (-value, recent.get(one.name, len(recent)), place, one)
            for place, one in enumerate(self._commands)
            if (value := score(text, f"{one.text} {one.group}")) is not None
        ]
        return [one for *_, one in sorted(scored, key=lambda entry: entry[:3])]

    async def _with_listings(
        self, workspace: Workspace, text: str, found: list[Command], number: int
    ) -> None:
        rows = await self._tools.store(_first_listings, workspace, text)
        if self._asked.is_current(number) and (rows or not found):
            self._view.show_found([*found, *(_command_of(row, text) for row in rows)])


def _first_listings(workspace: Workspace, text: str) -> list[ListingRow]:
    """Those whose id begins so, then those with the words in their titles, then in any text."""
    found: dict[str, ListingRow] = {}
    for query in _queries(text):
        if len(found) < _MOST_LISTINGS:
            rows = workspace.first_rows(query, _MOST_LISTINGS)
            found |= {row.id: row for row in rows if row.id not in found}
    return [*found.values()][:_MOST_LISTINGS]


def _queries(text: str) -> Iterator[ListingQuery]:
    words = text.split()
    if _ID.fullmatch(text.strip()):
        yield ListingQuery(filter=Filter((Term((IdBegins(text.strip().lower()),)),)))
    titled = (Term((Word(word, column=TextColumn.TITLE),)) for word in words)
    yield ListingQuery(filter=Filter(tuple(titled)))
    yield ListingQuery(text=text)


def _command_of(row: ListingRow, text: str) -> Command:
    is_by_id = _ID.fullmatch(text.strip()) and row.id.startswith(text.strip().lower())
    hint = row.id if is_by_id else row.platform or row.category
    return Command(f"{LISTING}{row.id}", row.title or row.file_name, "Listings", hint, "listings")

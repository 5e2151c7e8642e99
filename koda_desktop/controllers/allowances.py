"""The page of values that look like secrets and were declared to be none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from koda_desktop.controllers.messages import Level
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import KodaError
from koda_desktop.workspace.allowances import Allowance, Allowances


class AllowancesView(Protocol):
    def show_allowances(self, allowances: Sequence[Allowance]) -> None: ...
    def show_fault(self, what: str) -> None:
        """The list could not be read; ``what`` says why and what to do."""
        ...


class AllowancesController:
    """Reads the list for whoever shows it, and withdraws what is no longer allowed."""

    def __init__(self, tools: Tools, allowances: Allowances) -> None:
        self._tools = tools
        self._allowances = allowances
        self._views: list[AllowancesView] = []
        self._asked = Latest()

    def add_view(self, view: AllowancesView) -> None:
        """Keep ``view`` up to date from the next reading on."""
        self._views.append(view)

    def remove_view(self, view: AllowancesView) -> None:
        self._views.remove(view)

    def refresh(self) -> None:
        """Read the list again."""
        number = self._asked.next()
        self._tools.spawn(self._read(number), f"allowances.read.{number}")

    def withdraw(self, digests: Collection[str]) -> None:
        """Let the values behind ``digests`` block publishing again."""
        number = self._asked.next()
        self._tools.spawn(self._withdraw(tuple(digests), number), f"allowances.withdraw.{number}")

    async def _withdraw(self, digests: tuple[str, ...], number: int) -> None:
        await self._tools.pools.run("disk", self._allowances.forget, *digests)
        which = "1 value is" if len(digests) == 1 else f"{len(digests):,} values are"
        text = "Files that hold it are blocked again."
        if len(digests) > 1:
            text = "Files that hold one of them are blocked again."
        self._tools.messages.tell(Level.SUCCESS, f"{which} no longer allowed", text)
        await self._read(number)

    async def _read(self, number: int) -> None:
        try:
            found = await self._tools.pools.run("disk", self._allowances.all)
        except KodaError as error:
            self._show_fault(str(error))
            return
        if self._asked.is_current(number):
            for view in self._views:
                view.show_allowances(tuple(reversed(found)))

    def _show_fault(self, what: str) -> None:
        for view in self._views:
            view.show_fault(what)

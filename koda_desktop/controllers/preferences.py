"""Settings that are data: read from memory, written on the disk's pool, told to who cares."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.runtime.settings import Setting, Settings

Value = str | bool | int


class Preferences(QObject):
    """What a person chose, as the pages read and change it."""

    changed = Signal(str)
    """The key of a setting that has a new value."""

    def __init__(self, tools: Tools, settings: Settings) -> None:
        super().__init__()
        self._tools = tools
        self._settings = settings
        self._asked = Latest()
        self._order = asyncio.Lock()
        """Choices are written one after the other, so that the last one made is the one kept."""

    def text(self, setting: Setting[str]) -> str:
        return self._settings.get(setting)

    def is_on(self, setting: Setting[bool]) -> bool:
        return self._settings.get(setting)

    def choose(self, setting: Setting[str], value: str) -> None:
        """Save a choice and put it into force."""
        self._save(setting.key, lambda: self._settings.set(setting, value))

    def turn(self, setting: Setting[bool], value: bool) -> None:
        """Save a switch and put it into force."""
        self._save(setting.key, lambda: self._settings.set(setting, value))

    def _save(self, key: str, write: Callable[[], None]) -> None:
        self._tools.spawn(self._written(key, write), f"settings.{key}.{self._asked.next()}")

    async def _written(self, key: str, write: Callable[[], None]) -> None:
        async with self._order:
            await self._tools.pools.run("disk", write)
        self.changed.emit(key)

"""Which keys do what: the defaults of the actions, with a person's own choices laid over them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from koda_desktop.controllers.preferences import Preferences
from koda_desktop.runtime.settings import SHORTCUTS

Keys = tuple[str, ...]
"""Key sequences in Qt's portable words, as ``Ctrl+Shift+E``; the first is the one shown."""


class KeyBindings(QObject):
    """The keys of each action by the action's name. Changes hold at once and are remembered."""

    changed = Signal()

    def __init__(self, preferences: Preferences, defaults: Mapping[str, Keys]) -> None:
        super().__init__()
        self._preferences = preferences
        self._defaults = dict(defaults)
        self._chosen = _read(preferences.text(SHORTCUTS))
        self._give_way()

    def _give_way(self) -> None:
        """Keys that a person chose stay theirs where this version gives them to another action."""
        known = (keys for name, keys in self._chosen.items() if name in self._defaults)
        taken = {key for keys in known for key in keys}
        for name, keys in self._defaults.items():
            if name not in self._chosen and not taken.isdisjoint(keys):
                self._chosen[name] = tuple(key for key in keys if key not in taken)

    def of(self, name: str) -> Keys:
        """The keys of the action ``name``; empty where it has none."""
        return self._chosen.get(name, self._defaults[name])

    def is_changed(self, name: str) -> bool:
        """Whether a person gave the action keys other than its own."""
        return self.of(name) != self._defaults[name]

    @property
    def any_changed(self) -> bool:
        return any(self.is_changed(name) for name in self._defaults)

    def holder(self, key: str) -> str | None:
        """The action that ``key`` starts now; None where it is free."""
        return next((name for name in self._defaults if key in self.of(name)), None)

    def bind(self, name: str, key: str) -> None:
        """Give the action this one key, taken from whatever had it; an empty key takes its away."""
        holder = self.holder(key) if key else None
        if holder is not None and holder != name:
            self._chosen[holder] = tuple(k for k in self.of(holder) if k != key)
        self._chosen[name] = (key,) if key else ()
        self._save()

    def reset(self, name: str) -> None:
        """Give the action its own keys back, taken from whatever had them."""
        for key in self._defaults[name]:
            holder = self.holder(key)
            if holder is not None and holder != name:
                self._chosen[holder] = tuple(k for k in self.of(holder) if k != key)
        self._chosen.pop(name, None)
        self._save()

    def reset_all(self) -> None:
        """Give every action its own keys back."""
        self._chosen.clear()
        self._save()

    def _save(self) -> None:
        for name in self._defaults:
            if name in self._chosen and not self.is_changed(name):
                del self._chosen[name]
        # Sorted, so that the file does not change with the order in which keys were chosen.
        text = json.dumps(self._chosen, sort_keys=True, ensure_ascii=False) if self._chosen else ""
        self.changed.emit()
        self._preferences.choose(SHORTCUTS, text)


def _read(text: str) -> dict[str, Keys]:
    """The choices in ``text``. What cannot be read is left out: the defaults hold then.

    Names this version does not know are kept for the version that does.
    """
    try:
        content = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(content, dict):
        return {}
    return {
        name: tuple(keys)
        for name, keys in content.items()
        if isinstance(keys, list) and all(isinstance(key, str) for key in keys)
    }

"""What is remembered of a window between two runs, as text a settings file can hold."""

from __future__ import annotations

import json
from typing import NamedTuple


class WindowState(NamedTuple):
    """``geometry`` is what Qt saved, in base64; empty for a first run."""

    geometry: str = ""
    is_sidebar_narrow: bool = False

    def to_json(self) -> str:
        return json.dumps(self._asdict())

    @classmethod
    def from_json(cls, text: str) -> WindowState:
        """The state in ``text``; the default where it cannot be read, for it is only comfort."""
        try:
            content = json.loads(text)
        except ValueError:
            return cls()
        if not isinstance(content, dict):
            return cls()
        known = {name: type(default) for name, default in cls()._asdict().items()}
        return cls(**{k: v for k, v in content.items() if k in known and type(v) is known[k]})

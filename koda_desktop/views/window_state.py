"""What is remembered of a window between two runs, as text a settings file can hold."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class WindowState:
    """``geometry`` is what Qt saved, in base64; empty for a first run."""

    geometry: str = ""
    is_sidebar_narrow: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> WindowState:
        """The state in ``text``; the default where it cannot be read, for it is only comfort."""
        try:
            content = json.loads(text)
        except ValueError:
            return cls()
        if not isinstance(content, dict):
            return cls()
        known = {item.name: type(getattr(cls(), item.name)) for item in fields(cls)}
        return cls(**{k: v for k, v in content.items() if k in known and type(v) is known[k]})

"""JSON texts of fields, and their values: each distinct text is read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Texts = Mapping[str, str | None]
"""JSON texts by field; None where the document lacks the field."""

_DECODE = json.JSONDecoder().raw_decode


class TextReader:
    """Texts that SQLite wrote, as values."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def of(self, texts: Texts) -> dict[str, Any]:
        return {name: self.value(text) for name, text in texts.items() if text is not None}

    def value(self, text: str) -> Any:
        """Not to be changed: it is handed out again."""
        if text not in self._values:
            self._values[text], _ = _DECODE(text)
        return self._values[text]

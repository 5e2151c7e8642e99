"""Typed words to field values, with a sentence for each that cannot be one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koda_desktop.errors import UsageError
from koda_desktop.models.money import MoneyError, parse_amount, to_web_number

if TYPE_CHECKING:
    from koda_desktop.sync.pictures import Preview

_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def parse_price(text: str) -> int | float:
    """A price in euros as the web application stores it. Raises UsageError."""
    try:
        return to_web_number(parse_amount(text))
    except MoneyError as error:
        raise UsageError(str(error)) from None


def parse_tags(text: str) -> list[str]:
    """Tags separated by commas; blanks around them and empty ones are dropped."""
    return [tag for part in text.split(",") if (tag := part.strip())]


def parse_changes(words: Sequence[str]) -> dict[str, Any]:
    """``field=value`` words as seller fields. Raises UsageError naming the word that is wrong."""
    changes: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in _PARSERS:
            raise UsageError(
                f"“{word}” does not say which field gets which value.",
                remedy=f"Write FIELD=VALUE with one of: {', '.join(_PARSERS)}.",
            )
        changes[name] = _PARSERS[name](value)
    return changes


def parse_preview(text: str) -> Preview:
    """``workflow``, ``none``, or the picture in the file of that name. Raises KodaErrors."""
    from koda_desktop.sync.pictures import PreviewChoice, picture_at

    return PreviewChoice(text) if text in (*PreviewChoice,) else picture_at(Path(text))


def _parse_bool(text: str) -> bool:
    if text.lower() not in _YES:
        raise UsageError(f"“{text}” is neither yes nor no.")
    return _YES[text.lower()]


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise UsageError("metadata must be a JSON object.") from None


def _nothing_or_text(text: str) -> str | None:
    return text or None


_PARSERS: dict[str, Callable[[str], Any]] = {
    "title": str,
    "description": str,
    "price": parse_price,
    "category": str,
    "tags": parse_tags,
    "platform": str,
    "version": str,
    "active": _parse_bool,
    "previewImageUrl": _nothing_or_text,
    "metadata": _parse_json,
}

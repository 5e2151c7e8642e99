"""What pages show, sort and filter by: the columns of a row that are made of its document."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from koda_desktop.sync.outbox import encode
from koda_desktop.sync.rows import Json

PROJECTED = (
    "title",
    "sort_title",
    "platform",
    "category",
    "tags",
    "price_minor",
    "currency",
    "version",
    "is_active",
    "is_archived",
    "listed_integrations",
    "has_description",
    "has_preview_url",
)


def project(document: Json) -> tuple[Any, ...]:
    """The values of the columns PROJECTED, which pages sort and search by."""
    from koda_desktop.models.money import EUR

    return (
        *_title(document.get("title")),
        str(document.get("platform") or ""),
        str(document.get("category") or ""),
        _tags(document.get("tags")),
        _minor(document.get("price")),
        EUR,
        str(document.get("version") or ""),
        document.get("active") is not False,
        isinstance(document.get("deletedAt"), str),
        _integrations(document.get("metadata")),
        _is_text(document.get("description")),
        _is_text(document.get("previewImageUrl")),
    )


def project_field(name: str, value: Any) -> tuple[Any, ...]:
    """The values of the columns that show one field, in the order of PROJECTED; mostly none."""
    shown = _SHOWN.get(name)
    return shown(value) if shown else ()


def sort_key(title: str) -> str:
    """``title`` as it is sorted: without case and accents, so that Ä stands with A."""
    if title.isascii():
        return title.lower()
    plain = unicodedata.normalize("NFKD", title)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def _tags(tags: Any) -> str:
    return encode([str(tag) for tag in tags] if isinstance(tags, list) else [])


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _integrations(metadata: Any) -> str:
    """The services that a document says its workflow talks to."""
    named = metadata.get("integrations") if isinstance(metadata, dict) else None
    return encode(named) if isinstance(named, list) else "[]"


def _minor(price: Any) -> int:
    """A price in minor units; 0 while a draft has none."""
    from koda_desktop.models.money import from_web_number, quick_minor

    quick = quick_minor(price)
    if quick is not None:
        return quick
    return 0 if price is None else from_web_number(price).minor


def _text(value: Any) -> tuple[str]:
    return (str(value or ""),)


def _title(value: Any) -> tuple[str, str]:
    title = str(value or "")
    return title, sort_key(title)


_SHOWN: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "title": _title,
    "platform": _text,
    "category": _text,
    "version": _text,
    "tags": lambda value: (_tags(value),),
    "price": lambda value: (_minor(value),),
    "active": lambda value: (value is not False,),
    "deletedAt": lambda value: (isinstance(value, str),),
    "metadata": lambda value: (_integrations(value),),
    "description": lambda value: (_is_text(value),),
    "previewImageUrl": lambda value: (_is_text(value),),
}

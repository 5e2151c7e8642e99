"""What pages show, sort and filter by: the columns of a row that are made of its document."""

from __future__ import annotations

import unicodedata
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
)


def project(document: Json) -> tuple[Any, ...]:
    """The values of the columns PROJECTED, which pages sort and search by."""
    from koda_desktop.models.money import EUR

    title = str(document.get("title") or "")
    return (
        title,
        sort_key(title),
        str(document.get("platform") or ""),
        str(document.get("category") or ""),
        _tags(document.get("tags")),
        _minor(document.get("price")),
        EUR,
        str(document.get("version") or ""),
        document.get("active") is not False,
        isinstance(document.get("deletedAt"), str),
        _integrations(document.get("metadata")),
    )


def project_field(name: str, value: Any) -> tuple[Any, ...]:
    """The values of the columns that show one field, in the order of PROJECTED; mostly none."""
    match name:
        case "title":
            title = str(value or "")
            return title, sort_key(title)
        case "tags":
            return (_tags(value),)
        case "price":
            return (_minor(value),)
        case "platform" | "category" | "version":
            return (str(value or ""),)
        case "active":
            return (value is not False,)
        case "deletedAt":
            return (isinstance(value, str),)
        case "metadata":
            return (_integrations(value),)
    return ()


def sort_key(title: str) -> str:
    """``title`` as it is sorted: without case and accents, so that Ä stands with A."""
    if title.isascii():
        return title.lower()
    plain = unicodedata.normalize("NFKD", title)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def _tags(tags: Any) -> str:
    return encode([str(tag) for tag in tags] if isinstance(tags, list) else [])


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

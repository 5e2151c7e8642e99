"""The fields of the filter language: their names, what they are for and how their values look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the values of a field are read."""

    WORDS = "words"
    TAG = "tag"
    PLATFORM = "platform"
    CATEGORY = "category"
    STATE = "state"
    ACTIVE = "active"
    ARCHIVED = "archived"
    PRICE = "price"
    SIZE = "size"
    UPDATED = "updated"
    CREATED = "created"
    FILE = "file"
    VERSION = "version"
    ID = "id"
    HAS = "has"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: Kind
    hint: str
    """One example, for whoever completes."""
    aliases: tuple[str, ...] = ()


FIELDS = (
    Field("price", Kind.PRICE, "price:<20, price:10..20, price:free"),
    Field("tag", Kind.TAG, "tag:n8n,crm or tag:soci*", ("tags",)),
    Field("platform", Kind.PLATFORM, "platform:make"),
    Field("status", Kind.STATE, "status:draft", ("state", "is")),
    Field("category", Kind.CATEGORY, 'category:"Social Media"'),
    Field("updated", Kind.UPDATED, "updated:<7d, updated:>2026-01", ("changed",)),
    Field("created", Kind.CREATED, "created:2026, created:yesterday"),
    Field("title", Kind.WORDS, "title:alert"),
    Field("description", Kind.WORDS, "description:invoice", ("text",)),
    Field("uses", Kind.WORDS, "uses:slack", ("integration", "integrations", "app")),
    Field("version", Kind.VERSION, "version:1.2"),
    Field("file", Kind.FILE, "file:*.json", ("filename",)),
    Field("size", Kind.SIZE, "size:>1mb"),
    Field("has", Kind.HAS, "has:file, has:error, -has:tags"),
    Field("active", Kind.ACTIVE, "active:no"),
    Field("archived", Kind.ARCHIVED, "archived:yes"),
    Field("id", Kind.ID, "id:65a1"),
)

BY_NAME = {name: field for field in FIELDS for name in (field.name, *field.aliases)}
"""Every field by each of its names, in lower case."""

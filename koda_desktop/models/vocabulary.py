"""The closed lists of the web application's schema, spelled exactly as it stores them.

Imports nothing heavy: a combo box can fill itself from here before pydantic is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    SOCIAL_MEDIA = "Social Media"
    EMAIL_MARKETING = "Email Marketing"
    PRODUCTIVITY = "Productivity"
    SALES = "Sales"
    OTHER = "Other"


class Platform(StrEnum):
    N8N = "n8n"
    MAKE = "Make"
    ZAPIER = "Zapier"
    PYTHON = "Python"
    OTHER = "Other"


class Role(StrEnum):
    USER = "user"
    ADMIN = "admin"


class ProductType(StrEnum):
    AUTOMATION = "Automation"


SELLER_FIELDS = (
    "title",
    "description",
    "price",
    "category",
    "tags",
    "previewImageUrl",
    "platform",
    "version",
    "active",
    "metadata",
    "deletedAt",
)
"""What a seller may write in a listing. Everything else is the marketplace's to set."""

REGISTERED_AS: Mapping[str, Any] = {"tags": [], "version": "1.0.0", "active": True}
"""What a listing is registered with of these where the seller says nothing."""

TITLE_MAX = 200
DESCRIPTION_MAX = 20_000
TAGS_MAX = 20
TAG_MAX = 40
METADATA_MAX = 16_384

_NUMBER = r"(?:0|[1-9]\d*)"
_IDENTIFIER = rf"(?:{_NUMBER}|\d*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
    rf"(?:-{_IDENTIFIER}(?:\.{_IDENTIFIER})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\Z",
    re.ASCII,
)


def is_semver(text: str) -> bool:
    """Whether ``text`` is a version by Semantic Versioning 2.0.0 (semver.org)."""
    return len(text) <= 64 and _SEMVER.match(text) is not None

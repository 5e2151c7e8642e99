"""The columns of Koda's files of listings, and what the columns of other shops mean.

Only what a listing's document holds is a column; ``handle`` is made of the title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from koda_desktop.sync.projection import sort_key


class Column(StrEnum):
    """In the order in which they are exported."""

    ID = "id"
    HANDLE = "handle"
    TITLE = "title"
    DESCRIPTION = "description"
    PRICE = "price"
    CURRENCY = "currency"
    CATEGORY = "category"
    TAGS = "tags"
    PLATFORM = "platform"
    VERSION = "version"
    ACTIVE = "active"
    PREVIEW_IMAGE_URL = "preview_image_url"
    METADATA = "metadata"
    ARCHIVED_AT = "archived_at"
    STATUS = "status"
    FILE_NAME = "file_name"
    UPDATED_AT = "updated_at"
    ROW_HASH = "row_hash"
    FILE_PATH = "file_path"
    """Of a folder's own list: the file of a listing, from the folder on."""
    ERROR = "error"


FIELDS: Mapping[Column, str] = {
    Column.TITLE: "title",
    Column.DESCRIPTION: "description",
    Column.PRICE: "price",
    Column.CATEGORY: "category",
    Column.TAGS: "tags",
    Column.PLATFORM: "platform",
    Column.VERSION: "version",
    Column.ACTIVE: "active",
    Column.PREVIEW_IMAGE_URL: "previewImageUrl",
    Column.METADATA: "metadata",
    Column.ARCHIVED_AT: "deletedAt",
}
"""The field of a document that a column writes."""

NAMES: Mapping[str, Column] = {field: column for column, field in FIELDS.items()}
"""The column of a field."""

EXPORTED = tuple(one for one in Column if one not in (Column.FILE_PATH, Column.ERROR))

READ_ONLY = frozenset(
    {Column.STATUS, Column.FILE_NAME, Column.UPDATED_AT, Column.FILE_PATH, Column.ERROR}
)
"""Exported for people; never read back."""


class Reading(StrEnum):
    """How the cells of a column are turned into ours."""

    AS_IS = ""
    HTML = "html"
    """HTML, as other shops keep descriptions."""
    ON_SALE = "on-sale"
    """``active`` or ``published`` is yes; ``draft``, ``archived`` and the like are no."""
    CENTS = "cents"


class Use(NamedTuple):
    """What a column of a file is used for; None leaves it out."""

    column: Column | None
    reading: Reading = Reading.AS_IS


LEFT_OUT = Use(None)

_HTML = Use(Column.DESCRIPTION, Reading.HTML)
_ON_SALE = Use(Column.ACTIVE, Reading.ON_SALE)

KODA: Mapping[str, Use] = {
    **{column.value: Use(column) for column in Column},
    **{field.lower(): Use(column) for column, field in FIELDS.items()},
    "name": Use(Column.TITLE),
    "product_name": Use(Column.TITLE),
    "slug": Use(Column.HANDLE),
}

SHOPIFY: Mapping[str, Use] = {
    "handle": Use(Column.HANDLE),
    "title": Use(Column.TITLE),
    "body_(html)": _HTML,
    "tags": Use(Column.TAGS),
    "variant_price": Use(Column.PRICE),
    "status": _ON_SALE,
}
"""Of its product file (help.shopify.com, Using CSV files to import and export products)."""

GUMROAD: Mapping[str, Use] = {
    "name": Use(Column.TITLE),
    "product_name": Use(Column.TITLE),
    "permalink": Use(Column.HANDLE),
    "custom_permalink": Use(Column.HANDLE),
    "unique_permalink": Use(Column.HANDLE),
    "description": _HTML,
    "price": Use(Column.PRICE),
    "price_cents": Use(Column.PRICE, Reading.CENTS),
    "currency": Use(Column.CURRENCY),
    "tags": Use(Column.TAGS),
    "published": _ON_SALE,
}
"""The names of products in its own interface and files."""


def header_key(name: str) -> str:
    """``name`` as it is looked up: case, blanks and hyphens make no difference."""
    return re.sub(r"[\s\-]+", "_", name.strip()).lower()


def handle_of(title: str) -> str:
    """``title`` as the handle of an address: lower case, without accents, hyphens between words."""
    return re.sub(r"[\W_]+", "-", sort_key(title)).strip("-")

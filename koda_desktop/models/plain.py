"""A quick look at a document, which spares most of them the full check of ``product``.

It says yes only to what the full check accepts, too; what it does not know it leaves to that. Most
listings are as the web application writes them, and thousands come at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from koda_desktop.models.money import quick_minor
from koda_desktop.models.vocabulary import ProductType

_OBJECT_ID = re.compile(r"[0-9a-f]{24}\Z").match
_SHA256 = re.compile(r"[0-9a-f]{64}\Z").match
_MOMENT = re.compile(
    r"(?!0000)[0-9]{4}-"
    r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z\Z"
).match
"""A date as MongoDB's adapter writes it."""

Json = dict[str, Any]
Check = Callable[[Any], bool]


def is_plain_listing(document: Json) -> bool:
    """Whether ``document`` is a listing like most; False says nothing."""
    for name, value in document.items():
        check = _CHECKS.get(name)
        if check is not None and not check(value):
            return False
    return document.keys() >= _NEEDED


def _is_automation(value: Any) -> bool:
    return type(value) is str and value == ProductType.AUTOMATION


def _is_object_id(value: Any) -> bool:
    return type(value) is str and _OBJECT_ID(value) is not None


def _is_moment(value: Any) -> bool:
    return type(value) is str and _MOMENT(value) is not None


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_some_text(value: Any) -> bool:
    return type(value) is str and value != ""


def _is_text_or_null(value: Any) -> bool:
    return value is None or type(value) is str


def _is_texts(value: Any) -> bool:
    return type(value) is list and all(type(item) is str for item in value)


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _is_count(value: Any) -> bool:
    return type(value) is int and -(2**53) < value < 2**53


def _is_price(value: Any) -> bool:
    return quick_minor(value) is not None


def _is_flag(value: Any) -> bool:
    return type(value) is bool


def _is_null(value: Any) -> bool:
    return value is None


def _is_map_or_null(value: Any) -> bool:
    return value is None or type(value) is dict


def _is_files(value: Any) -> bool:
    return type(value) is list and all(type(item) is dict and _is_file(item) for item in value)


def _is_file(file: Mapping[str, Any]) -> bool:
    size, sha256 = file.get("size"), file.get("sha256")
    is_sized = _is_count(size) and size is not None and size >= 0
    is_summed = type(sha256) is str and _SHA256(sha256) is not None
    return is_sized and is_summed and type(file.get("key")) is str and type(file.get("name")) is str


def _is_never(_: Any) -> bool:
    return False


_NEEDED = frozenset(
    {
        "_id",
        "title",
        "description",
        "price",
        "category",
        "sellerId",
        "productType",
        "platform",
        "fileUrl",
    }
)
_CHECKS: Mapping[str, Check] = {
    "_id": _is_object_id,
    "__v": _is_count,
    "createdAt": _is_moment,
    "updatedAt": _is_moment,
    "title": _is_text,
    "description": _is_text,
    "price": _is_price,
    "category": _is_text,
    "tags": _is_texts,
    "previewImageUrl": _is_text_or_null,
    "sellerId": _is_object_id,
    "productType": _is_automation,
    "averageRating": _is_number,
    "reviewCount": _is_count,
    "active": _is_flag,
    "deletedAt": _is_null,
    "metadata": _is_map_or_null,
    "files": _is_files,
    "stripeProductId": _is_text_or_null,
    "platform": _is_text,
    "fileUrl": _is_some_text,
    "version": _is_text_or_null,
    # Names of the models' own, which they read as well.
    "id": _is_never,
    "mongoose_version": _is_never,
    "created_at": _is_never,
    "updated_at": _is_never,
    "preview_image_url": _is_never,
    "seller_id": _is_never,
    "product_type": _is_never,
    "average_rating": _is_never,
    "review_count": _is_never,
    "deleted_at": _is_never,
    "stripe_product_id": _is_never,
    "file_url": _is_never,
}

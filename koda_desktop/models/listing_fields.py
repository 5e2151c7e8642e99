"""What a seller may write in a listing, checked field by field.

The same check runs on this computer while a person types and behind the marketplace when a listing
is registered or edited; the second one decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from koda_desktop.models.document import Json
from koda_desktop.models.money import (
    MoneyError,
    parse_amount,
    quick_minor,
    to_web_number,
    web_number,
)
from koda_desktop.models.vocabulary import (
    DESCRIPTION_MAX,
    METADATA_MAX,
    TAG_MAX,
    TAGS_MAX,
    TITLE_MAX,
    Category,
    Platform,
    is_semver,
)
from koda_desktop.runtime.clock import from_iso, iso

_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters but for tabs and line breaks, and halves of surrogate pairs."""


def _price(value: object) -> int | float:
    """A price as the web application stores it; unlike when reading, no fraction of a cent."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("The price must be a number, for example 9.99.")
    quick = quick_minor(value)
    if quick is not None:
        return web_number(quick)
    try:
        return to_web_number(parse_amount(repr(value) if isinstance(value, float) else str(value)))
    except MoneyError as error:
        raise ValueError(str(error)) from None


def _semver(text: str) -> str:
    if not is_semver(text):
        raise ValueError("Write the version as three numbers, for example 1.0.0.")
    return text


def _showable(text: str) -> str:
    if _UNSHOWN.search(text):
        raise ValueError("Remove the characters that cannot be shown.")
    return text


def _archived(text: str) -> str:
    """A moment to the millisecond, which is what a database's date holds."""
    try:
        return iso(from_iso(text))
    except ValueError:
        raise ValueError("Write the time as 2026-01-31T12:00:00.000Z.") from None


def _storable(metadata: Json) -> Json:
    """``metadata`` as a database can hold it: plain names, numbers of 64 bits, a bounded size."""
    try:
        size = len(json.dumps(metadata, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError):
        raise ValueError("Only text, numbers, lists and objects can be kept here.") from None
    if size > METADATA_MAX:
        raise ValueError(f"This is too long: {METADATA_MAX} bytes is the most.")
    _check_storable(metadata)
    return metadata


def _check_storable(value: object) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            if not name or name.startswith("$") or "." in name or "\0" in name:
                raise ValueError("Names may not be empty, begin with $ or hold a dot.")
            _showable(name)
            _check_storable(item)
    elif isinstance(value, list):
        for item in value:
            _check_storable(item)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("A number is too large.")
    elif isinstance(value, str):
        _showable(value)


def _without_repeats(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


def _text(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


Title = Annotated[str, _text(TITLE_MAX), AfterValidator(_showable)]
Description = Annotated[str, _text(DESCRIPTION_MAX), AfterValidator(_showable)]
Tag = Annotated[str, _text(TAG_MAX), AfterValidator(_showable)]
Tags = Annotated[list[Tag], Field(max_length=TAGS_MAX), AfterValidator(_without_repeats)]


class ListingFields(BaseModel):
    """The fields a seller writes. Anything else in the input is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)

    title: Title
    description: Description
    price: Annotated[int | float, BeforeValidator(_price)]
    category: Category
    tags: Tags = Field(default_factory=list)
    platform: Platform
    version: Annotated[str, AfterValidator(_semver)] = "1.0.0"
    previewImageUrl: str | None = Field(default=None, max_length=2048)
    active: bool = True
    metadata: Annotated[dict[str, Any], AfterValidator(_storable)] | None = None
    deletedAt: Annotated[str, AfterValidator(_archived)] | None = None
    """When its seller archived it; null while it is in the catalogue."""


_WORDS = {
    "missing": "This is needed.",
    "string_too_short": "This is needed.",
    "extra_forbidden": "Only the marketplace sets this.",
    "enum": "Choose one of the list.",
    "string_type": "Write text here.",
    "bool_type": "Say yes or no.",
    "list_type": "Give a list here.",
}


def check_fields(fields: Mapping[str, Any]) -> tuple[Json, dict[str, str]]:
    """The cleaned ``fields`` and, for each field that is wrong, a sentence for the seller.

    When any is wrong the cleaned fields are empty. Only fields that were given, or are needed, are
    in the answer; the order is the schema's.
    """
    try:
        cleaned = ListingFields.model_validate(dict(fields))
    except ValidationError as error:
        return {}, _problems(error)
    return cleaned.model_dump(exclude_unset=True), {}


def check_changes(changes: Mapping[str, Any]) -> tuple[Json, dict[str, str]]:
    """As ``check_fields``, for some fields of a listing: the others are taken as they are."""
    whole = {**_STAND_IN, **changes}
    cleaned, problems = check_fields(whole)
    return {name: cleaned[name] for name in changes if name in cleaned}, problems


def check_value(name: str, value: object) -> tuple[Any, str]:
    """As ``check_changes`` for one field: its cleaned value and "", or None and the sentence."""
    adapter = _adapters().get(name)
    if adapter is None:
        return None, _WORDS["extra_forbidden"]
    try:
        cleaned = adapter.validate_python(value)
    except ValidationError as error:
        return None, _sentence(dict(error.errors()[0]))
    return (cleaned.value if isinstance(cleaned, Enum) else cleaned), ""


@cache
def _adapters() -> Mapping[str, TypeAdapter[Any]]:
    """A check of each field by itself, which costs a third of checking a listing."""
    fields = ListingFields.model_fields
    return {name: TypeAdapter(one.rebuild_annotation()) for name, one in fields.items()}


_STAND_IN: Json = {
    "title": "-",
    "description": "-",
    "price": 0,
    "category": Category.OTHER.value,
    "platform": Platform.OTHER.value,
}


def _problems(error: ValidationError) -> dict[str, str]:
    return {str(item["loc"][0]): _sentence(dict(item)) for item in error.errors()}


def _sentence(item: dict[str, Any]) -> str:
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    if item["type"] in ("string_too_long", "too_long"):
        return f"This is too long: {item['ctx']['max_length']} is the most."
    return _WORDS.get(item["type"], str(item["msg"]))

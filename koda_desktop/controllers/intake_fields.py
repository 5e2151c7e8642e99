"""The form of a dropped file as the fields of a document, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from koda_desktop.controllers.intake_state import IntakeFile, ListingDraft
from koda_desktop.errors import KodaError
from koda_desktop.models.money import Money, MoneyError, from_web_number, to_web_number


def value_of(draft: ListingDraft, field: str) -> object:
    """The value of a document's ``field`` in ``draft``."""
    return _fields_of(draft).get(field)


def _fields_of(draft: ListingDraft) -> dict[str, Any]:
    price = None if draft.price_minor is None else to_web_number(Money(draft.price_minor))
    return {
        "title": draft.title,
        "description": draft.description,
        "tags": list(draft.tags),
        "category": draft.category,
        "price": price,
    }


def draft_of(document: Mapping[str, Any]) -> ListingDraft:
    """A listing's document as it stands in a form."""
    return ListingDraft(
        title=str(document.get("title", "")),
        description=str(document.get("description", "")),
        tags=tuple(str(tag) for tag in document.get("tags") or ()),
        category=str(document.get("category", "")),
        price_minor=minor_of(document.get("price")),
    )


def minor_of(price: object) -> int | None:
    """A document's price in cents; None where it is no price."""
    try:
        return from_web_number(price).minor
    except MoneyError:
        return None


def fields_of_file(file: IntakeFile) -> dict[str, Any]:
    """The document's fields as they stand in the form of ``file``."""
    return {**_fields_of(file.draft), "platform": file.platform}


def missing(draft: ListingDraft) -> dict[str, str]:
    """What must be there before the workspace is asked at all."""
    return {} if draft.price_minor is not None else {"price": "Set a price; 0 is free."}


def refused(file: IntakeFile, error: KodaError) -> IntakeFile:
    """``file`` with what ``error`` says of its fields, or of all of it."""
    found = error.facts.get("fields")
    wrong = {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
    note = "" if wrong else str(error)
    return replace(file, wrong=wrong, note=note)

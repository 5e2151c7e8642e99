"""The ground every document model stands on: exact field names, unknown fields kept.

Documents cross rooms as plain JSON-safe dictionaries: ids as 24 hex digits, dates as ISO 8601
text, and any BSON type beyond JSON in MongoDB's Extended JSON. A model is a typed view of one.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from koda_desktop.runtime.clock import from_iso
from koda_desktop.runtime.ids import is_object_id

Json = dict[str, Any]


def _object_id(text: str) -> str:
    if not is_object_id(text):
        raise ValueError("not an ObjectId of 24 hex digits")
    return text


def _moment(text: str) -> str:
    from_iso(text)
    return text


ObjectIdText = Annotated[str, AfterValidator(_object_id)]
"""An ObjectId as 24 lower-case hex digits."""

Moment = Annotated[str, AfterValidator(_moment)]
"""A date as ISO 8601 with a time zone."""


class Fragment(BaseModel):
    """Part of a document. Fields this program does not know are kept as they came."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    @classmethod
    def read(cls, document: Json) -> Self:
        """The typed view of ``document``. Raises pydantic.ValidationError naming each field."""
        return cls.model_validate(document)

    def as_document(self) -> Json:
        """The document again: every field that came in goes out, under its own name."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class Document(Fragment):
    """One MongoDB document, with Mongoose's own fields."""

    id: ObjectIdText = Field(alias="_id")
    mongoose_version: int | None = Field(default=None, alias="__v")
    created_at: Moment | None = Field(default=None, alias="createdAt")
    updated_at: Moment | None = Field(default=None, alias="updatedAt")

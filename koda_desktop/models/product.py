"""Listings: ``products`` documents, told apart by their discriminator ``productType``.

Reading is lenient: a value outside the lists this version knows (a new category, a longer title) is
shown and kept, never guessed or dropped. Writing is strict: see ``listing_fields``. A new product
type is one new class in ``_CLASSES``; a type that is not there opens read-only as a plain Product.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from koda_desktop.models.document import Document, Fragment, Json, Moment, ObjectIdText
from koda_desktop.models.money import Money, MoneyError, from_web_number
from koda_desktop.models.vocabulary import ProductType


def _price(value: object) -> object:
    try:
        from_web_number(value)
    except MoneyError as error:
        raise ValueError(str(error)) from None
    return value


WebPrice = Annotated[Any, BeforeValidator(_price)]
"""A Number of euros, kept as it was stored; ``from_web_number`` converts it."""


class ListedFile(Fragment):
    """One file of a listing, as registered: where it is and what its bytes must be."""

    key: str
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str


class Product(Document):
    """A listing of any type. Ratings and sales figures are the marketplace's, never a seller's."""

    title: str
    description: str
    price: WebPrice
    category: str
    tags: list[str] = Field(default_factory=list)
    preview_image_url: str | None = Field(default=None, alias="previewImageUrl")
    seller_id: ObjectIdText = Field(alias="sellerId")
    product_type: str = Field(alias="productType")
    average_rating: float = Field(default=0, alias="averageRating")
    review_count: int = Field(default=0, alias="reviewCount")
    active: bool = True
    deleted_at: Moment | None = Field(default=None, alias="deletedAt")
    metadata: dict[str, Any] | None = None
    files: list[ListedFile] = Field(default_factory=list)
    stripe_product_id: str | None = Field(default=None, alias="stripeProductId")
    stripe_synced: str | None = Field(default=None, alias="stripeSynced")
    """Tells what of it the payment provider was last told: see ``marketplace.catalogue``."""

    @property
    def money(self) -> Money:
        """The price in minor units."""
        return from_web_number(self.price)

    @property
    def is_known_type(self) -> bool:
        """False for a type this version does not know: such a listing opens read-only."""
        return self.product_type in _CLASSES


class Automation(Product):
    """An automation workflow: the one product type of today."""

    product_type: Literal[ProductType.AUTOMATION] = Field(alias="productType")
    platform: str
    file_url: str = Field(alias="fileUrl", min_length=1)
    version: str | None = None


_CLASSES: dict[str, type[Product]] = {ProductType.AUTOMATION: Automation}


def read_product(document: Json) -> Product:
    """The listing in ``document``, as the class its ``productType`` names.

    Raises pydantic.ValidationError when a known field holds what it may not.
    """
    return _CLASSES.get(str(document.get("productType")), Product).read(document)

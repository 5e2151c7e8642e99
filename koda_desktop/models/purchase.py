"""What was bought: ``purchases`` documents, created only by a settled payment."""

from __future__ import annotations

from pydantic import Field

from koda_desktop.models.document import Document, ObjectIdText
from koda_desktop.models.product import WebPrice


class Purchase(Document):
    """One item of one paid session; ``amount`` is the gross in the web application's Number."""

    product_id: ObjectIdText = Field(alias="productId")
    buyer_id: ObjectIdText = Field(alias="buyerId")
    seller_id: ObjectIdText = Field(alias="sellerId")
    amount: WebPrice
    stripe_session_id: str = Field(alias="stripeSessionId", min_length=1)

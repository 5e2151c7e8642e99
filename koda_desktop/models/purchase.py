"""What was bought: ``purchases`` documents, created only by a settled payment."""

from __future__ import annotations

import hashlib

from pydantic import Field

from koda_desktop.models.document import Document, ObjectIdText
from koda_desktop.models.product import WebPrice


class Purchase(Document):
    """One item of one paid session; ``amount`` is the gross in the web application's Number.

    The optional fields are those of purchases that were paid with credits, in whole or in part.
    """

    product_id: ObjectIdText = Field(alias="productId")
    buyer_id: ObjectIdText = Field(alias="buyerId")
    seller_id: ObjectIdText = Field(alias="sellerId")
    amount: WebPrice
    stripe_session_id: str = Field(alias="stripeSessionId", min_length=1)
    product_name: str | None = Field(default=None, alias="productName")
    credits_used: int | None = Field(default=None, alias="creditsUsed", ge=0)
    credit_amount: WebPrice | None = Field(default=None, alias="creditAmount")
    cash_amount: WebPrice | None = Field(default=None, alias="cashAmount")
    payment_method_id: str | None = Field(default=None, alias="paymentMethodId")
    is_first_purchase: bool | None = Field(default=None, alias="isFirstPurchase")
    referral_credit_awarded: bool | None = Field(default=None, alias="referralCreditAwarded")


def purchase_id(session_id: str, product_id: str) -> str:
    """The one ``_id`` that the purchase of a product in a session can have: inserting it twice runs
    into the database's own uniqueness, also where the index (session, product) is missing.
    """
    return hashlib.sha256(f"{session_id}\n{product_id}".encode()).hexdigest()[:24]

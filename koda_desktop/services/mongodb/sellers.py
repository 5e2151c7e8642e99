"""The fields of ``users`` that belong to the payment provider's accounts."""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.services.mongodb.codec import encode_field
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.faults import mongodb_faults


class MongoSellers:
    """``marketplace.trade_ports.Sellers`` over MongoDB."""

    def __init__(self, connection: Connection) -> None:
        self._users = connection.collection("users")

    def claim_account(self, user_id: str, account_id: str, instead_of: str | None) -> str:
        key = {"_id": encode_field("_id", user_id)}
        update = {
            "$set": {"stripeConnectId": account_id, "onboardingComplete": False},
            "$currentDate": {"updatedAt": True},
        }
        with mongodb_faults():
            self._users.update_one({**key, "stripeConnectId": instead_of}, update)
            found = self._users.find_one(key, {"stripeConnectId": 1})
        return str((found or {}).get("stripeConnectId") or account_id)

    def set_onboarding(self, account_id: str, is_complete: bool) -> bool:
        query = {"stripeConnectId": account_id, "onboardingComplete": {"$ne": is_complete}}
        update = {
            "$set": {"onboardingComplete": is_complete},
            "$currentDate": {"updatedAt": True},
        }
        with mongodb_faults():
            return self._users.update_one(query, update).modified_count == 1

    def connected_accounts(self) -> Sequence[str]:
        query = {"stripeConnectId": {"$type": "string"}}
        with mongodb_faults():
            found = self._users.find(query, {"stripeConnectId": 1, "_id": 0})
            return [str(document["stripeConnectId"]) for document in found]

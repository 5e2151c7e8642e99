"""The ``users`` collection, read-only."""

from __future__ import annotations

from koda_desktop.marketplace.api import Json
from koda_desktop.runtime.ids import is_object_id
from koda_desktop.services.mongodb.codec import decode, encode_field
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.faults import mongodb_faults


class MongoUsers:
    """``marketplace.ports.Users`` over MongoDB."""

    def __init__(self, connection: Connection) -> None:
        self._users = connection.collection("users")

    def find(self, user_id: str) -> Json | None:
        field = "_id" if is_object_id(user_id) else "clerkId"
        with mongodb_faults():
            document = self._users.find_one({field: {"$eq": encode_field(field, user_id)}})
        return decode(document) if document else None

"""What a fresh sandbox holds: the database's users and roles, and two accounts to try things with.

Everything here can be done again without changing what is there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from koda_desktop.services.sandbox.info import BUYER_ID, DATABASE, SELLER_ACCOUNT, SELLER_ID
from koda_desktop.services.sandbox.mongo_faults import Client

OPERATOR = "koda_operator"
APP = "koda_app"
_APP_ROLE = "koda_app_role"
# What the application does to documents. Not createIndex, dropCollection or collMod: a seller's
# program must never need them, and here it cannot use them.
_APP_ACTIONS = [
    "find",
    "insert",
    "update",
    "remove",
    "changeStream",
    "listCollections",
    "listIndexes",
    "collStats",
    "dbStats",
]


def ensure_users(client: Client, operator_password: str, app_password: str) -> None:
    """Make the operator and the application's user, unless they exist.

    The operator gets the built-in roles readWrite and dbAdmin on the sandbox's database.
    """
    operator_roles = [{"role": role, "db": DATABASE} for role in ("readWrite", "dbAdmin")]
    privileges = [{"resource": {"db": DATABASE, "collection": ""}, "actions": _APP_ACTIONS}]
    known = client.admin.command("rolesInfo", _APP_ROLE)["roles"]
    command = "updateRole" if known else "createRole"
    client.admin.command(command, _APP_ROLE, privileges=privileges, roles=[])
    _ensure_user(client, OPERATOR, operator_password, operator_roles)
    _ensure_user(client, APP, app_password, [{"role": _APP_ROLE, "db": "admin"}])


def _ensure_user(client: Client, name: str, password: str, roles: list[dict[str, str]]) -> None:
    if not client.admin.command("usersInfo", name)["users"]:
        client.admin.command("createUser", name, pwd=password, roles=roles)


def seed_accounts(client: Client, now: datetime) -> None:
    """The demo seller, ready to publish, and the buyer. An account that exists is left alone."""
    users = client[DATABASE]["users"]
    for account in (_seller(), _buyer()):
        identity = {"_id": account.pop("_id")}
        stamps = {"createdAt": now, "updatedAt": now, "__v": 0}
        users.update_one(identity, {"$setOnInsert": {**account, **stamps}}, upsert=True)


def _seller() -> dict[str, Any]:
    return {
        **_account(SELLER_ID, "Seller"),
        "stripeConnectId": SELLER_ACCOUNT,
        "onboardingComplete": True,
    }


def _buyer() -> dict[str, Any]:
    return {**_account(BUYER_ID, "Buyer"), "onboardingComplete": False}


def _account(identity: str, last_name: str) -> dict[str, Any]:
    """A user as the web application stores one."""
    name = last_name.lower()
    return {
        "_id": ObjectId(identity),
        "clerkId": f"user_sandbox_{name}",
        "firstName": "Demo",
        "lastName": last_name,
        "email": f"{name}@sandbox.invalid",
        "role": "user",
        "isBanned": False,
        "cart": [],
    }

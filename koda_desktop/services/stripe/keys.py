"""Which Stripe keys there are, and which one to use: a restricted one that may do only this."""

from __future__ import annotations

from enum import StrEnum


class KeyKind(StrEnum):
    SECRET = "secret"
    RESTRICTED = "restricted"
    PUBLISHABLE = "publishable"
    WEBHOOK = "webhook"
    UNKNOWN = "unknown"


PERMISSIONS: dict[str, str] = {
    "Accounts": "write",
    "Account Links": "write",
    "Products": "write",
    "Prices": "write",
    "Checkout Sessions": "write",
    "Payment Intents": "read",
    "Charges": "read",
    "Refunds": "write",
    "Transfers": "write",
    "Application Fees": "write",
    "Balance": "read",
    "Balance Transactions": "read",
    "Payouts": "read",
    "Disputes": "read",
    "Events": "read",
}
"""What a restricted key needs, by the names of Stripe's dashboard; everything else: none."""

_KINDS = {
    "sk_": KeyKind.SECRET,
    "rk_": KeyKind.RESTRICTED,
    "pk_": KeyKind.PUBLISHABLE,
    "whsec_": KeyKind.WEBHOOK,
}


def kind_of(key: str) -> KeyKind:
    """Told by its prefix, as Stripe documents them."""
    found = (kind for prefix, kind in _KINDS.items() if key.startswith(prefix))
    return next(found, KeyKind.UNKNOWN)


def is_live(key: str) -> bool:
    """Whether real money moves with this key."""
    return "_live_" in key


def permissions() -> str:
    """What a restricted key needs, in one line."""
    return ", ".join(f"{name} ({level})" for name, level in PERMISSIONS.items())


def advice(key: str) -> str:
    """What to tell an operator about the key; empty for one that is as it should be."""
    kind = kind_of(key)
    if kind is KeyKind.RESTRICTED:
        return ""
    if kind is KeyKind.SECRET:
        return (
            "This key may do everything with the Stripe account. A restricted key is safer; "
            f"it needs: {permissions()}."
        )
    if kind is KeyKind.PUBLISHABLE:
        return "This is a publishable key, which can only be used in a browser."
    if kind is KeyKind.WEBHOOK:
        return "This is the signing secret of a webhook, not a key."
    return "This does not look like a Stripe key: one begins with rk_ or sk_."

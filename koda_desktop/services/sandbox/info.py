"""How to reach a running sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

DATABASE = "koda_sandbox"
BUCKET = "koda-sandbox"
REGION = "us-east-1"
# Fixed, so that scripts and saved workspaces find the same accounts in every sandbox.
SELLER_ID = "5eed00000000000000000001"
BUYER_ID = "5eed00000000000000000002"
SELLER_ACCOUNT = "acct_sandbox_seller"


@dataclass(frozen=True, slots=True, repr=False)
class SandboxInfo:
    """Addresses, keys and accounts of a running sandbox.

    ``mongodb_uri`` is for the application: it reads, writes and watches documents of ``database``
    and may not make indexes. ``operator_mongodb_uri`` is for ``koda admin init``, which may.
    ``seller_id`` and ``buyer_id`` are ObjectIds as hex digits.
    """

    mongodb_uri: str
    operator_mongodb_uri: str
    s3_endpoint: str
    s3_access_key_id: str
    s3_secret_access_key: str
    database: str = DATABASE
    bucket: str = BUCKET
    region: str = REGION
    seller_id: str = SELLER_ID
    buyer_id: str = BUYER_ID

    def as_operator(self) -> SandboxInfo:
        """The same sandbox with the operator's rights behind ``mongodb_uri``."""
        return replace(self, mongodb_uri=self.operator_mongodb_uri)

    def __repr__(self) -> str:
        """Without passwords and keys, because a repr ends up in logs and crash reports."""
        server = self.mongodb_uri.rpartition("@")[2] or "…"
        return (
            f"SandboxInfo(mongodb=…@{server}, database={self.database!r}, "
            f"s3_endpoint={self.s3_endpoint!r}, bucket={self.bucket!r}, region={self.region!r})"
        )


@dataclass(frozen=True, slots=True)
class StripeAccess:
    """How to reach the sandbox's Stripe: the SDK's base address, and a key that may do all."""

    api_base: str
    key: str = field(repr=False)

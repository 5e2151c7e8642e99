"""From a workspace's description and secrets to a marketplace that answers.

The adapters and their SDKs are imported here when a connection is first needed, on the engine's
thread: never at start-up, never on the window's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koda_desktop.errors import Misconfigured, Offline
from koda_desktop.marketplace.api import Actor, Marketplace
from koda_desktop.runtime.clock import Clock
from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.secrets import Secret, Secrets

if TYPE_CHECKING:
    from koda_desktop.services.mongodb.connection import Connection
    from koda_desktop.services.s3.objects import Bucket, S3Objects
    from koda_desktop.services.sandbox.info import SandboxInfo


@dataclass(frozen=True, slots=True)
class Connected:
    """A marketplace that can be called, who calls it, and what to do when it is done with."""

    marketplace: Marketplace
    actor: Actor
    database: Connection
    objects: S3Objects
    close: Callable[[], None]


def connect(info: WorkspaceInfo, secrets: Secrets, paths: Paths, clock: Clock) -> Connected:
    """Open the marketplace of ``info``. Blocking.

    Raises Offline for a workspace without a marketplace, Misconfigured when something is missing,
    VaultFault when the keyring is locked, LocalFault when the sandbox cannot start.
    """
    if info.kind is WorkspaceKind.SANDBOX:
        return _sandbox(info, paths, clock)
    if info.kind is WorkspaceKind.DIRECT:
        return _direct(info, secrets, clock)
    raise Offline(
        "This workspace works offline: it has no marketplace.",
        remedy="Add a marketplace in Settings to publish.",
    )


def _direct(info: WorkspaceInfo, secrets: Secrets, clock: Clock) -> Connected:
    uri = _needed(secrets, Secret.MONGODB_URI, "the mongodb:// address")
    bucket = direct_bucket(info, secrets)
    return _open(uri, info.database, bucket, Actor(info.user_id), clock, lambda: None)


def direct_bucket(info: WorkspaceInfo, secrets: Secrets) -> Bucket:
    """The bucket of a direct workspace with its keys. Raises Misconfigured where one is missing."""
    from koda_desktop.services.s3.objects import Bucket

    return Bucket(
        info.bucket,
        info.region,
        info.s3_endpoint,
        _needed(secrets, Secret.S3_ACCESS_KEY_ID, "the S3 access key"),
        _needed(secrets, Secret.S3_SECRET_ACCESS_KEY, "the S3 secret key"),
    )


def _needed(secrets: Secrets, secret: Secret, what: str) -> str:
    value = secrets.get(secret)
    if not value:
        raise Misconfigured(
            f"This workspace lacks {what}.",
            remedy=f"Enter it in Settings, or set {secret.variable}.",
            facts={"missing": secret.value},
        )
    return value


def _sandbox(info: WorkspaceInfo, paths: Paths, clock: Clock) -> Connected:
    from koda_desktop.services.s3.objects import Bucket
    from koda_desktop.services.sandbox.sandbox import Sandbox

    sandbox = Sandbox(paths.sandbox, prepare=_prepare_sandbox)
    ready = sandbox.start()
    bucket = Bucket(
        ready.bucket,
        ready.region,
        ready.s3_endpoint,
        ready.s3_access_key_id,
        ready.s3_secret_access_key,
    )
    actor = Actor(info.user_id or ready.seller_id)
    return _open(ready.mongodb_uri, ready.database, bucket, actor, clock, sandbox.stop)


def _prepare_sandbox(ready: SandboxInfo) -> None:
    from koda_desktop.services.mongodb.connection import Connection
    from koda_desktop.services.mongodb.indexes import create_indexes

    connection = Connection(ready.mongodb_uri, ready.database)
    try:
        create_indexes(connection)
    finally:
        connection.close()


def _open(
    uri: str, database: str, bucket: Bucket, actor: Actor, clock: Clock, stop: Callable[[], None]
) -> Connected:
    from koda_desktop.marketplace.direct import DirectMarketplace
    from koda_desktop.services.mongodb.connection import Connection
    from koda_desktop.services.mongodb.products import MongoProducts
    from koda_desktop.services.mongodb.users import MongoUsers
    from koda_desktop.services.s3.objects import S3Objects

    connection = Connection(uri, database)
    objects = S3Objects(bucket, clock)
    marketplace = DirectMarketplace(MongoUsers(connection), MongoProducts(connection), objects)

    def close() -> None:
        connection.close()
        objects.close()
        stop()

    return Connected(marketplace, actor, connection, objects, close)

"""From a workspace's description and secrets to a marketplace that answers.

The adapters and their SDKs are imported here when a connection is first needed, on the engine's
thread: never at start-up, never on the window's.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koda_desktop.errors import KodaError, Misconfigured, Offline
from koda_desktop.marketplace.api import Actor, Marketplace
from koda_desktop.runtime.clock import Clock
from koda_desktop.runtime.paths import Paths
from koda_desktop.runtime.work import ProgressReport, ignore_progress
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.secrets import Secret, Secrets

if TYPE_CHECKING:
    from koda_desktop.marketplace.payments import Payments
    from koda_desktop.marketplace.sales import SellerOrders
    from koda_desktop.marketplace.trade import Trade
    from koda_desktop.services.mongodb.connection import Connection
    from koda_desktop.services.s3.objects import Bucket, S3Objects
    from koda_desktop.services.sandbox.info import SandboxInfo
    from koda_desktop.services.sandbox.sandbox import Sandbox
    from koda_desktop.services.stripe.client import StripeSettings

_GOODBYE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Connected:
    """A marketplace that can be called, and the adapters it stands on."""

    marketplace: Marketplace
    database: Connection
    objects: S3Objects

    def close(self) -> None:
        self.database.close()
        self.objects.close()


class Connector:
    """Opens the marketplace of one workspace, again after a fault, and closes it at the end.

    ``open`` blocks for as long as servers take to start or to answer.
    """

    def __init__(
        self,
        info: WorkspaceInfo,
        secrets: Secrets,
        paths: Paths,
        clock: Clock,
        *,
        is_operator: bool = False,
    ) -> None:
        self._info = info
        self._secrets = secrets
        self._paths = paths
        self._clock = clock
        self._is_operator = is_operator
        self._lock = threading.Lock()
        self._connected: Connected | None = None
        self._trading: Connection | None = None
        self._holds_key: bool | None = None
        self._payments: tuple[StripeSettings, Payments] | None = None
        self._sandbox: Sandbox | None = None

    def open(self, progress: ProgressReport = ignore_progress) -> Connected:
        """The marketplace, connected anew.

        Raises Offline for a workspace without a marketplace, Misconfigured when something is
        missing, VaultFault when the keyring is locked, LocalFault when the sandbox cannot start.
        """
        with self._lock:
            self._let_go()
            uri, database, bucket = self._addresses(progress)
            self._connected = _connect(uri, database, bucket, self._clock)
            return self._connected

    @property
    def is_sandbox(self) -> bool:
        return self._info.kind is WorkspaceKind.SANDBOX

    def sandbox_pages(self) -> str:
        """The address of the sandbox's own pages; empty elsewhere."""
        return "" if self._sandbox is None else f"{self._sandbox.stripe().api_base}/pages"

    def sales(self) -> SellerOrders | None:
        """Reading orders over the connection there is; None while there is none."""
        from koda_desktop.marketplace.sales import SellerOrders
        from koda_desktop.services.mongodb.orders import MongoOrders
        from koda_desktop.services.mongodb.users import MongoUsers

        with self._lock:
            connected = self._connected
        if connected is None:
            return None
        return SellerOrders(MongoUsers(connected.database), MongoOrders(connected.database))

    def marketplace(self) -> Marketplace:
        """As ``open``, for those who need no more than the interface."""
        return self.open().marketplace

    def trade(self, progress: ProgressReport = ignore_progress) -> Trade:
        """Selling in this marketplace, for whoever holds its Stripe key. Over a connection of its
        own, which lives until the marketplace is connected anew after a fault.

        Raises what ``open`` raises, and Misconfigured without a key.
        """
        with self._lock:
            if self._trading is None:
                self._trading = self._open_database(progress)
            payments = self._open_payments(self._stripe_settings())
            return _trade(self._trading, payments, self._clock)

    def settling(self) -> Trade | None:
        """Selling, where this computer is to settle for the marketplace and the engine reached it:
        it holds the Stripe key, or the sandbox whose Stripe was ever used. Else None.

        Raises what ``trade`` raises.
        """
        with self._lock:
            is_here = self._connected is not None and self._settles()
        return self.trade() if is_here else None

    def _settles(self) -> bool:
        """The keyring is asked once for each connection."""
        if self._sandbox is not None:
            return self._sandbox.has_stripe
        if self._holds_key is None:
            self._holds_key = bool(self._secrets.get(Secret.STRIPE_API_KEY))
        return self._holds_key

    def close(self) -> None:
        """Let go of the servers; the sandbox's are stopped if nobody else uses them.

        The drivers say goodbye to a server, and one that says nothing is not waited for.
        """
        if self._info.kind is WorkspaceKind.SANDBOX:
            self._close()
            return
        ending = threading.Thread(target=self._close, name="koda-goodbye", daemon=True)
        ending.start()
        ending.join(_GOODBYE_SECONDS)

    def _close(self) -> None:
        with self._lock, contextlib.suppress(KodaError):
            self._let_go()
            self._close_trading()
            if self._sandbox is not None:
                self._sandbox.stop()
                self._sandbox = None

    def _let_go(self) -> None:
        """Close what is open. Selling that was begun beside the first connection goes on."""
        self._holds_key = None
        if self._connected is not None:
            self._connected.close()
            self._connected = None
            self._close_trading()

    def _close_trading(self) -> None:
        if self._trading is not None:
            self._trading.close()
            self._trading = None

    def _open_database(self, progress: ProgressReport) -> Connection:
        from koda_desktop.services.mongodb.connection import Connection

        uri, database, _ = self._addresses(progress)
        return Connection(uri, database)

    def _open_payments(self, settings: StripeSettings) -> Payments:
        """One client as long as the key stays the same: it keeps its connections."""
        from koda_desktop.services.stripe.payments import StripePayments

        if self._payments is None or self._payments[0] != settings:
            self._payments = (settings, StripePayments(settings))
        return self._payments[1]

    def _addresses(self, progress: ProgressReport) -> tuple[str, str, Bucket]:
        if self._info.kind is WorkspaceKind.SANDBOX:
            return self._start_sandbox(progress)
        if self._info.kind is WorkspaceKind.DIRECT:
            uri = _needed(self._secrets, Secret.MONGODB_URI, "the mongodb:// address")
            return uri, self._info.database, _bucket(self._info, self._secrets)
        raise Offline(
            "This workspace works offline: it has no marketplace.",
            remedy="Add a marketplace in Settings to publish.",
        )

    def _stripe_settings(self) -> StripeSettings:
        from koda_desktop.services.stripe.client import StripeSettings

        if self._sandbox is not None:
            access = self._sandbox.stripe()
            return StripeSettings(access.key, api_base=access.api_base)
        return StripeSettings(
            _needed(self._secrets, Secret.STRIPE_API_KEY, "the key of its Stripe account"),
            self._secrets.get(Secret.STRIPE_WEBHOOK_SECRET),
            self._info.stripe_api_base or None,
        )

    def _start_sandbox(self, progress: ProgressReport) -> tuple[str, str, Bucket]:
        from koda_desktop.services.s3.objects import Bucket
        from koda_desktop.services.sandbox.sandbox import Sandbox

        if self._sandbox is None:
            self._sandbox = Sandbox(self._paths.sandbox, prepare=_prepare_sandbox)
        ready = self._sandbox.start(progress)
        if self._is_operator:
            ready = ready.as_operator()
        bucket = Bucket(
            ready.bucket,
            ready.region,
            ready.s3_endpoint,
            ready.s3_access_key_id,
            ready.s3_secret_access_key,
        )
        return ready.mongodb_uri, ready.database, bucket


def actor_of(info: WorkspaceInfo) -> Actor:
    """Who acts in a workspace; in a sandbox, the demo seller unless another account was chosen."""
    if info.kind is WorkspaceKind.SANDBOX and not info.user_id:
        from koda_desktop.services.sandbox.info import SELLER_ID

        return Actor(SELLER_ID)
    return Actor(info.user_id)


def _bucket(info: WorkspaceInfo, secrets: Secrets) -> Bucket:
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


def _prepare_sandbox(ready: SandboxInfo) -> None:
    from koda_desktop.services.mongodb.connection import Connection
    from koda_desktop.services.mongodb.indexes import create_indexes

    connection = Connection(ready.mongodb_uri, ready.database)
    try:
        create_indexes(connection)
    finally:
        connection.close()


def _connect(uri: str, database: str, bucket: Bucket, clock: Clock) -> Connected:
    from koda_desktop.marketplace.direct import DirectMarketplace
    from koda_desktop.services.mongodb.connection import Connection
    from koda_desktop.services.mongodb.products import MongoProducts
    from koda_desktop.services.mongodb.users import MongoUsers
    from koda_desktop.services.s3.objects import S3Objects

    objects = S3Objects(bucket, clock)
    connection = Connection(uri, database)
    marketplace = DirectMarketplace(MongoUsers(connection), MongoProducts(connection), objects)
    return Connected(marketplace, connection, objects)


def _trade(database: Connection, payments: Payments, clock: Clock) -> Trade:
    from koda_desktop.marketplace.trade import Trade
    from koda_desktop.services.mongodb.products import MongoProducts
    from koda_desktop.services.mongodb.trade import trade_ports
    from koda_desktop.services.mongodb.users import MongoUsers

    return Trade(
        MongoUsers(database),
        MongoProducts(database),
        trade_ports(database),
        payments,
        clock,
    )

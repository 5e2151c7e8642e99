"""The sandbox as a whole: its servers, what they hold at first, and who uses them.

Folder: ``credentials.json``, ``sandbox.lock``, ``users/`` (leases), ``mongod/``, ``objectstore/``
and, once somebody sold something, ``stripe/``.
Everything survives a restart. Several processes may use one sandbox at a time: the first one in
starts the servers, the last one out stops them, and whoever comes after a crash adopts them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from koda_desktop.errors import KodaError, LocalFault
from koda_desktop.runtime.clock import Clock, SystemClock
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.runtime.files import disk_faults, write_atomically
from koda_desktop.runtime.work import Progress, ProgressReport, ignore_progress
from koda_desktop.services.sandbox.credentials import SandboxCredentials
from koda_desktop.services.sandbox.info import (
    BUCKET,
    REGION,
    SELLER_ACCOUNT,
    SELLER_ID,
    SandboxInfo,
    StripeAccess,
)
from koda_desktop.services.sandbox.leases import Lease
from koda_desktop.services.sandbox.mongo_faults import connected, mongo_faults
from koda_desktop.services.sandbox.mongod import Mongod
from koda_desktop.services.sandbox.seed import APP, OPERATOR, ensure_users, seed_accounts
from koda_desktop.services.sandbox.store_process import ObjectStoreProcess, StoreOptions
from koda_desktop.services.sandbox.stripe_process import StripeProcess

Prepare = Callable[[SandboxInfo], None]
_LOCK_SECONDS = 120.0
_STEPS = 3


class Sandbox:
    """A marketplace's servers on this computer.

    ``prepare`` is called once in the life of the sandbox's database, after the servers are up and
    the accounts made, with the operator's rights: the place to make indexes. ``mongodb_uri`` is a
    server to use instead of starting one. Methods block; start and stop from one thread at a time.
    """

    def __init__(
        self,
        folder: Path,
        prepare: Prepare | None = None,
        *,
        mongodb_uri: str | None = None,
        clock: Clock | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder.absolute()
        self._prepare = prepare
        self._foreign_uri = mongodb_uri
        self._clock = clock or SystemClock()
        self._environ = os.environ if environ is None else environ
        self._lease = Lease(self._folder / "users")
        self._mongod: Mongod | None = None
        self._store: ObjectStoreProcess | None = None
        self._stripe: StripeProcess | None = None

    def start(self, progress: ProgressReport = ignore_progress) -> SandboxInfo:
        """Start or adopt the servers and make sure of what they hold.

        Raises MissingResource (no mongod, or the extra is missing), DiskFull, NoRights,
        WrongCredentials, ServerDown or LocalFault; then nothing of ours is left running.
        """
        with disk_faults("The sandbox’s folder could not be made"):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._lock():
            credentials = SandboxCredentials.load_or_create(self._folder / "credentials.json")
            self._stripe = self._stripe_server(credentials)
            self._lease.take()
            try:
                return self._bring_up(credentials, progress)
            except BaseException:
                self._leave()
                raise

    def stripe(self) -> StripeAccess:
        """The sandbox's Stripe, started or adopted when it is first needed; between ``start`` and
        ``stop`` only. The demo seller has an account there that can be sold through.

        Raises what ``start`` raises.
        """
        with self._lock():
            credentials = SandboxCredentials.load_or_create(self._folder / "credentials.json")
            self._stripe = self._stripe_server(credentials)
            if not self._stripe.is_running:
                self._stripe.start()
                self._stripe.act("seed", account=SELLER_ACCOUNT, user=SELLER_ID)
            return StripeAccess(self._stripe.endpoint, credentials.stripe_key)

    @property
    def has_stripe(self) -> bool:
        """Whether its Stripe was ever used."""
        return (self._folder / "stripe").is_dir()

    def _stripe_server(self, credentials: SandboxCredentials) -> StripeProcess:
        known = self._stripe
        return known or StripeProcess(self._folder / "stripe", {credentials.stripe_key: ["*"]})

    def stop(self) -> None:
        """Give the lease back; the last user out stops the servers. May be called twice.

        Raises LocalFault if a server could not be ended.
        """
        if self._folder.is_dir():
            with self._lock():
                self._leave()

    def __enter__(self) -> SandboxInfo:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _lock(self) -> FileLock:
        return FileLock(self._folder / "sandbox.lock").wait(_LOCK_SECONDS)

    def _servers(self, credentials: SandboxCredentials) -> tuple[Mongod | None, ObjectStoreProcess]:
        keys = {credentials.s3_access_key_id: credentials.s3_secret_access_key}
        store = ObjectStoreProcess(
            self._folder / "objectstore", keys, StoreOptions(buckets=(BUCKET,), region=REGION)
        )
        if self._foreign_uri is not None:
            return None, store
        password = credentials.keeper_password
        return Mongod(self._folder / "mongod", password, environ=self._environ), store

    def _bring_up(self, credentials: SandboxCredentials, progress: ProgressReport) -> SandboxInfo:
        self._let_go()
        self._mongod, self._store = self._servers(credentials)
        progress(Progress(0, _STEPS, "Starting the sandbox’s servers"))
        _start_together(self._mongod, self._store)
        info = self._info(self._mongod, self._store, credentials)
        progress(Progress(1, _STEPS, "Making the demo accounts"))
        self._seed(credentials)
        progress(Progress(2, _STEPS, "Preparing the database"))
        self._prepare_once(info)
        progress(Progress(_STEPS, _STEPS, "The sandbox is ready"))
        return info

    def _info(
        self,
        mongod: Mongod | None,
        store: ObjectStoreProcess,
        credentials: SandboxCredentials,
    ) -> SandboxInfo:
        def uri(user: str, password: str) -> str:
            return self._foreign_uri or (mongod.uri_for(user, password) if mongod else "")

        return SandboxInfo(
            mongodb_uri=uri(APP, credentials.app_password),
            operator_mongodb_uri=uri(OPERATOR, credentials.operator_password),
            s3_endpoint=store.endpoint,
            s3_access_key_id=credentials.s3_access_key_id,
            s3_secret_access_key=credentials.s3_secret_access_key,
        )

    def _seed(self, credentials: SandboxCredentials) -> None:
        uri = self._mongod.uri if self._mongod else self._foreign_uri
        with mongo_faults("The demo accounts could not be made"), connected(uri or "") as client:
            if self._mongod:
                ensure_users(client, credentials.operator_password, credentials.app_password)
            seed_accounts(client, self._clock.now())

    def _prepare_once(self, info: SandboxInfo) -> None:
        """The mark lies beside the database's own files, so that deleting those renews it."""
        mark = self._folder / "mongod" / "prepared"
        if self._prepare is not None and not mark.exists():
            self._prepare(info.as_operator())
            write_atomically(mark, b"")

    def _leave(self) -> None:
        """Give the lease back and stop the servers, or leave them to the others."""
        self._lease.give_back()
        servers = self._running()
        if self._lease.others():
            self._let_go()
            servers = []
        self._mongod = self._store = self._stripe = None
        _all_together([server.stop for server in servers])

    def _let_go(self) -> None:
        """Leave the servers running; whoever starts them next, also this one, adopts them."""
        for server in self._running():
            server.release()

    def _running(self) -> list[Mongod | ObjectStoreProcess | StripeProcess]:
        known = (self._mongod, self._store, self._stripe)
        return [server for server in known if server is not None]


def _start_together(mongod: Mongod | None, store: ObjectStoreProcess) -> None:
    _all_together([store.start] if mongod is None else [mongod.start, store.start])


def _all_together(actions: list[Callable[[], None]]) -> None:
    """Run all at once, wait for all, then raise the first fault, if any."""
    if not actions:
        return
    with ThreadPoolExecutor(len(actions), thread_name_prefix="sandbox") as pool:
        waiting = [pool.submit(action) for action in actions]
    faults = [fault for future in waiting if (fault := future.exception()) is not None]
    for fault in faults:
        if not isinstance(fault, KodaError):
            raise fault
    if len(faults) > 1:
        raise LocalFault(" ".join(str(fault) for fault in faults)) from faults[0]
    if faults:
        raise faults[0]

"""``koda doctor``: this computer first, then each part of the marketplace by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from koda_desktop.errors import FeedUnsupported, KodaError
from koda_desktop.marketplace.api import Actor
from koda_desktop.runtime.clock import Clock, SystemClock
from koda_desktop.runtime.files import disk_faults, write_atomically
from koda_desktop.runtime.paths import Paths
from koda_desktop.runtime.written_keys import WHAT_TO_DO, holds_key
from koda_desktop.services.stripe.keys import KeyKind, advice, kind_of, permissions
from koda_desktop.sync.store.faults import StoreDamaged
from koda_desktop.sync.vault import Vault
from koda_desktop.workspace.connect import Connected, Connector, actor_of
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.secrets import Secret, Secrets, Vaults

_FREE_BYTES = 512 * 1024**2
_SHOWN = 5
_NEEDED = ("find", "insert", "update")
"""What Koda does to listings in a database."""
_CLOCK_SECONDS = 300
"""S3 refuses requests whose time is more than 15 minutes off; a third of that is worth a word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``is_well`` None: it could not be looked at."""

    check: str
    is_well: bool | None
    what: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"check": self.check, "ok": self.is_well, "what": self.what, "remedy": self.remedy}


def examine(paths: Paths, info: WorkspaceInfo, *, is_offline: bool = False) -> Iterator[Finding]:
    """Look at everything, one finding at a time; a fault of one part hides no other."""
    vaults = Vaults()
    yield _guarded("data folder", lambda: _data_folder(paths))
    yield _guarded("local store", lambda: _store(paths, info))
    yield _guarded("invariants", lambda: _invariants(paths, info))
    yield _guarded("keyring", lambda: _keyring(vaults(info.name)))
    yield _guarded("files", lambda: _files(paths))
    if is_offline or info.kind is WorkspaceKind.OFFLINE:
        yield Finding("marketplace", None, "Working offline: it was not looked at")
        return
    yield from _marketplace(paths, info, vaults, SystemClock())


def _guarded(check: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except KodaError as error:
        return Finding(check, False, error.what, error.remedy)


def _data_folder(paths: Paths) -> Finding:
    paths.ensure()
    probe = paths.root / ".probe"
    write_atomically(probe, b"")
    probe.unlink()
    free = shutil.disk_usage(paths.root).free
    what = f"{paths.root} can be written; {free // 1024**2:,} MiB free"
    remedy = "" if free > _FREE_BYTES else "Free some disk space."
    return Finding("data folder", free > _FREE_BYTES, what, remedy)


def _store(paths: Paths, info: WorkspaceInfo) -> Finding:
    from koda_desktop.sync.store.check import check_store, damaged_before
    from koda_desktop.sync.store.damage import DamageMark

    path = paths.workspace(info.name).store
    kept = "".join(f"; {one.name} is kept from earlier damage" for one in damaged_before(path))
    if not path.exists():
        return Finding("local store", True, f"Nothing is stored yet{kept}")
    with DamageMark(path).watch():
        faults = check_store(path)
    if faults:
        DamageMark(path).set()
        what = f"The store is damaged: {faults[0]}{kept}"
        return Finding("local store", False, what, StoreDamaged.default_remedy)
    return Finding("local store", True, f"The store is whole{kept}")


def _invariants(paths: Paths, info: WorkspaceInfo) -> Finding:
    from koda_desktop.sync.staging import Staging
    from koda_desktop.sync.store.check import check_rows

    folders = paths.workspace(info.name)
    if not folders.store.exists():
        return Finding("invariants", True, "Nothing is stored yet")
    broken = check_rows(folders.store, Staging(folders.staging))
    if broken is None:
        return Finding("invariants", None, "The store is brought up to this version when opened")
    if broken:
        more = f" (and {len(broken) - _SHOWN} more)" if len(broken) > _SHOWN else ""
        remedy = "Make a copy of the data folder, then report this to the developers."
        return Finding("invariants", False, "; ".join(broken[:_SHOWN]) + more, remedy)
    return Finding("invariants", True, "Listings, queue, transfers and search agree")


def _keyring(vault: Vault) -> Finding:
    if vault.problem is None:
        return Finding("keyring", True, "Secrets are kept in this computer’s keyring")
    remedy = "Set the secrets as environment variables each time."
    return Finding("keyring", None, vault.problem.what, remedy)


def _files(paths: Paths) -> Finding:
    """No secret key lies in a file of settings, ours or one that was put beside them."""
    found = [one for pattern in ("*.json", "*.toml") for one in paths.root.glob(pattern)]
    with disk_faults("The settings could not be read"):
        named = sorted(one.name for one in found if holds_key(one.read_text("utf-8", "replace")))
    if named:
        what = f"{', '.join(named)} holds a secret key of Stripe, which is not used"
        return Finding("files", False, what, f"{WHAT_TO_DO} They are: {permissions()}.")
    return Finding("files", True, "No secret key lies in a file of settings")


def _stripe_key(secrets: Secrets) -> Finding:
    """Only whoever settles for the marketplace needs one."""
    key = secrets.get(Secret.STRIPE_API_KEY)
    if not key:
        return Finding("stripe key", None, "There is none: this computer does not settle sales")
    told = advice(key)
    if not told:
        return Finding("stripe key", True, "A restricted key settles sales from here")
    usable = kind_of(key) is KeyKind.SECRET
    return Finding("stripe key", None if usable else False, "The Stripe key could be better", told)


def _marketplace(
    paths: Paths, info: WorkspaceInfo, vaults: Vaults, clock: Clock
) -> Iterator[Finding]:
    connector = Connector(info, Secrets(info, vaults), paths, clock)
    try:
        connected = connector.open()
    except KodaError as error:
        connector.close()
        yield Finding("marketplace", False, error.what, error.remedy)
        return
    try:
        yield from _of_database(connected, info, clock)
        yield _guarded("bucket", lambda: _bucket(connected))
        yield _guarded("object store", lambda: _abilities(connected))
        if info.kind is WorkspaceKind.DIRECT:
            secrets = Secrets(info, vaults)
            yield _guarded("stripe key", lambda: _stripe_key(secrets))
    finally:
        connector.close()


def _of_database(connected: Connected, info: WorkspaceInfo, clock: Clock) -> Iterator[Finding]:
    """One that does not answer is waited for once: the rest is not asked of it."""
    database = _guarded("database", lambda: _database(connected))
    yield database
    if not database.is_well:
        return
    yield _guarded("rights", lambda: _rights(connected))
    yield _guarded("changes", lambda: _changes(connected, actor_of(info)))
    yield _guarded("indexes", lambda: _indexes(connected))
    yield _guarded("clock", lambda: _clock(connected, clock))
    yield _guarded("account", lambda: _account(connected, actor_of(info)))


def _database(connected: Connected) -> Finding:
    version = connected.database.ping()
    kind = connected.database.deployment()
    return Finding("database", True, f"MongoDB {version} answers ({kind})")


def _rights(connected: Connected) -> Finding:
    lacking = connected.database.denied("products", _NEEDED)
    if lacking is None:
        return Finding("rights", None, "The MongoDB address names no user whose rights to look at")
    if lacking:
        what = f"This database user may not {', '.join(lacking)} the listings (products)"
        return Finding("rights", False, what, "Give it the role readWrite on the database.")
    return Finding("rights", True, "The database user may read and write listings")


def _changes(connected: Connected, actor: Actor) -> Finding:
    """Whether others' changes are told. Without, Koda asks, and nothing is wrong."""
    try:
        connected.marketplace.changes(actor, None, 0, 1)
    except FeedUnsupported as error:
        return Finding("changes", None, f"{error.what} {error.kept}".strip(), error.remedy)
    return Finding("changes", True, "The database tells of changes as they are made")


def _indexes(connected: Connected) -> Finding:
    from koda_desktop.services.mongodb.indexes import missing_indexes

    if connected.database.denied("products", ("listIndexes",)):
        what = "This database user may not see the indexes; let an operator run `koda doctor`"
        return Finding("indexes", None, what)
    missing = missing_indexes(connected.database)
    if missing:
        named = ", ".join(str(index) for index in missing)
        remedy = "Run `koda admin init`, which also says what is in the way of one."
        return Finding("indexes", False, f"Missing: {named}", remedy)
    return Finding("indexes", True, "Every index is there")


def _clock(connected: Connected, clock: Clock) -> Finding:
    off = abs((connected.database.server_time() - clock.now()).total_seconds())
    what = f"This computer’s clock is {off:.0f} s from the database’s"
    remedy = "" if off < _CLOCK_SECONDS else "Set this computer’s date and time."
    return Finding("clock", off < _CLOCK_SECONDS, what, remedy)


def _account(connected: Connected, actor: Actor) -> Finding:
    unmet = [gate for gate in connected.marketplace.gates(actor) if not gate.is_met]
    if unmet:
        return Finding("account", False, "; ".join(gate.what for gate in unmet), unmet[0].remedy)
    name = connected.marketplace.account(actor).name
    return Finding("account", True, f"{name} may publish")


def _bucket(connected: Connected) -> Finding:
    connected.objects.check_bucket()
    return Finding("bucket", True, "The bucket answers and the key opens it")


def _abilities(connected: Connected) -> Finding:
    """What the store cannot do, and what is done instead: see docs/decisions/0011."""
    can = connected.objects.capabilities()
    lacking = [
        sentence
        for has_it, sentence in (
            (
                can.keeps_checksums,
                "keeps no checksums, so that files are read back to compare them",
            ),
            (can.keeps_whole_checksums, "keeps no checksum of large files, which are read back"),
            (can.refuses_overwriting, "ignores If-None-Match, so that Koda looks before it writes"),
            (
                can.refuses_overwriting_in_parts,
                "ignores If-None-Match for large files, so that Koda looks before their end",
            ),
            (can.has_md5_etags, "gives no MD5 of parts, which are sent again after a break"),
            (can.lists_uploads, "lists no unfinished uploads; let a lifecycle rule end them"),
        )
        if not has_it
    ]
    if lacking:
        return Finding("object store", None, f"The object store {'; '.join(lacking)}")
    return Finding("object store", True, "The object store does everything large files need")

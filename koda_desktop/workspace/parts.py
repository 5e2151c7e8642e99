"""How a workspace is put together: store, commands and reads at once, the engine when first needed.

Opening loads nothing heavy: the window paints its first rows from here. The engine, the adapters
with their SDKs, the keyring and the models wait until something is to be sent or changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.local import EngineView, LocalReads
from koda_desktop.sync.previews import PreviewCommands
from koda_desktop.sync.rows import Link
from koda_desktop.sync.search import Indexer
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfer_commands import TransferCommands
from koda_desktop.sync.typed import TypedWords
from koda_desktop.sync.work import WorkCommands
from koda_desktop.workspace.exchange import Exchange
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.secrets import OpenVault, Secrets, Vaults

if TYPE_CHECKING:
    from koda_desktop.workspace.keeping import Keeping


@dataclass(frozen=True, slots=True)
class WorkspaceParts:
    """The local half of an open workspace, and the way to its engine."""

    store: Store
    staging: Staging
    reads: LocalReads
    commands: ListingCommands
    work: WorkCommands
    transfers: TransferCommands
    previews: PreviewCommands
    typed: TypedWords
    changes: ChangeSets
    exchange: Exchange
    engine: LazyEngine

    def close(self) -> None:
        self.engine.close()
        self.store.close()


class LazyEngine:
    """Builds the engine when it is first asked for; until then it knows only on or offline."""

    def __init__(self, build: Callable[[bool], Keeping], *, is_offline: bool) -> None:
        self._build = build
        self._is_offline = is_offline
        self._lock = threading.Lock()
        self._keeping: Keeping | None = None
        self._is_closed = False

    def get(self) -> Keeping:
        """The engine with its loop. Blocks while it is built."""
        with self._lock:
            return self._built()

    def start(self) -> None:
        """Keep up in the background until ``close``; after it, nothing is started any more."""
        with self._lock:
            if not self._is_closed:
                self._built().start()

    def _built(self) -> Keeping:
        if self._keeping is None:
            self._keeping = self._build(self._is_offline)
        return self._keeping

    def view(self) -> EngineView:
        """What the status button shows of it."""
        if self._keeping is None:
            return EngineView(Link.OFFLINE if self._is_offline else Link.UNKNOWN)
        return self._keeping.engine.view

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            if self._keeping is not None:
                self._keeping.close()


def open_parts(
    paths: Paths,
    info: WorkspaceInfo,
    *,
    is_offline: bool = False,
    environ: Mapping[str, str] | None = None,
    vaults: OpenVault | None = None,
) -> WorkspaceParts:
    """Open the store of ``info`` and build the rest around it. Raises LocalFaults."""
    folders = paths.workspace(info.name).ensure()
    store = Store(folders.store, derive_touched, Indexer())
    staging = Staging(folders.staging)
    stamps = Stamps(SystemClock())
    secrets = Secrets(info, vaults or Vaults(), environ)

    def build(starts_offline: bool) -> Keeping:
        from koda_desktop.workspace.keeping import build_keeping

        return build_keeping(paths, info, secrets, store, staging, stamps, starts_offline)

    engine = LazyEngine(build, is_offline=is_offline or info.kind is WorkspaceKind.OFFLINE)
    commands = ListingCommands(store, staging, stamps)
    changes = ChangeSets(store, staging, stamps)
    return WorkspaceParts(
        store=store,
        staging=staging,
        reads=LocalReads(store, staging, engine.view),
        commands=commands,
        work=WorkCommands(store, stamps),
        transfers=TransferCommands(store, commands, stamps),
        previews=PreviewCommands(store, staging, stamps),
        typed=TypedWords(store, stamps),
        changes=changes,
        exchange=Exchange(store, staging, changes, stamps),
        engine=engine,
    )

"""What keeps a workspace in step with its marketplace: engine, loop and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from koda_desktop.runtime.filelock import FileLock
from koda_desktop.runtime.paths import Paths
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.engine.loop import SyncLoop
from koda_desktop.sync.engine.parts import Parts
from koda_desktop.sync.sales.pulling import SalesLoop, SalesSource
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfers.http import HttpCarrier
from koda_desktop.workspace.connect import Connector, actor_of
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.known_money import KnownMoney
from koda_desktop.workspace.secrets import Secrets
from koda_desktop.workspace.selling import Selling
from koda_desktop.workspace.settling import SettlingLoop

if TYPE_CHECKING:
    from koda_desktop.marketplace.trade import Trade

_GOODBYE_SECONDS = 0.5
"""How long closing waits for settling, beside the second that the rest may take."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """The engine, its background loop, that of the sales, and the connection they use."""

    engine: Engine
    loop: SyncLoop
    sales: SalesLoop
    settling: SettlingLoop
    connector: Connector
    selling: Selling

    def start(self) -> None:
        """Keep up in the background until ``close``."""
        self.loop.start()
        self.sales.start()
        self.settling.start()

    def wake(self) -> None:
        """Look again now."""
        self.loop.wake()
        self.sales.wake()
        self.settling.wake()

    def close(self) -> None:
        self.settling.stop()
        self.sales.close()
        self.loop.close()
        self.settling.join(_GOODBYE_SECONDS)
        self.connector.close()


def build_keeping(
    paths: Paths,
    info: WorkspaceInfo,
    secrets: Secrets,
    store: Store,
    staging: Staging,
    stamps: Stamps,
    is_offline: bool,
) -> Keeping:
    """The engine of ``info``, connected to nothing yet."""
    connector = Connector(info, secrets, paths, stamps.clock)
    parts = Parts(store, staging, HttpCarrier(stamps.clock), actor_of(info), stamps)
    reach = None if info.kind is WorkspaceKind.OFFLINE else connector.marketplace
    lock = FileLock(paths.workspace(info.name).lock)
    engine = Engine(parts, reach, lock, is_offline=is_offline)

    def reach_sales() -> SalesSource | None:
        return None if engine.is_offline else connector.sales()

    def reach_trade() -> Trade | None:
        return None if engine.is_offline else connector.settling()

    sales = SalesLoop(reach_sales, store, actor_of(info), stamps)
    loop = SyncLoop(engine, store, stamps.clock)
    settling = SettlingLoop(reach_trade, stamps.clock, sales.wake)
    selling = Selling(
        connector,
        actor_of(info),
        stamps.clock,
        lambda: engine.is_offline,
        KnownMoney(store),
        lambda: settling.problem,
    )
    return Keeping(engine, loop, sales, settling, connector, selling)

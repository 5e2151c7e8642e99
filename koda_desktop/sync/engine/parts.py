"""What a round works with, handed in so that tests and simulations own the outside."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from koda_desktop.errors import KodaError, Misconfigured, Unavailable
from koda_desktop.marketplace.api import Actor, Marketplace, Receipt
from koda_desktop.runtime.daemons import DaemonExecutor
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.engine.unpacking import Unpacker
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfers.bandwidth import Wait, pause
from koda_desktop.sync.transfers.carrier import Carrier
from koda_desktop.sync.transfers.hosts import MOST
from koda_desktop.sync.transfers.sizes import Sizes

Step = Callable[[str], None]
Apply = Callable[[Tx], object]
"""What an answer changes, to be run in one transaction."""


def no_step(_: str) -> None:
    """For those who do not watch the steps."""


def transfer_pool() -> Executor:
    """Threads for the parts of every transfer together; none is started before it is needed."""
    return DaemonExecutor(MOST, "koda-transfer")


@dataclass(frozen=True, slots=True)
class Parts:
    """The store and everything around it."""

    store: Store
    staging: Staging
    carrier: Carrier
    actor: Actor
    stamps: Stamps = field(default_factory=Stamps)
    on_step: Step = no_step
    """Called with each step's name, before and after whatever a crash could cut off."""
    transfer_pool: Executor = field(default_factory=transfer_pool)
    """Runs the parts of files. The engine shuts it down."""
    wait: Wait = pause
    """Waits between two tries of a part."""
    sizes: Sizes = field(default_factory=Sizes)
    unpackers: tuple[Unpacker, ...] = field(default_factory=lambda: (Unpacker(), Unpacker()))
    """Unpack the pages of a long pull. The engine closes them."""

    def end_unpackers(self) -> None:
        """Let their processes go. Safe to call twice."""
        for one in self.unpackers:
            one.end()


@dataclass(frozen=True, slots=True)
class Session:
    """The parts of one round, with the marketplace it reached."""

    parts: Parts
    marketplace: Marketplace
    device_id: str

    def receipt(self, operation: Operation) -> Receipt:
        """The mark that ``operation`` leaves in the document it changes.

        A frozen one keeps the mark it may have gone out with, also when the device was renamed.
        """
        frozen = operation.payload.get("receipt") if operation.is_frozen else None
        if frozen:
            return Receipt(*frozen)
        return Receipt(self.device_id, operation.sequence, operation.operation_id)


class StorageFault(Exception):
    """The object store is in the way; the marketplace may be well. ``error`` is for people."""

    def __init__(self, error: KodaError) -> None:
        super().__init__(error.what)
        self.error = error


def must_wait(error: KodaError) -> bool:
    """Whether the work waits as it is, instead of being parked for a person."""
    return isinstance(error, Unavailable | Misconfigured)


class LinkedToken(CancelToken):
    """Stops with any of its parents, or alone."""

    def __init__(self, *parents: CancelToken) -> None:
        super().__init__()
        self._parents = parents

    @property
    def is_cancelled(self) -> bool:
        return super().is_cancelled or any(parent.is_cancelled for parent in self._parents)

    def check(self) -> None:
        for parent in self._parents:
            parent.check()
        super().check()

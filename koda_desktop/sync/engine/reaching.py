"""Reaching the marketplace, and finding out whether this store was put back from an older copy.

Such a store would give out numbers again whose receipts are at the server already. It takes a new
name before it sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from koda_desktop.marketplace.api import Marketplace
from koda_desktop.sync import devices
from koda_desktop.sync.engine import pulling
from koda_desktop.sync.engine.parts import Apply, Parts, Session
from koda_desktop.sync.store.database import Tx

Connect = Callable[[], Marketplace]
"""Reaches the marketplace; may be slow and may raise KodaErrors. Called again after a fault."""


def reach(parts: Parts, connect: Connect, *, is_checked: bool) -> Apply:
    """Connect, and look at the receipts unless that was done; its answer makes the session."""
    marketplace = connect()
    known = () if is_checked else _receipts(parts, marketplace)
    return partial(_reached, parts, marketplace, known)


def _receipts(parts: Parts, marketplace: Marketplace) -> Sequence[int]:
    """The receipts of this device at the server that an older store would know nothing of.

    The highest of them all; and because lanes do not wait for each other, those of the listings
    whose work has a lower number and was never sent.
    """
    name = parts.store.read(devices.device_id)
    latest = marketplace.latest_sequence(parts.actor, name)
    if latest is None:
        return ()
    lowest = parts.store.read(partial(devices.unsent_below, latest=latest))
    found, ids = [latest], sorted(lowest)
    while ids:
        documents = marketplace.fetch(parts.actor, ids[: pulling.PAGE])
        found += devices.sequences_from(documents, lowest, name)
        del ids[: pulling.PAGE]
    return found


def _reached(parts: Parts, marketplace: Marketplace, known: Sequence[int], tx: Tx) -> Session:
    if any(devices.is_older_than(tx, one) for one in known):
        devices.rename(tx, parts.stamps)
    return Session(parts, marketplace, devices.device_id(tx))
